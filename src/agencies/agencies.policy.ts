/** Read access to agencies, people and systems: the directory of the actor's partnerships. */
import type { Actor } from '../authentication/actor.js';
import type { Where } from '../authorization/conditions.js';
import { Policy } from '../records/policy.js';
import { Agency, AgencyPartnership, Client, Partnership, Practitioner } from './agency.entity.js';
import { PractitionerName } from './practitioner-name.entity.js';

export const policy = new Policy();

declare module '../authentication/actor.js' {
  interface ActorAttributes {
    /** Partnerships in which the actor's agency acts. */
    partnershipIds: string[];
  }
}

policy.declareAttribute(
  'partnershipIds',
  `SELECT coalesce(jsonb_agg(ap.partnership_id), '[]') FROM agency_partnerships ap WHERE ap.agency_id = who.agency_id`,
);

policy.declareSubject(Partnership, 'Partnership', {
  allowRules: [
    {
      name: 'acts-there',
      sentence: 'whose agency acts in the partnership',
      actions: ['read', 'record-subjects'],
      where: (actor) => ({ id: { $in: actor.partnershipIds } }),
    },
  ],
});

policy.declareSubject(Agency, 'Agency', {
  relations: { presence: { to: AgencyPartnership, local: 'id', foreign: 'agencyId' } },
  allowRules: [
    {
      name: 'directory',
      sentence: 'whose agency acts in the same partnership',
      actions: ['read'],
      where: (actor) => ({ presence: { $elemMatch: { partnershipId: { $in: actor.partnershipIds } } } }),
    },
    {
      name: 'own-agency',
      sentence: 'who works for the agency',
      actions: ['read', 'act-for'],
      where: (actor) => ({ id: actor.agencyId }),
    },
    {
      name: 'administrator',
      sentence: 'who administers the agency',
      actions: ['employ'],
      where: (actor) => (actor.roles.includes('agency_administrator') ? { id: actor.agencyId } : null),
    },
  ],
});

policy.declareSubject(AgencyPartnership, 'AgencyPartnership', {});

policy.declareSubject(Practitioner, 'Practitioner', {
  relations: { agency: { to: Agency, local: 'agencyId', foreign: 'id' } },
  parent: 'agency',
  seek: ['agencyId'],
  allowRules: [
    {
      name: 'colleague',
      sentence: 'who works for the same agency',
      actions: ['read'],
      where: (actor) => ({ agencyId: actor.agencyId }),
    },
    {
      name: 'directory',
      sentence: 'whose agency acts in the same partnership',
      actions: ['read'],
      within: 'read',
      where: () => ({}),
      fields: ['id', 'agencyId', 'name', 'jobTitle'],
    },
    {
      name: 'data-protection-officer',
      sentence: 'who is a data protection officer in a partnership of the agency: who holds which system role',
      actions: ['read'],
      within: 'read',
      where: (actor) => (actor.roles.includes('data_protection_officer') ? {} : null),
      fields: ['id', 'version', 'agencyId', 'name', 'jobTitle', 'roles', 'active'],
    },
    {
      name: 'administrator',
      sentence: 'who administers the agency',
      actions: ['change'],
      where: (actor) => (actor.roles.includes('agency_administrator') ? { agencyId: actor.agencyId } : null),
    },
    {
      name: 'somebody-else',
      sentence: 'who chairs or coordinates a panel, and is somebody else: nobody appoints themselves',
      actions: ['appoint'],
      where: (actor) =>
        actor.coordinatedPanelIds.length ? { id: { $nin: actor.registrationIds }, active: true } : null,
    },
  ],
});

// the directory withholds the roles of most people from most readers
policy.declareKnownAttributes([], async (work, people) => {
  const shown = await work.records.shownOf(
    Practitioner,
    people.map(({ id }) => id),
  );
  return ({ id, roles }) => ({ roles: shown.get(id)?.has('roles') ? roles : [] });
});

/** Relation of records that name a person by `practitionerId`. */
export const toPractitioner = { practitioner: { to: Practitioner, local: 'practitionerId', foreign: 'id' } };

/** Returns the condition for rows that name nobody of the actor's own agency. */
export const ofNoColleague = (actor: Actor): Where => ({
  $nor: [{ practitioner: { $elemMatch: { agencyId: actor.agencyId } } }],
});

policy.declareSubject(PractitionerName, 'PractitionerName', {
  relations: toPractitioner,
  parent: 'practitioner',
  seek: ['practitionerId'],
  allowRules: [
    {
      name: 'administrator',
      sentence: 'who administers the agency',
      actions: ['read'],
      within: 'change',
      where: () => ({}),
    },
    {
      name: 'data-protection-officer',
      sentence: 'who is a data protection officer in a partnership of the agency',
      actions: ['read'],
      within: 'read',
      where: (actor) => (actor.roles.includes('data_protection_officer') ? {} : null),
    },
    {
      name: 'officer-of-another-agency',
      sentence: 'who is a data protection officer in a partnership of the agency, and works for another agency',
      actions: ['correct'],
      within: 'read',
      where: (actor) => (actor.roles.includes('data_protection_officer') ? ofNoColleague(actor) : null),
    },
  ],
});

policy.declareSubject(Client, 'Client', {
  seek: ['agencyId'],
  allowRules: [
    {
      name: 'administrator',
      sentence: 'who administers the agency',
      actions: ['read'],
      where: (actor) => (actor.roles.includes('agency_administrator') ? { agencyId: actor.agencyId } : null),
    },
  ],
});

policy.declareWording(Partnership, 'Who takes part', 'partnership', {
  'record-subjects': 'record people, places and groups in it',
  'agree-sharing': 'begin a sharing agreement in it',
});
policy.declareWording(Agency, 'Who takes part', 'agency', {
  'act-for': 'act for it',
  employ: 'register the people who work for it',
});
policy.declareWording(AgencyPartnership, 'Who takes part', 'agency’s place in a partnership');
policy.declareWording(Practitioner, 'Who takes part', 'practitioner', { appoint: 'appoint the person to a panel' });
policy.declareWording(PractitionerName, 'Who takes part', 'name of a practitioner', {
  correct: 'mark it as entered in error',
});
policy.declareWording(Client, 'Who takes part', 'machine client');
