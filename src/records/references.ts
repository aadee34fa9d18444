/**
 * What a reader learns of the records that shown rows refer to: the identifier, that it is withheld, or nothing. One mechanism
 * for every channel, applied after the mask (see `policy/references.ts`).
 */
import { columnOf, tableOf } from '../policy/columns.js';
import { parse, type Row, type Slot } from '../policy/conditions.js';
import type { Actor } from '../policy/actor.js';
import type { Reference } from '../policy/references.js';
import { Parameters, toSql } from '../policy/sql.js';
import { notBarred, subjectOf, type RecordClass } from '../policy/subjects.js';
import type { Masked } from './mask.js';
import { permittedSql, type Statement } from './query.js';
import type { ViewShape } from './view.js';

/** Of each identifier that is not hidden from the reader: may the reader read the record? */
export type Known = ReadonlyMap<string, boolean>;

/** Finds what the reader may know of records of one type. */
export type FindKnown = (type: RecordClass, actions: readonly string[], ids: string[]) => Promise<Known>;

/** Rows and masks without the references that their reader may not know. */
export async function withoutHiddenReferences(
  shape: ViewShape,
  rows: readonly Row[],
  masks: readonly Masked[],
  find: FindKnown,
): Promise<{ rows: Row[]; masks: Masked[] }> {
  const changed = { rows: [...rows], masks: [...masks] };
  for (const [field, reference] of shape.references) {
    const known = await knownOf(field, reference, changed.rows, changed.masks, find);
    if (!known) continue;
    for (const [index, row] of changed.rows.entries()) {
      const masked = changed.masks[index] as Masked;
      const id = row[field] as string | null;
      if (id === null || !masked.shown.includes(field) || known.get(id) || !reference.to(row)) continue;
      if (known.has(id)) changed.masks[index] = withholding(masked, field);
      else changed.rows[index] = { ...row, [field]: null };
    }
  }
  return changed;
}

async function knownOf(
  field: string,
  { to, actions }: Reference,
  rows: readonly Row[],
  masks: readonly Masked[],
  find: FindKnown,
): Promise<Known | null> {
  const ids = new Map<RecordClass, Set<string>>();
  for (const [index, row] of rows.entries()) {
    const id = row[field] as string | null | undefined;
    const type = id && masks[index]?.shown.includes(field) ? to(row) : null;
    if (id && type) ids.set(type, (ids.get(type) ?? new Set()).add(id));
  }
  if (!ids.size) return null;
  const found = await Promise.all([...ids].map(([type, some]) => find(type, actions, [...some])));
  return new Map(found.flatMap((known) => [...known]));
}

function withholding(masked: Masked, field: string): Masked {
  const without = (list: string[]): string[] => list.filter((one) => one !== field);
  return {
    ...masked,
    shown: without(masked.shown),
    content: without(masked.content),
    withheld: [...masked.withheld, field],
  };
}

/** The records among `ids` whose existence is not hidden from the reader, and whether one of the actions is permitted. */
export function knownSql(actor: Actor, type: RecordClass, actions: readonly string[], ids: Slot): Statement {
  const subject = subjectOf(type);
  const parameters = new Parameters();
  const byId = `t."id" = ANY (${parameters.add(ids, 'uuid[]')})`;
  const allowed = actions.map((action) => permittedSql(actor, subject, action, 't', parameters));
  const notHidden = toSql(parse(notBarred(actor, subject)), type, 't', parameters);
  const id = columnOf(type, 'id').name;
  return {
    text: `SELECT t.${id} AS "id", coalesce(${allowed.join(' OR ')}, FALSE) AS "readable" FROM ${tableOf(type)} t WHERE ${byId} AND ${notHidden}`,
    values: parameters.values,
  };
}
