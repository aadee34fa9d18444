/**
 * Checks that the role of `DATABASE_URL` has no dangerous rights in production. An attacker who takes over the service
 * must not be able to disable row-level security, change the log or appoint an auditor.
 */
import pg from 'pg';

/** Condition for roles whose rights the role of the service has or can assume. */
const MEMBER = `pg_has_role(current_user, %s, 'MEMBER')`;
const memberOf = (role: string): string => MEMBER.replace('%s', role);
const SERVER_ROLES = `'pg_execute_server_program', 'pg_read_server_files', 'pg_write_server_files'`;
const IN_OWN_SCHEMAS = `n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'`;
/** Returns the condition that the role has a right on the table or on one of its columns. */
const hasPrivilege = (privileges: string, ofColumns: string): string =>
  `(has_table_privilege(c.oid, '${privileges}') OR has_any_column_privilege(c.oid, '${ofColumns}'))`;
const tablesWithPrivilege = (privileges: string, ofColumns: string): string =>
  `ARRAY(SELECT c.relname::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE ${IN_OWN_SCHEMAS} AND c.relkind IN ('r', 'p') AND ${hasPrivilege(privileges, ofColumns)} ORDER BY 1)`;
const changeableTables = (tables: string, privileges: string, ofColumns: string): string =>
  `ARRAY(SELECT c.relname::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = 'public'
     WHERE c.relname IN (${tables}) AND ${hasPrivilege(privileges, ofColumns)} ORDER BY 1)`;

const ROLE_QUERY = `SELECT current_user::text AS role,
  (SELECT bool_or(r.rolsuper) FROM pg_roles r WHERE ${memberOf('r.oid')}) AS "isSuperuser",
  (SELECT bool_or(r.rolbypassrls) FROM pg_roles r WHERE ${memberOf('r.oid')}) AS "bypassesSecurity",
  (SELECT bool_or(r.rolcreaterole OR r.rolcreatedb OR r.rolreplication OR r.rolname IN (${SERVER_ROLES}))
    FROM pg_roles r WHERE ${memberOf('r.oid')}) AS "administers",
  EXISTS (SELECT FROM pg_database d WHERE d.datname = current_database() AND ${memberOf('d.datdba')})
    OR EXISTS (SELECT FROM pg_namespace n WHERE ${IN_OWN_SCHEMAS} AND ${memberOf('n.nspowner')})
    OR EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE ${IN_OWN_SCHEMAS} AND ${memberOf('c.relowner')})
    OR EXISTS (SELECT FROM pg_proc f JOIN pg_namespace n ON n.oid = f.pronamespace WHERE ${IN_OWN_SCHEMAS} AND ${memberOf('f.proowner')})
    AS "isOwner",
  has_database_privilege(current_database(), 'CREATE')
    OR EXISTS (SELECT FROM pg_namespace n WHERE ${IN_OWN_SCHEMAS} AND has_schema_privilege(n.oid, 'CREATE')) AS "createsTables",
  ${tablesWithPrivilege('TRUNCATE, TRIGGER', 'REFERENCES')} AS "beyondRows",
  ${changeableTables(`'audit_entries', 'audit_checkpoints', 'events'`, 'UPDATE, DELETE', 'UPDATE')}
    || ${changeableTables(`'authorization_versions', 'compartment_auditors'`, 'DELETE', 'INSERT, UPDATE')}
    || ${changeableTables(`'migrations'`, 'DELETE', 'INSERT, UPDATE')} AS "mustNotChange",
  to_regclass('public.compartment_auditors') IS NOT NULL AS "isMigrated"`;

interface RoleRights {
  role: string;
  isSuperuser: boolean;
  bypassesSecurity: boolean;
  administers: boolean;
  isOwner: boolean;
  createsTables: boolean;
  beyondRows: string[];
  mustNotChange: string[];
  isMigrated: boolean;
}

const REMEDY =
  'Give the service a role of its own, as docker/roles.sh does, and run node dist/migrate.js as the owner (MIGRATION_DATABASE_URL).';

/** Returns the role in a connection string, or null. */
function roleIn(url: string): string | null {
  return URL.canParse(url) ? decodeURIComponent(new URL(url).username) || null : null;
}

/** Lists the obstacles to running with this role. Empty if there are none. */
export async function findObstaclesOfRole(databaseUrl: string, ownerDatabaseUrl: string): Promise<string[]> {
  if (!databaseUrl) return [];
  const client = new pg.Client({ connectionString: databaseUrl, connectionTimeoutMillis: 10_000 });
  client.on('error', () => undefined);
  let answer: RoleRights;
  try {
    await client.connect();
    answer = (await client.query<RoleRights>(ROLE_QUERY)).rows[0] as RoleRights;
  } catch (error) {
    const code = (error as { code?: string }).code ?? 'no answer';
    return [`DATABASE_URL: the rights of the role could not be read from the database (${code}).`];
  } finally {
    await client.end().catch(() => undefined);
  }
  const { role } = answer;
  const named = (tables: string[]): string =>
    tables.slice(0, 3).join(', ') + (tables.length > 3 ? ` and ${String(tables.length - 3)} more` : '');
  const isMigrationRole = ownerDatabaseUrl !== databaseUrl && roleIn(ownerDatabaseUrl) === role;
  const wrong = [
    answer.isSuperuser && 'is a superuser, or may become one',
    answer.bypassesSecurity && 'bypasses row-level security, or may come to',
    answer.administers && 'may create roles or databases, replicate, or reach files and programs of the server',
    answer.isOwner && 'owns the database, a schema, a table or a function, or may act as their owner',
    isMigrationRole && 'is also the role of MIGRATION_DATABASE_URL',
    answer.createsTables && 'may create tables',
    answer.beyondRows.length > 0 && `may truncate, refer to or put triggers on tables (${named(answer.beyondRows)})`,
    answer.mustNotChange.length > 0 && `may change what only grows or is not its own (${named(answer.mustNotChange)})`,
  ].filter((one) => one !== false);
  const found = wrong.map((what) => `DATABASE_URL: the role "${role}" ${what}. ${REMEDY}`);
  if (!answer.isMigrated) found.push('DATABASE_URL: the database is not migrated. Run node dist/migrate.js first.');
  return found;
}
