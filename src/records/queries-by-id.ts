/** SQL of single reads: the condition of a list plus an identifier. */
import type { Actor } from '../authentication/actor.js';
import { Parameter, parseCondition } from '../authorization/conditions.js';
import { subjectOf } from '../authorization/subjects.js';
import { type RecordClass, columnOf, tableOf } from '../database/columns.js';
import { type SqlStatement, selection } from './record-queries.js';
import { Parameters, toSql } from '../authorization/conditions-to-sql.js';
import { notDenied } from '../authorization/applicable-rules.js';
import { permittedSql } from './reading-context-sql.js';

/**
 * Selects the records among `ids` whose existence is not hidden from the reader. `readable` is true if one of the
 * actions is permitted.
 */
export function knownRecordsSql(
  actor: Actor,
  type: RecordClass,
  actions: readonly string[],
  ids: Parameter,
): SqlStatement {
  const subject = subjectOf(type);
  const parameters = new Parameters();
  const byId = `t."id" = ANY (${parameters.add(ids, 'uuid[]')})`;
  const allowed = actions.map((action) => permittedSql(actor, subject, action, 't', parameters));
  const notHidden = toSql(parseCondition(notDenied(actor, subject)), type, 't', parameters);
  const id = columnOf(type, 'id').name;
  return {
    text: `SELECT t.${id} AS "id", coalesce(${allowed.join(' OR ')}, FALSE) AS "readable" FROM ${tableOf(type)} t WHERE ${byId} AND ${notHidden}`,
    values: parameters.values,
  };
}

export function findSql(
  actor: Actor,
  type: RecordClass,
  action: string,
  id: string | Parameter,
  lock: boolean,
  inPanel?: string,
): SqlStatement {
  const subject = subjectOf(type);
  const parameters = new Parameters();
  const byId = `t."id" = ${parameters.add(id, 'uuid')}`;
  const columns = selection(actor, subject, action, parameters, { inPanel });
  const where = `${byId} AND ${permittedSql(actor, subject, action, 't', parameters)}`;
  const text = `SELECT ${columns} FROM ${tableOf(type)} t WHERE ${where}${lock ? ' FOR UPDATE OF t' : ''}`;
  return { text, values: parameters.values };
}
