/**
 * The only way to rows. `change` runs a unit of work in one transaction, together with its audit entries, its events and,
 * for a repeated call, its idempotency record: they commit together or not at all. `read` only reads; what it read is
 * written down by the log, in a commit that reads share, and nothing is answered before that commit.
 */
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { PoolClient } from 'pg';
import type { Actor } from '../policy/actor.js';
import { Refusals } from '../policy/guard.js';
import { AuditLog, Disclosures, Outbox, refusal, type AuditDraft } from './journal.js';
import { rememberReply, replyOf } from './idempotency.js';
import { Presented } from './presented.js';
import { endedBy, endSoon, together } from './together.js';
import { entering, type Wall } from './wall.js';
import { Refusal, Work } from './work.js';

@Injectable()
export class Records {
  constructor(
    private readonly source: DataSource,
    private readonly auditLog: AuditLog,
    private readonly outbox: Outbox,
    private readonly disclosures: Disclosures,
  ) {}

  async read<T = Presented>(actor: Actor, does: (work: Work) => Promise<T>): Promise<T> {
    const { answer, audit } = await this.transaction(
      actor,
      async (work) => {
        const found = await does(work);
        if (work.events.length) throw new Error('a read that tells of an event is a change');
        return { answer: found, audit: work.audit };
      },
      { onlyReads: true },
    );
    if (audit.length) await this.auditLog.record(actor, audit);
    return answer;
  }

  /** Like `read`; a call that repeats an idempotency key gets the first call's answer, byte for byte. */
  change(actor: Actor, does: (work: Work) => Promise<Presented>): Promise<Presented> {
    return this.transaction(actor, async (work, client) => {
      const earlier = await replyOf(work);
      const presented = earlier ?? (await does(work));
      if (earlier) work.repeated(earlier);
      else await rememberReply(work, presented);
      if (work.events.length) await this.outbox.write(work.manager, actor, work.events);
      for (const revised of work.revised) await this.disclosures.revised(client, revised);
      // last, because whoever appends to the log holds up everybody else who does
      if (work.audit.length) await this.auditLog.append(client, actor, work.audit);
      return presented;
    });
  }

  /**
   * The transaction begins, who acts is said, whether what is known of them is current is learnt, and the first question is
   * put: all in one message to the database.
   */
  private begin(client: PoolClient, actor: Actor): Promise<boolean> {
    const send = together(client);
    endedBy(client);
    const begun = Promise.all([client.query('BEGIN'), client.query<{ stamp: string }>(entering(actor.wall as Wall))]);
    process.nextTick(send);
    const current = begun.then(([, { rows }]) => !actor.kept || rows[0]?.stamp === actor.kept.stamp);
    current.catch(() => undefined); // whoever begins waits for it before the end
    return current;
  }

  private async transaction<T>(
    actor: Actor,
    does: (work: Work, client: PoolClient) => Promise<T>,
    { onlyReads = false } = {},
  ): Promise<T> {
    const runner = this.source.createQueryRunner();
    let work: Work | undefined;
    let refused: AuditDraft | null = null;
    let answer: unknown;
    let current: Promise<boolean> | undefined;
    try {
      const client = (await runner.connect()) as PoolClient;
      current = this.begin(client, actor);
      try {
        work = new Work(actor, runner, client);
        const done = await does(work, client);
        if (!(await current)) throw new Stale();
        if (onlyReads) endSoon(client);
        else await client.query('COMMIT');
        return done;
      } catch (error) {
        await client.query('ROLLBACK');
        throw error;
      }
    } catch (error) {
      // whatever was found by what is not known any more counts for nothing
      if (await current?.catch(() => true)) {
        refused = work?.refusalIn(error) ?? null;
        answer = error instanceof Refusal ? error.problem : error;
      } else answer = new Stale();
    } finally {
      await runner.release();
    }
    if (answer instanceof Stale && actor.kept) {
      await actor.kept.renew();
      return this.transaction(actor, does, { onlyReads });
    }
    if (refused) await this.auditLog.record(actor, [refused]);
    throw answer;
  }
}

/** What is known of the actor changed since: it is read anew, and the work done again. */
class Stale extends Error {}

/** What the guard refuses is written down like what the query refuses. */
@Injectable()
export class RefusalsInLog extends Refusals {
  constructor(private readonly auditLog: AuditLog) {
    super();
  }

  refused(actor: Actor, action: string, subjectType: string, rule: string): Promise<void> {
    return this.auditLog.record(actor, [refusal({ action, subjectType, rule })]);
  }
}
