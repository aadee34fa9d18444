/**
 * Response views: a view picks properties of one record (never omits), and may add values that are classified like
 * columns. `UnitOfWork.respond` shows only the properties that the policy permits and lists the others in `withheld`.
 *
 *   export class CaseView extends view(Case, 'id', 'reference', 'stage') {}
 */
import type { Type } from '@nestjs/common';
import { ApiProperty, PickType } from '@nestjs/swagger';
import {
  classifiedProperties,
  type ColumnClass,
  referencesOf,
  type Reference,
} from '../authorization/classification.js';
import type { Row } from '../authorization/conditions.js';
import type { RecordClass } from '../database/columns.js';

export interface ViewShape {
  name: string;
  record: RecordClass;
  properties: Map<string, ColumnClass>;
  /** Columns that hold the data category of other columns, per row. */
  rowCategories: string[];
  /** Properties that refer to records which the reader may not be allowed to know. */
  references: ReadonlyMap<string, Reference>;
  /**
   * Computes derived values, e.g. from the current date. The input is what the reader is shown, after the mask, so that
   * derived values cannot reveal withheld ones. `given` holds values supplied by the service (such as the end of the
   * plan).
   */
  derive: ((shown: Row, now: Date, given: Row) => Row) | undefined;
}

export interface Withholding {
  /** Names of the fields that the reader may not see, whether or not the fields have a value. */
  withheld: string[];
}

/** Class of a view of records `T`; `record` exists only in the type, for filters on these records. */
export type ViewClass<T extends object = object> = Type<Withholding> & { readonly record?: T };

export const picked = new WeakMap<object, { record: RecordClass; keys: string[] }>();

export function view<T extends object, K extends keyof T & string = never>(
  record: RecordClass<T>,
  ...keys: K[]
): Type<Pick<T, K> & Withholding> & { readonly record?: T } {
  const Picked = PickType(record as unknown as Type<T>, keys) as unknown as Type<object>;
  class View extends Picked {
    withheld: string[];
  }
  ApiProperty({
    type: [String],
    maxItems: 100,
    description:
      'The names of the fields that you may not see, by rule: a field is named whether or not it has a value.',
  })(View.prototype, 'withheld');
  picked.set(View, { record, keys });
  return View as unknown as Type<Pick<T, K> & Withholding>;
}

const shapes = new WeakMap<object, ViewShape>();

export function shapeOf(viewClass: ViewClass): ViewShape {
  let shape = shapes.get(viewClass);
  if (!shape) {
    const base = picked.get(Object.getPrototypeOf(viewClass) as object);
    if (!base) throw new Error(`${viewClass.name} is not a view`);
    const ofRecord = classifiedProperties(base.record);
    const own = classifiedProperties(viewClass);
    const properties = new Map<string, ColumnClass>();
    for (const key of base.keys) {
      const column = ofRecord.get(key);
      if (!column) throw new Error(`${base.record.name}.${key} is shown by ${viewClass.name} but not classified`);
      properties.set(key, column);
    }
    for (const [key, column] of own) properties.set(key, column);
    const { derive } = viewClass as unknown as Pick<ViewShape, 'derive'>;
    const references = new Map(
      [...referencesOf(base.record), ...referencesOf(viewClass)].filter(([property]) => properties.has(property)),
    );
    shape = {
      name: viewClass.name,
      record: base.record,
      properties,
      rowCategories: rowCategoriesOf(properties),
      references,
      derive,
    };
    shapes.set(viewClass, shape);
  }
  return shape;
}

/** Returns the columns that hold the data category of other columns. */
const rowCategoriesOf = (properties: Map<string, ColumnClass>): string[] => [
  ...new Set(
    [...properties.values()].flatMap(({ category }) => (typeof category === 'object' ? [category.column] : [])),
  ),
];

/** Returns all classified properties of a record as one view, for data shown elsewhere (events). */
export function wholeShapeOf(record: RecordClass): ViewShape {
  let shape = shapes.get(record);
  if (!shape) {
    const properties = classifiedProperties(record);
    shape = {
      name: record.name,
      record,
      properties,
      rowCategories: rowCategoriesOf(properties),
      references: referencesOf(record),
      derive: undefined,
    };
    shapes.set(record, shape);
  }
  return shape;
}
