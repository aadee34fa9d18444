/**
 * Declares the data category of each column, and the sharing level from which its value is shown.
 *
 *   @Classified('identity') familyName            shown if identity is shared in full
 *   @Classified('identity', 'summary') ageBand    shown even if identity is only shared as a summary
 *   @Classified(rowCategory('category')) text     category taken from another column of the row
 *   @ReasonOfPanel('plan_action') outcomeText     shared as a contribution of any agency, by the panel's agreement
 *
 * A column without a classification is never shared, and fails a test.
 */
import 'reflect-metadata';
import type { Classification, SharingLevel } from './data-categories.js';

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
