/**
 * One unit of work by one actor: a transaction in which rows are found, changed and presented by the policy, and what was
 * read, refused and changed is written down. Services get rows in no other way.
 */
import { createHash } from 'node:crypto';
import type { PoolClient } from 'pg';
import type { EntityManager, EntityTarget, ObjectLiteral, QueryRunner } from 'typeorm';
import { v7 as uuidv7 } from 'uuid';
import type { Actor } from '../policy/actor.js';
import { DATA_CATEGORIES } from '../policy/categories.js';
import { columnsOf } from '../policy/columns.js';
import type { Row, Where } from '../policy/conditions.js';
import { granted } from '../policy/levels.js';
import { conflict, notFound, Problem, refused } from '../policy/problems.js';
import { hasAnyGround, subjectOf, type RecordClass } from '../policy/subjects.js';
import { makeCursor, readCursor } from './cursor.js';
import type { AuditDraft, EventDraft, LegalOperation } from './journal.js';
import { decideField, mask, type Masked } from './mask.js';
import type { PageQuery } from './page-query.requests.js';
import { Presented, type PageOf } from './presented.js';
import { CURSOR, findSql, listSql, type Statement } from './query.js';
import type { Recorded } from './recorded.js';
import { shapeOf, type ViewClass } from './view.js';

/** A refusal, with what must be written to the log although the work is undone. */
export class Refusal extends Error {
  constructor(
    readonly problem: Problem,
    readonly draft: AuditDraft,
  ) {
    super(problem.message);
  }
}

/** Rows of one statement: its parameters are limited to 65 535. */
const INSERTED_AT_ONCE = 500;

type Values<T> = Partial<Omit<T, keyof Recorded>> & { id?: string };

export class Work {
  readonly audit: AuditDraft[] = [];
  readonly events: EventDraft[] = [];
  private readonly client: PoolClient;

  constructor(
    readonly actor: Actor,
    private readonly runner: QueryRunner,
    client: PoolClient,
  ) {
    this.client = client;
  }

  get manager(): EntityManager {
    return this.runner.manager;
  }

  get now(): Date {
    return this.actor.now;
  }

  /** The row, if the policy lets the actor do `action` to it; else 404, or 403 where the actor may read it anyway. */
  async find<T extends object>(action: string, type: RecordClass<T>, id: string, { lock = false } = {}): Promise<T> {
    const row = await this.peek(action, type, id, { lock });
    if (row) return row;
    const subject = subjectOf(type);
    const readable = action !== 'read' && (await this.peek('read', type, id)) !== null;
    throw new Refusal(
      readable
        ? refused('not-permitted', `You may read this record, but no rule of the policy lets you ${action} it.`, {
            rule: `${action}:${subject.name}`,
          })
        : notFound(),
      this.draft('consult', action, subject.name, [id], 'refuse', { rule: readable ? 'no-ground' : 'not-found' }),
    );
  }

  /** The row or null: for services that decide by whether the actor could do a thing. */
  async peek<T extends object>(
    action: string,
    type: RecordClass<T>,
    id: string,
    { lock = false } = {},
  ): Promise<T | null> {
    if (!hasAnyGround(this.actor, subjectOf(type), action)) return null;
    const rows = await this.run<T>(findSql(this.actor, type, action, id, lock));
    return rows[0] ?? null;
  }

  /**
   * The row locked for a change, as its reader last saw it: the request's `If-Match` must be the tag of the view now.
   */
  async take<T extends Recorded>(action: string, type: RecordClass<T>, view: ViewClass, id: string): Promise<T> {
    const row = await this.find(action, type, id, { lock: true });
    const { ifMatch } = this.actor.call;
    const tag = this.tagOf(view, row, mask(this.actor, shapeOf(view), action, row as Row));
    if (!ifMatch)
      throw new Problem(
        428,
        'if-match-required',
        'Say which version you change',
        'Read the record first and send its ETag as If-Match.',
      );
    if (ifMatch !== '*' && !ifMatch.split(',').some((one) => one.trim() === tag))
      throw new Problem(
        412,
        'changed-meanwhile',
        'Changed meanwhile',
        'The record changed since you read it. Read it again, then repeat your change.',
        { headers: { etag: tag } },
      );
    return row;
  }

  /** All permitted rows that meet an administrative condition, at most `limit`. */
  async rows<T extends object>(action: string, type: RecordClass<T>, filter: Where, limit = 1000): Promise<T[]> {
    if (!hasAnyGround(this.actor, subjectOf(type), action)) return [];
    return this.run<T>(listSql(this.actor, type, action, { filter, limit }));
  }

