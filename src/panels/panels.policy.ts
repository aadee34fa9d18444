/** Memberships: what a person is on which panel, today. Most other rules begin here. */
import type { Actor } from '../authentication/actor.js';
import type { Where } from '../authorization/conditions.js';
import { Policy } from '../records/policy.js';
import { entrustedPartnerships } from '../subjects/subjects.policy.js';
import {
  CHAIRING_ROLES,
  GOVERNING_ROLES,
  Membership,
  Panel,
  PanelRules,
  STEERING_GROUP,
  type MembershipRole,
  type MembershipTier,
  type PanelType,
} from './panel.entity.js';
import { CURRENT_SEAT, WORKING_PARTNERSHIPS } from './working-partnerships.js';
import type { DenyRule } from '../authorization/subject.types.js';

export const policy = new Policy();

export interface MembershipFact {
  panelId: string;
  partnershipId: string;
  panelType: PanelType;
  compartment: boolean;
  tier: MembershipTier;
  role: MembershipRole;
}

declare module '../authentication/actor.js' {
  interface ActorAttributes {
    memberships: MembershipFact[];
    /** All panels that are compartments of their own. */
    compartmentPanelIds: string[];
  }
}

policy.declareAttribute(
  'memberships',
  `SELECT coalesce(jsonb_agg(jsonb_build_object('panelId', m.panel_id, 'partnershipId', p.partnership_id, 'panelType', p.type,
     'compartment', p.compartment, 'tier', m.tier, 'role', m.role) ORDER BY m.panel_id), '[]')
   FROM memberships m JOIN panels p ON p.id = m.panel_id WHERE ${CURRENT_SEAT}`,
);

policy.declareAttribute(
  'coordinatedPanelIds',
  `SELECT coalesce(jsonb_agg(DISTINCT m.panel_id), '[]') FROM memberships m
   WHERE m.role IN ('chair', 'co_chair', 'coordinator') AND ${CURRENT_SEAT}`,
);

policy.declareAttribute(
  'workingPartnershipIds',
  `SELECT coalesce(jsonb_agg(DISTINCT works.id), '[]') FROM (${WORKING_PARTNERSHIPS}) works`,
);

policy.declareAttribute(
  'compartmentPanelIds',
  `SELECT coalesce(jsonb_agg(p.id ORDER BY p.id), '[]') FROM panels p WHERE p.compartment`,
);

/** Panels on which the actor is a core member. */
export const corePanels = (actor: Actor): string[] => [
  ...new Set(actor.memberships.filter((one) => one.tier === 'core').map((one) => one.panelId)),
];

/** Panels that the actor chairs or coordinates. */
export const coordinatedPanels = (actor: Actor): string[] => actor.coordinatedPanelIds;

/** Panels that the actor chairs. */
export const chairedPanels = (actor: Actor): string[] => [
  ...new Set(actor.memberships.filter((one) => CHAIRING_ROLES.includes(one.role)).map((one) => one.panelId)),
];

/** Partnerships whose steering group the actor chairs. */
const steeredPartnerships = (actor: Actor): string[] => [
  ...new Set(
    actor.memberships
      .filter((one) => one.panelType === STEERING_GROUP && CHAIRING_ROLES.includes(one.role))
      .map((one) => one.partnershipId),
  ),
];

/** Panels on which the actor has a seat that is not an observer's. */
export const seatedPanels = (actor: Actor): string[] => [
  ...new Set(actor.memberships.filter((one) => one.tier !== 'observer').map((one) => one.panelId)),
];

/**
 * Condition for rows of the actor's agency that the actor has to do with: by a seat on the panel in `panelColumn`, as
 * safeguarding lead or system of the agency, or for the reasons in `also`.
 */
export const concernedAtAgency = (actor: Actor, panelColumn = 'panelId', ...also: Where[]): Where => ({
  $or: [
    { [panelColumn]: { $in: seatedPanels(actor) } },
    { partnershipId: { $in: entrustedPartnerships(actor) } },
    ...also,
  ],
});
/** The panels that a steering group governs: a compartment is governed by its own chairs alone. */
const governedBy = (actor: Actor): Where | null => {
  const steered = steeredPartnerships(actor);
  return steered.length ? { partnershipId: { $in: steered }, compartment: false } : null;
};

/** Partnerships on one of whose panels the actor has a seat, of whatever tier. */
export const seatedPartnerships = (actor: Actor): string[] => [
  ...new Set(actor.memberships.map((one) => one.partnershipId)),
];

/** Compartments in which the actor does not sit. */
export function closedCompartments(actor: Actor): string[] {
  const own = corePanels(actor);
  return actor.compartmentPanelIds.filter((panelId) => !own.includes(panelId));
}

/** For rows that name panels in these columns: outside a compartment, rows of it or from it must not exist. */
export const outsideCompartmentOf = (...panelColumns: string[]): DenyRule => ({
  name: 'outside-the-compartment',
  step: 'compartment',
  sentence: 'who is not a member of a panel that is a compartment of its own',
  where: (actor) => {
    const closed = closedCompartments(actor);
    return closed.length ? { $or: panelColumns.map((column): Where => ({ [column]: { $in: closed } })) } : null;
  },
});

/** For rows with a `panelId` and no other. */
export const outsideCompartment = outsideCompartmentOf('panelId');

const anyPanel = (actor: Actor): string[] => [...new Set(actor.memberships.map((one) => one.panelId))];

/** A steering group governs panels that do, and hears none. */
const HEARS_CASES = { type: { $ne: STEERING_GROUP } };

