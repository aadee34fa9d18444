/** What a version's dates ask of its parties. */
import type { AgreementStatus } from './agreement.entity.js';

export const AGREEMENT_WARNINGS = ['review-due-soon', 'review-overdue', 'expires-soon', 'expired'] as const;

export interface AgreementWarning {
  code: (typeof AGREEMENT_WARNINGS)[number];
  /** The day that it is about. */
  on: string;
  /** Days from today until then; negative where it has passed. */
  inDays: number;
}

interface Dated {
  status: AgreementStatus;
  reviewDue: string;
  expiresOn: string;
}

/** Source: note on law and standards, section 5.1, REQ-ISA-03, "warn 60 days". */
const NOTICE_DAYS = 60;
const DAY = 86_400_000;

/**
 * Warnings about a version on `today`, a calendar day in London: from 60 days before review and end. On its last day a
 * version still holds. What was superseded, or is still a draft, asks for nothing.
 */
export function warningsOf({ status, reviewDue, expiresOn }: Dated, today: string): AgreementWarning[] {
  if (status === 'superseded' || status === 'draft') return [];
  const warn = (on: string, soon: AgreementWarning['code'], late: AgreementWarning['code']): AgreementWarning[] => {
    const inDays = Math.round((Date.parse(on) - Date.parse(today)) / DAY);
    return inDays > NOTICE_DAYS ? [] : [{ code: inDays < 0 ? late : soon, on, inDays }];
  };
  return [...warn(reviewDue, 'review-due-soon', 'review-overdue'), ...warn(expiresOn, 'expires-soon', 'expired')];
}
