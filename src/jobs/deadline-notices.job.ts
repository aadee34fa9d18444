import { Injectable, Logger } from '@nestjs/common';
import { DataSource, In, LessThan, type EntityManager, type InsertResult } from 'typeorm';
import { v7 as uuidv7 } from 'uuid';
import { Action } from '../plans/action.entity.js';
import { Actors } from '../authentication/actor.js';
import { expiryOfReplies } from '../records/idempotency.js';
import { Outbox } from '../records/audit-recording.js';
import { findDueNotices, markRecipientNoticesUnread } from './due-notices.queries.js';
import { escalateUndoneActions } from './escalating.js';
import { JobRun, RUN_RETENTION_DAYS } from './job-run.entity.js';
import { Notice, NOTICES, type NoticeKind } from './notice.entity.js';
import { SERVICE_CONTEXT, type SecurityContext } from '../records/security-context.js';
import { withSecurityContext } from '../records/database-session.js';

/** Name of the job in the queue and in `job_runs`. */
export const DEADLINE_JOB = 'deadline-notices';

/** Serializes runs in a partnership across processes, so that a run sees the notices of the previous one. */
const LOCK = `SELECT pg_advisory_xact_lock(hashtextextended('deadline-notices ' || $1::text, 0))`;
/** Rows per INSERT, because the number of parameters of a statement is limited. */
const INSERT_BATCH_SIZE = 500;

const retentionStart = (now: Date): Date => new Date(now.getTime() - RUN_RETENTION_DAYS * 86_400_000);

/**
 * Deletes expired idempotent replies and creates the notices that are due, one partnership at a time. The notices of a
 * partnership, their events and the record of the run share one transaction, and a notice is unique. Repeated or
 * concurrent runs therefore notify nobody twice.
 */
@Injectable()
export class DeadlineJob {
  private readonly log = new Logger('jobs');
  private last: Promise<void> = Promise.resolve();

  constructor(
    private readonly source: DataSource,
    private readonly outbox: Outbox,
    private readonly actors: Actors,
  ) {}

  /** Runs one at a time in this process, so that at most one connection is in use. */
  run(now: Date): Promise<void> {
    const next = this.last.then(() => this.processAll(now));
    this.last = next.catch(() => undefined);
    return next;
  }

  private async processAll(now: Date): Promise<void> {
    await this.source.query('SELECT delete_idempotent_replies($1)', [expiryOfReplies(now)]);
    const partnerships = await withSecurityContext(this.source, SERVICE_CONTEXT, (manager) =>
      manager.query<{ id: string }[]>('SELECT id FROM partnerships ORDER BY id'),
    );
    for (const { id } of partnerships) await this.processPartnership(id, now);
  }

  /** Processes one partnership. An error does not stop the others. */
  private async processPartnership(partnershipId: string, now: Date): Promise<void> {
    const context: SecurityContext = { ...SERVICE_CONTEXT, partnerships: `{${partnershipId}}` };
    const began = performance.now();
    // created before the work, because a UUIDv7 contains its time
    const id = uuidv7({ msecs: now.getTime() });
    const recordRun = (manager: EntityManager, notices: number, error: string | null): Promise<InsertResult> =>
      manager.insert(JobRun, {
        id,
        partnershipId,
        task: DEADLINE_JOB,
        startedAt: now,
        endedAt: new Date(now.getTime() + (performance.now() - began)),
        notices,
        error,
        createdAt: now,
        updatedAt: now,
      });
    try {
      await withSecurityContext(this.source, context, async (manager) => {
        await manager.query(LOCK, [partnershipId]);
        const notices = await this.createNotices(manager, partnershipId, now);
        // by age alone: the remaining runs must not reveal which of them found something
        await manager.delete(JobRun, { partnershipId, startedAt: LessThan(retentionStart(now)) });
        await recordRun(manager, notices, null);
      });
    } catch (error) {
      // code only, because an error message could quote values of a row
      const code = (error as { code?: string }).code ?? (error as Error).name;
      this.log.error({ task: DEADLINE_JOB, partnershipId, code });
      await withSecurityContext(this.source, context, (manager) => recordRun(manager, 0, code));
    }
  }

  /** Returns the number of new notices. */
  private async createNotices(manager: EntityManager, partnershipId: string, now: Date): Promise<number> {
    await escalateUndoneActions(manager, partnershipId, now);
    await markRecipientNoticesUnread(manager, now);
    const due = await findDueNotices(manager, this.actors, now);
    const escalatedBefore = new Set(
      (
        await manager.query<{ key: string }[]>(
          `SELECT DISTINCT subject_id || ' ' || due_on AS key FROM notices WHERE partnership_id = $1 AND kind = $2`,
          [partnershipId, 'action_escalated' satisfies NoticeKind],
        )
      ).map(({ key }) => key),
    );
    const rows = due.map((one) => ({
      ...one,
      id: uuidv7(),
      partnershipId,
      subjectType: one.subjectType ?? NOTICES[one.kind].about,
      level: NOTICES[one.kind].level,
      createdAt: now,
      updatedAt: now,
    }));
    const newIds = new Set<string>();
    for (let start = 0; start < rows.length; start += INSERT_BATCH_SIZE) {
      const made = await manager
        .createQueryBuilder()
        .insert()
        .into(Notice)
        .values(rows.slice(start, start + INSERT_BATCH_SIZE))
        .orIgnore()
        .updateEntity(false)
        .returning('id')
        .execute();
      for (const { id } of made.raw as { id: string }[]) newIds.add(id);
    }
    const escalated = rows.filter(
      ({ id, kind, subjectId, dueOn: day }) =>
        kind === 'action_escalated' && newIds.has(id) && !escalatedBefore.has(`${subjectId} ${day}`),
    );
    await this.recordEscalationEvents(manager, new Set(escalated.map(({ subjectId }) => subjectId)), now);
    return newIds.size;
  }

  /** Records one event per action, however many agencies coordinate the panel. */
  private async recordEscalationEvents(manager: EntityManager, ids: Set<string>, now: Date): Promise<void> {
    if (!ids.size) return;
    const actions = await manager.findBy(Action, { id: In([...ids]) });
    await this.outbox.write(
      manager,
      { id: SERVICE_CONTEXT.actor, agencyId: SERVICE_CONTEXT.agency, now },
      actions.map(({ id, partnershipId, panelId, caseId, listingId, category, contributingType, dueOn: day }) => ({
        type: 'action.escalated',
        subjectType: 'Action',
        subjectId: id,
        partnershipId,
        panelId,
        caseId,
        category,
        contributingType,
        agencyOnly: false,
        listingId,
        data: { dueOn: day },
      })),
    );
  }
}
