/**
 * What one unit of work asks of the database, and who asks. A question goes alone, as a transaction of its own in which it
 * is said who asks; once a transaction was begun, that has been said for all that follows.
 */
import type { PoolClient } from 'pg';
import type { Actor } from '../authentication/actor.js';
import type { Row } from '../authorization/conditions.js';
import type { Clock } from '../time/clock.js';
import type { BoundStatement } from './statement-template.js';
import { runPipelined, isPrepared } from './pipelined-query.js';
import { holdWrites } from '../database/hold-writes.js';
import { setContextStatement, type SecurityContext } from './security-context.js';

/** What is known of the actor changed since: it is to be read anew, and the work done again. */
export class StaleActorError extends Error {}

export class DatabaseSession {
  private begun: Promise<void> | undefined;
  private asked: BoundStatement[] = [];
  private answers: Promise<Row[][]> | undefined;
  private last: Promise<unknown> = Promise.resolve();
  private isVerified = false;
  private isOver = false;

  constructor(
    readonly client: PoolClient,
    private readonly actor: Actor,
    private readonly clock: Clock,
  ) {}

  /** What is read is of the moment at which it was said who asks. A change also sees what others committed since. */
  begin(isChange = false): void {
    this.mustBeOpen();
    if (this.begun) return;
    const send = holdWrites(this.client);
    const transaction = this.client.query(isChange ? 'BEGIN ISOLATION LEVEL READ COMMITTED' : 'BEGIN');
    const entered = this.client.query<{ stamp: string | null }>(setContextStatement(this.wall));
    // after the questions of this breath, which leave at its end
    process.nextTick(() => process.nextTick(send));
    this.begun = Promise.all([entered, transaction]).then(([{ rows }]) => this.verifyVersion(rows[0]?.stamp ?? null));
    this.begun.catch(() => undefined); // it is waited for before the end
  }

  /** What is asked in the same breath is answered together. */
  async query(form: BoundStatement): Promise<Row[]> {
    this.mustBeOpen();
    const at = this.asked.push(form) - 1;
    if (at === 0) {
      this.answers = new Promise((resolve) => process.nextTick(resolve)).then(() => this.send());
      this.last = this.answers;
    }
    return (await this.answers)?.[at] ?? [];
  }

  private async send(): Promise<Row[][]> {
    this.mustBeOpen();
    const forms = this.asked;
    this.asked = [];
    const entry = this.begun ? null : setContextStatement(this.wall);
    const isOne = forms.every((form) => isPrepared(this.client, form));
    const answers = isOne
      ? [await runPipelined(this.client, forms, entry)]
      : await Promise.all(forms.map((form) => runPipelined(this.client, [form], entry)));
    for (const { stamp } of answers) if (entry) await this.verifyVersion(stamp);
    await this.begun;
    return answers.flatMap(({ rows }) => rows);
  }

  /** For the rest of the transaction the actor stands behind this wall; without one, behind their own. */
  useSecurityContext(instead: (wall: SecurityContext) => SecurityContext = (wall) => wall): void {
    this.begin();
    this.last = this.client.query(setContextStatement(instead(this.wall)));
    this.last.catch(() => undefined); // what is asked next fails with it
  }

  /** Proves, at the end of a change, that what is known of the actor still holds. Others may have changed it meanwhile. */
  async verifyActorAgain(): Promise<void> {
    const { rows } = await this.client.query<{ stamp: string | null }>(setContextStatement(this.wall));
    await this.verifyVersion(rows[0]?.stamp ?? null);
    // what ends by the clock moves no stamp
    const { cache: cache } = this.actor;
    if (cache && this.clock.now() >= cache.expiresAt) throw new StaleActorError();
  }

  /** Ends the transaction; nothing leaves that was found, or not even looked for, by what was not known when it began. */
  async commit(): Promise<void> {
    await this.verifyActor();
    this.isOver = true;
    if (this.begun) await this.client.query('COMMIT');
  }

  /** Undoes what was done; answers why it has to be. */
  async rollBack(reason: unknown): Promise<unknown> {
    await this.last.catch(() => undefined);
    const outcome = await this.verifyActor().then(
      () => reason,
      (error: unknown) => (error instanceof StaleActorError ? error : reason),
    );
    this.isOver = true;
    if (this.begun) await this.client.query('ROLLBACK');
    return outcome;
  }

  /** Of several things done at once, one fails and the others go on: the connection belongs to somebody else by then. */
  private mustBeOpen(): void {
    if (this.isOver) throw new Error('a question was put when its unit of work was over');
  }

  private get wall(): SecurityContext {
    return this.actor.securityContext as SecurityContext;
  }

  private async verifyActor(): Promise<void> {
    if (this.actor.cache && !this.isVerified) this.begin();
    await this.begun;
  }

  /**
   * Throws where what is known of the actor is not what stood when the question was answered. Where the stamp moved, others changed
   * something: mostly nothing of this actor.
   */
  private async verifyVersion(stamp: string | null): Promise<void> {
    const { cache: cache } = this.actor;
    if (cache && stamp !== cache.version && !(await cache.isCurrent(this.clock.now()))) throw new StaleActorError();
    this.isVerified = true;
  }
}
