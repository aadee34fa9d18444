/**
 * What one unit of work asks of the database, and who asks. A question goes alone, as a transaction of its own in which it
 * is said who asks; once a transaction was begun, that has been said for all that follows.
 */
import type { PoolClient } from 'pg';
import type { Actor } from '../policy/actor.js';
import type { Row } from '../policy/conditions.js';
import type { Filled } from './forms.js';
import { ask } from './question.js';
import { together } from './together.js';
import { entering, type Wall } from './wall.js';

/** What is known of the actor changed since: it is to be read anew, and the work done again. */
export class Stale extends Error {}

export class Conversation {
  private begun: Promise<void> | undefined;
  private last: Promise<unknown> = Promise.resolve();
  private isProven = false;

  constructor(
    readonly client: PoolClient,
    private readonly actor: Actor,
  ) {}

  begin(): void {
    if (this.begun) return;
    const send = together(this.client);
    const transaction = this.client.query('BEGIN');
    const entered = this.client.query<{ stamp: string | null }>(entering(this.wall));
    process.nextTick(send);
    this.begun = Promise.all([entered, transaction]).then(([{ rows }]) => {
      this.proven(rows[0]?.stamp ?? null);
    });
    this.begun.catch(() => undefined); // it is waited for before the end
  }

  async ask(question: Filled): Promise<Row[]> {
    const send = together(this.client);
    const answer = ask(this.client, question, this.begun ? null : entering(this.wall));
    // what is asked in the same breath leaves in the same message
    process.nextTick(send);
    this.last = answer;
    const { rows, stamp } = await answer;
    if (this.begun) await this.begun;
    else this.proven(stamp);
    return rows;
  }

  /** For the rest of the transaction the actor stands behind this wall; without one, behind their own. */
  enter(instead: (wall: Wall) => Wall = (wall) => wall): void {
    this.begin();
    this.last = this.client.query(entering(instead(this.wall)));
    this.last.catch(() => undefined); // what is asked next fails with it
  }

  /** Ends the transaction; nothing leaves that was found, or not even looked for, by what is not known any more. */
  async end(): Promise<void> {
    await this.prove();
    if (this.begun) await this.client.query('COMMIT');
  }

  /** Undoes what was done; answers why it has to be. */
  async undo(reason: unknown): Promise<unknown> {
    await this.last.catch(() => undefined);
    const outcome = await this.prove().then(
      () => reason,
      (error: unknown) => (error instanceof Stale ? error : reason),
    );
    if (this.begun) await this.client.query('ROLLBACK');
    return outcome;
  }

  private get wall(): Wall {
    return this.actor.wall as Wall;
  }

  private async prove(): Promise<void> {
    if (this.actor.kept && !this.isProven) this.begin();
    await this.begun;
  }

  /** What is known of the actor is what stood when the question was answered. */
  private proven(stamp: string | null): void {
    if (this.actor.kept && stamp !== this.actor.kept.stamp) throw new Stale();
    this.isProven = true;
  }
}
