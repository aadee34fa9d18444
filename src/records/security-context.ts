/**
 * The second wall: row-level security in the database, coarse and independent of the policy. Every transaction says who
 * acts; what is hidden from them is found by the database itself (`row_security_context` in `migrations/row-security.sql`) and only carried
 * here. A connection that said nothing sees nothing.
 */
import type { DataSource, EntityManager } from 'typeorm';
import type { BoundStatement } from './statement-template.js';

/** The settings `app.*` of one transaction: array literals and identifiers, as `row_security_context` gave them. */
export interface SecurityContext {
  actor: string;
  agency: string;
  partnerships: string;
  /** Cases, people, panels, and items of meetings. */
  hidden: string;
  /** Of an auditor: cases, referrals, items and people whose entries of the log they do not read. */
  unread?: string;
  /** Of an auditor: compartments whose entries they do not read. */
  closed?: string;
  /** Of an auditor: people, places and groups, by the panels on whose entries about them the auditor reads nothing; JSON. */
  named?: string;
  /** `on` for the log alone, which seals and proves entries that nobody may read whole. */
  log?: 'on';
}

const SETTINGS = ['actor', 'agency', 'partnerships', 'hidden', 'unread', 'closed', 'named', 'log'] as const;

// The stamp is behind the wall, too: it is read once that is raised. What this transaction changes itself does not count.
const ENTER = `SELECT ${SETTINGS.map((name, n) => `set_config('app.${name}', $${String(n + 1)}, true)`).join(', ')},
  (SELECT coalesce(nullif(current_setting('app.stamp_before', true), ''), stamp::text) FROM authorization_versions) AS stamp`;

/** The statement that says, for the rest of the transaction, who acts; it answers with the stamp of all facts (`stamp`). */
export const setContextStatement = (wall: SecurityContext): BoundStatement => ({
  name: 'enter',
  text: ENTER,
  values: SETTINGS.map((name) => wall[name] ?? ''),
});

const NOBODY = '00000000-0000-0000-0000-000000000000';

/** The service itself, for what belongs to no partnership: it sees directories, and no record of a case or person. */
export const SERVICE_CONTEXT: SecurityContext = {
  actor: NOBODY,
  agency: NOBODY,
  partnerships: '{}',
  hidden: '{}',
};

/** The log's own connections. */
export const LOG_CONTEXT: SecurityContext = { ...SERVICE_CONTEXT, log: 'on' };

/** Inside the partnership nothing is hidden: for the service's own questions, whose answer the actor does not read. */
export const withoutExclusions = (wall: SecurityContext): SecurityContext => ({
  ...SERVICE_CONTEXT,
  actor: wall.actor,
  partnerships: wall.partnerships,
});

/** A transaction behind a wall, for questions that the service asks outside any unit of work. */
export function withSecurityContext<T>(
  source: DataSource,
  wall: SecurityContext,
  does: (manager: EntityManager) => Promise<T>,
): Promise<T> {
  return source.transaction('READ COMMITTED', async (manager) => {
    const { text, values } = setContextStatement(wall);
    await manager.query(text, values);
    return does(manager);
  });
}
