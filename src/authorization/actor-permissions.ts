/**
 * Permissions of an actor: rules, statement templates and masks derived from the actor's attributes.
 *
 * Derived values live as long as the attributes they were derived from. An actor loaded for a request shares the values
 * of the cached attributes (`sharePermissions`). A copy of an actor with other attributes starts with none, because
 * values are looked up by the actor object itself.
 */
import type { Actor } from '../authentication/actor.js';

/** Derived values of cached attributes, by the scopes of the token. */
export class SharedPermissions {
  private readonly byScopes = new Map<string, Map<string, unknown>>();

  valuesFor(scopes: readonly string[] | undefined): Map<string, unknown> {
    const key = scopes ? scopes.join(' ') : 'everything';
    const values = this.byScopes.get(key) ?? new Map<string, unknown>();
    this.byScopes.set(key, values);
    return values;
  }
}

class ActorPermissions {
  private readonly values: Map<string, unknown>;
  private readonly currentValues = new Map<string, unknown>();

  constructor(
    { scopes }: Actor,
    readonly shared = new SharedPermissions(),
  ) {
    this.values = shared.valuesFor(scopes);
  }

  /**
   * Memoises a value that does not depend on the current time. It may contain `actor.now` as a replaceable parameter
   * (`records/statement-template.ts`).
   */
  memoize<T>(key: string, make: () => T): T {
    return valueOf(this.values, key, make);
  }

  /** Memoises a value that contains the current time of the actor. */
  memoizeNow<T>(key: string, make: () => T): T {
    return valueOf(this.currentValues, key, make);
  }
}

/** Maximum number of values of one kind; the map is emptied when it is full. */
const MAX_VALUES = 1000;

function valueOf<T>(values: Map<string, unknown>, key: string, make: () => T): T {
  let value = values.get(key) as T | undefined;
  if (value === undefined) {
    value = make();
    if (values.size >= MAX_VALUES) values.clear();
    values.set(key, value);
  }
  return value;
}

const permissionsByActor = new WeakMap<Actor, ActorPermissions>();

export function permissionsOf(actor: Actor): ActorPermissions {
  let permissions = permissionsByActor.get(actor);
  if (!permissions) permissionsByActor.set(actor, (permissions = new ActorPermissions(actor)));
  return permissions;
}

/** Gives the actor the derived values of its cached attributes; earlier values are discarded. */
export function sharePermissions(actor: Actor, shared: SharedPermissions): void {
  permissionsByActor.set(actor, new ActorPermissions(actor, shared));
}

/** Returns the actor without the restriction of a machine client to its scopes. */
export function withoutScopes(actor: Actor): Actor {
  if (actor.scopes === undefined) return actor;
  const unscoped = { ...actor, scopes: undefined };
  sharePermissions(unscoped, permissionsOf(actor).shared);
  return unscoped;
}
