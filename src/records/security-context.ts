/**
 * Row-level security context of a transaction. Row-level security is a second check, coarse and independent of the
 * policy.
 *
 * Every transaction sets the acting principal. The database function `row_security_context` (in
 * `migrations/row-security.sql`) determines what is hidden from the principal; this module only passes the result on. A
 * connection without a context sees no rows.
 */
import type { DataSource, EntityManager } from 'typeorm';
import type { BoundStatement } from './statement-template.js';

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

const SETTINGS = ['actor', 'agency', 'partnerships', 'hidden', 'unread', 'closed', 'named', 'log'] as const;

// Reads the version after the settings, in the same statement: row-level security also protects the version table.
// app.version_before excludes increments by the current transaction.
const SET_CONTEXT = `SELECT ${SETTINGS.map((name, n) => `set_config('app.${name}', $${String(n + 1)}, true)`).join(', ')},
  (SELECT coalesce(nullif(current_setting('app.version_before', true), ''), version::text) FROM authorization_versions) AS version`;

/**
 * Returns the statement that sets the context until the end of the transaction. Its result is the authorization version
 * (`version`).
 */
export const setContextStatement = (context: SecurityContext): BoundStatement => ({
  name: 'set-security-context',
  text: SET_CONTEXT,
  values: SETTINGS.map((name) => context[name] ?? ''),
});

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

/** Runs a transaction with the given context, for queries outside a unit of work. */
export function withSecurityContext<T>(
  source: DataSource,
  context: SecurityContext,
  does: (manager: EntityManager) => Promise<T>,
): Promise<T> {
  return source.transaction('READ COMMITTED', async (manager) => {
    const { text, values } = setContextStatement(context);
    await manager.query(text, values);
    return does(manager);
  });
}
