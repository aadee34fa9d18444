/**
 * What a simulation rests on: agreements at hand give every receiver what the database gives the same receiver as a fact,
 * whatever was signed, suspended or expired; and what is held on cases is found through every record that has a way to one,
 * in the numbers that plain SQL counts.
 *
 * Seen to fail, in one run: `expires_on >=` left out of the fact; what an agency keeps to itself counted.
 */
import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import type { VersionAtHand } from '../../src/sharing/agreement-facts.ts';
import { connected, inDays } from '../support/agreement.ts';
import { givenDatabase } from '../support/database.ts';
import { chance } from '../support/chance.ts';
import type { AgreementFact } from '../../src/authorization/agreement-fact.ts';

const built = async () => {
  (await import('#built/policies')).registerPolicies();
  return {
    ...(await import('#built/agencies/actors')),
    ...(await import('#built/entities')),
    ...(await import('#built/authorization/subjects')),
    ...(await import('#built/database/data-source')),
    ...(await import('#built/time/clock')),
    ...(await import('#built/records/database-session')),
    ...(await import('#built/records/unit-of-work')),
    ...(await import('#built/sharing/agreement-facts')),
    ...(await import('#built/sharing/holdings')),
  };
};

const sortedFacts = (facts: AgreementFact[]): AgreementFact[] =>
  facts.map(({ versionId, panelIds, signedAgencyIds, ownPanelIds, rows }) => ({
    versionId,
    signedAgencyIds: [...signedAgencyIds].sort(),
    ownPanelIds: [...ownPanelIds].sort(),
    panelIds: [...panelIds].sort(),
    rows: [...rows].sort((a, b) => (a.rowId < b.rowId ? -1 : 1)),
  }));

/** An agreement of the same parties and rows as another, which first came into force `days` days from today. */
async function givenSecond(owner: pg.Client, code: string, days: number): Promise<void> {
  const agreement = randomUUID();
  const version = randomUUID();
  await owner.query(
    `INSERT INTO sharing_agreements (id, version, partnership_id, code, title, panel_types)
     SELECT $1, 1, partnership_id, code || '-2', title, panel_types FROM sharing_agreements WHERE code = $2`,
    [agreement, code],
  );
  const of = `(SELECT v.id FROM sharing_agreement_versions v JOIN sharing_agreements a ON a.id = v.agreement_id WHERE a.code = '${code}')`;
  await owner.query(
    `INSERT INTO sharing_agreement_versions (id, version, agreement_id, edition, status, purposes, effective_from, review_due, expires_on, activated_at)
     SELECT $1, 1, $2, 1, 'active', purposes, least(effective_from, $3::date), review_due, '${inDays(300)}', now() + $4 * interval '1 day'
     FROM sharing_agreement_versions WHERE id = ${of}`,
    [version, agreement, inDays(0), days],
  );
  for (const [table, columns] of [
    ['sharing_parties', 'agency_id, role, signed_on'],
    [
      'sharing_rows',
      'purpose, category, contributing_type, receiving_type, level, gateway, lawful_basis, condition, onward, retention_class',
    ],
  ] as const)
    await owner.query(
      `INSERT INTO ${table} (id, version, agreement_version_id, ${columns})
       SELECT gen_random_uuid(), 1, $1, ${columns} FROM ${table} WHERE agreement_version_id = ${of}`,
      [version],
    );
}

