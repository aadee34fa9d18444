/**
 * What one unit of work asks of the database, and who asks. A question goes alone, as a transaction of its own in which it
 * is said who asks; once a transaction was begun, that has been said for all that follows.
 */
import type { PoolClient } from 'pg';
import type { Actor } from '../policy/actor.js';
import type { Row } from '../policy/conditions.js';
import type { Clock } from './clock.js';
import type { Filled } from './forms.js';
import { ask, isKnown } from './question.js';
import { together } from './together.js';
import { entering, type Wall } from './wall.js';

/** What is known of the actor changed since: it is to be read anew, and the work done again. */
export class Stale extends Error {}

export class Conversation {
  private begun: Promise<void> | undefined;
  private asked: Filled[] = [];
  private answers: Promise<Row[][]> | undefined;
  private last: Promise<unknown> = Promise.resolve();
  private isProven = false;
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
    const send = together(this.client);
    const transaction = this.client.query(isChange ? 'BEGIN ISOLATION LEVEL READ COMMITTED' : 'BEGIN');
    const entered = this.client.query<{ stamp: string | null }>(entering(this.wall));
    // after the questions of this breath, which leave at its end
    process.nextTick(() => process.nextTick(send));
    this.begun = Promise.all([entered, transaction]).then(([{ rows }]) => this.proven(rows[0]?.stamp ?? null));
    this.begun.catch(() => undefined); // it is waited for before the end
  }

  /** What is asked in the same breath is answered together. */
  async ask(form: Filled): Promise<Row[]> {
    this.mustBeOpen();
    const at = this.asked.push(form) - 1;
    if (at === 0) {
      this.answers = new Promise((resolve) => process.nextTick(resolve)).then(() => this.put());
      this.last = this.answers;
    }
    return (await this.answers)?.[at] ?? [];
  }

  private async put(): Promise<Row[][]> {
    this.mustBeOpen();
    const forms = this.asked;
    this.asked = [];
    const entry = this.begun ? null : entering(this.wall);
    const isOne = forms.every((form) => isKnown(this.client, form));
    const answers = isOne
      ? [await ask(this.client, forms, entry)]
      : await Promise.all(forms.map((form) => ask(this.client, [form], entry)));
    for (const { stamp } of answers) if (entry) await this.proven(stamp);
    await this.begun;
    return answers.flatMap(({ rows }) => rows);
  }

  /** For the rest of the transaction the actor stands behind this wall; without one, behind their own. */
  enter(instead: (wall: Wall) => Wall = (wall) => wall): void {
    this.begin();
    this.last = this.client.query(entering(instead(this.wall)));
    this.last.catch(() => undefined); // what is asked next fails with it
  }

  /** Proves, at the end of a change, that what is known of the actor still holds. Others may have changed it meanwhile. */
  async proveAgain(): Promise<void> {
    const { rows } = await this.client.query<{ stamp: string | null }>(entering(this.wall));
    await this.proven(rows[0]?.stamp ?? null);
    // what ends by the clock moves no stamp
    const { kept } = this.actor;
    if (kept && this.clock.now() >= kept.until) throw new Stale();
  }

  /** Ends the transaction; nothing leaves that was found, or not even looked for, by what was not known when it began. */
  async end(): Promise<void> {
    await this.prove();
    this.isOver = true;
    if (this.begun) await this.client.query('COMMIT');
  }

  /** Undoes what was done; answers why it has to be. */
  async undo(reason: unknown): Promise<unknown> {
    await this.last.catch(() => undefined);
    const outcome = await this.prove().then(
      () => reason,
      (error: unknown) => (error instanceof Stale ? error : reason),
    );
    this.isOver = true;
    if (this.begun) await this.client.query('ROLLBACK');
    return outcome;
  }

  /** Of several things done at once, one fails and the others go on: the connection belongs to somebody else by then. */
  private mustBeOpen(): void {
    if (this.isOver) throw new Error('a question was put when its unit of work was over');
  }

  private get wall(): Wall {
    return this.actor.wall as Wall;
  }

  private async prove(): Promise<void> {
    if (this.actor.kept && !this.isProven) this.begin();
    await this.begun;
  }

  /**
   * Throws where what is known of the actor is not what stood when the question was answered. Where the stamp moved, others changed
   * something: mostly nothing of this actor.
   */
  private async proven(stamp: string | null): Promise<void> {
    const { kept } = this.actor;
    if (kept && stamp !== kept.stamp && !(await kept.stillHolds(this.clock.now()))) throw new Stale();
    this.isProven = true;
  }
}
