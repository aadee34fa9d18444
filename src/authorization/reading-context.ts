/** Properties of loaded rows that the second step of the policy reads, besides their columns. */

/**
 * Panels through which a row without a panel of its own is read. `inEmergency` is set if an emergency access opens one
 * of the contexts.
 */
export interface ReadingContext {
  panelIds: string[];
  inEmergency: boolean;
  /** Cases and referrals that lend their panels. */
  through?: Through[];
}

/** Case or referral through which a row without a panel of its own is read. */
export interface Through {
  panelId: string;
  caseId: string | null;
  referralId: string | null;
  inEmergency: boolean;
}

/** Property under which the records layer stores the context of a row without a panel of its own. */
export const READING_CONTEXT = 'context';

/** Property under which the records layer stores, per sharing limit of the subject, whether the limit applies. */
export const APPLICABLE_LIMITS = 'heldBy';
