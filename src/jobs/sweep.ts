import { Injectable, Logger } from '@nestjs/common';
import { DataSource, In, LessThan, type EntityManager, type InsertResult } from 'typeorm';
import { v7 as uuidv7 } from 'uuid';
import { Action } from '../plans/action.entity.js';
import { Actors } from '../authentication/actor.js';
import { expiryOfReplies } from '../records/idempotency.js';
import { Outbox } from '../records/audit-recording.js';
import { withSecurityContext, SERVICE_CONTEXT, type SecurityContext } from '../records/security-context.js';
import { dueOn, remindAgain } from './due.js';
import { escalate } from './escalating.js';
import { JobRun, RUNS_KEPT_DAYS } from './job-run.entity.js';
import { Notice, NOTICES, type NoticeKind } from './notice.entity.js';

export const SWEEP = 'sweep';

/** Serializes runs in a partnership across processes, so that a run sees the notices of the previous one. */
const LOCK = `SELECT pg_advisory_xact_lock(hashtextextended('sweep ' || $1::text, 0))`;
/** Rows per INSERT, because the number of parameters of a statement is limited. */
const AT_ONCE = 500;

const keptRunsSince = (now: Date): Date => new Date(now.getTime() - RUNS_KEPT_DAYS * 86_400_000);

/**
 * Deletes expired idempotent replies and creates the notices that are due, one partnership at a time. The notices of a
 * partnership, their events and the record of the run share one transaction, and a notice is unique. Repeated or
 * concurrent runs therefore notify nobody twice.
 */
@Injectable()
export class Sweep {
  private readonly log = new Logger('jobs');
  private last: Promise<void> = Promise.resolve();

  constructor(
    private readonly source: DataSource,
    private readonly outbox: Outbox,
    private readonly actors: Actors,
  ) {}

  /** Runs one at a time in this process, so that at most one connection is in use. */
  run(now: Date): Promise<void> {
    const next = this.last.then(() => this.all(now));
    this.last = next.catch(() => undefined);
    return next;
  }

  private async all(now: Date): Promise<void> {
    await this.source.query('SELECT delete_idempotent_replies($1)', [expiryOfReplies(now)]);
    const partnerships = await withSecurityContext(this.source, SERVICE_CONTEXT, (manager) =>
      manager.query<{ id: string }[]>('SELECT id FROM partnerships ORDER BY id'),
    );
    for (const { id } of partnerships) await this.one(id, now);
  }

  /** Processes one partnership. An error does not stop the others. */
  private async one(partnershipId: string, now: Date): Promise<void> {
    const wall: SecurityContext = { ...SERVICE_CONTEXT, partnerships: `{${partnershipId}}` };
    const began = performance.now();
    // created before the work, because a UUIDv7 contains its time
    const id = uuidv7({ msecs: now.getTime() });
    const note = (manager: EntityManager, notices: number, error: string | null): Promise<InsertResult> =>
      manager.insert(JobRun, {
        id,
        partnershipId,
        task: SWEEP,
        startedAt: now,
        endedAt: new Date(now.getTime() + (performance.now() - began)),
        notices,
        error,
        createdAt: now,
        updatedAt: now,
      });
    try {
      await withSecurityContext(this.source, wall, async (manager) => {
        await manager.query(LOCK, [partnershipId]);
        const notices = await this.tell(manager, partnershipId, now);
        // by age alone: the remaining runs must not reveal which of them found something
        await manager.delete(JobRun, { partnershipId, startedAt: LessThan(keptRunsSince(now)) });
        await note(manager, notices, null);
      });
    } catch (error) {
      // code only, because an error message could quote values of a row
      const code = (error as { code?: string }).code ?? (error as Error).name;
      this.log.error({ task: SWEEP, partnershipId, code });
      await withSecurityContext(this.source, wall, (manager) => note(manager, 0, code));
    }
  }

  /** Returns the number of new notices. */
  private async tell(manager: EntityManager, partnershipId: string, now: Date): Promise<number> {
    await escalate(manager, partnershipId, now);
    await remindAgain(manager, now);
    const due = await dueOn(manager, this.actors, now);
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
    const fresh = new Set<string>();
    for (let start = 0; start < rows.length; start += AT_ONCE) {
      const made = await manager
        .createQueryBuilder()
        .insert()
        .into(Notice)
        .values(rows.slice(start, start + AT_ONCE))
        .orIgnore()
        .updateEntity(false)
        .returning('id')
        .execute();
      for (const { id } of made.raw as { id: string }[]) fresh.add(id);
    }
    const escalated = rows.filter(
      ({ id, kind, subjectId, dueOn: day }) =>
        kind === 'action_escalated' && fresh.has(id) && !escalatedBefore.has(`${subjectId} ${day}`),
    );
    await this.tellOfEscalations(manager, new Set(escalated.map(({ subjectId }) => subjectId)), now);
    return fresh.size;
  }

  /** Records one event per action, however many agencies coordinate the panel. */
  private async tellOfEscalations(manager: EntityManager, ids: Set<string>, now: Date): Promise<void> {
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
