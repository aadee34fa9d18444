/**
 * Limits the sharing of text written into a record of another agency. The agreements share such text as a contribution
 * of that agency: by the agency's rows and under its signature. The text must not go further than contributions of the
 * writer's own agency, except to the agency of the record, which reads all of its own records. The area that holds the
 * agreements compares the rows (`declareCategoriesSharedFurther`).
 */
import { getMetadataStorage } from 'class-validator';
import type { Actor } from '../authentication/actor.js';
import type { SharingLevel } from './data-categories.js';
import { classifiedProperties } from './classification.js';
import { columnOf, type RecordClass } from '../database/columns.js';
import type { Row } from './conditions.js';
import type { Contributor } from './sharing-levels.js';
import type { Subject } from './subject.types.js';

export interface TextInAnotherRecord {
  panelId: string;
  /** Agency that contributed the record. */
  contributor: Contributor;
  /** Data categories of the written text, each with the level from which the text is shown. */
  columns: { category: string; from: SharingLevel }[];
}

export type Ask = <T>(sql: string, values: unknown[]) => Promise<T[]>;

/** Returns categories in which a reader would receive the contributor's text but not the writer's. */
export type CategoriesSharedFurther = (ask: Ask, writer: Actor, words: TextInAnotherRecord) => Promise<string[]>;

let declared: CategoriesSharedFurther | null = null;

export function declareCategoriesSharedFurther(check: CategoriesSharedFurther): void {
  if (declared) throw new Error('the comparison of agreements is declared twice');
  declared = check;
}

/** Returns categories in which the text would be shared further than the writer's own contributions. */
export async function categoriesSharedFurther(ask: Ask, writer: Actor, words: TextInAnotherRecord): Promise<string[]> {
  if (!declared) throw new Error('the comparison of agreements is not declared');
  return declared(ask, writer, words);
}

/**
 * Returns text newly written into a record that another agency contributed. Null if the changes contain no free text,
 * or the record has no panel.
 */
export function textInAnotherRecord(
  writer: Actor,
  type: RecordClass,
  { contributor, panel }: Subject,
  row: Row,
  changes: Row,
): TextInAnotherRecord | null {
  if (!contributor || !panel) return null;
  const written: Row = { ...row, ...changes };
  if (written[contributor.agency] === writer.agencyId) return null;
  const panelId = row[panel];
  if (typeof panelId !== 'string') return null;
  const columns = [...classifiedProperties(type)].flatMap(([field, { category, from, isOfPanel }]) => {
    const value = changes[field];
    if (category === 'administrative' || isOfPanel || value === null || value === undefined) return [];
    if (!isFreeText(type, field) || JSON.stringify(value) === JSON.stringify(row[field])) return [];
    return [{ category: typeof category === 'string' ? category : (written[category.column] as string), from }];
  });
  if (!columns.length) return null;
  const agencyId = written[contributor.agency] as string | null;
  const from: Contributor = { agencyId, type: written[contributor.type] as string | null };
  return { panelId, contributor: from, columns };
}

/** Returns whether the field holds free text, as opposed to a listed value (a role, a band) or a date. */
function isFreeText(type: RecordClass, field: string): boolean {
  if (!['text', 'jsonb'].includes(columnOf(type, field).type)) return false;
  return !getMetadataStorage()
    .getTargetValidationMetadatas(type, '', false, false)
    .some((one) => one.propertyName === field && one.name === 'isIn');
}
