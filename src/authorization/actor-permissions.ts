/**
 * Memoises values derived from an actor. An entry is valid while every attribute of the actor is the same object. The
 * current time is not part of the key: a memoised value may contain `actor.now` as a replaceable parameter (see
 * `records/statement-template.ts`), and must not depend on the time in any other way.
 */
import { declaredAttributes, type Actor } from '../authentication/actor.js';

interface ActorMemo {
  of: Actor;
  kept: Map<string, unknown>;
}

/**
 * Memoised values by security context, because each load of the attributes creates a new context. Simulated attributes
 * share one context, hence the list.
 */
const memosByContext = new WeakMap<object, ActorMemo[]>();
const MOST_KEPT = 16;

export function memoizeFor<T>(actor: Actor, key: string, make: () => T): T {
  const { kept } = memoOf(actor);
  let value = kept.get(key) as T | undefined;
  if (value === undefined) kept.set(key, (value = make()));
  return value;
}

function memoOf(actor: Actor): ActorMemo {
  const known = memosByContext.get(actor.securityContext) ?? [];
  const found = known.find(({ of }) => isSame(of, actor));
  if (found) return found;
  const made = { of: { ...actor }, kept: new Map<string, unknown>() };
  memosByContext.set(actor.securityContext, [...known.slice(-MOST_KEPT + 1), made]);
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
