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

/** Whoever sweeps a partnership holds this until it is done: the next one finds what was told. */
const LOCK = `SELECT pg_advisory_xact_lock(hashtextextended('sweep ' || $1::text, 0))`;
/** Parameters of one statement are limited. */
const AT_ONCE = 500;

const keptRunsSince = (now: Date): Date => new Date(now.getTime() - RUNS_KEPT_DAYS * 86_400_000);

/**
 * Deletes expired idempotent replies. Tells agencies what has come due, partnership by partnership. What is told in one, the event with it and the run that says
 * so are one transaction, and a notice is unique: however often, and by however many processes, nothing is told twice.
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

  /** One sweep at a time, so that it never holds more than one connection. */
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

  /** What fails in one partnership holds up no other. */
  private async one(partnershipId: string, now: Date): Promise<void> {
    const wall: SecurityContext = { ...SERVICE_CONTEXT, partnerships: `{${partnershipId}}` };
    const began = performance.now();
    // made before the work: the identifier holds its time
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
        // by age alone: which runs are left must not say which of them found something
        await manager.delete(JobRun, { partnershipId, startedAt: LessThan(keptRunsSince(now)) });
        await note(manager, notices, null);
      });
    } catch (error) {
      // a message could quote what a row holds
      const code = (error as { code?: string }).code ?? (error as Error).name;
      this.log.error({ task: SWEEP, partnershipId, code });
      await withSecurityContext(this.source, wall, (manager) => note(manager, 0, code));
    }
  }

  /** Answers how many notices are new. */
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

  /** Once for each action, however many agencies coordinate the panel. */
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
