/**
 * Where rows stand, for the audit log: the panels, cases, referrals and items of meetings to which they belong. The log
 * decides by it which auditor reads an entry.
 */
import type { Row } from '../authorization/conditions.js';
import { READING_CONTEXT, type ReadingContext } from '../authorization/sharing-levels.js';
import type { Subject } from '../authorization/subjects.js';

/** Columns that name a panel to which a row belongs, from which it comes or to which it is sent. */
const PANELS = ['panelId', 'planPanelId', 'fromPanelId', 'targetPanelId'];
/** Columns that name the case, referral or item of a meeting to which a row belongs. */
const PARENTS = ['caseId', 'originCaseId', 'referralId', 'listingId'];

/** Returns whether the column says where a row stands. */
export const isScopeProperty = (property: string): boolean => PANELS.includes(property) || PARENTS.includes(property);

export interface AuditScope {
  panelIds: string[];
  parentIds: string[];
}

const valuesOf = (row: Row, columns: string[]): string[] =>
  columns.map((column) => row[column]).filter((id): id is string => typeof id === 'string');

/**
 * Lists the panels and parents of the rows. The case of a request for access is left out: whoever asked must not learn from
 * the log whether there is such a case (the log itself finds it for those who decide).
 */
export function auditScopeOf({ name }: Pick<Subject, 'name'>, rows: Row[]): AuditScope {
  const panels = rows.flatMap((row) => [
    ...(name === 'Panel' ? valuesOf(row, ['id']) : []),
    ...valuesOf(row, PANELS),
    ...((row[READING_CONTEXT] as ReadingContext | undefined)?.panelIds ?? []),
  ]);
  const parents = name === 'AccessRequest' ? [] : rows.flatMap((row) => valuesOf(row, PARENTS));
  return { panelIds: [...new Set(panels)].sort(), parentIds: [...new Set(parents)].sort() };
}
