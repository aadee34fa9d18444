/**
 * Masking of loaded rows, the second step of the policy after the row conditions. The field mask says which fields are
 * shown. Values that would reveal a hidden record are replaced by substitutes, and references to records that the reader
 * may not know are withheld or replaced by null. Every response, log entry and disclosure uses these masks.
 */
import { withoutScopes } from '../authorization/actor-permissions.js';
import type { Actor } from '../authentication/actor.js';
import { Parameter, type Row } from '../authorization/conditions.js';
import { subjectOf, shownInstead } from '../authorization/subjects.js';
import type { RecordClass } from '../database/columns.js';
import type { DatabaseSession } from './database-session.js';
import { shapeOf, type ViewClass, type ViewShape } from './response-view.js';
import { bind, templateFor } from './statement-template.js';
import { revealingFlag } from './record-queries.js';
import type { Subject } from '../authorization/subject.types.js';
import { READING_CONTEXT, type ReadingContext } from '../authorization/reading-context.js';
import { type KnownRecords, withoutHiddenReferences } from './hidden-references.js';
import { knownRecordsSql } from './queries-by-id.js';
import { type FieldMask, fieldMask } from './field-mask.js';

export interface MaskedRows {
  rows: Row[];
  masks: FieldMask[];
}

export class RowMasks {
  constructor(
    private readonly actor: Actor,
    private readonly session: DatabaseSession,
  ) {}

  /** Returns rows and masks, without references that the reader may not know. */
  async mask(
    view: ViewClass | ViewShape,
    action: string,
    rows: readonly Row[],
    reader: Actor = this.actor,
  ): Promise<MaskedRows> {
    const shape = 'properties' in view ? view : shapeOf(view);
    const shown = rows.map((row) => withSubstitutes(subjectOf(shape.record), row));
    const masks = rows.map((row) => fieldMask(reader, shape, action, row));
    if (!shape.references.size) return { rows: shown, masks };
    return withoutHiddenReferences(shape, shown, masks, (type, actions, ids) => this.known(type, actions, ids));
  }

  /** Returns one mask per context panel. The reader may have read the row in the context of a single panel. */
  perPanel(view: ViewClass, action: string, row: Row): FieldMask[] {
    const context = row[READING_CONTEXT] as ReadingContext | undefined;
    return (context?.panelIds ?? []).map((panelId) =>
      fieldMask(this.actor, shapeOf(view), action, { ...row, [READING_CONTEXT]: { ...context, panelIds: [panelId] } }),
    );
  }

  /** Returns what the reader may know of referenced records. Scopes of a client are ignored. */
  async known(
    type: RecordClass,
    actions: readonly string[],
    ids: string[],
    reader: Actor = withoutScopes(this.actor),
  ): Promise<KnownRecords> {
    if (!ids.length) return new Map();
    const template = templateFor(reader, `known ${actions.join()} ${subjectOf(type).name}`, () =>
      knownRecordsSql(reader, type, actions, new Parameter(0)),
    );
    const found = await this.session.query(bind(template, [ids], this.actor.now));
    return new Map(found.map((row) => [row['id'] as string, row['readable'] as boolean]));
  }
}

/** Returns rows with substitute values where the stored ones would reveal a hidden record to their reader. */
export const asShown = <T extends object>(type: RecordClass, rows: readonly T[]): T[] =>
  rows.map((row) => withSubstitutes(subjectOf(type), row as Row) as T);

/** Returns present or past values of the row, with substitutes for those that would reveal a hidden record. */
export function withSubstitutes(subject: Subject, row: Row, values: Row = row): Row {
  const instead = Object.entries(subject.revealing).filter(([column]) => reveals(subject, row, column, values[column]));
  return instead.length
    ? { ...values, ...Object.fromEntries(instead.map(([column, one]) => [column, shownInstead(one, values[column])])) }
    : values;
}

/** Returns whether the value of the column would reveal a hidden record to the reader of the row. */
export function reveals({ revealing }: Subject, row: Row, column: string, value: unknown): boolean {
  const flags = row[revealingFlag(column)] as boolean[] | undefined;
  return (
    revealing[column]?.hidden.some(
      ({ values }, index) =>
        flags?.[index] === true && (values?.some((one) => one === value) ?? (value !== null && value !== undefined)),
    ) ?? false
  );
}
