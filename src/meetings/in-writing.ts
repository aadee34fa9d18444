/**
 * Meetings in writing. Agencies contribute until a closing date, and the chair decides on the contributions. Nobody is
 * present; agencies that contributed or answered count in place of those present. Source: MARAC note, section 2.5
 * "Meeting-less mode".
 */
import { conflict } from '../http/problems.js';
import { Contribution } from '../cases/case.entity.js';
import { ownOrShared } from '../plans/plans.policy.js';
import type { Actors } from '../authentication/actor.js';
import { grantedLevel } from '../authorization/sharing-levels.js';
import type { UnitOfWork } from '../records/unit-of-work.js';
import { DECISION_CATEGORY, Listing, type Meeting } from './meeting.entity.js';

export const isInWriting = ({ kind }: Pick<Meeting, 'kind'>): boolean => kind === 'written';

/** Refuses meetings in writing, for commands that need people present: opening, attendance, running order. */
export function refuseInWriting(meeting: Pick<Meeting, 'kind'>): void {
  if (isInWriting(meeting))
    throw conflict(
      'in-writing',
      'The meeting is in writing: agencies contribute until its closing date, and its chair decides. Convene a meeting of the kind ' +
        '`ordinary` to hear a case with people present.',
    );
}

/**
 * Authorizes a decision in writing: only the chair, after the closing date, or earlier if everybody asked has answered.
 */
export async function authorizeDecisionInWriting(work: UnitOfWork, meeting: Meeting, { id }: Listing): Promise<void> {
  await work.records.find('decide-in-writing', Listing, id);
  if (meeting.scheduledAt <= work.now) return;
  const [answers] = await work.asSystem(() =>
    work.manager.query<[{ asked: number; open: number }]>(
      `SELECT count(*)::int AS asked, count(*) FILTER (WHERE status = 'asked')::int AS open
       FROM research_requests WHERE listing_id = $1 AND status <> 'cancelled'`,
      [id],
    ),
  );
  if (!answers.asked || answers.open)
    throw conflict(
      'still-open',
      'Agencies can contribute until the closing date. Decide after it, or when all asked agencies have answered.',
    );
}

/** SQL for the core members of the panel `$1` on the London day of the time `$2`. */
const CORE_MEMBERS_SQL = `SELECT m.practitioner_id AS id FROM memberships m WHERE m.panel_id = $1 AND m.tier = 'core'
  AND m.valid_from <= ($2::timestamptz AT TIME ZONE 'Europe/London')::date
  AND (m.valid_to IS NULL OR m.valid_to >= ($2::timestamptz AT TIME ZONE 'Europe/London')::date) ORDER BY m.practitioner_id`;

/**
 * Returns the agencies that contributed to the item. An agency counts if it answered a research request, or made a
 * contribution which the agreement shares with every core member who may know of the decision. These members read the
 * decision, its quorum or a refusal, which must not reveal a contribution withheld from one of them. Exclusions and
 * recusals are ignored, so that the count does not reveal them. Source:
 * docs/decisions/0059-count-a-quorum-in-writing-by-what-members-may-know.md.
 */
export async function findContributingAgencies(
  work: UnitOfWork,
  actors: Actors,
  meeting: Meeting,
  item: Listing,
): Promise<string[]> {
  const { now, actor } = work;
  const query = <R>(sql: string, values: unknown[]): Promise<R[]> => work.manager.query<R[]>(sql, values);
  const [members, answered] = await work.asSystem(async () => [
    await query<{ id: string }>(CORE_MEMBERS_SQL, [item.panelId, now]),
    await query<{ agencyId: string }>(
      `SELECT asked_agency_id AS "agencyId" FROM research_requests WHERE listing_id = $1 AND status = 'returned'`,
      [item.id],
    ),
  ]);
  const ids = members.map(({ id }) => id);
  const readers = await actors.practitionersWithin(query, ids, { now, call: actor.call, purpose: 'PANEL_MEETING' });
  const decided = { agencyId: actor.agencyId, type: actor.agencyType };
  const known = readers
    .filter((one) => grantedLevel(one, item.panelId, DECISION_CATEGORY, decided).level !== 'none')
    .map((one) => ownOrShared({ ...one, emergencyCaseIds: [] }));
  const contributions = await work.records.findMany('read', Contribution, {
    $and: [
      { caseId: item.caseId, agencyOnly: false, recalledAt: null, createdAt: { $gte: meeting.createdAt } },
      ...new Map(known.map((where) => [JSON.stringify(where), where])).values(),
    ],
  });
  return [...new Set([...answered, ...contributions].map(({ agencyId }) => agencyId))];
}
