/**
 * The only way to rows. `read` and `change` run a unit of work in one transaction, together with its audit entries, its
 * events and, for a repeated call, its idempotency record: they commit together or not at all.
 */
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import type { PoolClient } from 'pg';
import type { Actor } from '../policy/actor.js';
import { AuditLog, Outbox } from './journal.js';
import { rememberReply, replyOf } from './idempotency.js';
import { Presented } from './presented.js';
import { behind, entering, type Wall } from './wall.js';
import { Refusal, Work } from './work.js';

@Injectable()
export class Records {
  constructor(
    private readonly source: DataSource,
    private readonly auditLog: AuditLog,
    private readonly outbox: Outbox,
  ) {}

  read(actor: Actor, does: (work: Work) => Promise<Presented>): Promise<Presented> {
    return this.transaction(actor, does);
  }

  /** Like `read`; a call that repeats an idempotency key gets the first call's answer, byte for byte. */
  change(actor: Actor, does: (work: Work) => Promise<Presented>): Promise<Presented> {
    return this.transaction(actor, async (work) => {
      const earlier = await replyOf(work);
      if (earlier) return earlier;
      const presented = await does(work);
      await rememberReply(work, presented);
      return presented;
    });
  }

  private async transaction(actor: Actor, does: (work: Work) => Promise<Presented>): Promise<Presented> {
    const runner = this.source.createQueryRunner();
    try {
      const client = (await runner.connect()) as PoolClient;
      await runner.startTransaction();
      await client.query(entering(actor.wall as Wall));
      const work = new Work(actor, runner, client);
      const presented = await does(work);
      await this.writeDown(runner.manager, work);
      await runner.commitTransaction();
      return presented;
    } catch (error) {
      if (runner.isTransactionActive) await runner.rollbackTransaction();
      if (!(error instanceof Refusal)) throw error;
      await behind(this.source, actor.wall as Wall, (manager) => this.auditLog.write(manager, actor, [error.draft]));
      throw error.problem;
    } finally {
      await runner.release();
    }
  }

  private async writeDown(manager: EntityManager, work: Work): Promise<void> {
    if (work.events.length) await this.outbox.write(manager, work.actor, work.events);
    if (work.audit.length) await this.auditLog.write(manager, work.actor, work.audit);
  }
}
