/**
 * Database session of one unit of work: one transaction on one connection, with the row-level security context of the
 * actor. Statements are pipelined: BEGIN, the context and the first reads are sent without waiting for results.
 *
 * Row-level security is a second, coarse check with statements of its own. The database function
 * `row_security_context` (in `migrations/row-security.sql`) determines what is hidden from the acting principal; this
 * file only passes the result on. A connection without a context sees no rows.
 */
import type { PoolClient } from 'pg';
import type { EntityManager, QueryRunner, DataSource } from 'typeorm';
import type { Actor } from '../authentication/actor.js';
import type { Row } from '../authorization/conditions.js';
import type { Clock } from '../time/clock.js';
import type { BoundStatement } from './statement-template.js';
import type { SecurityContext } from './security-context.js';

/**
 * Authorization data of the actor changed since it was cached. The actor must be reloaded and the unit of work retried.
 */
export class StaleActorError extends Error {}

export class DatabaseSession {
  private transaction: Promise<void> | undefined;
  private lastResult: Promise<unknown> = Promise.resolve();
  private isVerified = false;
  private isEnded = false;

  /** `client` is the connection of `runner`. */
  constructor(
    private readonly runner: QueryRunner,
    readonly client: PoolClient,
    private readonly actor: Actor,
    private readonly clock: Clock,
  ) {}

  currentTime(): Date {
    return this.clock.now();
  }

  /** Entity manager of the transaction, which begins if it has not yet. */
  get manager(): EntityManager {
    this.begin();
    return this.runner.manager;
  }

  /**
   * Begins the transaction. All statements of a read see one snapshot, taken when the context was set; a change (READ
   * COMMITTED) also sees later commits of others.
   */
  begin(isChange = false): void {
    // after a concurrent operation failed, the connection may already serve another request
    if (this.isEnded) throw new Error('a statement was sent after the end of its unit of work');
    if (this.transaction) return;
    const begun = this.client.query(isChange ? 'BEGIN ISOLATION LEVEL READ COMMITTED' : 'BEGIN');
    const contextSet = this.client.query<{ version: string | null }>(setContextStatement(this.securityContext));
    this.transaction = Promise.all([contextSet, begun]).then(([{ rows }]) =>
      this.verifyVersion(rows[0]?.version ?? null),
    );
    this.transaction.catch(() => undefined); // avoids an unhandled rejection; `commit` and `rollBack` await the promise
  }

  /**
   * Sends a prepared statement without waiting for earlier results (pipelining). Rows are returned only after the
   * actor's permissions were found unchanged.
   */
  async query(statement: BoundStatement): Promise<Row[]> {
    this.begin();
    const result = this.client.query<Row>(statement);
    this.lastResult = result;
    result.catch(() => undefined); // avoids an unhandled rejection if the transaction failed
    await this.transaction;
    return (await result).rows;
  }

  /** Sets another security context for the rest of the transaction; without an argument, restores the actor's own. */
  useSecurityContext(instead: (context: SecurityContext) => SecurityContext = (context) => context): void {
    this.begin();
    this.lastResult = this.client.query(setContextStatement(instead(this.securityContext)));
    this.lastResult.catch(() => undefined); // avoids an unhandled rejection; the next statement fails with the same error
  }

  /**
   * Verifies at the end of a change that the actor's permissions are unchanged. Concurrent transactions may have
   * revoked them since the first check.
   */
  async verifyActorAgain(): Promise<void> {
    const { rows } = await this.client.query<{ version: string | null }>(setContextStatement(this.securityContext));
    await this.verifyVersion(rows[0]?.version ?? null);
    // expiry by time does not change the authorization version
    const { cache } = this.actor;
    if (cache && this.clock.now() >= cache.expiresAt) throw new StaleActorError();
  }

  /**
   * Commits. Throws `StaleActorError` if the cached permissions were outdated when the transaction began, even if no
   * query ran.
   */
  async commit(): Promise<void> {
    await this.verifyActor();
    this.isEnded = true;
    if (this.transaction) await this.client.query('COMMIT');
  }

  /** Rolls back. Returns the error to respond with: `StaleActorError` if the actor is stale, otherwise `reason`. */
  async rollBack(reason: unknown): Promise<unknown> {
    await this.lastResult.catch(() => undefined);
    const outcome = await this.verifyActor().then(
      () => reason,
      (error: unknown) => (error instanceof StaleActorError ? error : reason),
    );
    this.isEnded = true;
    if (this.transaction) await this.client.query('ROLLBACK');
    return outcome;
  }

  private get securityContext(): SecurityContext {
    return this.actor.securityContext as SecurityContext;
  }

  private async verifyActor(): Promise<void> {
    if (this.actor.cache && !this.isVerified) this.begin();
    await this.transaction;
  }

  /**
   * Throws `StaleActorError` if the actor's attributes differ from the cached ones. A changed version is not sufficient,
   * because most changes concern other actors: `isCurrent` compares the attributes.
   */
  private async verifyVersion(version: string | null): Promise<void> {
    const { cache } = this.actor;
    if (cache && version !== cache.version && !(await cache.isCurrent(this.clock.now()))) throw new StaleActorError();
    this.isVerified = true;
  }
}

const SETTINGS = ['actor', 'agency', 'partnerships', 'hidden', 'unread', 'closed', 'named', 'log'] as const;

// Reads the version after the settings, in the same statement: row-level security also protects the version table.
// app.version_before excludes increments by the current transaction.
const SET_CONTEXT = `SELECT ${SETTINGS.map((name, n) => `set_config('app.${name}', $${String(n + 1)}, true)`).join(', ')},
  (SELECT coalesce(nullif(current_setting('app.version_before', true), ''), version::text) FROM authorization_versions) AS version`;

/**
 * Returns the statement that sets the context until the end of the transaction. Its result is the authorization version
 * (`version`).
 */
export const setContextStatement = (context: SecurityContext): BoundStatement => ({
  name: 'set-security-context',
  text: SET_CONTEXT,
  values: SETTINGS.map((name) => context[name] ?? ''),
});

/** Runs a transaction with the given context, for queries outside a unit of work. */
export function withSecurityContext<T>(
  source: DataSource,
  context: SecurityContext,
  does: (manager: EntityManager) => Promise<T>,
): Promise<T> {
  return source.transaction('READ COMMITTED', async (manager) => {
    const { text, values } = setContextStatement(context);
    await manager.query(text, values);
    return does(manager);
  });
}
