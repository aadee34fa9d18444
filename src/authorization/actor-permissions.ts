/**
 * What follows from who somebody is, worked out once and kept for as long as every fact about them is the very same object.
 * The moment is no part of it: what is kept may hold `actor.now` as a value to be replaced (see `records/statement-template.ts`), and
 * must not depend on it in any other way.
 */
import { declaredAttributes, type Actor } from '../authentication/actor.js';

interface Standing {
  of: Actor;
  kept: Map<string, unknown>;
}

/** By wall, because each reading of the facts makes one; simulated facts share it, hence the list. */
const standings = new WeakMap<object, Standing[]>();
const MOST_KEPT = 16;

export function memoizeFor<T>(actor: Actor, key: string, make: () => T): T {
  const { kept } = standingOf(actor);
  let value = kept.get(key) as T | undefined;
  if (value === undefined) kept.set(key, (value = make()));
  return value;
}

function standingOf(actor: Actor): Standing {
  const known = standings.get(actor.securityContext) ?? [];
  const found = known.find(({ of }) => isSame(of, actor));
  if (found) return found;
  const made = { of: { ...actor }, kept: new Map<string, unknown>() };
  standings.set(actor.securityContext, [...known.slice(-MOST_KEPT + 1), made]);
  return made;
}

const isSame = (a: Actor, b: Actor): boolean =>
  a.id === b.id &&
  a.kind === b.kind &&
  a.agencyId === b.agencyId &&
  a.agencyType === b.agencyType &&
  a.purpose === b.purpose &&
  a.roles === b.roles &&
  a.scopes?.join() === b.scopes?.join() &&
  declaredAttributes().every(({ name }) => a[name] === b[name]);
