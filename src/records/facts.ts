/**
 * A row with the relations that conditions ask about, loaded without the policy: only for reading conditions in memory
 * (explanations, the test of agreement). What is loaded here is never presented.
 */
import { CompoundCondition, FieldCondition, type Condition } from '@ucast/mongo2js';
import type { EntityManager } from 'typeorm';
import type { Actor } from '../policy/actor.js';
import { columnOf, columnsOf, tableOf } from '../policy/columns.js';
import { holds, parse, type Row } from '../policy/conditions.js';
import { CONTEXT, type Context } from '../policy/levels.js';
import { Parameters } from '../policy/sql.js';
import { hasAnyGround, openings, relationOf, subjectOf, type RecordClass, type Subject } from '../policy/subjects.js';
import { contextSql, OPENED_BY, rulesOf } from './query.js';

interface Tree {
  [relation: string]: Tree;
}

/** Which relations a condition asks about, and which of theirs. */
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
    const keys = [...new Set(rows.map((row) => row[relation.local]).filter((key) => key !== null))];
    const found = await manager.query<Row[]>(
      `SELECT ${columnList(relation.to)} FROM ${tableOf(relation.to)} t WHERE t.${foreign.name} = ANY($1::${foreign.type}[])`,
      [keys],
    );
    await related(manager, relation.to, found, inner);
    for (const row of rows) row[name] = found.filter((one) => one[relation.foreign] === row[relation.local]);
  }
}

/** The rows of `type` with these identifiers, with all that the rules on `actions` ask about. */
export async function rowsWithFacts(
  manager: EntityManager,
  actor: Actor,
  type: RecordClass,
  actions: string[],
  ids: string[],
  inPanel?: string,
): Promise<Row[]> {
  const subject = subjectOf(type);
  const tree: Tree = {};
  for (const action of actions)
    for (const { where } of openings(actor, subject, action)) relationsIn(parse(where), tree);
  for (const { where } of [...subject.bars, ...subject.caps]) {
    const needed = where(actor);
    if (needed) relationsIn(parse(needed), tree);
  }
  const rows = await manager.query<Row[]>(
    `SELECT ${columnList(type)} FROM ${tableOf(type)} t WHERE t."id" = ANY($1::uuid[])`,
    [ids],
  );
  await related(manager, type, rows, tree);
  const [action = 'read'] = actions;
  if (subject.contexts.length) await inContext(manager, actor, subject, action, rows, inPanel);
  return rows;
}

/** Those of the rows that the actor may read, whoever asks, as `mask` needs them. */
export async function rowsReadBy(
  manager: EntityManager,
  actor: Actor,
  type: RecordClass,
  ids: string[],
  inPanel?: string,
): Promise<Row[]> {
  const subject = subjectOf(type);
  if (!ids.length || !hasAnyGround(actor, subject, 'read')) return [];
  const rules = rulesOf(actor, subject, 'read');
  const rows = await rowsWithFacts(manager, actor, type, ['read'], ids, inPanel);
  for (const row of rows) row[OPENED_BY] = rules.map(({ condition }) => holds(condition, row));
  return rows.filter((row) => (row[OPENED_BY] as boolean[]).some(Boolean));
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
  const ids = rows.map((row) => row['id']);
  const byId = `t."id" = ANY(${parameters.add(ids, 'uuid[]')})`;
  const context = contextSql(actor, subject, action, 't', parameters, inPanel);
  const found = await manager.query<{ id: string; context: Context }[]>(
    `SELECT t."id", ${context} AS context FROM ${tableOf(subject.type)} t WHERE ${byId}`,
    parameters.values,
  );
  const contexts = new Map(found.map((one) => [one.id, one.context]));
  for (const row of rows) row[CONTEXT] = contexts.get(row['id'] as string);
}
