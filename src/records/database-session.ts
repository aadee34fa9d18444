/**
 * Database session of one unit of work: sends statements and sets the row-level security context.
 *
 * Before a transaction begins, each group of statements is sent with the context as a single implicit transaction.
 * After `begin`, the context applies to all further statements of the transaction.
 */
import type { PoolClient } from 'pg';
import type { Actor } from '../authentication/actor.js';
import type { Row } from '../authorization/conditions.js';
import type { Clock } from '../time/clock.js';
import type { BoundStatement } from './statement-template.js';
import { runPipelined, isPrepared } from './pipelined-query.js';
import { holdWrites } from '../database/hold-writes.js';
import { setContextStatement, type SecurityContext } from './security-context.js';

/**
 * Authorization data of the actor changed since it was cached. The actor must be reloaded and the unit of work retried.
 */
export class StaleActorError extends Error {}

export class DatabaseSession {
  private transaction: Promise<void> | undefined;
  private queued: BoundStatement[] = [];
  private results: Promise<Row[][]> | undefined;
  private lastResult: Promise<unknown> = Promise.resolve();
  private isVerified = false;
  private isEnded = false;

  constructor(
    readonly client: PoolClient,
    private readonly actor: Actor,
    private readonly clock: Clock,
  ) {}

  /**
   * Begins a transaction. All statements of a read see one snapshot, taken when the context was set; a change (READ
   * COMMITTED) also sees later commits of others.
   */
  begin(isChange = false): void {
    this.mustBeOpen();
    if (this.transaction) return;
    const send = holdWrites(this.client);
    const transaction = this.client.query(isChange ? 'BEGIN ISOLATION LEVEL READ COMMITTED' : 'BEGIN');
    const contextSet = this.client.query<{ version: string | null }>(setContextStatement(this.securityContext));
    // uncork after statements issued in the current tick, so that BEGIN, context and statements are sent in one message
    process.nextTick(() => process.nextTick(send));
    this.transaction = Promise.all([contextSet, transaction]).then(([{ rows }]) =>
      this.verifyVersion(rows[0]?.version ?? null),
    );
    this.transaction.catch(() => undefined); // avoids an unhandled rejection; `commit` and `rollBack` await the promise
  }

  /** Queues a statement. Statements queued in the same tick are sent together (pipelining). */
  async query(statement: BoundStatement): Promise<Row[]> {
    this.mustBeOpen();
    const at = this.queued.push(statement) - 1;
    if (at === 0) {
      this.results = new Promise((resolve) => process.nextTick(resolve)).then(() => this.send());
      this.lastResult = this.results;
    }
    return (await this.results)?.[at] ?? [];
  }

  private async send(): Promise<Row[][]> {
    this.mustBeOpen();
    const statements = this.queued;
    this.queued = [];
    const contextStatement = this.transaction ? null : setContextStatement(this.securityContext);
    const isOne = statements.every((statement) => isPrepared(this.client, statement));
    const answers = isOne
      ? [await runPipelined(this.client, statements, contextStatement)]
      : await Promise.all(statements.map((form) => runPipelined(this.client, [form], contextStatement)));
    for (const { version } of answers) if (contextStatement) await this.verifyVersion(version);
    await this.transaction;
    return answers.flatMap(({ rows }) => rows);
  }

  /** Sets another security context for the rest of the transaction; without an argument, restores the actor's own. */
  useSecurityContext(instead: (context: SecurityContext) => SecurityContext = (wall) => wall): void {
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

  /**
   * Rejects statements after the end of the session. If one of several concurrent operations fails, the others
   * continue, but the connection may already serve another request.
   */
  private mustBeOpen(): void {
    if (this.isEnded) throw new Error('a question was put when its unit of work was over');
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
