/**
 * Masking of loaded rows: computes the field mask of each row and removes what the reader may not know. Every response,
 * log entry and disclosure uses these masks.
 */
import { withoutScopes } from '../authorization/actor-permissions.js';
import type { Actor } from '../authentication/actor.js';
import { Parameter, type Row } from '../authorization/conditions.js';
import { READING_CONTEXT, type ReadingContext } from '../authorization/sharing-levels.js';
import { subjectOf } from '../authorization/subjects.js';
import type { RecordClass } from '../database/record-class.js';
import type { DatabaseSession } from './database-session.js';
import { fieldMask, type FieldMask } from './field-mask.js';
import { knownRecordsSql, withoutHiddenReferences, type KnownRecords } from './hidden-references.js';
import { shapeOf, type ViewClass, type ViewShape } from './response-view.js';
import { bind, templateFor } from './statement-template.js';
import { withSubstitutes } from './substitutes.js';

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
    const masks = rows.map((row) => fieldMask(reader, shape, action, row));
    return withoutHiddenReferences(
      shape,
      rows.map((row) => withSubstitutes(subjectOf(shape.record), row)),
      masks,
      (type, actions, ids) => this.known(type, actions, ids),
    );
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
