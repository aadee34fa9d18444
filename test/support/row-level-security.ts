/**
 * Each of the two walls without the other, asked about any member of the cast: the policy as the owner of the database sees the
 * rows, behind no second wall; and the second wall as the service stands before it, asked by no policy.
 */
import pg from 'pg';
import type { Actor } from '../../src/authentication/actor.ts';
import type { Database } from './policy.ts';
import { willClose } from './opened.ts';

const built = async () => {
  (await import('#built/policies')).registerPolicies();
  return {
    ...(await import('#built/agencies/actors')),
    ...(await import('#built/entities')),
    ...(await import('#built/database/columns')),
    ...(await import('#built/authorization/explanation')),
    ...(await import('#built/authorization/subjects')),
    ...(await import('#built/database/data-source')),
    ...(await import('#built/records/rows-with-relations')),
    ...(await import('#built/records/record-queries')),
    ...(await import('#built/records/database-session')),
    ...(await import('#built/records/count-query')),
    ...(await import('#built/records/queries-by-id')),
  };
};

/** More than there are of anything. */
const ALL = 100_000;

export interface WallsApart {
  /** Everybody who signs in, practitioners and machine clients, or these among them, as they are now. */
  cast(among?: string[]): Promise<{ who: string; actor: Actor }[]>;
  /** Those of the records that the policy alone shows: in a list, one by one, or explained. A count must agree with the list. */
  policyAlone(actor: Actor, subject: string, ids: string[]): Promise<string[]>;
  /** Those of the records that the second wall alone lets through. */
  wallAlone(actor: Actor, subject: string, ids: string[]): Promise<string[]>;
}

export async function givenWallsApart(database: Database): Promise<WallsApart> {
  const policy = await built();
  const source = await policy.openDatabase(policy.databaseOptions(database.ownerUrl, policy.entities));
  const service = new pg.Client({ connectionString: database.serviceUrl });
  service.on('error', () => undefined); // the database is dropped when the spec ends
  await service.connect();
  willClose({
    stop: async () => {
      await source.destroy();
      await service.end();
    },
  });
  const subjectOf = (name: string) => {
    const subject = policy.subjectNamed(name);
    if (!subject) throw new Error(`no subject is called ${name}`);
    return subject;
  };

  return {
    async cast(among) {
      const rows = await source.query<{ issuer: string; subject: string; client: boolean; scopes: string[] }[]>(
        `SELECT issuer, subject, false AS client, '{}'::text[] AS scopes FROM practitioners
         UNION ALL SELECT issuer, client_id, true, scopes FROM clients ORDER BY 2`,
      );
      // what is known of somebody is kept until a question proves it old: nobody asks one here
      const actors = new policy.ActorsOfAgencies(source);
      const cast: { who: string; actor: Actor }[] = [];
      for (const { issuer, subject: who, client, scopes } of rows) {
        if (among && !among.includes(who)) continue;
        const at = { now: new Date(), call: { correlationId: 'walls', route: 'TEST' }, scopes };
        const actor = await actors.signedIn(issuer, who, client ? who : null, at);
        if (!actor) throw new Error(`${who} cannot sign in`);
        cast.push({ who, actor });
      }
      await actors.onApplicationShutdown();
      return cast;
    },

    async policyAlone(actor, name, ids) {
      const subject = subjectOf(name);
      const list = policy.listSql(actor, subject.type, 'read', { filter: {}, limit: ALL });
      const listed = (await source.query<{ id: string }[]>(list.text, list.values)).map(({ id }) => id);
      const by = policy.columnsOf(subject.type).has('version') ? 'version' : 'id';
      const counting = policy.countSql(actor, subject.type, by, { filter: {}, limit: ALL });
      const counted = await source.query<{ count: number }[]>(counting.text, counting.values);
      const sum = counted.reduce((all, { count }) => all + Number(count), 0);
      if (sum !== listed.length) throw new Error(`${name}: ${String(sum)} counted, ${String(listed.length)} listed`);
      const shown = new Set(listed.filter((id) => ids.includes(id)));
      const facts = await policy.rowsWithRelations(source.manager, actor, subject.type, ['read'], ids);
      for (const id of ids) {
        const find = policy.findSql(actor, subject.type, 'read', id, false);
        if ((await source.query<unknown[]>(find.text, find.values)).length) shown.add(id);
        const row = facts.find((one) => one['id'] === id);
        if (row && policy.explain(actor, subject, 'read', row).outcome === 'permit') shown.add(id);
      }
      return [...shown];
    },

    async wallAlone(actor, name, ids) {
      await service.query('BEGIN');
      await service.query(
        policy.setContextStatement(actor.securityContext as Parameters<typeof policy.setContextStatement>[0]),
      );
      const table = policy.tableOf(subjectOf(name).type);
      const { rows } = await service.query<{ id: string }>(`SELECT id FROM ${table} WHERE id = ANY ($1)`, [ids]);
      await service.query('COMMIT');
      return rows.map(({ id }) => id);
    },
  };
}
