/** Writes of one unit of work. Each write adds its audit entry, and notes corrected content for its recipients. */
import type { EntityTarget, ObjectLiteral } from 'typeorm';
import { v7 as uuidv7 } from 'uuid';
import type { Actor } from '../authentication/actor.js';
import { classOf } from '../authorization/classification.js';
import { asRow, type Row } from '../authorization/conditions.js';
import { subjectOf } from '../authorization/subjects.js';
import { categoriesSharedFurther, textInAnotherRecord } from '../authorization/text-in-another-record.js';
import type { RecordClass } from '../database/columns.js';
import { conflict, unacceptable } from '../http/problems.js';
import type {
  CorrectedReceipt,
  EndedRecall,
  RevisedRecord,
  WithdrawnCase,
  WithdrawnPerson,
} from './audit-recording.js';
import type { AuditTrail } from './audit-trail.js';
import type { DatabaseSession } from './database-session.js';
import type { RecordEntity } from './record-entity.js';
import { isSame, omitSubstitutedValues } from './written-values.js';

const sharedFurther = (categories: string[]): string =>
  `What you write here is shared as the words of the agency that contributed the record, and an agreement gives less of what your agency contributes (${categories.join(', ')}). Contribute it for your own agency, or ask that agency, or a chair or coordinator from an agency whose contributions are shared as far.`;

/** Maximum number of rows per INSERT, because a statement can have at most 65,535 parameters. */
const INSERTED_AT_ONCE = 500;

type Values<T> = Partial<Omit<T, keyof RecordEntity>> & { id?: string };

export class RecordWriter {
  /** Changes to contributed content, of which the agencies that received the content must be notified. */
  readonly revisedRecords: RevisedRecord[] = [];
  /** Cases that should not have been opened. */
  readonly withdrawnCases: WithdrawnCase[] = [];
  /** Recalls that end. */
  readonly endedRecalls: EndedRecall[] = [];
  /** People withdrawn from a panel. */
  readonly withdrawnPeople: WithdrawnPerson[] = [];
  /** Verbal disclosures that were recorded in error, or no errors after all. */
  readonly correctedReceipts: CorrectedReceipt[] = [];
  /** Identifiers of rows left unmodified by `updateIfChanged`; events about these rows are not recorded. */
  readonly unwrittenIds = new Set<string>();

  constructor(
    private readonly actor: Actor,
    private readonly session: DatabaseSession,
    private readonly audit: AuditTrail,
    private readonly unchangedIds: Set<string>,
    readonly insertedIds: Set<string>,
  ) {}

  async insert<T extends RecordEntity>(type: RecordClass<T>, values: Values<T>): Promise<T> {
    const id = values.id ?? uuidv7();
    const target = type as EntityTarget<ObjectLiteral>;
    await this.session.manager.insert(target, this.asRow(values, id));
    this.insertedIds.add(id);
    this.noteChange('collect', 'make', type, [{ ...values, id }], Object.keys(values));
    return (await this.session.manager.findOneByOrFail(target, { id })) as T;
  }

  /** Inserts many rows of one type with a single audit entry. */
  async insertMany<T extends RecordEntity>(type: RecordClass<T>, rows: Values<T>[]): Promise<void> {
    const target: EntityTarget<ObjectLiteral> = type;
    const whole = rows.map((values) => this.asRow(values, values.id ?? uuidv7()));
    for (let start = 0; start < whole.length; start += INSERTED_AT_ONCE)
      await this.session.manager.insert(target, whole.slice(start, start + INSERTED_AT_ONCE));
    if (whole.length) this.noteChange('collect', 'make', type, whole, Object.keys(rows[0] ?? {}));
  }

  /** Deletes rows of a draft, or rows preserved elsewhere by a correction. Other rows must not be deleted. */
  async delete<T extends RecordEntity>(type: RecordClass<T>, rows: readonly T[]): Promise<void> {
    const ids = rows.map((row) => row.id);
    if (!ids.length) return;
    await this.session.manager.delete(type, ids);
    this.noteChange('erase', 'remove', type, rows);
  }

  /**
   * Updates a row as requested, unless the row already holds the values; then no event is recorded either. Consequences
   * of a command that do not depend on submitted values are written by `update`.
   */
  async updateIfChanged<T extends RecordEntity>(
    type: RecordClass<T>,
    row: T,
    changes: Partial<Omit<T, keyof RecordEntity>>,
  ): Promise<T> {
    if (!this.isUnchanged(row)) return this.update(type, row, changes);
    this.unwrittenIds.add(row.id);
    this.noteChange('alter', 'change', type, [row]);
    return row;
  }

