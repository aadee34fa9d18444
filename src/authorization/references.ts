/**
 * Declares columns that identify another record, which the reader may not be allowed to know.
 *
 *   @References(() => Case, ['track'])  shown to actors with permission to `track` that case
 *
 * A reference to a record that the reader may not read is left out and named in `withheld`, like a field. If a
 * conflict, a compartment or a recusal hides the existence of the record, the reference is null, as if there were no
 * such record. A column whose value alone implies such a record is declared in `Subject.revealing`. A reference to the
 * record's own parent, or to a directory (agencies, staff, panels), needs no declaration.
 */
import type { RecordClass } from '../database/record-class.js';

export interface Reference {
  /** Returns the type of the referenced record, or null for a record that is never hidden. */
  to: (row: Record<string, unknown>) => RecordClass | null;
  /** Actions on the referenced record; at least one must be permitted. */
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

/** Returns the declared references of a record or view, by property. */
export const referencesOf = (type: RecordClass): ReadonlyMap<string, Reference> =>
  (Reflect.getMetadata(KEY, type.prototype as object) as Map<string, Reference> | undefined) ?? new Map();
