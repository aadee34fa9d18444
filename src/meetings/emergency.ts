/**
 * Meetings outside the cycle. Source: JAG note, section 1.6 "Urgent case"; MARAC note, section 2.4 "Emergency MARAC".
 */
import { unacceptable } from '../http/problems.js';
import type { UnitOfWork } from '../records/unit-of-work.js';
import { hearsHighRisk } from './agenda-ranking.queries.js';
import type { ListingKind, Meeting } from './meeting.entity.js';

/**
 * Refuses to circulate or open an emergency meeting without a high-risk case or the chair's reason. A risk withheld
 * from the actor counts as not high.
 */
export async function requireUrgency(work: UnitOfWork, meeting: Meeting): Promise<void> {
  if (meeting.kind !== 'emergency' || meeting.emergencyReason || (await hearsHighRisk(work, meeting))) return;
  throw unacceptable(
    'emergency-reason-missing',
    'No case that you may see on this emergency meeting is of high risk. Add one, or have the chair give the reason why the meeting cannot wait: POST /v1/meetings/{id}/justification.',
  );
}

/** Refuses items of an emergency meeting that are not urgent. */
export function requireUrgentKind(meeting: Meeting, kind: ListingKind): void {
  if (meeting.kind === 'emergency' && kind !== 'urgent')
    throw unacceptable(
      'urgent-only',
      'An emergency meeting hears urgent items only. List the case at the next ordinary meeting.',
      [{ pointer: '/kind', detail: 'must be urgent' }],
    );
}
