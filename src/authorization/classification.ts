/**
 * Declares the data category of each column, its sharing level, and the record to which it refers.
 *
 *   @Classified('identity') familyName            shown if identity is shared in full
 *   @Classified('identity', 'summary') ageBand    shown even if identity is only shared as a summary
 *   @Classified(rowCategory('category')) text     category taken from another column of the row
 *   @ReasonOfPanel('plan_action') outcomeText     shared as a contribution of any agency, by the panel's agreement
 *
 *   @References(() => Case, ['track'])            shown to actors with permission to `track` that case
 *
 * A column without a classification is never shared, and fails a test. A reference to a record that the reader may not
 * read is left out and named in `withheld`, like a field. If a conflict, a compartment or a recusal hides the existence
 * of the record, the reference is null, as if there were no such record. A column whose value alone implies such a record
 * is declared in `Subject.revealing`. A reference to the record's own parent, or to a directory (agencies, staff,
 * panels), needs no declaration.
 */
import 'reflect-metadata';
import type { Classification, SharingLevel } from './data-categories.js';
import type { RecordClass } from '../database/columns.js';

/** Reference to the column of the same row that holds the category. */
export interface RowCategory {
  column: string;
}
export const rowCategory = (column: string): RowCategory => ({ column });

export interface ColumnClass {
  category: Classification | RowCategory;
  /** Lowest sharing level at which the value is shown. */
  from: SharingLevel;
  /**
   * Marks words of the panel in a record of any agency. The panel's own agreement shares such words as a contribution
   * of any agency.
   */
  isOfPanel?: true;
}

const KEY = Symbol('classification');

export function Classified(category: Classification | RowCategory, from: SharingLevel = 'full'): PropertyDecorator {
  return classifying({ category, from });
}

/**
 * Classifies a reason that a chair, a coordinator or the owner of a task must give. The record may belong to any
 * agency.
 */
export function ReasonOfPanel(category: Classification, from: SharingLevel = 'full'): PropertyDecorator {
  return classifying({ category, from, isOfPanel: true });
}

function classifying(column: ColumnClass): PropertyDecorator {
  return (target, property) => {
    const own = new Map<string, ColumnClass>(Reflect.getMetadata(KEY, target) as Map<string, ColumnClass> | undefined);
    own.set(String(property), column);
    Reflect.defineMetadata(KEY, own, target);
  };
}

/** Returns the classification of a property of a record or view, or undefined if there is none. */
export function classOf(type: abstract new () => object, property: string): ColumnClass | undefined {
  return (Reflect.getMetadata(KEY, type.prototype as object) as Map<string, ColumnClass> | undefined)?.get(property);
}

/** Returns all classified properties of a class, including inherited ones. */
export function classifiedProperties(type: abstract new () => object): Map<string, ColumnClass> {
  return new Map(Reflect.getMetadata(KEY, type.prototype as object) as Map<string, ColumnClass> | undefined);
}

export interface Reference {
  /** Returns the type of the referenced record, or null for a record that is never hidden. */
  to: (row: Record<string, unknown>) => RecordClass | null;
  /** Actions on the referenced record; at least one must be permitted. */
  actions: readonly string[];
}

const REFERENCES = Symbol('references');

export function References(
  to: (row: Record<string, unknown>) => RecordClass | null,
  actions: readonly string[] = ['read'],
): PropertyDecorator {
  return (target, property) => {
    const own = new Map(referencesOf(target.constructor as RecordClass));
    own.set(String(property), { to, actions });
    Reflect.defineMetadata(REFERENCES, own, target);
  };
}

/** Returns the declared references of a record or view, by property. */
export const referencesOf = (type: RecordClass): ReadonlyMap<string, Reference> =>
  (Reflect.getMetadata(REFERENCES, type.prototype as object) as Map<string, Reference> | undefined) ?? new Map();
