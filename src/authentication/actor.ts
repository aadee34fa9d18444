/**
 * Actor of a request or job, with every attribute that a rule may use. Attributes come from the database, are checked
 * for changes on each request, and are never taken from a token.
 *
 * An area adds an attribute by declaring its type and its SQL expression:
 *
 *   declare module './actor.js' { interface ActorAttributes { memberships: MembershipFact[] } }
 *   policy.declareAttribute('memberships', `SELECT … WHERE m.practitioner_id = who.id AND m.valid_from <= :now`);
 */
import type { RequestContext } from '../http/request-context.js';
import type { LogPurpose, Purpose } from './purposes.js';
import type { Problem } from '../http/problems.js';

/** Attributes declared by the areas, through declaration merging. */
// eslint-disable-next-line @typescript-eslint/no-empty-object-type -- filled by declaration merging
export interface ActorAttributes {}

export interface Actor extends ActorAttributes {
  kind: 'practitioner' | 'client';
  id: string;
  name: string;
  agencyId: string;
  agencyType: string;
  /** System roles (`SystemRole`), e.g. `auditor` or `safeguarding_lead`. */
  roles: string[];
  /** Permitted `action:Subject` pairs of a machine client: registered for the client and present in the token. */
  scopes?: string[];
  purpose: Purpose | LogPurpose;
  now: Date;
  call: RequestContext;
  /** Security context for row-level security, set in each transaction. The policy does not read this property. */
  securityContext: object;
  /**
   * Cache state of an actor who signed in, valid while the authorization version is unchanged. The first statement of a
   * unit of work returns the current version. If that version differs, no result leaves the unit of work.
   */
  cache?: ActorCache;
}

export interface ActorCache {
  version: string;
  /**
   * Indicates whether the actor was loaded for this request. A refusal must never rest on data cached before the
   * request.
   */
  isFresh: boolean;
  /** Next time at which an attribute changes without a write, as time passes. */
  expiresAt: Date;
  /** Reloads the actor in place, as of `now`. Throws if the actor is no longer active. */
  reload: (now: Date) => Promise<void>;
  /** Returns whether a reload as of `now` would give the same data. */
  isCurrent: (now: Date) => Promise<boolean>;
}

/**
 * Throws the problem that `problemOf` finds, after `tell` has recorded the refusal. An actor cached before the request
 * is reloaded and checked again first. The check is repeated at every later reload.
 */
export async function refuseAfterReload(
  actor: Actor,
  problemOf: () => Problem | null,
  tell: (problem: Problem) => Promise<void>,
): Promise<void> {
  const asked = async (): Promise<void> => {
    const problem = problemOf();
    if (!problem) return;
    if (actor.cache && !actor.cache.isFresh) return actor.cache.reload(actor.now);
    await tell(problem);
    throw problem;
  };
  const { cache } = actor;
  if (cache)
    actor.cache = {
      ...cache,
      reload: async (now) => {
        await cache.reload(now);
        await asked();
      },
    };
  await asked();
}

export interface Attribute {
  name: keyof ActorAttributes;
  /**
   * Scalar SQL expression, placed in parentheses by the generated statement. May use the columns of `who` (kind, id,
   * name, agency_id, agency_type, roles, scopes, purpose) and the named parameter `:now`.
   */
  sql: string;
  /** Converts the JSON value to the attribute. */
  read: AttributeReader<unknown>;
}

/** Owner of an attribute. `ask` queries data that never changes and therefore need not be read with each request. */
export interface AttributeOwner {
  agencyType: string;
  purpose: string;
  ask: <R>(sql: string, values: unknown[]) => Promise<R[]>;
}

export type AttributeReader<T> = (value: unknown, owner: AttributeOwner) => T | Promise<T>;

const attributes = new Map<string, Attribute>();

export function declareAttribute<N extends keyof ActorAttributes>(
  name: N,
  sql: string,
  read: AttributeReader<ActorAttributes[N]> = (value) => value as ActorAttributes[N],
): void {
  if (attributes.has(name)) throw new Error(`the attribute ${String(name)} is declared twice`);
  attributes.set(name, { name, sql, read });
}

const changes: string[] = [];

/**
 * Declares a scalar SQL expression for the next time-based change of an attribute of `who`. The expression returns the
 * first such time after `:now`, or null.
 */
export function declareTimedChange(sql: string): void {
  changes.push(sql);
}

export const declaredTimedChanges = (): readonly string[] => changes;

export const declaredAttributes = (): readonly Attribute[] => [...attributes.values()];

/** Loads actors. The agencies area implements this class, so that authorization does not depend on that area. */
export abstract class Actors {
  /** Returns the actor of a verified token, or null if no active actor matches. */
  abstract signedIn(issuer: string, subject: string, clientId: string | null, as: ActingAs): Promise<Actor | null>;
  /** Returns another practitioner as of `as.now`, for explanations. */
  abstract practitioner(id: string, as: ActingAs): Promise<Actor | null>;
  /**
   * Returns practitioners as of `as.now` by identifier, loaded in few statements. Inactive practitioners are left out.
   */
  abstract practitioners(ids: readonly string[], as: ActingAs): Promise<Map<string, Actor>>;
  /** Returns practitioners read by `ask` within a transaction, including its uncommitted changes. Nothing is cached. */
  abstract practitionersWithin(
    ask: <R>(sql: string, values: unknown[]) => Promise<R[]>,
    ids: readonly string[],
    as: ActingAs,
  ): Promise<Actor[]>;
}

export interface ActingAs {
  now: Date;
  call: RequestContext;
  purpose?: Purpose | LogPurpose;
  /** Code of the only agency for whose people the issuer vouches; null if the issuer vouches for all agencies. */
  vouchesFor?: string | null;
  /** Scopes of the token; machine clients only. */
  scopes?: string[];
}

/** Returns the columns that name the actor's agency as the contributor of a record. */
export const contributorOf = ({ agencyId, agencyType }: Actor) => ({ agencyId, contributingType: agencyType });
