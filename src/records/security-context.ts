/** Settings by which row-level security knows the acting principal, and contexts of the service itself. */

/**
 * Values of the settings `app.*` for one transaction: array literals and identifiers, as returned by
 * `row_security_context`.
 */
export interface SecurityContext {
  actor: string;
  agency: string;
  partnerships: string;
  /** Identifiers of hidden cases, people, panels and meeting items. */
  hidden: string;
  /** Identifiers of cases, referrals, items and people whose log entries are hidden from an auditor. */
  unread?: string;
  /** Identifiers of compartments whose log entries are hidden from an auditor. */
  closed?: string;
  /** People, places and groups whose log entries are hidden from an auditor, by panel; JSON. */
  named?: string;
  /** `on` for connections of the log only: sealing and proofs need all entries, which no principal may read in full. */
  log?: 'on';
}

const NOBODY = '00000000-0000-0000-0000-000000000000';

/**
 * Context of the service for data without a partnership: directories are visible, records of cases and people are not.
 */
export const SERVICE_CONTEXT: SecurityContext = {
  actor: NOBODY,
  agency: NOBODY,
  partnerships: '{}',
  hidden: '{}',
};

/** Context of the log's own connections. */
export const LOG_CONTEXT: SecurityContext = { ...SERVICE_CONTEXT, log: 'on' };

/**
 * Returns the context without the actor's exclusions, for queries of the service whose result the actor does not see.
 */
export const withoutExclusions = (context: SecurityContext): SecurityContext => ({
  ...SERVICE_CONTEXT,
  actor: context.actor,
  partnerships: context.partnerships,
});
