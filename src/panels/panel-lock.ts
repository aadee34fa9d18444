import type { UnitOfWork } from '../records/unit-of-work.js';

/**
 * Locks a panel until the transaction ends, and refreshes `work.now`. Times recorded afterwards are later than those of
 * requests that held the lock before. Under the lock, two simultaneous referrals of one matter see each other.
 *
 * A request that needs the lock takes it before it locks a case or an undecided referral, because the inserts of a screening
 * wait for the locks of both, and before its first write, because a write locks the authorization version. A request that
 * excludes or recuses takes it too: whether a removal came before or after is then certain.
 */
export async function lockPanel(work: UnitOfWork, panelId: string): Promise<void> {
  if (await work.lock(`screening ${panelId}`)) work.refreshTime();
}
