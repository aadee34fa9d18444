/**
 * Who acts, now, by which call. Everything that a rule may ask about the reader is a fact of the actor; facts are
 * read from the database at each request and never believed from a token.
 *
 * An area adds facts by declaring them (`declareAttribute`) and by naming their type:
 *
 *   declare module './actor.js' { interface ActorFacts { memberships: MembershipFact[] } }
 *   declareFact('memberships', `SELECT … WHERE m.practitioner_id = who.id AND m.valid_from <= :now`);
 */
import type { RequestContext } from '../http/request-context.js';
import type { LogPurpose, Purpose } from './purposes.js';
import type { Problem } from '../http/problems.js';

/** Facts that areas declare (see above). */
// eslint-disable-next-line @typescript-eslint/no-empty-object-type -- filled by declaration merging
export interface ActorAttributes {}

export interface Actor extends ActorAttributes {
  kind: 'practitioner' | 'client';
  id: string;
  name: string;
  agencyId: string;
  agencyType: string;
  /** System roles (`SystemRole`), such as `auditor` or `safeguarding_lead`. */
  roles: string[];
  /** Machine clients only: `action:Subject` pairs the client is registered for and the token carries. */
  scopes?: string[];
  purpose: Purpose | LogPurpose;
  now: Date;
  call: RequestContext;
  /** What the database itself hides from the actor, to be said in each transaction; the policy does not read it. */
  securityContext: object;
  /**
   * Of somebody who signed in: what is known stands as long as the stamp does. Whoever asks about records learns the stamp
   * with the first answer, and nothing that was found leaves where it is another.
   */
  cache?: ActorCache;
}

export interface ActorCache {
  version: string;
  /** Whether the actor was read for this request: nobody is refused for what was known before it. */
  isFresh: boolean;
  /** The next moment at which a fact changes by the clock alone. */
  expiresAt: Date;
  /** Reads the actor again, in place, as of `now`; refuses where nobody active stands behind it any more. */
  reload: (now: Date) => Promise<void>;
  /** Whether everything that was read is, as of `now`, what would be read again. */
  isCurrent: (now: Date) => Promise<boolean>;
}

/**
 * Refuses the actor with what `problemOf` finds, after `tell` has written it down; nobody is refused for what was known before
 * the request. Whenever the actor is read anew, the same is asked again.
 */
export async function refuseUnlessReloaded(
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
  const { cache: cache } = actor;
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
   * A scalar SQL expression (a parenthesised select is added) over `who` (kind, id, agency_id, agency_type) and the
   * named parameters `:now` and `:purpose`.
   */
  sql: string;
  /** Turns the JSON value into the fact. */
  read: AttributeReader<unknown>;
}

/** Whose fact it is, and a way to ask for what never changes and so need not be read with each request. */
export interface AttributeOwner {
  agencyType: string;
  purpose: string;
  ask: <R>(sql: string, values: unknown[]) => Promise<R[]>;
}

export type AttributeReader<T> = (value: unknown, owner: AttributeOwner) => T | Promise<T>;

const facts = new Map<string, Attribute>();

export function declareAttribute<N extends keyof ActorAttributes>(
  name: N,
  sql: string,
  read: AttributeReader<ActorAttributes[N]> = (value) => value as ActorAttributes[N],
): void {
  if (facts.has(name)) throw new Error(`the fact ${String(name)} is declared twice`);
  facts.set(name, { name, sql, read });
}

const changes: string[] = [];

/** A scalar SQL expression: the next moment after `:now` at which a fact about `who` changes by the clock alone, or null. */
export function declareTimedChange(sql: string): void {
  changes.push(sql);
}

export const declaredTimedChanges = (): readonly string[] => changes;

export const declaredAttributes = (): readonly Attribute[] => [...facts.values()];

/** Where actors come from. The agencies area provides it; the policy only asks. */
export abstract class Actors {
  /** The actor behind a verified token, or null where nobody active stands behind it. */
  abstract signedIn(issuer: string, subject: string, clientId: string | null, as: ActingAs): Promise<Actor | null>;
  /** Another practitioner, as the policy sees them at `as.now` (for explanations). */
  abstract practitioner(id: string, as: ActingAs): Promise<Actor | null>;
  /** Many practitioners as the policy sees them at `as.now`, in few statements, by identifier; without those who are not active. */
  abstract practitioners(ids: readonly string[], as: ActingAs): Promise<Map<string, Actor>>;
  /** The same, read by `ask` within a transaction: with what that transaction changed. Nothing of it is kept. */
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
  /** The only agency (its code) for whose people the issuer vouches; null where it vouches for all. */
  vouchesFor?: string | null;
  /** Scopes of the token, machine clients only. */
  scopes?: string[];
}
