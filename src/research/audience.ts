/**
 * Agencies to ask for an item: those of core members, those invited, and those added by the panel's rules. An agency
 * that the actor may know to be excluded from the case is never asked. Source: MARAC note, section 6.8 "Conditional
 * audience".
 */
import { AGENCY_TYPES, type AgencyType } from '../agencies/agency-types.js';
import { CasePerson } from '../cases/case.entity.js';
import { findExcludedAgencies } from '../cases/excluded-agencies.js';
import { AUDIENCE_CONDITIONS, type AudienceCondition } from '../panels/panel-rules.js';
import type { Where } from '../authorization/conditions.js';
import { londonDay } from '../time/clock.js';
import type { UnitOfWork } from '../records/unit-of-work.js';
import { Person } from '../subjects/subject.entity.js';
import type { Listing, Meeting } from '../meetings/meeting.entity.js';
import type { Answerer, ResearchStatus } from './research.entity.js';

export interface AudienceRule {
  when: AudienceCondition;
  agencyTypes: AgencyType[];
}

/**
 * Default rules, for panels without `researchAudience`. Schools are not asked one by one: the education service knows
 * which school a child attends, and no other school needs the name.
 */
const DEFAULT_RULES: AudienceRule[] = [
  { when: 'school_age_child', agencyTypes: ['education'] },
  { when: 'pregnant', agencyTypes: ['health_midwifery'] },
  { when: 'in_custody', agencyTypes: ['prison'] },
];

/** Reads `researchAudience` of the panel's rules, as `[{ when, agencyTypes }]`. Invalid entries are ignored. */
export function readAudienceRules({ researchAudience }: Record<string, unknown> = {}): AudienceRule[] {
  if (!Array.isArray(researchAudience)) return DEFAULT_RULES;
  return researchAudience.flatMap((one: unknown): AudienceRule[] => {
    const { when, agencyTypes } = Object(one) as Partial<AudienceRule>;
    if (!when || !AUDIENCE_CONDITIONS.includes(when) || !Array.isArray(agencyTypes)) return [];
    return [{ when, agencyTypes: agencyTypes.filter((type) => AGENCY_TYPES.includes(type)) }];
  });
}

/** Returns the day `years` earlier; for 29 February in a common year, 1 March. */
const yearsBefore = (day: string, years: number): string => {
  const [year = 0, month = 0, date = 0] = day.split('-').map(Number);
  return new Date(Date.UTC(year - years, month - 1, date)).toISOString().slice(0, 10);
};

/** Ages from the beginning of compulsory school age until adulthood, in years. */
const SCHOOL_AGE = { from: 5, until: 18 };

type ConditionCheck = (work: UnitOfWork, listing: Listing, day: string) => Promise<boolean>;

const anyPersonWith =
  (condition: Where): ConditionCheck =>
  async (work, { caseId }, day) =>
    (
      await work.records.findMany(
        'read',
        CasePerson,
        { caseId, ...condition, $or: [{ until: null }, { until: { $gte: day } }] },
        1,
      )
    ).length > 0;

/**
 * Conditions, evaluated on what the actor (chair or coordinator) may read. The list of asked agencies must not reveal
 * data that is not shared with the actor.
 */
const CONDITION_CHECKS: Record<AudienceCondition, ConditionCheck> = {
  school_age_child: async (work, { caseId }, day) =>
    (
      await work.records.findMany(
        'read',
        Person,
        {
          dateOfBirth: { $gt: yearsBefore(day, SCHOOL_AGE.until), $lte: yearsBefore(day, SCHOOL_AGE.from) },
          $or: [
            { roles: { $elemMatch: { caseId, $or: [{ until: null }, { until: { $gte: day } }] } } },
            { cases: { $elemMatch: { id: caseId } } },
          ],
        },
        1,
      )
    ).length > 0,
  pregnant: anyPersonWith({ pregnant: true }),
  in_custody: anyPersonWith({ inCustody: true }),
};

/** Returns the types of agency to ask because of the people in the item, on the day of the meeting. */
export async function findAddedAgencyTypes(
  work: UnitOfWork,
  rules: AudienceRule[],
  listing: Listing,
  { scheduledAt }: Meeting,
): Promise<AgencyType[]> {
  const added: AgencyType[] = [];
  for (const { when, agencyTypes } of rules)
    if (await CONDITION_CHECKS[when](work, listing, londonDay(scheduledAt))) added.push(...agencyTypes);
  return added;
}

export interface AudienceAgency {
  id: string;
  /** Existing request to the agency; null if there is none. */
  requestId: string | null;
  status: ResearchStatus | null;
  answeredBy: Answerer;
  practitionerId: string | null;
}

/**
 * SQL for the agencies of the partnership that may be asked: the named ones, or the usual ones. A compartment asks only
 * agencies with a core seat.
 */
const AUDIENCE_SQL = `WITH seats AS (
    SELECT m.agency_id, bool_or(m.tier = 'core') AS core FROM memberships m
    WHERE m.panel_id = $2 AND m.tier <> 'observer' AND m.valid_from <= $4::date AND (m.valid_to IS NULL OR m.valid_to >= $4::date)
    GROUP BY 1),
  invited AS (
    SELECT i.agency_id, CASE WHEN count(*) = 1 THEN max(i.practitioner_id::text)::uuid END AS practitioner_id
    FROM invitations i WHERE i.listing_id = $1 AND i.closes_at > $3 AND i.withdrawn_at IS NULL GROUP BY 1)
  SELECT a.id, r.id AS "requestId", r.status,
    CASE WHEN s.agency_id IS NULL AND i.practitioner_id IS NOT NULL THEN i.practitioner_id END AS "practitionerId",
    CASE WHEN s.agency_id IS NOT NULL THEN 'members' WHEN i.practitioner_id IS NOT NULL THEN 'person' ELSE 'agency' END AS "answeredBy"
  FROM agencies a
    JOIN panels p ON p.id = $2
    JOIN agency_partnerships ap ON ap.agency_id = a.id AND ap.partnership_id = p.partnership_id
    LEFT JOIN seats s ON s.agency_id = a.id
    LEFT JOIN invited i ON i.agency_id = a.id
    LEFT JOIN research_requests r ON r.listing_id = $1 AND r.asked_agency_id = a.id
  WHERE a.active AND (s.core IS TRUE OR NOT p.compartment)
    AND CASE WHEN $6::uuid[] IS NULL THEN s.core IS TRUE OR i.agency_id IS NOT NULL OR a.type = ANY ($7) ELSE a.id = ANY ($6) END
    AND a.id <> ALL ($5)
  ORDER BY a.id`;

/**
 * Returns the agencies to ask. Excluded agencies are omitted if the actor may read the exclusion; from any other
 * excluded agency the policy hides the request.
 */
export async function findAudience(
  work: UnitOfWork,
  { id, panelId, caseId }: Listing,
  named: string[] | null,
  added: AgencyType[],
): Promise<AudienceAgency[]> {
  const keptOut = await findExcludedAgencies(work, caseId, panelId);
  return work.manager.query<AudienceAgency[]>(AUDIENCE_SQL, [
    id,
    panelId,
    work.now,
    londonDay(work.now),
    keptOut,
    named,
    added,
  ]);
}
