/**
 * Entry point for all access to records.
 *
 * `change` runs a unit of work in one transaction together with its audit entries, events and, for a request with an
 * idempotency key, the stored response: all commit or none. `read` runs a unit of work without changes. Its audit
 * entries commit in a group commit shared with other reads, and the response is sent only after that commit.
 */
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { PoolClient } from 'pg';
import type { Actor } from '../authentication/actor.js';
import { RefusalRecorder } from '../authorization/permission.guard.js';
import { Problem } from '../http/problems.js';
import { relationOf, subjectNamed } from '../authorization/subjects.js';
import { Clock } from '../time/clock.js';
import { DatabaseSession, StaleActorError } from './database-session.js';
import { throwDeferredProblem } from '../http/request-context.js';
import { AuditLog, Disclosures, Outbox, type AuditDraft, type EventDraft } from './audit-recording.js';
import { markAudited, refusalDraft } from './audit-drafts.js';
import { storeReply, storedReply } from './idempotency.js';
import { AuthorizedResponse } from './authorized-response.js';
import { Refusal } from './command-subject.js';
import { UnitOfWork } from './unit-of-work.js';

/** Maximum number of attempts if permissions change concurrently. */
const MOST_TIMES = 6;

/** Statuses of authorization errors, which take precedence over validation errors. */
const OF_THE_POLICY = [401, 403, 404];

/**
 * Returns the error to respond with: deferred validation errors precede domain errors, but not authorization errors or
 * server errors.
 */
function inOrder({ call: { deferredProblem } }: Actor, error: unknown): unknown {
  if (!deferredProblem || error instanceof Refusal || error instanceof StaleActorError) return error;
  const isFirst = error instanceof Problem && (error.status >= 500 || OF_THE_POLICY.includes(error.status));
  return isFirst ? error : deferredProblem;
}

/**
 * Returns the identifiers of changed records that appear in the response. A link for any other record would reveal a
 * hidden identifier. Records that share the identifier of their parent, such as the screening of a referral, do not
 * count as shown by that identifier.
 */
function shownChanges(
  { revisedRecords, withdrawnPeople }: UnitOfWork['write'],
  { identifiers }: AuthorizedResponse,
): string[] {
  const ownIdentifier = revisedRecords.filter(({ recordType }) => !sharesIdentifier(recordType));
  const changed = [...ownIdentifier.map((one) => one.recordId), ...withdrawnPeople.map((one) => one.personId)];
  return changed.filter((id) => identifiers.has(id));
}

function sharesIdentifier(recordType: string): boolean {
  const subject = subjectNamed(recordType);
  return subject?.parent !== undefined && relationOf(subject, subject.parent).local === 'id';
}

const changing = (): Problem =>
  new Problem(
    503,
    'permissions-changing',
    'Permissions are changing',
    'Who may read what is being changed at this moment. Repeat the request shortly.',
    { headers: { 'retry-after': '1' } },
  );

@Injectable()
export class Records {
  constructor(
    private readonly source: DataSource,
    private readonly auditLog: AuditLog,
    private readonly outbox: Outbox,
    private readonly disclosures: Disclosures,
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
      const { client } = session;
      const earlier = await storedReply(work);
      const presented = earlier ?? (await does(work));
      const link = this.disclosures.linkFor(actor, shownChanges(work.write, presented));
      if (link) presented.headers['link'] = link;
      if (earlier) work.audit.repeat(earlier);
      else await storeReply(work, presented);
      const tell = (events: EventDraft[]) => (): Promise<void> => this.outbox.write(work.manager, actor, events);
      if (work.events.length)
        await (work.actedAcrossPartnerships ? work.acrossPartnerships(tell(work.events)) : tell(work.events)());
      if (work.systemEvents.length) await work.asSystem(tell(work.systemEvents));
      // notifications include recipients that the actor may not know
      if (work.write.revisedRecords.length || work.write.withdrawnPeople.length)
        await work.asSystem(async () => {
          for (const revised of work.write.revisedRecords) await this.disclosures.revised(client, revised);
          for (const one of work.write.withdrawnPeople) await this.disclosures.takenBack(client, one);
        });
      // late, because the lock on the log blocks all other writers of the log until commit
      if (work.audit.drafts.length) await this.auditLog.append(client, actor, work.audit.drafts);
      // last, because permissions may have been revoked while the transaction waited for a lock
      await session.verifyActorAgain();
      return presented;
    });
  }

  /** Runs a unit of work; if the actor's permissions changed meanwhile, reloads the actor and retries. */
  private async working<T>(
    actor: Actor,
    does: (work: UnitOfWork, session: DatabaseSession) => Promise<T>,
    times = 1,
  ): Promise<T> {
    // permissions may have expired while the request body was received
    const now = this.clock.now();
    if (actor.cache && now >= actor.cache.expiresAt) await actor.cache.reload(now);
    const runner = this.source.createQueryRunner();
    let refused: AuditDraft | null = null;
    let names: AuditDraft[] = [];
    let failure: unknown;
    try {
      const session = new DatabaseSession(runner, (await runner.connect()) as PoolClient, actor, this.clock);
      const work = new UnitOfWork(actor, session);
      try {
        const done = await does(work, session);
        throwDeferredProblem(actor.call);
        await session.commit();
        return done;
      } catch (error) {
        failure = inOrder(actor, await session.rollBack(error));
        refused = work.command.refusalIn(failure);
        names = work.command.refusedNamings(failure);
        if (failure instanceof Refusal) failure = failure.problem;
      }
    } finally {
      await runner.release();
    }
    if (failure instanceof StaleActorError && actor.cache) {
      if (times === MOST_TIMES) throw changing();
      await actor.cache.reload(this.clock.now());
      return this.working(actor, does, times + 1);
    }
    if (refused || names.length) await this.auditLog.record(actor, [...(refused ? [refused] : []), ...names]);
    if (refused) markAudited(failure);
    throw failure;
  }
}

/** Records refusals of the permission guard in the audit log, as `Records` does for refusals by the query. */
@Injectable()
export class RefusalsInLog extends RefusalRecorder {
  constructor(private readonly auditLog: AuditLog) {
    super();
  }

  refused(actor: Actor, action: string, subjectType: string, rule: string): Promise<void> {
    return this.auditLog.record(actor, [refusalDraft({ action, subjectType, rule })]);
  }
}
