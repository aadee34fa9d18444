/** Items of meetings that alone give guests, and people who answer research requests, access to a case. */
import { Case } from '../cases/case.entity.js';
import type { Reading } from '../records/audit-trail.js';
import { Policy } from '../records/policy.js';
import { ResearchRequest } from './research.entity.js';

export const policy = new Policy();

type ItemOfCase = readonly [caseId: string, listingId: string];

const groupByCase = (items: readonly ItemOfCase[]): Map<string, string[]> =>
  new Map(
    [...Map.groupBy(items, ([caseId]) => caseId)].map(([caseId, own]) => [
      caseId,
      own.map(([, listingId]) => listingId),
    ]),
  );

/**
 * Returns the items of open requests that the actor answers. Requests show fields of people that no other access to the
 * case shows in this form.
 */
async function findRequestedItems(work: Reading, caseIds: string[]): Promise<ItemOfCase[]> {
  const open = { caseId: { $in: caseIds }, askedAgencyId: work.actor.agencyId, closesAt: { $gt: work.now } };
  const requests = await work.records.findMany('read', ResearchRequest, open, 1000);
  return requests.map(({ caseId, listingId }) => [caseId, listingId]);
}

/** Returns the items of open invitations to cases that the actor cannot read without the invitation. */
async function findInvitedItems(work: Reading, caseIds: string[]): Promise<ItemOfCase[]> {
  const { actor } = work;
  const invitations = actor.invitations.filter(
    ({ caseId, listingId }) => caseIds.includes(caseId) && !actor.recusedListingIds.includes(listingId),
  );
  if (!invitations.length) return [];
  const without = { ...actor, invitations: [], scopes: undefined };
  const otherwise = await work.records.known(
    Case,
    ['read'],
    invitations.map(({ caseId }) => caseId),
    without,
  );
  return invitations.filter(({ caseId }) => !otherwise.get(caseId)).map(({ caseId, listingId }) => [caseId, listingId]);
}

policy.declareItemsRead({
  concerns: ({ actor }, action) => action === 'research' || actor.invitations.length > 0,
  find: async (work, action, caseIds) =>
    groupByCase(
      action === 'research' ? await findRequestedItems(work, caseIds) : await findInvitedItems(work, caseIds),
    ),
});
