/** SQL expressions: permission for an action on a row, and the panels in whose context a row is read. */
import type { Actor } from '../authentication/actor.js';
import { columnOf, columnsOf, tableOf } from '../database/columns.js';
import { parseCondition } from '../authorization/conditions.js';
import { emergencyRows } from '../authorization/sharing-conditions.js';
import { joinSql, Parameters, toSql } from '../authorization/conditions-to-sql.js';
import { relationOf, subjectOf } from '../authorization/subjects.js';
import type { Subject } from '../authorization/subject.types.js';
import { permittedRows } from '../authorization/applicable-rules.js';

/**
 * Returns the panels in whose context a row without a panel of its own is read. These are the panels of the related
 * rows that the actor may read, limited to `inPanel` if given.
 */
export function contextSql(
  actor: Actor,
  subject: Subject,
  action: string,
  alias: string,
  parameters: Parameters,
  inPanel?: string,
): string {
  const asked = subject.ownContext.includes(action) ? action : 'read';
  const related = subject.contexts.map((name) => {
    const relation = relationOf(subject, name);
    const through = subjectOf(relation.to);
    const other = parameters.alias();
    const column = (property: string): string => `${other}.${columnOf(through.type, property).name}`;
    const on = joinSql(relation, subject.type, alias, other);
    const emergency =
      through.case && actor.emergencyCaseIds.length
        ? toSql(parseCondition(emergencyRows(actor, through.case)), through.type, other, parameters)
        : 'FALSE';
    const allowed = permittedSql(actor, through, asked, other, parameters);
    const panel = column(through.panel ?? '');
    const there = inPanel ? ` AND ${panel} = ${parameters.add(inPanel, 'uuid')}` : '';
    const caseId = through.case ? column(through.case) : 'NULL::uuid';
    const referralId = columnsOf(through.type).has('referralId') ? column('referralId') : 'NULL::uuid';
    return `SELECT ${panel} AS panel, ${caseId} AS case_id, ${referralId} AS referral_id, ${emergency} AS emergency FROM ${tableOf(through.type)} ${other} WHERE ${on}${there} AND ${allowed}`;
  });
  return (
    `(SELECT jsonb_build_object('panelIds', coalesce(jsonb_agg(DISTINCT c.panel), '[]'), ` +
    `'inEmergency', coalesce(bool_or(c.emergency), FALSE), 'through', coalesce(jsonb_agg(DISTINCT jsonb_build_object(` +
    `'panelId', c.panel, 'caseId', c.case_id, 'referralId', c.referral_id, 'inEmergency', c.emergency)), '[]')) FROM (${related.join(' UNION ALL ')}) c)`
  );
}

/** Returns the SQL condition for rows on which the action is permitted: `FALSE` if there are none. */
export function permittedSql(
  actor: Actor,
  subject: Subject,
  action: string,
  alias: string,
  parameters: Parameters,
): string {
  const where = permittedRows(actor, subject, action);
  return where ? toSql(parseCondition(where), subject.type, alias, parameters) : 'FALSE';
}
