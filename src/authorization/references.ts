/**
 * Columns that hold the identifier of another record, which their reader may not be allowed to know:
 *
 *   @References(() => Case, ['track'])  shown to those who may follow that case
 *
 * A reference to a record that the reader may not read is left out and named in `withheld`, like a field. Where a conflict, a
 * compartment or a recusal hides even the existence of the record, the reference is null, as if there were none; a column
 * whose value says by itself that there is such a record is declared with it (`Subject.telling`). A reference to the record's
 * own parent, or to a directory (agencies, staff, panels), needs no declaration.
 */
import type { RecordClass } from '../database/record-class.js';

export interface Reference {
  /** The type of record that a row refers to, or null where it is none that could be hidden. */
  to: (row: Record<string, unknown>) => RecordClass | null;
  /** Actions on that record; one of them has to be permitted. */
  actions: readonly string[];
}

const KEY = Symbol('references');

export function References(
  to: (row: Record<string, unknown>) => RecordClass | null,
  actions: readonly string[] = ['read'],
): PropertyDecorator {
  return (target, property) => {
    const own = new Map(referencesOf(target.constructor as RecordClass));
    own.set(String(property), { to, actions });
    Reflect.defineMetadata(KEY, own, target);
  };
}

/** The declared references of a record or view, by property. */
export const referencesOf = (type: RecordClass): ReadonlyMap<string, Reference> =>
  (Reflect.getMetadata(KEY, type.prototype as object) as Map<string, Reference> | undefined) ?? new Map();
