/**
 * Panels without meetings: a sitting in writing has a closing date by which agencies tell what they know, and its chair decides
 * on what was told. Nobody is in a room, and whoever contributed or answered takes the place of those present. Source: MARAC
 * note, section 2.5 "Meeting-less mode".
 */
import { conflict } from '../policy/problems.js';
import type { Work } from '../records/work.js';
import { Listing, type Meeting } from './meeting.entity.js';

export const isInWriting = ({ kind }: Pick<Meeting, 'kind'>): boolean => kind === 'written';

/** For what only a meeting has: a beginning, a room, items one after the other. */
export function inTheRoomOnly(meeting: Pick<Meeting, 'kind'>): void {
  if (isInWriting(meeting))
    throw conflict(
      'in-writing',
      'This sitting is in writing: agencies contribute until its closing date, and its chair decides. Convene a meeting of the kind ' +
        '`ordinary` to hear a case in a room.',
    );
}

/** By the chair, after the closing date, or before it where everybody who was asked has answered. */
export async function mayDecideInWriting(work: Work, meeting: Meeting, { id }: Listing): Promise<void> {
  await work.find('decide-in-writing', Listing, id);
  if (meeting.scheduledAt <= work.now) return;
  const [answers] = await work.asService(() =>
    work.manager.query<[{ asked: number; open: number }]>(
      `SELECT count(*)::int AS asked, count(*) FILTER (WHERE status = 'asked')::int AS open
       FROM research_requests WHERE listing_id = $1 AND status <> 'cancelled'`,
      [id],
    ),
  );
  if (!answers.asked || answers.open)
    throw conflict(
      'still-open',
      'Agencies may contribute until the closing date. Decide after it, or when all have answered.',
    );
}

/** Who told what they know of an item, or of any: agencies with their types, as the quorum counts them; `$1` the meeting, `$2` the item. */
export const WHO_TOLD = `SELECT r.asked_agency_id AS agency_id FROM research_requests r
    WHERE r.meeting_id = $1 AND r.status = 'returned' AND ($2::uuid IS NULL OR r.listing_id = $2)
  UNION SELECT k.agency_id FROM contributions k JOIN listings l ON l.case_id = k.case_id JOIN meetings m ON m.id = l.meeting_id
    WHERE l.meeting_id = $1 AND ($2::uuid IS NULL OR l.id = $2) AND l.removed_at IS NULL AND k.recalled_at IS NULL
      AND NOT k.agency_only AND k.made_at >= m.made_at`;
