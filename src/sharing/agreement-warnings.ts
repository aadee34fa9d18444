/** Warnings to the parties about the dates of a version. */
import type { AgreementStatus } from './agreement.entity.js';

export const AGREEMENT_WARNINGS = ['review-due-soon', 'review-overdue', 'expires-soon', 'expired'] as const;

export interface AgreementWarning {
  code: (typeof AGREEMENT_WARNINGS)[number];
  /** Day to which the warning refers. */
  on: string;
  /** Days from today; negative if the day has passed. */
  inDays: number;
}

interface Dated {
  status: AgreementStatus;
  reviewDue: string;
  expiresOn: string;
}

/**
 * Days before a date at which a warning begins. Source: note on law and standards, section 5.1, REQ-ISA-03, "warn 60
 * days".
 */
const NOTICE_DAYS = 60;
const DAY = 86_400_000;

/**
 * Returns warnings about a version from 60 days before its review and from 60 days before its end. `today` is a
 * calendar day in London. A version is still in force on its last day. Drafts and superseded versions have no warnings.
 */
export function warningsOf({ status, reviewDue, expiresOn }: Dated, today: string): AgreementWarning[] {
  if (status === 'superseded' || status === 'draft') return [];
  const warn = (on: string, soon: AgreementWarning['code'], late: AgreementWarning['code']): AgreementWarning[] => {
    const inDays = Math.round((Date.parse(on) - Date.parse(today)) / DAY);
    return inDays > NOTICE_DAYS ? [] : [{ code: inDays < 0 ? late : soon, on, inDays }];
  };
  return [...warn(reviewDue, 'review-due-soon', 'review-overdue'), ...warn(expiresOn, 'expires-soon', 'expired')];
}
