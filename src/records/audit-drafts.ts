/**
 * Drafts of audit entries, and the scope of an entry: the panels, cases, referrals and meeting items to which its records
 * belong. The policy of the log decides by this scope which auditors can read the entry.
 */
import type { Row } from '../authorization/conditions.js';
import type { AuditDraft } from './audit-recording.js';
import type { Subject } from '../authorization/subject.types.js';
import { READING_CONTEXT, type ReadingContext } from '../authorization/reading-context.js';

type Known = 'operation' | 'subOperation' | 'action' | 'subjectType';

/** Creates a draft with defaults for everything that is not given. */
export const auditDraft = (known: Pick<AuditDraft, Known> & Partial<AuditDraft>): AuditDraft => ({
  recordIds: [],
  personIds: [],
  partnershipId: null,
  fields: [],
  withheld: [],
  outcome: 'permit',
  agreementVersionIds: [],
  ...known,
});

/** Columns with a panel to which a row belongs or is sent, or from which it originates. */
const PANELS = ['panelId', 'planPanelId', 'fromPanelId', 'targetPanelId'];
/** Columns that name the case, referral or meeting item to which a row belongs. */
const PARENTS = ['caseId', 'referralId', 'listingId'];

/** Returns whether the column contributes to the audit scope. */
export const isScopeProperty = (property: string): boolean => PANELS.includes(property) || PARENTS.includes(property);

export interface AuditScope {
  panelIds: string[];
  parentIds: string[];
}

const valuesOf = (row: Row, columns: string[]): string[] =>
  columns.map((column) => row[column]).filter((id): id is string => typeof id === 'string');

/**
 * Returns the panels and parents of the rows. The case of an access request is omitted, because the requester must not
 * learn from the log whether the case exists. (The log adds the case itself, for entries of those who decide on the
 * request.)
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

/** Partnership, people and scope of an audit entry. */
export interface AuditConcern extends AuditScope {
  partnershipId: string | null;
  personIds: string[];
}

/** Returns partnership, people and audit scope of rows that share a partnership. */
export function concernOf(subject: Subject, ...rows: Row[]): AuditConcern {
  const people = rows.map((row) => row[subject.name === 'Person' ? 'id' : 'personId']);
  return {
    partnershipId: (rows[0]?.['partnershipId'] as string | null | undefined) ?? null,
    personIds: [...new Set(people.filter((id): id is string => typeof id === 'string'))],
    ...auditScopeOf(subject, rows),
  };
}

/** Subjects whose rows do not contain the panel and case to which they belong. */
const SCOPED_BY_DATABASE = [
  'AccessRequest',
  'AccessDecision',
  'AccessGrant',
  'HandlingAcknowledgement',
  'RepeatedCase',
  'CycleMeeting',
  'BidDecision',
  'BidResult',
];

/**
 * Returns the records whose panel and case must be looked up in the database, or null. Entries about attempts on hidden
 * or missing records were created without a lookup, and no lookup is added here.
 */
export function recordsToLocate({
  subjectType,
  recordIds,
  panelIds,
  copied,
}: AuditDraft): { subject: string; ids: string[] } | null {
  // the entry of a document lists the items that the document contained
  if (copied?.listingIds.length) return { subject: 'Listing', ids: copied.listingIds };
  const isPlaced = panelIds === undefined || !SCOPED_BY_DATABASE.includes(subjectType);
  return isPlaced || !recordIds.length ? null : { subject: subjectType, ids: recordIds };
}
