/**
 * The policy asked by a spec, beside the service: as the owner of the database sees the rows, in memory, about any member
 * of the cast. What an answer shows is never asked.
 */
import type { Actor } from '../../src/authentication/actor.ts';
import type { Row } from '../../src/authorization/conditions.ts';
import type { Cell } from './leak-markers.ts';
import { willClose } from './opened.ts';
import type { ReadingContext } from '../../src/authorization/reading-context.ts';

/** What a spec's database tells of itself. */
export interface Database {
  ownerUrl: string;
  adminUrl: string;
  serviceUrl: string;
}

export const policyOf = async () => {
  await import('#built/app.module'); // the routes declare their views
  (await import('#built/policies')).registerPolicies();
  return {
    ...(await import('#built/agencies/actors')),
    ...(await import('#built/entities')),
    ...(await import('#built/authorization/data-categories')),
    ...(await import('#built/authorization/classification')),
    ...(await import('#built/database/columns')),
    ...(await import('#built/authorization/conditions')),
    ...(await import('#built/authorization/sharing-levels')),
    ...(await import('#built/authorization/subjects')),
    ...(await import('#built/authorization/applicable-rules')),
    ...(await import('#built/authorization/conditions-in-memory')),
    ...(await import('#built/database/data-source')),
    ...(await import('#built/records/rows-with-relations')),
    ...(await import('#built/records/response-view')),
    ...(await import('#built/records/declared-views')),
  };
};

export interface Oracle {
  /** The member of the cast as the policy sees them now. */
  actor(who: string): Promise<Actor>;
  /** The cells among these that the policy does not show them by any of the actions. */
  forbidden(actor: Actor, actions: readonly string[], cells: Cell[]): Promise<Cell[]>;
}

/** The row as it is read in the context of each single panel: a pack is read in that of its own. */
function inEachContext(row: Row): Row[] {
  const context = row['context'] as ReadingContext | undefined;
  return context?.panelIds.length
    ? context.panelIds.map((panelId) => ({ ...row, context: { ...context, panelIds: [panelId] } }))
    : [row];
}

export async function givenOracle(database: Database): Promise<Oracle> {
  const policy = await policyOf();
  const source = await policy.openDatabase(policy.databaseOptions(database.ownerUrl, policy.entities));
  willClose({ stop: () => source.destroy() });
  const actors = new policy.ActorsOfAgencies(source);
  const named = new Map(policy.declaredSubjects().map((one) => [one.name, one]));

  return {
    async actor(who) {
      const [one] = await source.query<{ issuer: string; client: boolean; scopes: string[] }[]>(
        `SELECT issuer, false AS client, '{}'::text[] AS scopes FROM practitioners WHERE subject = $1
         UNION ALL SELECT issuer, true, scopes FROM clients WHERE client_id = $1`,
        [who],
      );
      const as = { now: new Date(), call: { correlationId: 'oracle', route: 'TEST' }, scopes: one?.scopes ?? [] };
      const actor = one ? await actors.signedIn(one.issuer, who, one.client ? who : null, as) : null;
      if (!actor) throw new Error(`${who} cannot sign in`);
      return actor;
    },

    async forbidden(actor, actions, cells) {
      const wrong: Cell[] = [];
      for (const [name, mine] of Map.groupBy(cells, (one) => one.subject)) {
        const subject = named.get(name);
        if (!subject) throw new Error(`no subject is called ${name}`);
        const ids = [...new Set(mine.map((one) => one.id))];
        const rows = await policy.rowsWithRelations(source.manager, actor, subject.type, [...actions], ids);
        const byId = new Map(rows.map((row) => [row['id'] as string, row]));
        const ways = actions.map((action) =>
          policy.applicableRules(actor, subject, action).map(({ ground, where }) => ({
            fields: ground.fields,
            condition: policy.parseCondition(where),
          })),
        );
        const opened = new Map(
          [...byId].map(([id, row]) => [
            id,
            ways.map((some) => some.filter(({ condition }) => policy.conditionHolds(condition, row))),
          ]),
        );
        for (const cell of mine) {
          const row = byId.get(cell.id);
          const isOpen = opened
            .get(cell.id)
            ?.some((some) => some.some(({ fields }) => !fields || fields.includes(cell.field)));
          const column = policy.classOf(subject.type, cell.field);
          const isShown = (one: Row): boolean =>
            column !== undefined &&
            policy.isAtLeast(policy.evaluateSharing(actor, subject, one, column).level, column.from);
          if (!row || !isOpen || !inEachContext(row).some(isShown)) wrong.push(cell);
        }
      }
      return wrong;
    },
  };
}