  /** A page of the permitted rows, presented. `panelId` names the panel whose withheld categories the page declares. */
  async page(
    view: ViewClass,
    filter: Where,
    query: PageQuery,
    options: { action?: string; panelId?: string } = {},
  ): Promise<Presented> {
    const { action = 'read', panelId } = options;
    const { record } = shapeOf(view);
    const limit = query.limit ?? 25;
    const fingerprint = `${view.name} ${JSON.stringify(filter)}`;
    const after = query.cursor ? readCursor(this.actor, fingerprint, query.cursor) : undefined;
    const rows = hasAnyGround(this.actor, subjectOf(record), action)
      ? await this.run<Row>(listSql(this.actor, record, action, { filter, limit: limit + 1, after }))
      : [];
    const more = rows.length > limit;
    const shown = rows.slice(0, limit);
    const last = shown.at(-1);
    const body: PageOf<object> = {
      data: this.consult(action, view, shown),
      next:
        more && last
          ? makeCursor(this.actor, fingerprint, { at: last[CURSOR] as string, id: last['id'] as string })
          : null,
      withheld: panelId ? this.withheldCategories(panelId) : [],
    };
    return new Presented(body);
  }

  /**
   * Rows found by what they hold: only those of which the reader may see every field that was asked about, so that a hit
   * tells nothing that a read would not.
   */
  async matching(view: ViewClass, filter: Where, asked: string[], limit = 25): Promise<Presented> {
    const shape = shapeOf(view);
    const rows = await this.rows<Row>('read', shape.record as RecordClass<Row>, filter, limit);
    return this.list(
      view,
      rows.filter((row) => asked.every((field) => decideField(this.actor, shape, 'read', row, field).shown)),
    );
  }

  /** Rows as they were found, presented as a list without paging (short, bounded lists). */
  list(view: ViewClass, rows: object[], action = 'read'): Presented {
    const body: PageOf<object> = {
      data: this.consult(action, view, rows as Row[]),
      next: null,
      withheld: [],
    };
    return new Presented(body);
  }

  /** One row, presented. `extra` gives the view's own properties, which the row does not hold. */
  present(
    view: ViewClass,
    row: object,
    { status = 200, action = 'read', extra = {} }: { status?: number; action?: string; extra?: Row } = {},
  ): Presented {
    const whole = { ...row, ...extra };
    const masked = mask(this.actor, shapeOf(view), action, whole);
    if (status === 200) this.writeDown(action, view, [whole], [masked]);
    return new Presented(bodyOf(whole, masked), status, { etag: this.tagOf(view, whole, masked) });
  }

  /** Reads the row again by the policy and presents it: the answer to a command. */
  async show(view: ViewClass, id: string, status = 200): Promise<Presented> {
    const { record } = shapeOf(view);
    return this.present(view, await this.find('read', record, id), { status });
  }

  async insert<T extends Recorded>(type: RecordClass<T>, values: Values<T>): Promise<T> {
    const id = values.id ?? uuidv7();
    const target = type as EntityTarget<ObjectLiteral>;
    const times: ObjectLiteral = { id, madeAt: this.now, changedAt: this.now };
    await this.manager.insert(target, { ...values, ...times });
    this.audit.push(
      this.draft('collect', 'make', subjectOf(type).name, [id], 'permit', { fields: Object.keys(values) }),
    );
    return (await this.manager.findOneByOrFail(target, { id })) as T;
  }

  /** Many rows of one record at once, written down together. */
  async insertAll<T extends Recorded>(type: RecordClass<T>, rows: Values<T>[]): Promise<void> {
    const whole: ObjectLiteral[] = rows.map((values) => ({
      ...values,
      id: values.id ?? uuidv7(),
      madeAt: this.now,
      changedAt: this.now,
    }));
    const target: EntityTarget<ObjectLiteral> = type;
    for (let start = 0; start < whole.length; start += INSERTED_AT_ONCE)
      await this.manager.insert(target, whole.slice(start, start + INSERTED_AT_ONCE));
    const ids = whole.map((one) => one['id'] as string);
    if (ids.length)
      this.audit.push(
        this.draft('collect', 'make', subjectOf(type).name, ids, 'permit', { fields: Object.keys(rows[0] ?? {}) }),
      );
  }

  /** Removes what a draft held: the only rows that may go. */
  async remove<T extends Recorded>(type: RecordClass<T>, rows: readonly T[]): Promise<void> {
    const ids = rows.map((row) => row.id);
    if (!ids.length) return;
    await this.manager.delete(type, ids);
    this.audit.push(this.draft('erase', 'remove', subjectOf(type).name, ids, 'permit'));
  }

