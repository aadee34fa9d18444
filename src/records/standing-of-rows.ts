/**
 * Where rows stand, for the audit log: the panels, cases, referrals and items of meetings to which they belong. The log
 * decides by it which auditor reads an entry.
 */
import type { Row } from '../policy/conditions.js';
import { CONTEXT, type Context } from '../policy/levels.js';
import type { Subject } from '../policy/subjects.js';

/** Columns that name a panel to which a row belongs, from which it comes or to which it is sent. */
const PANELS = ['panelId', 'planPanelId', 'fromPanelId', 'targetPanelId'];
/** Columns that name the case, referral or item of a meeting to which a row belongs. */
const PARENTS = ['caseId', 'originCaseId', 'referralId', 'listingId'];

/** Returns whether the column says where a row stands. */
export const saysWhere = (property: string): boolean => PANELS.includes(property) || PARENTS.includes(property);

export interface Standing {
  panelIds: string[];
  parentIds: string[];
}

const valuesOf = (row: Row, columns: string[]): string[] =>
  columns.map((column) => row[column]).filter((id): id is string => typeof id === 'string');

/**
 * Lists the panels and parents of the rows. The case of a request for access is left out: whoever asked must not learn from
 * the log whether there is such a case (the log itself finds it for those who decide).
 */
export function standingOf({ name }: Pick<Subject, 'name'>, rows: Row[]): Standing {
  const panels = rows.flatMap((row) => [
    ...(name === 'Panel' ? valuesOf(row, ['id']) : []),
    ...valuesOf(row, PANELS),
    ...((row[CONTEXT] as Context | undefined)?.panelIds ?? []),
  ]);
  const parents = name === 'AccessRequest' ? [] : rows.flatMap((row) => valuesOf(row, PARENTS));
  return { panelIds: [...new Set(panels)].sort(), parentIds: [...new Set(parents)].sort() };
}
