import { CycleMeeting } from '../cycles/cycle.entity.js';
import { mustNotBeInError } from '../cases/open-case.js';
import type { Actor } from '../authentication/actor.js';
import type { Row } from '../authorization/conditions.js';
import { londonDay } from '../time/clock.js';
import type { AuthorizedResponse } from '../records/authorized-response.js';
import { Records } from '../records/records.js';
import { after } from '../records/state-machine.js';
import type { UnitOfWork } from '../records/unit-of-work.js';
import { Bid, bidMachine, type BidCommand } from './bid.entity.js';
import { BidView } from './bid.response.js';
import type { ActionOf } from '../database/columns.js';

/**
 * Commands that carry a bid on. The others end a bid, put it off or record what was done, and remain possible when the
 * case was closed as referred in error.
 */
const CARRYING_ON: readonly BidCommand[] = [
  'submission',
  'screening',
  'listing',
  'approval',
  'part_approval',
  'escalation',
  'scheduling',
  'deployment',
];

/** Refuses to carry on a bid whose case was closed as referred in error. */
export async function mustNotCarryOnAnError(work: UnitOfWork, bid: Bid, command: BidCommand): Promise<void> {
  if (CARRYING_ON.includes(command)) await mustNotBeInError(work, bid.caseId);
}

/** Changes the status of a bid by one command, which may check and change more. */
export function applyCommand(
  records: Records,
  actor: Actor,
  id: string,
  action: ActionOf<typeof Bid>,
  command: BidCommand,
  changes: (work: UnitOfWork, bid: Bid) => Promise<Partial<Bid>> = () => Promise.resolve({}),
): Promise<AuthorizedResponse> {
  return records.change(actor, async (work) => {
    const found = await work.records.findForUpdate(action, Bid, BidView, id);
    const status = after(bidMachine, found.status, command);
    await mustNotCarryOnAnError(work, found, command);
    const moved = await work.write.update(Bid, found, { ...(await changes(work, found)), status });
    work.recordEvent(`bid.${status.replace('_', '-')}`, Bid, moved);
    return respondWithBid(work, id);
  });
}

/** Responds with a bid, including warnings derived from other bids that the reader may read. */
export const respondWithBid = (work: UnitOfWork, id: string): Promise<AuthorizedResponse> =>
  work.respond.found(BidView, id, 200, (rows) => findAgenciesOwingResults(work, rows));

/**
 * Returns the agencies that owe results. Computed for each reader and never stored, because a bid hidden from the
 * reader must not cause a warning.
 */
export async function findAgenciesOwingResults(work: UnitOfWork, bids: readonly Bid[]): Promise<Row> {
  const agencyIds = [...new Set(bids.map(({ agencyId }) => agencyId))];
  const overdue = { status: 'deployed', resultsDueOn: { $lt: londonDay(work.now) } };
  const found = await work.records.findMany('read', Bid, { agencyId: { $in: agencyIds }, ...overdue });
  return { owing: new Set(found.map(({ agencyId }) => agencyId)) };
}

/** Returns the cycle of a partnership that a meeting belongs to, or null. */
export async function findCycleId(work: UnitOfWork, meetingId: string, partnershipId: string): Promise<string | null> {
  const part = await work.acrossPartnerships(() => work.manager.findOneBy(CycleMeeting, { meetingId, partnershipId }));
  return part?.cycleId ?? null;
}
