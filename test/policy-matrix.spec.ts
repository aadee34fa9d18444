/**
 * Honesty test: who may do what, and who receives how much of what, for every person and system of the cast, as a text
 * that is committed (`test/policy-matrix.txt`) and read in every diff as a data protection officer would read it.
 * UPDATE_MATRIX=1 writes it anew.
 *
 * Seen to fail: a ground widened from core members to all members; one agreement row raised from summary to full.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Actor } from '../src/policy/actor.ts';
import { givenDatabase } from './support/database.ts';

const FILE = path.join(__dirname, 'policy-matrix.txt');

const built = async () => {
  await import('#built/app.module');
  return {
    ...(await import('#built/agencies/actors')),
    ...(await import('#built/entities')),
    ...(await import('#built/policy/categories')),
    ...(await import('#built/policy/levels')),
    ...(await import('#built/policy/subjects')),
    ...(await import('#built/records/database')),
  };
};
type Built = Awaited<ReturnType<typeof built>>;

const plural = (names: string[]): string => names.join(', ');

/** `read: core-member, invited` for each action that some ground opens. */
function deeds(policy: Built, actor: Actor): string[] {
  return [...policy.declaredSubjects()]
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((subject) => {
      const actions = [...new Set(subject.grounds.flatMap((ground) => ground.actions))].sort();
      const open = actions.flatMap((action) => {
        const grounds = new Set(policy.openings(actor, subject, action).map(({ ground }) => ground.name));
        return grounds.size ? [`${action} (${plural([...grounds].sort())})`] : [];
      });
      return open.length ? [`  ${subject.name.padEnd(24)} ${open.join('; ')}`] : [];
    });
}

/** What the agreements give on each panel; panels with the same levels stand together. */
function receives(policy: Built, actor: Actor, panels: Map<string, string>, types: string[]): string[] {
  const byLevels = new Map<string, string[]>();
  for (const [panelId, code] of panels) {
    const lines = [...policy.SHARING_LEVELS].reverse().flatMap((level) => {
      if (level === 'none') return [];
      const held = policy.DATA_CATEGORIES.filter((one) => policy.granted(actor, panelId, one, null).level === level);
      return held.length ? [`      ${level.padEnd(10)} ${plural(held)}`] : [];
    });
    const exceptions = types.flatMap((type) => {
      const different = policy.DATA_CATEGORIES.flatMap((category) => {
        const { level } = policy.granted(actor, panelId, category, type);
        return level === policy.granted(actor, panelId, category, null).level ? [] : [`${category} ${level}`];
      });
      return different.length ? [`      but from ${type}: ${plural(different)}`] : [];
    });
    if (!lines.length && !exceptions.length) continue;
    const key = [...lines, ...exceptions].join('\n');
    byLevels.set(key, [...(byLevels.get(key) ?? []), code]);
  }
  return [...byLevels].map(([levels, codes]) => `    on ${plural(codes)}\n${levels}`);
}

async function matrix(): Promise<string> {
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
    const parts: string[] = [];
    for (const { issuer, subject, client, scopes } of people) {
      const as = { now: new Date(), call: { correlationId: 'matrix', route: 'TEST' }, scopes };
      const actor = await actors.signedIn(issuer, subject, client ? subject : null, as);
      if (!actor) throw new Error(`${subject} cannot sign in`);
      const seats = actor.memberships.map((one) => `${String(panels.get(one.panelId))} ${one.tier} ${one.role}`).sort();
      const hidden = actor.excludedCaseIds.length + actor.excludedPersonIds.length;
      parts.push(
        [
          `${subject} — ${actor.agencyType}, for ${actor.purpose}`,
          ...(actor.roles.length ? [`  roles: ${plural(actor.roles)}`] : []),
          ...(seats.length ? [`  sits on: ${plural(seats)}`] : []),
          ...(hidden ? [`  does not exist for them: ${String(hidden)} case(s) or person(s)`] : []),
          '  may, where a row is open on these grounds:',
          ...deeds(policy, actor).map((line) => `  ${line}`),
          ...(actor.agreements.length ? ['  receives of a row that is open:'] : []),
          ...receives(policy, actor, panels, types),
        ].join('\n'),
      );
    }
    return `${parts.join('\n\n')}\n`;
  } finally {
    await source.destroy();
  }
}

test('who may do what, and who receives what, is as committed', async () => {
  const now = await matrix();
  if (process.env['UPDATE_MATRIX']) writeFileSync(FILE, now);
  expect(now.split('\n')).toEqual(readFileSync(FILE, 'utf8').split('\n'));
}, 60_000);
