/**
 * Who is asked what they know for an item: the agencies of the panel's core members, those invited to the item, and those
 * that a condition adds. Never an agency of which the actor may know that it is kept from the case. Source: MARAC note, section 6.8 "Conditional audience".
 */
import { AGENCY_TYPES, type AgencyType } from '../agencies/agency-types.js';
import { CasePerson } from '../cases/case.entity.js';
import { findExcludedAgencies } from '../cases/kept-out.js';
import { AUDIENCE_CONDITIONS, type AudienceCondition } from '../panels/panel-rules.js';
import type { Where } from '../authorization/conditions.js';
import { londonDay } from '../time/london-day.js';
import type { UnitOfWork } from '../records/unit-of-work.js';
import { Person } from '../subjects/subject.entity.js';
import type { Listing, Meeting } from '../meetings/meeting.entity.js';
import type { Answerer, ResearchStatus } from './research.entity.js';

export interface AudienceRule {
  when: AudienceCondition;
  agencyTypes: AgencyType[];
}

/**
 * Where the panel's rules say nothing of `researchAudience`. A single school is not among them: which one a child attends is
 * known to the education service, and no other needs the name.
 */
const USUAL: AudienceRule[] = [
  { when: 'school_age_child', agencyTypes: ['education'] },
  { when: 'pregnant', agencyTypes: ['health_midwifery'] },
  { when: 'in_custody', agencyTypes: ['prison'] },
];

/** The `researchAudience` of the panel's rules, as `[{ when, agencyTypes }]`; what makes no sense there is left out. */
export function audienceRules({ researchAudience }: Record<string, unknown> = {}): AudienceRule[] {
  if (!Array.isArray(researchAudience)) return USUAL;
  return researchAudience.flatMap((one: unknown): AudienceRule[] => {
    const { when, agencyTypes } = Object(one) as Partial<AudienceRule>;
    if (!when || !AUDIENCE_CONDITIONS.includes(when) || !Array.isArray(agencyTypes)) return [];
    return [{ when, agencyTypes: agencyTypes.filter((type) => AGENCY_TYPES.includes(type)) }];
  });
}

/** The day `years` before; the day after where there is none. */
const yearsBefore = (day: string, years: number): string => {
  const [year = 0, month = 0, date = 0] = day.split('-').map(Number);
  return new Date(Date.UTC(year - years, month - 1, date)).toISOString().slice(0, 10);
};

/** Compulsory school age begins at 5, and a child is a child until 18. */
const SCHOOL_AGE = { from: 5, until: 18 };

type Holds = (work: UnitOfWork, listing: Listing, day: string) => Promise<boolean>;

const someone =
  (condition: Where): Holds =>
  async (work, { caseId }, day) =>
    (
      await work.records.findMany(
        'read',
        CasePerson,
        { caseId, ...condition, $or: [{ until: null }, { until: { $gte: day } }] },
        1,
      )
    ).length > 0;

/** Asked of what the coordination sees: whom it asks must tell it nothing that is not shared with it. */
const HOLDS: Record<AudienceCondition, Holds> = {
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
  pregnant: someone({ pregnant: true }),
  in_custody: someone({ inCustody: true }),
};

/** The types of agency that are asked because of whom the item is about, on the day of the meeting. */
export async function addedTypes(
  work: UnitOfWork,
  rules: AudienceRule[],
  listing: Listing,
  { scheduledAt }: Meeting,
): Promise<AgencyType[]> {
  const added: AgencyType[] = [];
  for (const { when, agencyTypes } of rules)
    if (await HOLDS[when](work, listing, londonDay(scheduledAt))) added.push(...agencyTypes);
  return added;
}

export interface Asked {
  id: string;
  /** The request there is already. */
  requestId: string | null;
  status: ResearchStatus | null;
  answeredBy: Answerer;
  practitionerId: string | null;
}

/**
 * Agencies of the partnership that may be asked: those named, or the usual ones. A compartment asks nobody who does not sit
 * in it.
 */
const AUDIENCE = `WITH seats AS (
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

/** Excluded agencies are left out as far as the actor may read that they are: of any other the request is hidden from them. */
export async function audienceOf(
  work: UnitOfWork,
  { id, panelId, caseId }: Listing,
  named: string[] | null,
  added: AgencyType[],
): Promise<Asked[]> {
  const keptOut = await findExcludedAgencies(work, caseId, panelId);
  return work.manager.query<Asked[]>(AUDIENCE, [id, panelId, work.now, londonDay(work.now), keptOut, named, added]);
}