test('agreements at hand give what the database gives, to everybody, for every purpose', async () => {
  const policy = await built();
  const database = await givenDatabase();
  const owner = await connected(database.ownerUrl);
  const source = await policy.openDatabase(policy.databaseOptions(database.serviceUrl, policy.entities));
  try {
    // some suspended, some ended yesterday, today or not begun, some parties that have not signed
    await owner.query('ALTER TABLE sharing_agreement_versions DISABLE TRIGGER USER');
    await owner.query('ALTER TABLE sharing_parties DISABLE TRIGGER USER');
    await owner.query('ALTER TABLE sharing_rows DISABLE TRIGGER USER');
    const { rows: ids } = await owner.query<{ id: string }>('SELECT id FROM sharing_agreement_versions ORDER BY id');
    const sets = [
      `status = 'suspended'`,
      `expires_on = '${inDays(-1)}'`,
      `expires_on = '${inDays(0)}'`,
      `effective_from = '${inDays(1)}'`,
      `effective_from = '${inDays(0)}'`,
    ];
    for (const [index, set] of sets.entries())
      await owner.query(`UPDATE sharing_agreement_versions SET ${set} WHERE id = $1`, [ids[index * 2]?.id]);
    // a second agreement for the panels of another, in force for longer or for less time
    for (const [code, days] of [
      ['ISA-ASK-MARAC', -4000],
      ['ISA-ASK-JAG', 1],
    ] as const)
      await givenSecond(owner, code, days);
    const c = chance(20_261_122);
    const { rows: parties } = await owner.query<{ id: string }>('SELECT id FROM sharing_parties ORDER BY id');
    const unsigned = c.some(parties, 0.3).map(({ id }) => id);
    await owner.query('UPDATE sharing_parties SET signed_on = NULL WHERE id = ANY($1)', [unsigned]);

    const query = async <T extends object>(sql: string): Promise<T[]> => (await owner.query<T>(sql)).rows;
    const allRows = await query<VersionAtHand['rows'][number] & { versionId: string }>(
      `SELECT id, agreement_version_id AS "versionId", purpose, category, contributing_type AS "contributingType",
         receiving_type AS "receivingType", level FROM sharing_rows`,
    );
    const allParties = await query<{ versionId: string; agencyId: string; signedOn: string | null }>(
      `SELECT agreement_version_id AS "versionId", agency_id AS "agencyId", signed_on::text AS "signedOn" FROM sharing_parties`,
    );
    const versions = (
      await query<Omit<VersionAtHand, 'rows' | 'parties'>>(
        `SELECT v.id AS "versionId", v.status,
           ARRAY(SELECT DISTINCT ON (p.id) p.id FROM panels p WHERE p.partnership_id = a.partnership_id AND p.type = ANY(a.panel_types)
             AND a.id = (SELECT o.agreement_id FROM sharing_agreement_versions o JOIN sharing_agreements b ON b.id = o.agreement_id
               WHERE b.partnership_id = p.partnership_id AND p.type = ANY(b.panel_types) AND o.activated_at IS NOT NULL
               ORDER BY o.activated_at, b.id LIMIT 1)) AS "ownPanelIds", v.effective_from::text AS "effectiveFrom", v.expires_on::text AS "expiresOn",
           ARRAY(SELECT p.id FROM panels p WHERE p.partnership_id = a.partnership_id AND p.type = ANY(a.panel_types)) AS "panelIds"
         FROM sharing_agreement_versions v JOIN sharing_agreements a ON a.id = v.agreement_id`,
      )
    ).map((one): VersionAtHand => ({
      ...one,
      rows: allRows.filter(({ versionId }) => versionId === one.versionId),
      parties: allParties.filter(({ versionId }) => versionId === one.versionId),
    }));

    const actors = new policy.ActorsOfAgencies(source);
    const people = await query<{ id: string }>(
      `SELECT DISTINCT ON (agency_id) id FROM practitioners WHERE active ORDER BY agency_id, id`,
    );
    let given = 0;
    let notOwn = 0;
    for (const { id } of people)
      for (const purpose of ['PANEL_MEETING', 'CASE_PREP', 'COMPLAINT'] as const) {
        const as = { now: new Date(), call: { correlationId: 'facts', route: 'TEST' }, purpose };
        const actor = await actors.practitioner(id, as);
        if (!actor) throw new Error(`${id} cannot sign in`);
        const receiver = { agencyId: actor.agencyId, type: actor.agencyType };
        const facts = policy.factsOf(versions, receiver, purpose, inDays(0));
        expect(sortedFacts(facts)).toEqual(sortedFacts(actor.agreements));
        given += facts.reduce((sum, { rows }) => sum + rows.length, 0);
        notOwn += facts.filter(({ panelIds, ownPanelIds }) => ownPanelIds.length < panelIds.length).length;
      }
    expect(people.length).toBeGreaterThan(20);
    expect(given).toBeGreaterThan(1000);
    expect(notOwn).toBeGreaterThan(10);
  } finally {
    await source.destroy();
  }
}, 60_000);

test('every record with a panel or several has a way to a case, or none on purpose', async () => {
  const { declaredSubjects, waysToCases } = await built();
  const shared = declaredSubjects().filter((one) => one.panel !== undefined || one.contexts.length > 0);
  const ways = Object.fromEntries(
    shared.map((one) => [one.name, waysToCases(one).map((way) => way.map(({ to }) => to.name).join(' > '))]),
  );
  expect(ways).toMatchObject({
    Case: [''],
    Contribution: ['Case'],
    ActionNote: ['Action > Case'],
    Person: ['CasePerson > Case', 'Case'],
    Place: ['Case'],
  });
  const none = Object.entries(ways).flatMap(([name, found]) => (found.length ? [] : [name]));
  // a referral is before the case: what it says counts once a case was opened
  expect(none.sort()).toEqual([
    'Referral',
    'ReferralDecision',
    'ReferralPerson',
    'ReferralPersonCorrection',
    'ReferralScreening',
    'ReferralSubject',
    'RepeatedCase',
  ]);
});

