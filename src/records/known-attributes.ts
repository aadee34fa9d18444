/**
 * Facts of somebody else, as far as the person who asks the policy may know them. Facts are read as the owner of the database
 * reads, and rest on records that can be hidden from the asker: an invitation to a hidden item, a recusal, an emergency access.
 * Such records do not count in an explanation, so that it is the same whether or not they exist.
 */
import { declaredAttributes, type Actor, type ActorAttributes } from '../authentication/actor.js';
import { inBatches } from './batches.js';
import type { UnitOfWork } from './unit-of-work.js';

export type KnownAttributes = Partial<ActorAttributes & Pick<Actor, 'roles'>>;

/** Finds once which records behind the facts of these people the asker may know; then gives the facts of each of them. */
export type FindKnownAttributes = (
  work: UnitOfWork,
  people: readonly Actor[],
) => Promise<(one: Actor) => KnownAttributes>;

/** Facts that rest on no record hidden from those who may explain a case: seats, agencies and agreements. */
const OPEN: readonly (keyof ActorAttributes)[] = [
  'agreements',
  'auditedPanelIds',
  'compartmentPanelIds',
  'coordinatedPanelIds',
  'excludedFromAuditIds',
  'memberships',
  'nameKeys',
  'namedInExcluded',
  'partnershipIds',
  'registrationIds',
  'workingPartnershipIds',
];

const known = new Set<string>(OPEN);
const finders: FindKnownAttributes[] = [];

/** A record that keeps somebody from a case, or from one item of a meeting. */
export interface Conflict {
  id: string;
  caseIds?: readonly string[];
  listingId?: string;
}

/** An item of a meeting, with its case. */
interface ItemOfCase {
  id: string;
  caseId: string;
}

type FindConflicts = (work: UnitOfWork, one: Actor) => Promise<Conflict[]>;

/** Facts that keep somebody from something, and the ways to the records behind these facts. */
const conflicting = new Set<keyof ActorAttributes>();
const conflictFinders: FindConflicts[] = [];

export function declareConflicts(names: readonly (keyof ActorAttributes)[], find: FindConflicts): void {
  for (const name of names) conflicting.add(name);
  conflictFinders.push(find);
}

/** Returns the records in force that keep the person from something, whether or not whoever works may know them. */
export const conflictsOf = (work: UnitOfWork, one: Actor): Promise<Conflict[]> =>
  work.asSystem(async () => {
    const found: Conflict[] = [];
    for (const find of conflictFinders) found.push(...(await find(work, one)));
    return found;
  });

/** Returns those of the conflicts that keep somebody from the item. */
export const keepingFrom = (conflicts: readonly Conflict[], { id, caseId }: ItemOfCase): Conflict[] =>
  conflicts.filter((one) => one.listingId === id || one.caseIds?.includes(caseId));

/** Returns the person as they would be without any exclusion or recusal. */
export const withoutConflicts = (one: Actor): Actor => ({
  ...one,
  ...Object.fromEntries([...conflicting].map((name) => [name, []])),
  // a wall of its own, as below
  securityContext: { ...one.securityContext },
});

export function declareKnownAttributes(names: readonly (keyof ActorAttributes)[], find: FindKnownAttributes): void {
  for (const name of names) known.add(name);
  finders.push(find);
}

/** Returns the people with the facts that the asker may know. A fact of which nobody declared who may know it is an error. */
export async function asKnownToAsker(work: UnitOfWork, people: readonly Actor[]): Promise<Actor[]> {
  const undeclared = declaredAttributes().find(({ name }) => !known.has(name));
  if (undeclared) throw new Error(`nothing says who may know the fact ${undeclared.name} of somebody else`);
  const facts: Awaited<ReturnType<FindKnownAttributes>>[] = [];
  for (const find of finders) facts.push(await find(work, people));
  return inBatches(people, (one) => {
    if (one.id === work.actor.id) return one;
    // a wall of its own: what is derived from all facts is kept by it (`authorization/actor-permissions.ts`)
    const asked: Actor = { ...one, securityContext: { ...one.securityContext } };
    for (const factsOf of facts) Object.assign(asked, factsOf(one));
    return asked;
  });
}