  /** Changes a row that was found by this work; somebody else's change in between is a conflict. */
  async update<T extends Recorded>(
    type: RecordClass<T>,
    row: T,
    changes: Partial<Omit<T, keyof Recorded>>,
  ): Promise<T> {
    const done = await this.manager
      .createQueryBuilder()
      .update(type as EntityTarget<ObjectLiteral>)
      .set({ ...changes, version: row.version + 1, changedAt: this.now })
      .where('id = :id AND version = :version', { id: row.id, version: row.version })
      .execute();
    if (done.affected !== 1)
      throw conflict('changed-meanwhile', 'Somebody else changed this record at the same moment. Read it again.');
    this.audit.push(
      this.draft('alter', 'change', subjectOf(type).name, [row.id], 'permit', { fields: Object.keys(changes) }),
    );
    return { ...row, ...changes, version: row.version + 1, changedAt: this.now };
  }

  /** Notes that something happened to a record; the event commits with it. */
  happened(type: string, record: RecordClass, row: Recorded, data: Record<string, unknown> = {}): void {
    const facts = row as unknown as Record<string, string | undefined> & { agencyOnly?: boolean };
    this.events.push({
      type,
      subjectType: subjectOf(record).name,
      subjectId: row.id,
      partnershipId: facts['partnershipId'] ?? null,
      panelId: facts['panelId'] ?? null,
      caseId: subjectOf(record).name === 'Case' ? row.id : (facts['caseId'] ?? null),
      category: facts['category'] ?? null,
      contributingType: facts['contributingType'] ?? null,
      agencyOnly: facts.agencyOnly ?? false,
      data,
    });
  }

  /** Notes that the policy was asked about a record. */
  explained(subjectType: string, id: string): void {
    this.audit.push(this.draft('consult', 'explain', subjectType, [id], 'permit'));
  }

  /** Categories of which this reader may not even learn that something is held, on this panel. */
  private withheldCategories(panelId: string): string[] {
    return DATA_CATEGORIES.filter((category) => granted(this.actor, panelId, category, null).level === 'none');
  }

  /** Changes with the record and with what its reader may see of it. */
  private tagOf(view: ViewClass, row: object, { shown, withheld }: Masked): string {
    const { record, properties } = shapeOf(view);
    const extras = [...properties.keys()].filter((field) => !columnsOf(record).has(field));
    const { version = 0, ...values } = row as Row & { version?: number };
    const seen = createHash('sha256')
      .update(JSON.stringify([view.name, shown, withheld, extras.map((field) => values[field])]))
      .digest('base64url')
      .slice(0, 12);
    return `"${String(version)}-${seen}"`;
  }

  /** The rows as their reader may see them, written down. */
  private consult(action: string, view: ViewClass, rows: Row[]): object[] {
    const masks = rows.map((row) => mask(this.actor, shapeOf(view), action, row));
    this.writeDown(action, view, rows, masks);
    return rows.map((row, index) => bodyOf(row, masks[index] as Masked));
  }

  private writeDown(action: string, view: ViewClass, rows: Row[], masks: Masked[]): void {
    const shape = shapeOf(view);
    const union = (pick: (one: Masked) => string[]): string[] => [...new Set(masks.flatMap(pick))];
    this.audit.push(
      this.draft(
        'consult',
        action,
        subjectOf(shape.record).name,
        rows.map((row) => row['id'] as string),
        'permit',
        {
          fields: union((one) => one.shown),
          withheld: union((one) => one.withheld),
          agreementVersionIds: union((one) => one.agreementVersionIds),
        },
      ),
    );
  }

  private draft(
    operation: LegalOperation,
    action: string,
    subjectType: string,
    recordIds: string[],
    outcome: 'permit' | 'refuse',
    more: Partial<AuditDraft> = {},
  ): AuditDraft {
    return {
      operation,
      action,
      subjectType,
      recordIds,
      outcome,
      fields: [],
      withheld: [],
      agreementVersionIds: [],
      ...more,
    };
  }

  private async run<T>(statement: Statement): Promise<T[]> {
    const name = createHash('sha256').update(statement.text).digest('base64url').slice(0, 40);
    const result = await this.client.query({ name, text: statement.text, values: statement.values });
    return result.rows as T[];
  }
}

function bodyOf(row: Row, { shown, withheld }: Masked): object {
  return Object.fromEntries([...shown.map((field) => [field, row[field] ?? null]), ['withheld', withheld]]) as object;
}
