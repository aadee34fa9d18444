/**
 * Rows with the relations needed to evaluate conditions in memory, loaded without applying the policy. Only for
 * explanations and the property test that compares both readings of conditions; rows loaded here must never be part of
 * a response.
 */
import { CompoundCondition, FieldCondition, type Condition } from '@ucast/mongo2js';
import type { EntityManager } from 'typeorm';
import type { Actor } from '../authentication/actor.js';
import { columnOf, columnsOf, tableOf, type RecordClass } from '../database/columns.js';
import { parseCondition, type Row } from '../authorization/conditions.js';
import { Parameters } from '../authorization/conditions-to-sql.js';
import { relationOf, subjectOf } from '../authorization/subjects.js';
import { shownFor } from './record-queries.js';
import { inBatches } from './batches.js';
import { conditionHolds } from '../authorization/conditions-in-memory.js';
import type { Subject } from '../authorization/subject.types.js';
import { hasApplicableRule, applicableRules, permittedRows, shownFields } from '../authorization/applicable-rules.js';
import { READING_CONTEXT, type ReadingContext } from '../authorization/reading-context.js';
import { contextSql } from './reading-context-sql.js';

interface Tree {
  [relation: string]: Tree;
}

/** Collects the relations used by a condition, recursively. */
function relationsIn(condition: Condition, tree: Tree = {}): Tree {
  if (condition instanceof CompoundCondition)
    for (const part of condition.value as Condition[]) relationsIn(part, tree);
  else if (condition instanceof FieldCondition && condition.operator === 'elemMatch')
    relationsIn(condition.value as Condition, (tree[condition.field] ??= {}));
  return tree;
}

const columnList = (type: RecordClass): string =>
  [...columnsOf(type)].map(([property, { name }]) => `t.${name} AS "${property}"`).join(', ');

async function related(manager: EntityManager, type: RecordClass, rows: Row[], tree: Tree): Promise<void> {
  for (const [name, inner] of Object.entries(tree)) {
    const relation = relationOf(subjectOf(type), name);
    const foreign = columnOf(relation.to, relation.foreign);
    const keysOf = (row: Row): unknown[] => [row[relation.local]].flat().filter((key) => key != null);
    const keys = [...new Set(rows.flatMap(keysOf))];
    const found = await manager.query<Row[]>(
      `SELECT ${columnList(relation.to)} FROM ${tableOf(relation.to)} t WHERE t.${foreign.name} = ANY($1::${foreign.type}[])`,
      [keys],
    );
    await related(manager, relation.to, found, inner);
    const byKey = Map.groupBy(found, (one) => one[relation.foreign]);
    const also = Object.entries(relation.also ?? {});
    // as in SQL, null is not equal to anything
    const belongs = (row: Row, one: Row): boolean =>
      also.every(([own, theirs]) => row[own] != null && row[own] === one[theirs]);
    for (const row of rows)
      row[name] = keysOf(row).flatMap((key) => (byKey.get(key) ?? []).filter((one) => belongs(row, one)));
  }
}

/** Loads rows with all relations used by the rules on `actions`. */
export async function rowsWithRelations(
  manager: EntityManager,
  actor: Actor,
  type: RecordClass,
  actions: string[],
  ids: string[],
  inPanel?: string,
): Promise<Row[]> {
  const rows = await rowsWithRelationsOfAll(manager, [actor], type, actions, ids);
  const [action = 'read'] = actions;
  if (subjectOf(type).contexts.length) await inContext(manager, actor, subjectOf(type), action, rows, inPanel);
  return rows;
}

/** Loads rows with the relations needed for any of several actors, but without reading context. */
export async function rowsWithRelationsOfAll(
  manager: EntityManager,
  actors: Iterable<Actor>,
  type: RecordClass,
  actions: string[],
  ids: string[],
): Promise<Row[]> {
  const subject = subjectOf(type);
  const tree: Tree = {};
  await inBatches(actors, (actor) => {
    for (const action of actions)
      for (const { where } of applicableRules(actor, subject, action)) relationsIn(parseCondition(where), tree);
    for (const { where } of [...subject.denyRules, ...subject.sharingLimits]) {
      const needed = where(actor);
      if (needed) relationsIn(parseCondition(needed), tree);
    }
  });
  const rows = await manager.query<Row[]>(
    `SELECT ${columnList(type)} FROM ${tableOf(type)} t WHERE t."id" = ANY($1::uuid[])`,
    [ids],
  );
  await related(manager, type, rows, tree);
  return rows;
}

/**
 * Returns the rows that the given actor may read, with the data needed by `fieldMask`. The actor need not be the
 * requester. `rows` must hold the relations needed for this actor and are not modified, so that several actors can be
 * evaluated on the same rows.
 */
export async function readableBy(
  manager: EntityManager,
  actor: Actor,
  type: RecordClass,
  rows: readonly Row[],
  inPanel?: string,
): Promise<Row[]> {
  const subject = subjectOf(type);
  if (!rows.length || !hasApplicableRule(actor, subject, 'read')) return [];
  const permittedTo = permittedRows(actor, subject, 'read');
  if (!permittedTo) return [];
  const condition = parseCondition(permittedTo);
  const sets = shownFields(actor, subject, 'read').map(({ where }) => parseCondition(where));
  const weighed = await inBatches(rows, (row): Row | null =>
    conditionHolds(condition, row)
      ? { ...row, [shownFor('read')]: sets.map((shown) => conditionHolds(shown, row)) }
      : null,
  );
  const readable = weighed.filter((row) => row !== null);
  if (subject.contexts.length && readable.length) await inContext(manager, actor, subject, 'read', readable, inPanel);
  return readable;
}

async function inContext(
  manager: EntityManager,
  actor: Actor,
  subject: Subject,
  action: string,
  rows: Row[],
  inPanel?: string,
): Promise<void> {
  const parameters = new Parameters();
  const ids = parameters.add(
    rows.map((row) => row['id']),
    'uuid[]',
  );
  const context = contextSql(actor, subject, action, 't', parameters, inPanel);
  const sql = `SELECT t."id", ${context} AS context FROM ${tableOf(subject.type)} t WHERE t."id" = ANY(${ids})`;
  const found = await manager.query<{ id: string; context: ReadingContext }[]>(sql, parameters.values);
  const contexts = new Map(found.map((one) => [one.id, one.context]));
  for (const row of rows) row[READING_CONTEXT] = contexts.get(row['id'] as string);
}
