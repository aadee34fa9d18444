/**
 * Policy of the audit log: auditors read entries of their own partnerships, for the lawful purposes of a log only.
 *
 * Each reading of the log is itself logged. An auditor cannot read entries about a compartment for which the operator
 * has not appointed that auditor, nor about a case or person from which the auditor is excluded. See
 * `docs/who-may-widen.md`.
 */
import { AgencyPartnership, Partnership } from '../agencies/agency.entity.js';
import type { Actor } from '../authentication/actor.js';
import { LOG_PURPOSES } from '../authentication/purposes.js';
import type { Where } from '../authorization/conditions.js';
import { Policy } from '../records/policy.js';
import { EXCLUSION_OF_ACTOR_IN_FORCE } from '../sharing/access.policy.js';
import { AuditCheckpoint } from './audit-checkpoint.entity.js';
import { AuditEntry } from './audit-entry.entity.js';
import { CompartmentAuditor } from './compartment-auditor.entity.js';
import type { DenyRule } from '../authorization/subject.types.js';

export const policy = new Policy();

declare module '../authentication/actor.js' {
  interface ActorAttributes {
    /** Compartments for which the actor is an appointed auditor at present. */
    auditedPanelIds: string[];
    /**
     * People and cases from which any panel excludes the actor, and the cases and referrals about them; auditors only.
     * The database function `unread_entries_of` implements the same rule.
     */
    excludedFromAuditIds: string[];
    /**
     * People, places and groups named in those cases and referrals, with the panels concerned (`within`); auditors
     * only.
     */
    namedInExcluded: { ids: string[]; within: string[] }[];
  }
}

const NAMED = `ca.practitioner_id = who.id AND who.kind = 'practitioner'`;

policy.declareAttribute(
  'auditedPanelIds',
  `SELECT coalesce(jsonb_agg(DISTINCT ca.panel_id), '[]') FROM compartment_auditors ca
   WHERE ${NAMED} AND ca.since <= :now AND (ca.until IS NULL OR ca.until > :now)`,
);

policy.declareTimedChange(`SELECT min(change.at) FROM (SELECT unnest(ARRAY[ca.since, ca.until]) AS at FROM compartment_auditors ca
  WHERE ${NAMED}) change WHERE change.at > :now`);

/**
 * Common table expressions for an auditor's exclusions and the cases and referrals closed by them. These include a
 * repeat referral that is not yet attached to a case.
 */
const EXCLUDED = `WITH mine AS (SELECT e.id, e.person_id FROM exclusions e WHERE 'auditor' = ANY (who.roles) AND ${EXCLUSION_OF_ACTOR_IN_FORCE}),
     theirs AS (SELECT case_id AS id FROM excluded_cases(ARRAY(SELECT id FROM mine), who.agency_id)
       UNION SELECT cp.case_id FROM case_people cp JOIN mine USING (person_id)
       UNION SELECT c.id FROM cases c JOIN mine USING (person_id)),
     referring AS (SELECT unnest(referrals_after_removal(ARRAY(SELECT id FROM mine), who.agency_id)) AS id
       UNION SELECT rp.referral_id AS id FROM referral_people rp JOIN mine USING (person_id)
       UNION SELECT r.id FROM referrals r JOIN mine USING (person_id)
       UNION SELECT r.id FROM referrals r JOIN theirs ON theirs.id = r.case_id
       UNION SELECT r.id FROM referrals r JOIN repeated_cases rc ON rc.referral_id = r.id
         JOIN theirs ON theirs.id = rc.matched_case_id
         WHERE r.case_id IS NULL AND (rc.for_agency_ids IS NULL OR who.agency_id = ANY (rc.for_agency_ids)))`;

policy.declareAttribute(
  'excludedFromAuditIds',
  `${EXCLUDED}
   SELECT coalesce(jsonb_agg(DISTINCT named.id), '[]') FROM (
     SELECT person_id AS id FROM mine WHERE person_id IS NOT NULL
     UNION SELECT id FROM theirs
     UNION SELECT id FROM referring) named`,
);

policy.declareAttribute(
  'namedInExcluded',
  `${EXCLUDED} SELECT named_within(ARRAY(SELECT id FROM theirs), ARRAY(SELECT id FROM referring))`,
);

const audits = (actor: Actor): boolean => actor.roles.includes('auditor');
const isLawful = (actor: Actor): boolean => (LOG_PURPOSES as readonly string[]).includes(actor.purpose);
const auditing = (where: (actor: Actor) => Where) => (actor: Actor) =>
  audits(actor) && isLawful(actor) ? where(actor) : null;

