/** Meetings outside the cycle. Source: JAG note, section 1.6 "Urgent case"; MARAC note, section 2.4 "Emergency MARAC". */
import { unacceptable } from '../http/problems.js';
import type { UnitOfWork } from '../records/unit-of-work.js';
import { hearsHighRisk } from './agenda-ranking.queries.js';
import type { ListingKind, Meeting } from './meeting.entity.js';

/**
 * Before an emergency meeting goes out or begins: it hears a case of high risk, or its chair says why it cannot wait. A risk that
 * is withheld from the actor counts as not high.
 */
export async function mustNotWait(work: UnitOfWork, meeting: Meeting): Promise<void> {
  if (meeting.kind !== 'emergency' || meeting.emergencyReason || (await hearsHighRisk(work, meeting))) return;
  throw unacceptable(
    'could-wait',
    'An emergency meeting hears a case that you are shown to be of high risk, or its chair says why it cannot wait: POST /v1/meetings/{id}/justification.',
  );
}

/** An emergency meeting hears what is urgent, and nothing else. */
export function onlyUrgent(meeting: Meeting, kind: ListingKind): void {
  if (meeting.kind === 'emergency' && kind !== 'urgent')
    throw unacceptable(
      'urgent-only',
      'An emergency meeting hears urgent items only. List the case at the next ordinary one.',
      [{ pointer: '/kind', detail: 'must be urgent' }],
    );
}
