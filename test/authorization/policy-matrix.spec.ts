/**
 * Honesty test: the policy as a page (`docs/policy-matrix.txt`, which the service serves as text), and who of the cast may
 * do what and receives how much of what (`test/authorization/policy-matrix.txt`). Both are derived, committed, and read in every diff as
 * a data protection officer would read them. UPDATE_MATRIX=1 writes them anew. That the service keeps to them is
 * `matrix-over-http.spec.ts`.
 *
 * Seen to fail: a ground widened from core members to all members; one agreement row raised from summary to full; an
 * action without words.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import type { Actor } from '../../src/authentication/actor.ts';
import { CAST_PAGE, castPage, POLICY_PAGE, receivedOn, type CastMember, type Received } from '../support/matrix.ts';
import { givenDatabase } from '../support/database.ts';

const built = async () => {
  (await import('#built/policies')).registerPolicies();
  return {
    ...(await import('#built/agencies/actors')),
    ...(await import('#built/entities')),
    ...(await import('#built/authorization/data-categories')),
    ...(await import('#built/authorization/sharing-levels')),
    ...(await import('#built/authorization/matrix')),
    ...(await import('#built/authorization/subjects')),
    ...(await import('#built/authorization/applicable-rules')),
    ...(await import('#built/database/data-source')),
  };
};
type Built = Awaited<ReturnType<typeof built>>;

const plural = (names: string[]): string => names.join(', ');

/** `Case read core-member` for each ground that is open to the actor. */
const cellsOf = (policy: Built, actor: Actor): string[] =>
  policy
    .declaredSubjects()
    .flatMap((subject) =>
      [...new Set(subject.allowRules.flatMap((ground) => ground.actions))].flatMap((action) =>
        policy.applicableRules(actor, subject, action).map(({ ground }) => `${subject.name} ${action} ${ground.name}`),
      ),
    );

/** What the agreements give on each panel: what is not `none`, and what differs by the contributor's type. */
function receives(policy: Built, actor: Actor, who: string, panels: Map<string, string>, types: string[]): Received[] {
  return [...panels].flatMap(([panelId, panel]) =>
    ['any', ...types].flatMap((from) =>
      policy.DATA_CATEGORIES.flatMap((category): Received[] => {
        const usual = policy.grantedLevel(actor, panelId, category).level;
        const { level } = policy.grantedLevel(actor, panelId, category, { type: from });
        const isTold = from === 'any' ? level !== 'none' : level !== usual;
        return isTold ? [{ who, panel, category, from, level }] : [];
      }),
    ),
  );
}

async function theCast(): Promise<CastMember[]> {
  const policy = await built();
  const database = await givenDatabase();
  const source = await policy.openDatabase(
    policy.databaseOptions(database.ownerUrl, policy.entities, { maintenance: true }),
  );
  try {
    const actors = new policy.ActorsOfAgencies(source);
    const panels = new Map(
      (await source.query<{ id: string; code: string }[]>('SELECT id, code FROM panels ORDER BY code')).map((one) => [
        one.id,
        one.code,
      ]),
    );
    const types = (
      await source.query<{ type: string }[]>('SELECT DISTINCT contributing_type AS type FROM sharing_rows ORDER BY 1')
    )
      .map((one) => one.type)
      .filter((type) => type !== 'any');
    const people = await source.query<{ issuer: string; subject: string; client: boolean; scopes: string[] }[]>(
      `SELECT issuer, subject, false AS client, '{}'::text[] AS scopes FROM practitioners
       UNION ALL SELECT issuer, client_id, true, scopes FROM clients ORDER BY client, subject`,
    );
    const cast: CastMember[] = [];
    for (const { issuer, subject, client, scopes } of people) {
      const as = { now: new Date(), call: { correlationId: 'matrix', route: 'TEST' }, scopes };
      const actor = await actors.signedIn(issuer, subject, client ? subject : null, as);
      if (!actor) throw new Error(`${subject} cannot sign in`);
      const seats = actor.memberships.map((one) => `${String(panels.get(one.panelId))} ${one.tier} ${one.role}`).sort();
      const hidden = actor.excludedCaseIds.length + actor.excludedPersonIds.length;
      cast.push({
        who: subject,
        is: [
          `${actor.agencyType}, for ${actor.purpose}`,
          ...(actor.roles.length ? [plural(actor.roles)] : []),
          ...(seats.length ? [`sits on ${plural(seats)}`] : []),
          ...(hidden ? [`${String(hidden)} case(s) or person(s) do not exist for them`] : []),
        ].join('; '),
        cells: cellsOf(policy, actor),
        receives: receives(policy, actor, subject, panels, types),
      });
    }
    return cast;
  } finally {
    await source.destroy();
  }
}

function asCommitted(file: string, now: string): void {
  if (process.env['UPDATE_MATRIX']) writeFileSync(file, now);
  expect(now.split('\n')).toEqual(readFileSync(file, 'utf8').split('\n'));
}

test('the policy as a page is as committed, and says every action in words', async () => {
  const { matrixText, declaredSubjects, policyMatrix } = await built();
  const page = matrixText();
  asCommitted(POLICY_PAGE, page);
  // no name of the programme stands in it, and no sentence of the policy is missing
  expect(page).not.toMatch(/\w[a-z][A-Z]\w|_|\$|undefined/);
  const flat = page.replaceAll(/\s+/g, ' ');
  const { rules, subjects } = policyMatrix();
  const sentences = [...rules.map(({ who }) => who), ...subjects.flatMap(({ bars }) => bars.map(({ who }) => who))];
  expect(sentences.filter((one) => !flat.includes(one))).toEqual([]);
  expect(page.match(/^Who may$/gm)).toHaveLength(declaredSubjects().length);
}, 60_000);

test('who may do what, and who receives what, is as committed', async () => {
  const cast = await theCast();
  const page = castPage(cast);
  asCommitted(CAST_PAGE, page);
  // what is grouped loses nothing
  const said = (all: Received[]): string[] =>
    all.map((one) => `${one.who} ${one.panel} ${one.category} ${one.from} ${one.level}`).sort();
  const read = receivedOn(page);
  expect(said(read)).toEqual(said(cast.flatMap((one) => one.receives)));
  expect(read.length).toBeGreaterThan(3000);
}, 60_000);
