/** Audit entries of refusals. */
import type { AuditDraft } from './audit-recording.js';
import { auditDraft, type AuditScope } from './audit-drafts.js';

const recorded = new WeakSet<object>();

/** Marks an error as already recorded in the log, so that interceptors do not record the same refusal twice. */
export const markAudited = (error: unknown): void => {
  if (typeof error === 'object' && error !== null) recorded.add(error);
};

export const isAudited = (error: unknown): boolean =>
  typeof error === 'object' && error !== null && recorded.has(error);

/** Creates the draft of a refusal. */
export const refusalDraft = (
  known: Pick<AuditDraft, 'action' | 'subjectType'> & { rule: string } & Partial<AuditDraft>,
): AuditDraft => auditDraft({ operation: 'consult', subOperation: 'refuse', outcome: 'refuse', ...known });

/** Merges audit scopes. */
export const mergeScopes = (...scopes: (AuditScope | undefined)[]): AuditScope => ({
  panelIds: [...new Set(scopes.flatMap((one) => one?.panelIds ?? []))].sort(),
  parentIds: [...new Set(scopes.flatMap((one) => one?.parentIds ?? []))].sort(),
});
