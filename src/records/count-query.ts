/** SQL of counts: the scans of a list, grouped by the value of a column. */
import type { Actor } from '../authentication/actor.js';
import { columnOf, tableOf, type RecordClass } from '../database/columns.js';
import { Parameters } from '../authorization/conditions-to-sql.js';
import { subjectOf } from '../authorization/subjects.js';
import { type SqlStatement, shownSql, type ListQuery, KeysetScans } from './record-queries.js';

/** Counts permitted rows by the value of a column; at most `limit` rows per scan are counted. */
export function countSql(actor: Actor, type: RecordClass, by: string, listing: ListQuery): SqlStatement {
  const subject = subjectOf(type);
  const parameters = new Parameters();
  const value = shownSql(actor, subject, by, parameters) ?? `t.${columnOf(type, by).name}`;
  const scans = new KeysetScans(actor, subject, listing, parameters);
  const walks = scans.conditionsOf('read').flatMap((condition) => scans.of(condition));
  const places = walks.length ? walks.join(' UNION ALL ') : 'SELECT NULL::tid AS place WHERE FALSE';
  return {
    text: `SELECT ${value} AS value, count(*)::int AS count FROM (SELECT DISTINCT place FROM (${places}) walks) found
      JOIN ${tableOf(type)} t ON t.ctid = found.place GROUP BY 1 ORDER BY 1`,
    values: parameters.values,
  };
}
