/**
 * Which data category each column belongs to, and from which sharing level on its value is shown.
 *
 *   @Classified('identity') familyName            shown where identity is shared in full
 *   @Classified('identity', 'summary') ageBand    shown already where identity is shared as a summary
 *   @Classified(rowCategory('category')) text     the row itself says its category
 *   @ReasonOfPanel('plan_action') outcomeText     shared as what anybody contributes, whoever contributed the record
 *
 * A column without a classification counts as never shared, and fails a test.
 */
import 'reflect-metadata';
import type { Classification, SharingLevel } from './data-categories.js';

/** The category stands in another column of the same row. */
export interface RowCategory {
  column: string;
}
export const rowCategory = (column: string): RowCategory => ({ column });

export interface ColumnClass {
  category: Classification | RowCategory;
  /** The least level at which the value is shown. */
  from: SharingLevel;
  /** Words of the panel, whoever contributed the record: shared as the panel's own agreement shares what anybody contributes. */
  isOfPanel?: true;
}

const KEY = Symbol('classification');

export function Classified(category: Classification | RowCategory, from: SharingLevel = 'full'): PropertyDecorator {
  return classifying({ category, from });
}

/** A reason that a chair, a coordinator or the owner of a task must give in a record of any agency. */
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

/** The classification of a property of a record or view, or undefined where nobody classified it. */
export function classOf(type: abstract new () => object, property: string): ColumnClass | undefined {
  return (Reflect.getMetadata(KEY, type.prototype as object) as Map<string, ColumnClass> | undefined)?.get(property);
}

/** All classified properties of a class, inherited ones included. */
export function classifiedProperties(type: abstract new () => object): Map<string, ColumnClass> {
  return new Map(Reflect.getMetadata(KEY, type.prototype as object) as Map<string, ColumnClass> | undefined);
}
