/**
 * Items of meetings hidden by recusals, including their discussion, decisions and minutes; the rest of the case remains
 * readable. An exclusion hides the whole case. Source: docs/decisions/0017.
 *
 * Nothing is copied: a running recusal hides its item, and every item of the matter that was not decided before it. The
 * matter is the case and the cases that repeat it. A declared conflict reaches direct repeats alone: through a case that
 * the person may not know, the hidden items would reveal that case.
 */
import { Policy } from '../records/policy.js';
import type { UnitOfWork } from '../records/unit-of-work.js';
import { concernsActor } from '../sharing/access.policy.js';
import type { DenyRule } from '../authorization/subject.types.js';

export const policy = new Policy();

declare module '../authentication/actor.js' {
  interface ActorAttributes {
    /** Listings hidden from the actor. */
    recusedListingIds: string[];
    /** Cases of running recusals, and cases that repeat them: their new items will be hidden from the actor. */
    recusedCaseIds: string[];
  }
}

/** SQL of the agency of the person recused by a recusal `r`. */
const AGENCY = '(SELECT p.agency_id FROM practitioners p WHERE p.id = r.practitioner_id)';

/** SQL for pairs of recusals `r` and items `l` of the matter, with the first decision `d` on the item. */
const ITEMS_OF_MATTER = `recusals r CROSS JOIN LATERAL unnest(matter_of(r.case_id, ${AGENCY}, NOT r.declared)) matter (case_id)
  JOIN listings l ON l.case_id = matter.case_id LEFT JOIN decisions d ON d.listing_id = l.id AND d.corrects_id IS NULL`;

/** SQL condition that a recusal `r` applies to the item `l`: its own, or one not decided before it. */
const APPLIES = `(l.id = r.listing_id OR coalesce(d.created_at >= r.created_at, true))`;

/** SQL condition that a running recusal `r` hides the item `l`. */
const HIDES = `r.ended_at IS NULL AND ${APPLIES}`;

/** SQL condition that a row of the item `l` was recorded while the recusal `r` ran. */
const recordedMeanwhile = (table: string): string => `EXISTS (SELECT FROM ${table} m WHERE m.listing_id = l.id
    AND m.created_at >= r.created_at AND m.created_at < r.ended_at)`;

/**
 * SQL condition that a recusal `r` whose conflict is over hides the item `l`: a decision or its correction, minutes or a
 * crime were recorded meanwhile.
 */
const STILL_HIDES = `r.end_kind = 'ended' AND ${APPLIES}
  AND (${['decisions', 'minutes', 'disclosed_crimes'].map(recordedMeanwhile).join(' OR ')})`;

/** Selects the recusals that hide items, with these items. $1 people, or null for all; $2 meeting, or null for all. */
export const RECUSED_ITEMS = `SELECT r.id, r.practitioner_id AS "practitionerId", r.declared, l.id AS "listingId", l.case_id AS "caseId",
    l.case_id = ANY (matter_of(r.case_id, ${AGENCY}, false)) AS "isSameOrDirectRepeat"
  FROM ${ITEMS_OF_MATTER}
  WHERE ($1::uuid[] IS NULL OR r.practitioner_id = ANY ($1)) AND ($2::uuid IS NULL OR l.meeting_id = $2)
    AND (${HIDES} OR ${STILL_HIDES})`;

export interface RecusedItem {
  /** Identifier of the recusal. */
  id: string;
  practitionerId: string;
  declared: boolean;
  listingId: string;
  caseId: string;
  /** Whether the item is of the same case, or of a direct repeat. */
  isSameOrDirectRepeat: boolean;
}

/** Returns the recusals that hide items of a meeting, including those that the actor may not read. */
export const recusedItemsOfMeeting = (work: UnitOfWork, meetingId: string): Promise<RecusedItem[]> =>
  work.asSystem(() => work.manager.query(RECUSED_ITEMS, [null, meetingId]));

policy.declareAttribute(
  'recusedListingIds',
  `SELECT coalesce(jsonb_agg(DISTINCT l.id), '[]') FROM ${ITEMS_OF_MATTER}
   WHERE who.kind = 'practitioner' AND ${concernsActor('r')} AND (${HIDES} OR ${STILL_HIDES})`,
);

policy.declareAttribute(
  'recusedCaseIds',
  `SELECT coalesce(jsonb_agg(DISTINCT matter.id), '[]') FROM recusals r,
     unnest(matter_of(r.case_id, who.agency_id, NOT r.declared)) matter (id)
   WHERE who.kind = 'practitioner' AND ${concernsActor('r')} AND r.ended_at IS NULL`,
);

/** Deny rule for records that hold the identifier of an item in `column`. */
export const recusedFromItem = (column: string): DenyRule => ({
  name: 'recused-from-item',
  step: 'conflict',
  sentence: 'who is recused from the item of the meeting',
  where: ({ recusedListingIds }) => (recusedListingIds.length ? { [column]: { $in: recusedListingIds } } : null),
});