policy.declareSubject(Panel, 'Panel', {
  allowRules: [
    {
      name: 'partnership',
      sentence: 'whose agency acts in the panel’s partnership',
      actions: ['read'],
      where: (actor) => ({ partnershipId: { $in: actor.partnershipIds }, compartment: false }),
    },
    {
      name: 'partnership-of-a-hearing',
      sentence: 'whose agency acts in the panel’s partnership, where it hears cases',
      actions: ['refer'],
      where: (actor) => ({ partnershipId: { $in: actor.partnershipIds }, compartment: false, ...HEARS_CASES }),
    },
    {
      name: 'on-the-panel',
      sentence: 'who sits on the panel',
      actions: ['read'],
      where: (actor) => ({ id: { $in: anyPanel(actor) } }),
    },
    {
      name: 'core-member',
      sentence: 'who is a core member of the panel, where it hears cases',
      actions: ['open-case', 'refer'],
      where: (actor) => ({ id: { $in: corePanels(actor) }, ...HEARS_CASES }),
    },
    {
      name: 'coordination',
      sentence: 'who chairs or coordinates the panel',
      actions: ['appoint', 'convene'],
      where: (actor) => ({ id: { $in: coordinatedPanels(actor) } }),
    },
    {
      name: 'chair',
      sentence: 'who chairs the panel',
      actions: ['appoint-chairs', 'rule'],
      where: (actor) => ({ id: { $in: chairedPanels(actor) } }),
    },
    {
      name: 'steering-group-chair',
      sentence: 'who chairs the steering group of the panel’s partnership, where the panel is no compartment',
      actions: ['appoint-chairs'],
      where: governedBy,
    },
  ],
});

policy.declareSubject(PanelRules, 'PanelRules', {
  relations: { panel: { to: Panel, local: 'panelId', foreign: 'id' } },
  parent: 'panel',
  allowRules: [
    {
      name: 'panel-reader',
      sentence: 'who may read the panel',
      actions: ['read'],
      within: 'read',
      where: () => ({}),
    },
  ],
});

/** Fields of a seat without the reason for its end, which is free text and may be about a case. */
const WITHOUT_THE_END_REASON = [
  'id',
  'version',
  'panelId',
  'agencyId',
  'practitionerId',
  'tier',
  'role',
  'validFrom',
  'validTo',
  'appointedById',
  'endedAt',
];

/** Seats that govern panels overseen by the actor, who chairs the steering group. */
function ofGovernedPanels(actor: Actor): Where | null {
  const governed = governedBy(actor);
  return governed && { role: { $in: [...GOVERNING_ROLES] }, panel: { $elemMatch: governed } };
}

policy.declareSubject(Membership, 'Membership', {
  relations: { panel: { to: Panel, local: 'panelId', foreign: 'id' } },
  parent: 'panel',
  seek: ['panelId'],
  allowRules: [
    {
      name: 'fellow-member',
      sentence: 'who sits on the panel: the seat, not why it ended',
      actions: ['read'],
      where: (actor) => ({ panelId: { $in: anyPanel(actor) } }),
      fields: WITHOUT_THE_END_REASON,
    },
    {
      name: 'own-panel',
      sentence: 'who chairs or coordinates the panel',
      actions: ['read'],
      where: (actor) => ({ panelId: { $in: coordinatedPanels(actor) } }),
    },
    {
      name: 'same-agency',
      sentence: 'whose agency the member represents, where the panel is no compartment: the seat, not why it ended',
      actions: ['read'],
      where: (actor) => ({ agencyId: actor.agencyId, panel: { $elemMatch: { compartment: false } } }),
      fields: WITHOUT_THE_END_REASON,
    },
    {
      name: 'data-protection-officer',
      sentence:
        'who is a data protection officer in the partnership of the panel, where the panel is no compartment: the seat, not why it ended',
      actions: ['read'],
      where: (actor) =>
        actor.roles.includes('data_protection_officer')
          ? { panel: { $elemMatch: { partnershipId: { $in: actor.partnershipIds }, compartment: false } } }
          : null,
      fields: WITHOUT_THE_END_REASON,
    },
    {
      name: 'coordination',
      sentence: 'who chairs or coordinates the panel: the seat of somebody who does neither',
      actions: ['end'],
      where: (actor) => ({ panelId: { $in: coordinatedPanels(actor) }, role: { $nin: [...GOVERNING_ROLES] } }),
    },
    {
      name: 'chair',
      sentence: 'who chairs the panel: the seat of a chair, co-chair or coordinator',
      actions: ['end'],
      where: (actor) => ({ panelId: { $in: chairedPanels(actor) }, role: { $in: [...GOVERNING_ROLES] } }),
    },
    {
      name: 'steering-group-chair',
      sentence:
        'who chairs the steering group of the panel’s partnership, where the panel is no compartment: the seat of a chair, co-chair or coordinator',
      actions: ['end'],
      where: ofGovernedPanels,
    },
    {
      name: 'steering-group',
      sentence:
        'who chairs the steering group of the panel’s partnership, where the panel is no compartment: the seat of a chair, co-chair or coordinator, not why it ended',
      actions: ['read'],
      where: ofGovernedPanels,
      fields: WITHOUT_THE_END_REASON,
    },
    {
      name: 'own-seat',
      sentence: 'whose seat it is',
      actions: ['end'],
      where: (actor) => ({ practitionerId: actor.id, panelId: { $in: anyPanel(actor) } }),
    },
  ],
});

policy.declareWording(Panel, 'Who takes part', 'panel', {
  refer: 'refer to it',
  'open-case': 'have a case opened before it',
  appoint: 'appoint its members, legal advisers and analysts',
  'appoint-chairs': 'appoint its chairs, co-chairs and coordinators',
  convene: 'convene its meetings',
  rule: 'set its rules',
});
policy.declareWording(PanelRules, 'Who takes part', 'rules of a panel');
policy.declareWording(Membership, 'Who takes part', 'membership of a panel', { end: 'end it' });
