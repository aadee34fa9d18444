/** References to other records: withheld if the reader may not read the record, null if its existence is hidden. */
import type { Row } from '../authorization/conditions.js';
import type { RecordClass } from '../database/columns.js';
import type { ViewShape } from './response-view.js';
import type { Reference } from '../authorization/classification.js';
import type { FieldMask } from './field-mask.js';

/** Readability of records by identifier. Records hidden from the reader are missing from the map. */
export type KnownRecords = ReadonlyMap<string, boolean>;

/** Looks up which records of one type the reader may know. */
export type FindKnownRecords = (type: RecordClass, actions: readonly string[], ids: string[]) => Promise<KnownRecords>;

/** Returns copies of rows and masks without the references that the reader may not know. */
export async function withoutHiddenReferences(
  shape: ViewShape,
  rows: readonly Row[],
  masks: readonly FieldMask[],
  find: FindKnownRecords,
): Promise<{ rows: Row[]; masks: FieldMask[] }> {
  const changed = { rows: [...rows], masks: [...masks] };
  for (const [field, reference] of shape.references) {
    const known = await knownOf(field, reference, changed.rows, changed.masks, find);
    if (!known) continue;
    hideUnknown(changed, field, reference, known);
  }
  return changed;
}

/** Withholds references to records that the reader may not read; sets those to hidden records to null. */
function hideUnknown(
  changed: { rows: Row[]; masks: FieldMask[] },
  field: string,
  { to }: Reference,
  known: KnownRecords,
): void {
  for (const [index, row] of changed.rows.entries()) {
    const mask = changed.masks[index] as FieldMask;
    const id = row[field] as string | null;
    if (id === null || !mask.shown.includes(field) || known.get(id) || !to(row)) continue;
    if (known.has(id)) changed.masks[index] = withholding(mask, field);
    else changed.rows[index] = { ...row, [field]: null };
  }
}

async function knownOf(
  field: string,
  { to, actions }: Reference,
  rows: readonly Row[],
  masks: readonly FieldMask[],
  find: FindKnownRecords,
): Promise<KnownRecords | null> {
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

function withholding(masked: FieldMask, field: string): FieldMask {
  const without = (list: string[]): string[] => list.filter((one) => one !== field);
  return {
    ...masked,
    shown: without(masked.shown),
    content: without(masked.content),
    withheld: [...masked.withheld, field],
  };
}
