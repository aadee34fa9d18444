/**
 * Attributes of another person, limited to what the requester of an explanation may know.
 *
 * Attributes are read with the privileges of the database owner and depend on records that may be hidden from the
 * requester: an invitation to a hidden item, a recusal, an emergency access. Hidden records are ignored, so that an
 * explanation is the same whether or not such records exist.
 */
import { declaredAttributes, type Actor, type ActorAttributes } from '../authentication/actor.js';
import { inBatches } from './batches.js';
import type { UnitOfWork } from './unit-of-work.js';

export type KnownAttributes = Partial<ActorAttributes & Pick<Actor, 'roles'>>;

/**
 * Looks up once which records behind the attributes of these people the requester may know. The returned function gives
 * the attributes of one person.
 */
export type FindKnownAttributes = (
  work: UnitOfWork,
  people: readonly Actor[],
) => Promise<(one: Actor) => KnownAttributes>;

/**
 * Attributes that depend on no record hidden from those who may explain a case, such as memberships, agencies and
 * agreements.
 */
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
  'loginRegistrationIds',
  'workingPartnershipIds',
];

const known = new Set<string>(OPEN);
const finders: FindKnownAttributes[] = [];

/** Record that excludes a person from a case or from one meeting item. */
export interface Conflict {
  id: string;
  caseIds?: readonly string[];
  listingId?: string;
}

/** Meeting item and its case. */
interface ItemOfCase {
  id: string;
  caseId: string;
}

type FindConflicts = (work: UnitOfWork, one: Actor) => Promise<Conflict[]>;

/** Attributes that restrict a person because of conflicts, and the functions that find the records behind them. */
const conflicting = new Set<keyof ActorAttributes>();
const conflictFinders: FindConflicts[] = [];

export function declareConflicts(names: readonly (keyof ActorAttributes)[], find: FindConflicts): void {
  for (const name of names) conflicting.add(name);
  conflictFinders.push(find);
}

/** Returns the active conflicts of a person, including those that the current actor may not know. */
export const conflictsOf = (work: UnitOfWork, one: Actor): Promise<Conflict[]> =>
  work.asSystem(async () => {
    const found: Conflict[] = [];
    for (const find of conflictFinders) found.push(...(await find(work, one)));
    return found;
  });

/** Returns the conflicts that exclude a person from the item. */
export const conflictsExcludingFrom = (conflicts: readonly Conflict[], { id, caseId }: ItemOfCase): Conflict[] =>
  conflicts.filter((one) => one.listingId === id || one.caseIds?.includes(caseId));

/** Returns the person as if no exclusion or recusal existed. */
export const withoutConflicts = (one: Actor): Actor => ({
  ...one,
  ...Object.fromEntries([...conflicting].map((name) => [name, []])),
});

export function declareKnownAttributes(names: readonly (keyof ActorAttributes)[], find: FindKnownAttributes): void {
  for (const name of names) known.add(name);
  finders.push(find);
}

/**
 * Returns the people with the attributes that the requester may know. Throws if no module has declared who may know an
 * attribute.
 */
export async function asKnownToAsker(work: UnitOfWork, people: readonly Actor[]): Promise<Actor[]> {
  const undeclared = declaredAttributes().find(({ name }) => !known.has(name));
  if (undeclared) throw new Error(`nothing says who may know the attribute ${undeclared.name} of somebody else`);
  const attributes: Awaited<ReturnType<FindKnownAttributes>>[] = [];
  for (const find of finders) attributes.push(await find(work, people));
  return inBatches(people, (one) => {
    if (one.id === work.actor.id) return one;
    return Object.assign({ ...one }, ...attributes.map((attributesOf) => attributesOf(one))) as Actor;
  });
}
