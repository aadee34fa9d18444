/**
 * Who acts, now, by which call. Everything that a rule may ask about the reader is a fact of the actor; facts are
 * read from the database at each request and never believed from a token.
 *
 * An area adds facts by declaring them (`declareFact`) and by naming their type:
 *
 *   declare module './actor.js' { interface ActorFacts { memberships: MembershipFact[] } }
 *   declareFact('memberships', `SELECT … WHERE m.practitioner_id = who.id AND m.valid_from <= :now`);
 */
import type { LogPurpose, Purpose } from './categories.js';
import type { Problem } from './problems.js';

/** What the request said about itself; jobs and exports act without most of it. */
export interface Call {
  /** W3C trace id; joins audit entries, events and log lines of one request. */
  correlationId: string;
  /** Method and route pattern, e.g. `POST /v1/referrals`. */
  route: string;
  idempotencyKey?: string;
  ifMatch?: string;
  ifNoneMatch?: string;
  /** Returns the SHA-256 of path and body: two calls with one idempotency key must agree on it. */
  fingerprint?: () => string;
  /** Wrong values of the request, answered only where the policy does not refuse (`records/held-back.ts`). */
  heldBack?: Problem;
}

/** Facts that areas declare (see above). */
// eslint-disable-next-line @typescript-eslint/no-empty-object-type -- filled by declaration merging
export interface ActorFacts {}

export interface Actor extends ActorFacts {
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
  call: Call;
  /** What the database itself hides from the actor, to be said in each transaction; the policy does not read it. */
  wall: object;
  /**
   * Of somebody who signed in: what is known stands as long as the stamp does. Whoever asks about records learns the stamp
   * with the first answer, and nothing that was found leaves where it is another.
   */
  kept?: Kept;
}

export interface Kept {
  stamp: string;
  /** Whether the actor was read for this request: nobody is refused for what was known before it. */
  isFresh: boolean;
  /** The next moment at which a fact changes by the clock alone. */
  until: Date;
  /** Reads the actor again, in place, as of `now`; refuses where nobody active stands behind it any more. */
  renew: (now: Date) => Promise<void>;
  /** Whether everything that was read is, as of `now`, what would be read again. */
  stillHolds: (now: Date) => Promise<boolean>;
}

/**
 * Refuses the actor with what `problemOf` finds, after `tell` has written it down; nobody is refused for what was known before
 * the request. Whenever the actor is read anew, the same is asked again.
 */
export async function admit(
  actor: Actor,
  problemOf: () => Problem | null,
  tell: (problem: Problem) => Promise<void>,
): Promise<void> {
  const asked = async (): Promise<void> => {
    const problem = problemOf();
    if (!problem) return;
    if (actor.kept && !actor.kept.isFresh) return actor.kept.renew(actor.now);
    await tell(problem);
    throw problem;
  };
  const { kept } = actor;
  if (kept)
    actor.kept = {
      ...kept,
      renew: async (now) => {
        await kept.renew(now);
        await asked();
      },
    };
  await asked();
}

export interface Fact {
  name: keyof ActorFacts;
  /**
   * A scalar SQL expression (a parenthesised select is added) over `who` (kind, id, agency_id, agency_type) and the
   * named parameters `:now` and `:purpose`.
   */
  sql: string;
  /** Turns the JSON value into the fact. */
  read: FactReader<unknown>;
}

/** Whose fact it is, and a way to ask for what never changes and so need not be read with each request. */
export interface FactOwner {
  agencyType: string;
  purpose: string;
  ask: <R>(sql: string, values: unknown[]) => Promise<R[]>;
}

export type FactReader<T> = (value: unknown, owner: FactOwner) => T | Promise<T>;

const facts = new Map<string, Fact>();

export function declareFact<N extends keyof ActorFacts>(
  name: N,
  sql: string,
  read: FactReader<ActorFacts[N]> = (value) => value as ActorFacts[N],
): void {
  if (facts.has(name)) throw new Error(`the fact ${String(name)} is declared twice`);
  facts.set(name, { name, sql, read });
}

const changes: string[] = [];

/** A scalar SQL expression: the next moment after `:now` at which a fact about `who` changes by the clock alone, or null. */
export function declareChange(sql: string): void {
  changes.push(sql);
}

export const declaredChanges = (): readonly string[] => changes;

export const declaredFacts = (): readonly Fact[] => [...facts.values()];

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
  call: Call;
  purpose?: Purpose | LogPurpose;
  /** The only agency (its code) for whose people the issuer vouches; null where it vouches for all. */
  vouchesFor?: string | null;
  /** Scopes of the token, machine clients only. */
  scopes?: string[];
}