  /**
   * Updates a row found by this unit of work, with optimistic locking: a concurrent update is a conflict (409). For a
   * revealing column that the actor is shown with a substitute, writing the substitute changes nothing. Any other value
   * replaces the stored one, as for every writer.
   */
  async update<T extends RecordEntity>(
    type: RecordClass<T>,
    row: T,
    written: Partial<Omit<T, keyof RecordEntity>>,
  ): Promise<T> {
    this.unwrittenIds.delete(row.id);
    const changes = omitSubstitutedValues(subjectOf(type), asRow(row), written);
    await this.refuseTextSharedFurther(type, row, changes);
    const { now } = this.actor;
    const done = await this.session.manager
      .createQueryBuilder()
      .update(type as EntityTarget<ObjectLiteral>)
      .set({ ...changes, version: row.version + 1, updatedAt: now })
      .where('id = :id AND version = :version', { id: row.id, version: row.version })
      .execute();
    if (done.affected !== 1)
      throw conflict('changed-meanwhile', 'Somebody else changed this record at the same moment. Read it again.');
    this.noteChange('alter', 'change', type, [row], Object.keys(written));
    this.noteRevision(type, asRow(row), changes);
    return { ...row, ...changes, version: row.version + 1, updatedAt: now };
  }

  /**
   * Updates a row that this unit of work has locked, without a new version: some of its readers are not shown the
   * columns, and a new version would reveal the change to them.
   */
  async updateWithoutVersion<T extends RecordEntity>(
    type: RecordClass<T>,
    row: T,
    changes: Partial<Omit<T, keyof RecordEntity>>,
  ): Promise<T> {
    const done = await this.session.manager
      .createQueryBuilder()
      .update(type as EntityTarget<ObjectLiteral>)
      // TypeORM raises both unless they are given
      .set({ ...changes, version: () => 'version', updatedAt: () => 'updated_at' })
      .where('id = :id', { id: row.id })
      .execute();
    if (done.affected !== 1) throw new Error(`${subjectOf(type).name} ${row.id} is hidden from its writer`);
    this.noteChange('alter', 'change', type, [row], Object.keys(changes));
    return { ...row, ...changes };
  }

  /** Marks the row as unchanged by the request: `updateIfChanged` then records the command without updating the row. */
  leaveUnchanged(row: RecordEntity): void {
    this.unchangedIds.add(row.id);
  }

  /** Returns whether the request writes only values that the row already holds. */
  isUnchanged(row: RecordEntity): boolean {
    return this.unchangedIds.has(row.id);
  }

  /** Records the recall of a record, so that agencies that received the record are notified. */
  noteRecall(type: RecordClass, recordId: string): void {
    this.revisedRecords.push({ recordType: subjectOf(type).name, recordId, isRecall: true, at: this.actor.now });
  }

  /** Records the replacement of a record by another, so that agencies that received the record are notified. */
  noteReplacement(type: RecordClass, recordId: string): void {
    this.revisedRecords.push({ recordType: subjectOf(type).name, recordId, isRecall: false, at: this.actor.now });
  }

  private asRow(values: object, id: string): ObjectLiteral {
    return { ...values, id, createdAt: this.actor.now, updatedAt: this.actor.now };
  }

  /** Adds the audit entry of a change. */
  private noteChange(
    operation: 'collect' | 'alter' | 'erase',
    subOperation: 'make' | 'change' | 'remove',
    type: RecordClass,
    rows: readonly object[],
    fields?: string[],
  ): void {
    this.audit.add(operation, subOperation, subjectOf(type), rows as Row[], fields ? { fields } : {});
  }

  /** Records a recall, or a correction of the fields that hold content of an agency. */
  private noteRevision(type: RecordClass, row: Row, changes: object): void {
    const subject = subjectOf(type);
    const recordId = row['id'] as string;
    if ('recalledAt' in changes) {
      this.noteRecall(type, recordId);
      return;
    }
    if (!subject.contributor) return;
    const fields = Object.entries(changes)
      .filter(([field, value]) => classOf(type, field)?.category !== 'administrative' && !isSame(value, row[field]))
      .map(([field]) => field);
    if (fields.length)
      this.revisedRecords.push({ recordType: subject.name, recordId, isRecall: false, fields, at: this.actor.now });
  }

  /**
   * Refuses text in the record of another agency if an agreement shares that agency's contributions further than the
   * actor's. Such text is shared as the contribution of the agency that owns the record.
   */
  private async refuseTextSharedFurther<T extends RecordEntity>(
    type: RecordClass<T>,
    row: T,
    changes: object,
  ): Promise<void> {
    const words = textInAnotherRecord(this.actor, type, subjectOf(type), asRow(row), changes as Row);
    if (!words) return;
    const further = await categoriesSharedFurther(
      (sql, values) => this.session.manager.query(sql, values),
      this.actor,
      words,
    );
    if (further.length) throw unacceptable('words-of-another-agency', sharedFurther(further));
  }
}
