/**
 * Words that somebody writes into a record of another agency are shared as that agency's: by its rows of the agreement, and
 * under its signature. They must go no further than what the writer's own agency contributes, but for
 * the agency of the record, which reads all of its own. Which rows apply is asked of the
 * agreements by the area that holds them.
 */
import { getMetadataStorage } from 'class-validator';
import type { Actor } from '../authentication/actor.js';
import type { SharingLevel } from './data-categories.js';
import { classifiedProperties } from './classification.js';
import { columnOf } from '../database/columns.js';
import type { Row } from './conditions.js';
import type { Contributor } from './sharing-levels.js';
import type { Subject } from './subjects.js';
import type { RecordClass } from '../database/record-class.js';

export interface TextInAnotherRecord {
  panelId: string;
  /** Who contributed the record. */
  contributor: Contributor;
  /** Data categories of what is written, each with the level from which it is shown. */
  columns: { category: string; from: SharingLevel }[];
}

export type Ask = <T>(sql: string, values: unknown[]) => Promise<T[]>;

/** Answers the categories in which somebody would be shown the words as the contributor's who is not shown the writer's. */
export type CategoriesSharedFurther = (ask: Ask, writer: Actor, words: TextInAnotherRecord) => Promise<string[]>;

let declared: CategoriesSharedFurther | null = null;

export function declareCategoriesSharedFurther(check: CategoriesSharedFurther): void {
  if (declared) throw new Error('the comparison of agreements is declared twice');
  declared = check;
}

/** In which categories would what is written here go further than the writer's own contributions? */
export async function categoriesSharedFurther(ask: Ask, writer: Actor, words: TextInAnotherRecord): Promise<string[]> {
  if (!declared) throw new Error('the comparison of agreements is not declared');
  return declared(ask, writer, words);
}

/** What is written anew into a record that another agency contributed; null where it holds no words, or stands on no panel. */
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

/** Is it written in one's own words, and not chosen from a list: a role, a band, a day? */
function isFreeText(type: RecordClass, field: string): boolean {
  if (!['text', 'jsonb'].includes(columnOf(type, field).type)) return false;
  return !getMetadataStorage()
    .getTargetValidationMetadatas(type, '', false, false)
    .some((one) => one.propertyName === field && one.name === 'isIn');
}