/** Restriction to boroughs: sharing only the BCU does not make an agency auditor of an agency from another borough. */
const IN_A_BOROUGH = { partnership: { $elemMatch: { kind: 'borough' } } };

/** Entries written before the log recorded panels and cases: the records concerned cannot be determined. */
const UNPLACED = { panelIds: null };

/**
 * Deny rule for excluded auditors, except for entries of the auditor's own "not found" requests. The auditor already
 * knows the requested identifier; hiding the entry would reveal that the record exists.
 */
const excluded: DenyRule = {
  name: 'excluded-auditor',
  step: 'conflict',
  sentence:
    'who is excluded from a case or person that the entry names, or from a case or referral of one of its panels that names the person, place or group, or recused from an item',
  where: (actor) => {
    const ids = [...actor.excludedFromAuditIds, ...actor.recusedListingIds];
    if (!ids.length) return null;
    const named = ['recordIds', 'personIds', 'parentIds'].map((field): Where => ({ [field]: { $overlaps: ids } }));
    const within = actor.namedInExcluded.map((one): Where => ({
      $and: [
        { $or: ['recordIds', 'personIds'].map((field): Where => ({ [field]: { $overlaps: one.ids } })) },
        { panelIds: { $overlaps: one.within } },
      ],
    }));
    return { $or: [UNPLACED, ...named, ...within], $nor: [{ actorId: actor.id, rule: 'not-found' }] };
  },
};

const notOfTheCompartment: DenyRule = {
  name: 'not-auditor-of-the-compartment',
  step: 'compartment',
  sentence: 'whom the operator did not name as auditor of the compartment that the entry is about',
  where: ({ compartmentPanelIds, auditedPanelIds }) => {
    const closed = compartmentPanelIds.filter((panelId) => !auditedPanelIds.includes(panelId));
    return closed.length ? { $or: [UNPLACED, { panelIds: { $overlaps: closed } }] } : null;
  },
};

policy.extendSubject(AgencyPartnership, {
  relations: { partnership: { to: Partnership, local: 'partnershipId', foreign: 'id' } },
});

policy.declareSubject(AuditEntry, 'AuditEntry', {
  orderBy: 'at',
  seek: ['partnershipId'],
  relations: { presence: { to: AgencyPartnership, local: 'agencyId', foreign: 'agencyId' } },
  denyRules: [excluded, notOfTheCompartment],
  allowRules: [
    {
      name: 'auditor',
      sentence: 'who audits for an agency that acts in the partnership, for one of the lawful purposes of a log',
      actions: ['read', 'export'],
      where: auditing((actor) => ({ partnershipId: { $in: actor.partnershipIds } })),
    },
    {
      name: 'auditor-of-the-rest',
      sentence:
        'who audits in a borough where the agency acts that did what concerns no one partnership, for a lawful purpose',
      actions: ['read', 'export'],
      where: auditing((actor) => ({
        partnershipId: null,
        presence: { $elemMatch: { partnershipId: { $in: actor.partnershipIds }, ...IN_A_BOROUGH } },
      })),
    },
    {
      name: 'auditor-of-strangers',
      sentence:
        'who audits, of what somebody tried whose agency acts in no borough or is not known, for a lawful purpose',
      actions: ['read', 'export'],
      where: auditing(() => ({ partnershipId: null, $nor: [{ presence: { $elemMatch: IN_A_BOROUGH } }] })),
    },
  ],
  whyClosed: (actor) =>
    audits(actor) && !isLawful(actor)
      ? `The log may be used only for one of the purposes ${LOG_PURPOSES.join(', ')}: send one as Purpose.`
      : null,
});

policy.declareSubject(AuditCheckpoint, 'AuditCheckpoint', {
  orderBy: 'time',
  needsNoScope: true,
  allowRules: [
    {
      name: 'anybody',
      sentence:
        'who signed in, the first of each day in London: the more who keep a checkpoint, the fewer can forge the log. Every other one would tell how many entries a request made, and so of what is hidden',
      actions: ['read'],
      where: () => ({ opensDay: true }),
    },
    {
      name: 'auditor',
      sentence: 'who audits',
      actions: ['read'],
      where: (actor) => (audits(actor) ? {} : null),
    },
  ],
});

/** Subject without allow rules: only the conditions of other rules read it. */
policy.declareSubject(CompartmentAuditor, 'CompartmentAuditor', {});

policy.declareWording(AuditEntry, 'Accounting for it', 'entry of the log', { export: 'export it' });
policy.declareWording(AuditCheckpoint, 'Accounting for it', 'checkpoint of the log');
policy.declareWording(CompartmentAuditor, 'Accounting for it', 'auditor of a compartment');
