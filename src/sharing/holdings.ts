/**
 * Numbers of cases that hold data, per panel, category and contributing agency. Derived from the declared subjects and
 * the classification of their columns, so that a new kind of record in a case is counted automatically.
 *
 * The queries read across all cases, unlike any reader, and are therefore private to the simulation: only numbers are
 * returned. Cases and records hidden from the requester (conflict, compartment) are not counted, nor are records that
 * an agency does not share at all, because no agreement covers them.
 */
import type { Actor } from '../authentication/actor.js';
import { classifiedProperties } from '../authorization/classification.js';
import { columnOf, columnsOf, tableOf } from '../database/columns.js';
import { parseCondition } from '../authorization/conditions.js';
import { joinSql, Parameters, toSql } from '../authorization/conditions-to-sql.js';
import { declaredSubjects, isDeclared, relationOf, typeNamed, subjectOf } from '../authorization/subjects.js';
import type { UnitOfWork } from '../records/unit-of-work.js';
import type { Relation, Subject } from '../authorization/subject.types.js';

export interface Holding {
  panelId: string;
  category: string;
  /** Contributing agency, with its type at the time; null if the record has no contributor. */
  contributingAgencyId: string | null;
  contributingType: string | null;
  cases: number;
  /** Examples of these cases that the requester may read. */
  sampleCaseIds: string[];
}

const MOST_STEPS = 3;
const SAMPLES = 3;

/** Returns the shortest path of relations from a record to the one case that contains it; null if there is none. */
function wayToCase(subject: Subject, steps = MOST_STEPS): Relation[] | null {
  if (subject.name === 'Case') return [];
  if (!steps) return null;
  const names = [...(subject.parent ? [subject.parent] : []), ...Object.keys(subject.relations).sort()];
  const ways = names.flatMap((name) => {
    const relation = relationOf(subject, name);
    if (relation.foreign !== 'id' || relation.to === subject.type || !isDeclared(relation.to)) return [];
    const rest = wayToCase(subjectOf(relation.to), steps - 1);
    return rest ? [[relation, ...rest]] : [];
  });
  return ways.sort((a, b) => a.length - b.length)[0] ?? null;
}

/**
 * Returns all paths of relations to cases. A record with a panel belongs to one case; a person, place or group is read
 * through several.
 */
export function waysToCases(subject: Subject): Relation[][] {
  if (subject.panel) {
    const way = wayToCase(subject);
    return way ? [way] : [];
  }
  return subject.contexts.flatMap((name) => {
    const relation = relationOf(subject, name);
    const rest = wayToCase(subjectOf(relation.to));
    return rest ? [[relation, ...rest]] : [];
  });
}

/** Returns the columns of each category. If the row itself has a category, `category` is the name of that column. */
function columnsByCategory(subject: Subject): { category: string; isColumn: boolean; columns: string[] }[] {
  const found = new Map<string, { category: string; isColumn: boolean; columns: string[] }>();
  for (const [property, { category }] of classifiedProperties(subject.type)) {
    if (category === 'administrative' || !columnsOf(subject.type).has(property)) continue;
    const isColumn = typeof category !== 'string';
    const name = isColumn ? category.column : category;
    const key = `${String(isColumn)} ${name}`;
    const known = found.get(key) ?? { category: name, isColumn, columns: [] };
    known.columns.push(property);
    found.set(key, known);
  }
  return [...found.values()];
}

function heldSql(
  actor: Actor,
  subject: Subject,
  way: Relation[],
  panelIds: string[],
  parameters: Parameters,
): string | null {
  const held = columnsByCategory(subject);
  if (!held.length) return null;
  const column = (one: Subject, alias: string, property: string): string =>
    `${alias}.${columnOf(one.type, property).name}`;
  const conditions: string[] = [];
  const unbarred = (one: Subject, alias: string): void => {
    const bars = one.denyRules.flatMap((bar) => bar.where(actor) ?? []);
    if (bars.length) conditions.push(toSql(parseCondition({ $nor: bars }), one.type, alias, parameters));
  };
  let joins = `${tableOf(subject.type)} h0`;
  unbarred(subject, 'h0');
  let last: [Subject, string] = [subject, 'h0'];
  for (const [index, relation] of way.entries()) {
    const [from, alias] = last;
    const next: [Subject, string] = [subjectOf(relation.to), `h${String(index + 1)}`];
    joins += ` JOIN ${tableOf(relation.to)} ${next[1]} ON ${joinSql(relation, from.type, alias, next[1])}`;
    unbarred(...next);
    last = next;
  }
  const [ofCase, alias] = last;
  const panel = column(ofCase, alias, ofCase.panel ?? '');
  conditions.push(`${panel} = ANY(${parameters.add(panelIds, 'uuid[]')})`);
  if (columnsOf(subject.type).has('agencyOnly')) conditions.push(`NOT ${column(subject, 'h0', 'agencyOnly')}`);
  const values = held.map(({ category, isColumn, columns }) => {
    const name = isColumn ? column(subject, 'h0', category) : parameters.add(category, 'text');
    const present = columns.map((one) => `${column(subject, 'h0', one)} IS NOT NULL`).join(' OR ');
    return `(${name}, ${present})`;
  });
  const { contributor } = subject;
  const type = contributor ? column(subject, 'h0', contributor.type) : 'NULL::text';
  const agency = contributor ? column(subject, 'h0', contributor.agency) : 'NULL::uuid';
  return (
    `SELECT ${panel} AS panel_id, ${alias}."id" AS case_id, held.category, ${type} AS contributing_type, ${agency} AS agency_id ` +
    `FROM ${joins} CROSS JOIN LATERAL (VALUES ${values.join(', ')}) held(category, present) ` +
    `WHERE held.present AND held.category <> 'administrative' AND ${conditions.join(' AND ')}`
  );
}

/** Counts the data held on cases of these panels, as far as the requester may know of them. */
export async function holdingsOf(work: UnitOfWork, panelIds: string[]): Promise<Holding[]> {
  if (!panelIds.length) return [];
  const readable = await work.records.findMany('read', typeNamed<{ id: string; panelId: string }>('Case'), {
    panelId: { $in: panelIds },
  });
  const parameters = new Parameters();
  const selects = [...declaredSubjects()]
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((subject) =>
      waysToCases(subject).flatMap((way) => heldSql(work.actor, subject, way, panelIds, parameters) ?? []),
    );
  const shown = parameters.add(
    readable.map(({ id }) => id),
    'uuid[]',
  );
  const counted =
    `count(DISTINCT h.case_id)::integer AS cases, ` +
    `coalesce((array_agg(DISTINCT h.case_id ORDER BY h.case_id) FILTER (WHERE h.case_id = ANY(${shown})))[1:${String(SAMPLES)}], '{}') AS samples`;
  const rows = await work.manager.query<
    {
      panel_id: string;
      category: string;
      contributing_type: string | null;
      agency_id: string | null;
      cases: number;
      samples: string[];
    }[]
  >(
    `SELECT h.panel_id, h.category, h.contributing_type, h.agency_id, ${counted}
       FROM (${selects.join(' UNION ALL ')}) h
       GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3 NULLS FIRST, 4 NULLS FIRST`,
    parameters.values,
  );
  return rows.map((row) => ({
    panelId: row.panel_id,
    category: row.category,
    contributingAgencyId: row.agency_id,
    contributingType: row.contributing_type,
    cases: row.cases,
    sampleCaseIds: row.samples,
  }));
}
