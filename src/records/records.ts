/**
 * Entry point for all access to records.
 *
 * `change` runs a unit of work in one transaction together with its audit entries, events and, for a request with an
 * idempotency key, the stored response: all commit or none. `read` runs a unit of work without changes. Its audit
 * entries commit in a group commit shared with other reads, and the response is sent only after that commit.
 */
import { Injectable } from '@nestjs/common';
import type { PoolClient } from 'pg';
import { DataSource } from 'typeorm';
import type { Actor } from '../authentication/actor.js';
import { throwDeferredProblem } from '../http/request-context.js';
import { Clock } from '../time/clock.js';
import { AuditLog } from './audit-recording.js';
import type { AuthorizedResponse } from './authorized-response.js';
import { ChangeEffects } from './change-effects.js';
import { DatabaseSession, StaleActorError } from './database-session.js';
import { failedWork, permissionsChanging, type FailedWork } from './failed-work.js';
import { storedReply } from './idempotency.js';
import { markAudited } from './refusal-drafts.js';
import { UnitOfWork } from './unit-of-work.js';

type Work<T> = (work: UnitOfWork, session: DatabaseSession) => Promise<T>;

/** Maximum number of attempts if permissions change concurrently. */
const MAX_ATTEMPTS = 6;

@Injectable()
export class Records {
  constructor(
    private readonly source: DataSource,
    private readonly auditLog: AuditLog,
    private readonly effects: ChangeEffects,
    private readonly clock: Clock,
  ) {}

  async read<T = AuthorizedResponse>(actor: Actor, does: (work: UnitOfWork) => Promise<T>): Promise<T> {
    const { answer, audit } = await this.working(actor, async (work) => {
      const found = await does(work);
      if (work.events.length) throw new Error('a read that tells of an event is a change');
      return { answer: found, audit: work.audit.drafts };
    });
    if (audit.length) await this.auditLog.record(actor, audit);
    return answer;
  }

  /**
   * Runs a unit of work that changes records. A repeated idempotency key returns the stored response, byte for byte if
   * access is unchanged.
   */
  change(actor: Actor, does: (work: UnitOfWork) => Promise<AuthorizedResponse>): Promise<AuthorizedResponse> {
    return this.working(actor, async (work, session) => {
      session.begin(true);
      const earlier = await storedReply(work);
      const response = earlier ?? (await does(work));
      await this.effects.write(work, session.client, response, earlier !== null);
      // last, because permissions may have been revoked while the transaction waited for a lock
      await session.verifyActorAgain();
      return response;
    });
  }

  /** Runs a unit of work; if the actor's permissions changed meanwhile, reloads the actor and retries. */
  private async working<T>(actor: Actor, does: Work<T>, attempt = 1): Promise<T> {
    // permissions may have expired, and others may have acted, while the request body was received
    const now = this.clock.now();
    if (now > actor.now) actor.now = now;
    if (actor.cache && now >= actor.cache.expiresAt) await actor.cache.reload(now);
    const outcome = await this.attempt(actor, does);
    if ('done' in outcome) return outcome.done;
    const { error, refusal, namings } = outcome;
    if (error instanceof StaleActorError && actor.cache) {
      if (attempt === MAX_ATTEMPTS) throw permissionsChanging();
      await actor.cache.reload(this.clock.now());
      return this.working(actor, does, attempt + 1);
    }
    if (refusal || namings.length) await this.auditLog.record(actor, [...(refusal ? [refusal] : []), ...namings]);
    if (refusal) markAudited(error);
    throw error;
  }

  private async attempt<T>(actor: Actor, does: Work<T>): Promise<{ done: T } | FailedWork> {
    const runner = this.source.createQueryRunner();
    try {
      const session = new DatabaseSession(runner, (await runner.connect()) as PoolClient, actor, this.clock);
      const work = new UnitOfWork(actor, session);
      try {
        const done = await does(work, session);
        throwDeferredProblem(actor.call);
        await session.commit();
        return { done };
      } catch (error) {
        return failedWork(work, await session.rollBack(error));
      }
    } finally {
      await runner.release();
    }
  }
}