test('what is held is what plain SQL counts', async () => {
  const policy = await built();
  const database = await givenDatabase();
  const owner = await connected(database.ownerUrl);
  const source = await policy.openDatabase(policy.databaseOptions(database.serviceUrl, policy.entities));
  try {
    await owner.query(
      `UPDATE contributions SET agency_only = true WHERE category = 'education' AND id IN (SELECT id FROM contributions WHERE category = 'education' ORDER BY id LIMIT 2)`,
    );
    const actors = new policy.ActorsOfAgencies(source);
    const { rows: who } = await owner.query<{ id: string }>(`SELECT id FROM practitioners WHERE subject = 'dpo'`);
    const actor = await actors.practitioner(who[0]?.id ?? '', {
      now: new Date(),
      call: { correlationId: randomUUID(), route: 'TEST' },
    });
    if (!actor) throw new Error('the officer cannot sign in');
    const { rows: panels } = await owner.query<{ id: string }>(
      `SELECT id FROM panels WHERE code IN ('ask-marac', 'ask-jag', 'ask-syv') ORDER BY id`,
    );
    const panelIds = panels.map(({ id }) => id);
    const runner = source.createQueryRunner();
    const client = (await runner.connect()) as ConstructorParameters<typeof policy.DatabaseSession>[1];
    const conversation = new policy.DatabaseSession(runner, client, actor, new policy.Clock());
    const holdings = await policy.holdingsOf(new policy.UnitOfWork(actor, conversation), panelIds);
    await conversation.commit();
    await runner.release();
    const found = (category: string): string[] =>
      holdings
        .filter((one) => one.category === category)
        .map((one) => [one.panelId, one.contributingType, one.contributingAgencyId, one.cases].join(' '))
        .sort();
    const counted = async (sql: string): Promise<string[]> =>
      (
        await owner.query<{ panel_id: string; type: string; agency_id: string; cases: string }>(
          `SELECT panel_id, type, agency_id, count(DISTINCT case_id) AS cases FROM (${sql}) held
           WHERE panel_id = ANY($1) GROUP BY 1, 2, 3`,
          [panelIds],
        )
      ).rows
        .map((one) => [one.panel_id, one.type, one.agency_id, one.cases].join(' '))
        .sort();
    const said = (category: string): string => `
      SELECT panel_id, case_id, contributing_type AS type, agency_id FROM contributions WHERE category = '${category}' AND NOT agency_only
      UNION ALL SELECT panel_id, id, contributing_type, agency_id FROM cases WHERE category = '${category}'`;
    const known = (column: string): string => `
      SELECT c.panel_id, c.id AS case_id, p.contributing_type AS type, p.agency_id FROM persons p JOIN case_people cp ON cp.person_id = p.id
        JOIN cases c ON c.id = cp.case_id WHERE p.${column} IS NOT NULL
      UNION ALL SELECT c.panel_id, c.id, p.contributing_type, p.agency_id FROM persons p JOIN cases c ON c.person_id = p.id WHERE p.${column} IS NOT NULL`;
    expect(found('education').length).toBeGreaterThan(0);
    for (const category of ['education', 'police_intelligence', 'social_care_child', 'probation'])
      expect([category, found(category)]).toEqual([category, await counted(said(category))]);
    const protectedBy = `SELECT c.panel_id, c.id AS case_id, a.contributing_type AS type, a.agency_id FROM protected_addresses a
        JOIN cases c ON c.panel_id = a.panel_id
        AND (c.person_id = a.person_id OR c.id IN (SELECT cp.case_id FROM case_people cp WHERE cp.person_id = a.person_id))`;
    expect(found('protected_address')).toEqual(await counted(`${protectedBy} UNION ALL ${said('protected_address')}`));
    expect(found('safe_contact')).toEqual(await counted(`${known('safe_contact')} UNION ALL ${said('safe_contact')}`));
    expect(found('safe_contact').length).toBeGreaterThan(3);
  } finally {
    await source.destroy();
  }
}, 60_000);
