/**
 * Disclosures of records that an exclusion hides: the record of what was disclosed is hidden as the disclosed record is, from lists,
 * notices and the header `Link` of a change.
 *
 * Seen to fail: an empty answer by person to a lead who chairs another panel; rows of a hidden referral that name its screening, decision, people or subjects; rows of a place or a person that stands
 * in a hidden referral alone; a notice about such a row; an exclusion from a hidden case; a filter by a person whom a case names that
 * the reader cannot read; a link to a waiting referral that an acceptance screened, and to a screening that its referrer cannot read;
 * rows of a person received through a hidden case, for a coordinator who knows the person from another panel, and for a lead who
 * refers the person; a row that is missing because the recipient read the person through a compartment before; fields of a row that
 * depend on another panel; a recall that is missing because a hidden case names the person, or that reaches another panel; rows of
 * an exclusion, a correction of a role and a screening, for the agency that the log names as their origin.
 */
import type pg from 'pg';
import type { Response } from 'supertest';
import { asOwner, practitioner } from '../support/panel-work.ts';
import { as, type Caller } from '../support/people.ts';
import { givenServer, type TestServer } from '../support/server.ts';

type Row = Record<string, any>; // eslint-disable-line @typescript-eslint/no-explicit-any -- answers, as they come

let server: TestServer;
let owner: pg.Client;
let partnershipId: string;
let number = 0;
const panels: Record<string, string> = {};
const by = (who: string): Promise<Caller> => as(server, who);

beforeAll(async () => {
  server = await givenServer({ env: { RATE_LIMIT: '100000' } });
  owner = await asOwner(server);
  const { rows } = await owner.query<{ id: string; code: string; partnership: string }>(
    `SELECT id, code, partnership_id AS partnership FROM panels WHERE code IN ('ask-jag', 'ask-marac', 'ask-cmarac', 'ask-channel')`,
  );
  for (const { id, code } of rows) panels[code] = id;
  partnershipId = rows[0]!.partnership;
  await owner.query('DELETE FROM exclusions');
}, 60_000);

async function made(who: string, path: string, body: object): Promise<Row> {
  const answer = await (await by(who)).post(path, body);
  expect([path, answer.status, answer.text]).toEqual([path, 201, expect.any(String)]);
  return answer.body;
}

const place = async (): Promise<string> =>
  (
    await made('housing-officer', '/v1/places', {
      ...{ partnershipId, kind: 'estate', name: `Lantern Court, stair ${String(++number)}` },
    })
  )['id'];

const person = async (who: string): Promise<string> =>
  (
    await made(who, '/v1/persons', {
      ...{ partnershipId, givenName: `Perpetua ${String(++number)}`, familyName: `Quill ${String(number)}` },
      ...{ dateOfBirth: '1990-02-03', datePrecision: 'day' },
    })
  )['id'];

async function referredPlace(placeId: string): Promise<string> {
  const referral = await made('housing-officer', '/v1/referrals', {
    ...{ panelId: panels['ask-jag'], subjectKind: 'place', placeId, category: 'asb_incident' },
    ...{ problem: 'Fires in the bin store, three in two weeks.', whyMultiAgency: 'Cleaning alone has not helped.' },
    ...{ criteria: ['repeat_location'], legalGateway: 'CDA_S115', submit: true },
  });
  return referral['id'];
}

interface Role {
  personId: string;
  role: string;
}

async function referredVictim(victim: string, people: Role[]): Promise<string> {
  const referral = await made('police-sergeant', '/v1/referrals', {
    ...{ panelId: panels['ask-marac'], subjectKind: 'person_victim', personId: victim, category: 'police_incident' },
    ...{ problem: 'Assault with threats to kill, third report.', whyMultiAgency: 'High risk.', submit: true },
    ...{ criteria: ['visible_high_risk'], legalGateway: 'CDA_S115', consentStatus: 'given' },
    people: people.map((one) => ({ ...one, rationale: 'Named by the victim.' })),
  });
  return referral['id'];
}

const acceptance = async (who: string, referral: string): Promise<Response> =>
  (await by(who)).post(`/v1/referrals/${referral}/acceptance`, {}).set('if-match', '*').expect(200);

const excluded = async (by: string, who: string, from: object): Promise<Row> =>
  made(by, '/v1/exclusions', { ...from, practitionerId: (await practitioner(owner, who)).id, reason: 'A relative.' });

const reads = async (who: string, path: string): Promise<number> => (await (await by(who)).get(path)).status;

async function disclosures(who: string, query = ''): Promise<Row[]> {
  const found: Row[] = [];
  for (let cursor = ''; ;) {
    const { body } = await (await by(who)).get(`/v1/disclosures?limit=100${query}${cursor}`).expect(200);
    found.push(...body.data);
    if (!body.next) return found;
    cursor = `&cursor=${String(body.next)}`;
  }
}

/** Types of the disclosed records among these identifiers. */
const typesOf = (rows: Row[], ids: string[]): string[] =>
  [...new Set(rows.filter((one) => ids.includes(one['recordId'])).map((one) => one['recordType'] as string))].sort();

const links = ({ headers }: Response): string =>
  String(headers['link'] ?? '').replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, 'ID');

test('a coordinator excluded from a case cannot list what was received of a repeat that waits', async () => {
  const placeId = await place();
  const first = await referredPlace(placeId);
  const { caseId } = (await acceptance('police-inspector', first)).body;
  const { id: other } = await excluded('jag-chair', 'fire-officer', { caseId });
  const repeat = await referredPlace(placeId);
  for (const who of ['police-sergeant', 'fire-officer', 'environmental-health-officer'])
    for (const path of [
      `referrals/${repeat}`,
      `referrals/${repeat}/screening`,
      `referrals/${first}/decisions`,
      `places/${placeId}`,
    ])
      await (await by(who)).get(`/v1/${path}`);
  await (await by('police-inspector')).get(`/v1/exclusions/${String(other)}`);
  await (await by('jag-coordinator')).get(`/v1/exclusions/${String(other)}`);
  const { rows } = await owner.query<{ id: string }>(`SELECT id FROM referral_decisions WHERE referral_id = $1`, [
    first,
  ]);
  const ids = [placeId, first, repeat, caseId, other, ...rows.map(({ id }) => id)];
  const seen = typesOf(await disclosures('jag-coordinator'), ids);
  expect(seen).toEqual(expect.arrayContaining(['Place', 'Referral', 'ReferralScreening']));
  await excluded('jag-chair', 'jag-coordinator', { caseId });
  expect(await reads('jag-coordinator', `/v1/referrals/${repeat}`)).toBe(404);
  expect(typesOf(await disclosures('jag-coordinator'), ids)).toEqual([]);
  for (const id of ids) expect(await disclosures('jag-coordinator', `&recordId=${id}`)).toEqual([]);
  expect(typesOf(await disclosures('jag-chair'), ids)).toEqual(seen);
  expect(typesOf(await disclosures('dpo'), ids)).toEqual(expect.arrayContaining(seen));
  // rows of what the coordinator reads stay
  const another = await place();
  const open = await referredPlace(another);
  await (await by('police-sergeant')).get(`/v1/referrals/${open}`).expect(200);
  await (await by('police-sergeant')).get(`/v1/places/${another}`).expect(200);
  expect(typesOf(await disclosures('jag-coordinator'), [open, another])).toEqual(['Place', 'Referral']);
});

test('a coordinator excluded from a person cannot list what was received of a referral that names the person', async () => {
  const [victim, perpetrator] = [await person('police-sergeant'), await person('police-sergeant')];
  const referral = await referredVictim(victim, [{ personId: perpetrator, role: 'perpetrator' }]);
  for (const path of ['', '/screening', '/people'])
    await (await by('idva')).get(`/v1/referrals/${referral}${path}`).expect(200);
  for (const id of [victim, perpetrator]) await (await by('idva')).get(`/v1/persons/${id}`).expect(200);
  const { rows } = await owner.query<{ id: string }>(`SELECT id FROM referral_people WHERE referral_id = $1`, [
    referral,
  ]);
  const ids = [victim, perpetrator, referral, ...rows.map(({ id }) => id)];
  const seen = typesOf(await disclosures('marac-coordinator'), ids);
  expect(seen).toEqual(['Person', 'Referral', 'ReferralPerson', 'ReferralScreening']);
  await excluded('marac-chair', 'marac-coordinator', { personId: victim });
  expect(typesOf(await disclosures('marac-coordinator'), ids)).toEqual([]);
  expect(typesOf(await disclosures('marac-chair'), ids)).toEqual(seen);
  const back = { reason: 'Add the address of both.', reasonCode: 'incomplete' };
  await (await by('marac-chair')).post(`/v1/referrals/${referral}/return`, back).set('if-match', '*').expect(200);
  const { body } = await (await by('idva')).get(`/v1/referrals/${referral}/decisions`).expect(200);
  const decided = body.data.map((one: Row) => one['id'] as string);
  expect(typesOf(await disclosures('marac-chair'), decided)).toEqual(['ReferralDecision']);
  expect(typesOf(await disclosures('marac-coordinator'), [...ids, ...decided])).toEqual([]);
});

test('a coordinator gets no notice to tell recipients of a place in a hidden referral', async () => {
  const placeId = await place();
  const { caseId } = (await acceptance('police-inspector', await referredPlace(placeId))).body;
  await excluded('jag-chair', 'jag-coordinator', { caseId });
  await referredPlace(placeId);
  await (await by('police-sergeant')).get(`/v1/places/${placeId}`).expect(200);
  await (await by('housing-officer')).patch(`/v1/places/${placeId}`, { name: 'Renamed Court' }, '*').expect(200);
  const { rows } = await owner.query<{ id: string }>('SELECT id FROM disclosures WHERE record_id = $1', [placeId]);
  const ids = rows.map(({ id }) => id);
  expect(ids.length).toBeGreaterThan(0);
  const answer = await fetch(`${server.url}/sandbox/clock`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ now: new Date(Date.now() + 3_600_000).toISOString() }),
  });
  expect(answer.ok).toBe(true);
  const told = async (who: string): Promise<number> => {
    const { body } = await (await by(who)).get('/v1/notices?kind=recipient_to_tell&limit=100').expect(200);
    return body.data.filter((one: Row) => ids.includes(one['subjectId'])).length;
  };
  expect(await told('jag-chair')).toBeGreaterThan(0);
  expect(await told('jag-coordinator')).toBe(0);
  for (const id of ids) {
    expect(await reads('jag-coordinator', `/v1/disclosures/${id}/revisions`)).toBe(404);
    const notice = (await by('jag-coordinator')).post(`/v1/disclosures/${id}/notification`).set('if-match', '*');
    await notice.expect(404);
  }
});

test('a filter by person matches no row through a case that its reader cannot read', async () => {
  const { id, agencyId } = await practitioner(owner, 'marac-coordinator');
  const victim = await person('police-sergeant');
  const roles = [{ personId: await person('police-sergeant'), role: 'perpetrator' }];
  await acceptance('marac-chair', await referredVictim(victim, roles));
  const { rows } = await owner.query<{ id: string; panel: string }>(
    `SELECT c.id, c.panel_id AS panel FROM cases c JOIN panels p ON p.id = c.panel_id
     WHERE p.code = 'ask-jag' AND c.stage <> 'closed'
       AND NOT EXISTS (SELECT FROM referrals r WHERE r.case_id = c.id AND r.agency_id = $1)
       AND NOT EXISTS (SELECT FROM actions a WHERE a.case_id = c.id AND a.owner_agency_id = $1) ORDER BY c.id LIMIT 1`,
    [agencyId],
  );
  const { id: caseId, panel } = rows[0]!;
  // a seat without cases on another panel, where the coordinator's agency contributed and the case names the person
  await owner.query(
    `INSERT INTO memberships (id, version, panel_id, agency_id, practitioner_id, tier, role, valid_from)
     VALUES (gen_random_uuid(), 1, $1, $2, $3, 'flexible', 'member', current_date - 1)`,
    [panel, agencyId, id],
  );
  await owner.query(
    `INSERT INTO case_people (id, version, partnership_id, agency_id, contributing_type, case_id, panel_id, person_id, role, rationale, since)
     SELECT gen_random_uuid(), 1, partnership_id, agency_id, contributing_type, case_id, panel_id, $2, 'witness', 'Named.', since
     FROM case_people WHERE case_id = $1 LIMIT 1`,
    [caseId, victim],
  );
  const body = { category: 'asb_incident', kind: 'fact', summary: 'Noise.', text: 'Noise at night, three times.' };
  const { id: contribution } = await made('police-sergeant', `/v1/cases/${caseId}/contributions`, body);
  await owner.query('UPDATE contributions SET agency_id = $2 WHERE id = $1', [contribution, agencyId]);
  await (await by('fire-officer')).get(`/v1/contributions/${String(contribution)}`).expect(200);
  const found = (rows: Row[]): Row[] => rows.filter((one) => one['recordId'] === contribution);
  const [row] = found(await disclosures('marac-coordinator', `&recordId=${String(contribution)}`));
  expect(row).toMatchObject({ withheld: ['caseId'] });
  expect(await reads('marac-coordinator', `/v1/persons/${victim}`)).toBe(200);
  expect(found(await disclosures('marac-coordinator', `&personId=${victim}`))).toEqual([]);
  for (const who of ['jag-coordinator', 'dpo'])
    expect([who, found(await disclosures(who, `&personId=${victim}`)).length]).toEqual([who, 1]);
});

test('an acceptance that screens a hidden waiting referral answers with the link of one that screens none', async () => {
  const [victim, perpetrator] = [await person('police-sergeant'), await person('police-sergeant')];
  const hidden = await person('police-sergeant');
  const roles = [{ personId: perpetrator, role: 'perpetrator' }];
  const first = await referredVictim(victim, roles);
  const second = await referredVictim(victim, [...roles, { personId: hidden, role: 'child' }]);
  await excluded('marac-chair', 'marac-coordinator', { personId: hidden });
  expect(await reads('marac-coordinator', `/v1/referrals/${second}`)).toBe(404);
  const answer = await acceptance('marac-coordinator', first);
  const { rows } = await owner.query('SELECT is_repeat FROM referral_screenings WHERE id = $1', [second]);
  expect(rows).toEqual([{ is_repeat: true }]);
  expect(JSON.stringify(answer.headers)).not.toContain(second);
  const control = await acceptance(
    'marac-chair',
    await referredVictim(await person('police-sergeant'), [
      { personId: await person('police-sergeant'), role: 'perpetrator' },
    ]),
  );
  expect(links(answer)).toBe(links(control));
});

test('a correction of a role that changes a screening answers a referrer with the link of one that changes none', async () => {
  const answers: string[] = [];
  for (const isRepeat of [true, false]) {
    const [victim, perpetrator] = [await person('police-sergeant'), await person('police-sergeant')];
    const roles = [{ personId: perpetrator, role: 'perpetrator' }];
    if (isRepeat) {
      const { caseId } = (await acceptance('marac-coordinator', await referredVictim(victim, roles))).body;
      await excluded('marac-coordinator', 'police-sergeant', { caseId });
    }
    const referral = await referredVictim(victim, roles);
    const sergeant = await by('police-sergeant');
    const { body } = await sergeant.get(`/v1/referrals/${referral}/people`).expect(200);
    const { id } = body.data.find((one: Row) => one['personId'] === perpetrator);
    for (const role of ['witness', 'perpetrator']) {
      const change = { role, reason: 'Entered in error.' };
      const answer = await sergeant.patch(`/v1/referrals/${referral}/people/${String(id)}`, change, '*').expect(200);
      expect(answer.headers['link']).toContain(id);
      answers.push(`${role} ${links(answer)}`);
    }
  }
  expect(answers.slice(0, 2)).toEqual(answers.slice(2));
});

interface Putting {
  who: string;
  panel: string;
  personId: string;
  more?: object;
}

/** A submitted referral of a person to a panel, about nuisance. */
async function referredPerson({ who, panel, personId, more = {} }: Putting): Promise<string> {
  const referral = await made(who, '/v1/referrals', {
    ...{ panelId: panels[panel], subjectKind: 'person_perpetrator', personId, category: 'asb_incident' },
    ...{ problem: 'Noise and threats on the stairs, weekly.', whyMultiAgency: 'Visits alone have not helped.' },
    ...{ criteria: ['repeat_location'], consentStatus: 'given', legalGateway: 'CDA_S115', submit: true, ...more },
  });
  return referral['id'];
}

/** Recipients and fields of the rows of a record, in order. */
const receivedBy = (rows: Row[]): string[] =>
  rows.map((one) => `${String(one['recipientAgencyId'])} ${String(one['fields'])}`).sort();

const IN_CHANNEL = { subjectKind: 'person_at_risk', category: 'radicalisation', legalGateway: 'CTSA2015_S38' };

test('a coordinator excluded from a case gets no row of a person it names, also known from another panel', async () => {
  const personId = await person('housing-officer');
  const inJag = await referredPerson({ who: 'housing-officer', panel: 'ask-jag', personId });
  const inCmarac = { panel: 'ask-cmarac', personId, more: { subjectKind: 'person_victim' } };
  const referral = await referredPerson({ who: 'housing-officer', ...inCmarac });
  await reads('adult-social-worker', `/v1/persons/${personId}`);
  await acceptance('jag-coordinator', inJag);
  const { caseId } = (await acceptance('cmarac-chair', referral)).body;
  await excluded('cmarac-chair', 'jag-coordinator', { caseId });
  for (const who of ['cmarac-chair', 'adult-social-worker', 'victim-support-worker'])
    expect([who, await reads(who, `/v1/persons/${personId}`)]).toEqual([who, 200]);
  await (await by('housing-officer')).patch(`/v1/persons/${personId}`, { phone: '07700900123' }, '*').expect(200);
  expect(await reads('jag-coordinator', `/v1/persons/${personId}`)).toBe(200);
  for (const query of [`&recordId=${personId}`, `&personId=${personId}`, `&recordId=${personId}&toBeTold=true`]) {
    const panelsOf = async (who: string): Promise<string[]> =>
      [...new Set((await disclosures(who, query)).map((one) => one['panelId'] as string))].sort();
    expect([query, await panelsOf('jag-coordinator')]).toEqual([query, [panels['ask-jag']]]);
    expect([query, await panelsOf('cmarac-chair')]).toEqual([query, [panels['ask-cmarac']]]);
  }
  for (const { id } of await disclosures('cmarac-chair', `&recordId=${personId}`)) {
    expect(await reads('jag-coordinator', `/v1/disclosures/${String(id)}`)).toBe(404);
    const notice = (await by('jag-coordinator'))
      .post(`/v1/disclosures/${String(id)}/notification`)
      .set('if-match', '*');
    await notice.expect(404);
  }
});

test('a lead who refers a person of a hidden case gets the rows of the referral alone', async () => {
  const seen: string[][] = [];
  for (const isHidden of [true, false]) {
    const [victim, perpetrator] = [await person('social-worker'), await person('social-worker')];
    const people = [{ personId: perpetrator, role: 'perpetrator', rationale: 'Named by the victim.' }];
    const inMarac = {
      ...{ panel: 'ask-marac', personId: victim },
      more: { subjectKind: 'person_victim', category: 'police_incident', criteria: ['visible_high_risk'], people },
    };
    if (isHidden) {
      const first = await referredPerson({ who: 'social-worker', ...inMarac });
      expect(await reads('probation-officer', `/v1/persons/${victim}`)).toBe(200);
      const { caseId } = (await acceptance('marac-coordinator', first)).body;
      await excluded('marac-coordinator', 'syv-chair', { caseId });
      for (const who of ['idva', 'probation-officer', 'police-sergeant'])
        for (const id of [victim, perpetrator])
          expect([who, await reads(who, `/v1/persons/${id}`)]).toEqual([who, 200]);
      for (const id of [victim, perpetrator]) expect(await disclosures('syv-chair', `&recordId=${id}`)).toEqual([]);
    }
    const second = await referredPerson({ who: 'syv-chair', ...inMarac });
    for (const id of [victim, perpetrator]) expect(await reads('idva', `/v1/persons/${id}`)).toBe(200);
    const error = { reasonCode: 'referred_in_error', reason: 'Another family was meant.' };
    const withdrawal = (await by('syv-chair')).post(`/v1/referrals/${second}/withdrawal`, error);
    await withdrawal.set('if-match', '*').expect(200);
    const rows = await Promise.all([victim, perpetrator].map((id) => disclosures('syv-chair', `&recordId=${id}`)));
    seen.push(rows.flat().map((one) => `${String(one['recipientAgencyId'])} ${String(one['pending'])}`));
  }
  const { agencyId } = await practitioner(owner, 'idva');
  expect(seen).toEqual([Array(2).fill(`${agencyId} recall`), Array(2).fill(`${agencyId} recall`)]);
});

test('a lead gets the same rows whether or not the recipient read the person in a compartment before', async () => {
  // one agency employs who chairs Channel and who reads here
  for (const [reader, panel] of [
    ['jag-chair', 'ask-jag'],
    ['cmarac-chair', 'ask-cmarac'],
  ] as const) {
    const seen: string[][] = [];
    for (const isInChannel of [true, false]) {
      const personId = await person('channel-officer');
      if (isInChannel) {
        const inChannel = { who: 'channel-officer', panel: 'ask-channel', personId, more: IN_CHANNEL };
        await acceptance('channel-chair', await referredPerson(inChannel));
        expect(await reads('channel-chair', `/v1/persons/${personId}`)).toBe(200);
      }
      await referredPerson({ who: 'marac-chair', panel, personId });
      expect(await reads(reader, `/v1/persons/${personId}`)).toBe(200);
      seen.push(receivedBy(await disclosures('marac-chair', `&recordId=${personId}`)));
    }
    expect(seen[1]).toHaveLength(1);
    expect([reader, seen[0]]).toEqual([reader, seen[1]]);
  }
});

test('a lead who withdraws referrals made in error gets one answer whether or not a hidden case names the person', async () => {
  const seen: string[][] = [];
  for (const isInChannel of [true, false]) {
    const personId = await person('channel-officer');
    if (isInChannel) {
      const inChannel = { who: 'channel-officer', panel: 'ask-channel', personId, more: IN_CHANNEL };
      await acceptance('channel-chair', await referredPerson(inChannel));
      expect(await reads('channel-chair', `/v1/persons/${personId}`)).toBe(200);
    }
    const referrals = [];
    for (const panel of ['ask-jag', 'ask-cmarac'])
      referrals.push(await referredPerson({ who: 'marac-chair', panel, personId }));
    // each sits on both panels
    for (const who of ['jag-coordinator', 'housing-officer'])
      expect(await reads(who, `/v1/persons/${personId}`)).toBe(200);
    const states: string[] = [];
    for (const referral of referrals) {
      const error = { reasonCode: 'referred_in_error', reason: 'Somebody else was meant.' };
      const withdrawal = (await by('marac-chair')).post(`/v1/referrals/${referral}/withdrawal`, error);
      await withdrawal.set('if-match', '*').expect(200);
      const rows = await disclosures('marac-chair', `&recordId=${personId}`);
      states.push(
        rows
          .map((one) => `${String(one['recipientAgencyId'])} ${String(one['pending'])}`)
          .sort()
          .join(),
      );
      const left = await owner.query<{ panel: string; pending: string | null }>(
        `SELECT DISTINCT panel_id AS panel, pending FROM disclosures WHERE record_id = $1 AND panel_id = ANY ($2)`,
        [personId, [panels['ask-channel'], panels['ask-cmarac']]],
      );
      const recalled = referral === referrals[1] ? 'recall' : null;
      expect(left.rows).toContainEqual({ panel: panels['ask-cmarac'], pending: recalled });
      if (isInChannel) expect(left.rows).toContainEqual({ panel: panels['ask-channel'], pending: null });
    }
    seen.push(states);
  }
  expect(seen[0]).toEqual(seen[1]);
  expect(seen[1]![1]!.match(/recall/g)).toHaveLength(4);
});

test('a coordinator gets the same row of a recipient who reads the person through a compartment as well', async () => {
  const { id, agencyId } = await practitioner(owner, 'jag-chair');
  await owner.query(
    `INSERT INTO memberships (id, version, panel_id, agency_id, practitioner_id, tier, role, valid_from)
     VALUES (gen_random_uuid(), 1, $1, $2, $3, 'core', 'member', current_date - 1)`,
    [panels['ask-channel'], agencyId, id],
  );
  const seen: string[][] = [];
  for (const isInChannel of [true, false]) {
    const personId = await person('channel-officer');
    if (isInChannel) {
      const inChannel = { who: 'channel-officer', panel: 'ask-channel', personId, more: IN_CHANNEL };
      await acceptance('channel-chair', await referredPerson(inChannel));
    }
    await referredPerson({ who: 'marac-chair', panel: 'ask-jag', personId });
    expect(await reads('jag-chair', `/v1/persons/${personId}`)).toBe(200);
    const rows = await disclosures('jag-coordinator', `&recordId=${personId}`);
    expect(rows.map((one) => one['panelId'])).toEqual([panels['ask-jag']]);
    seen.push(receivedBy(rows));
    const { rows: all } = await owner.query('SELECT panel_id FROM disclosures WHERE record_id = $1', [personId]);
    expect(all).toHaveLength(isInChannel ? 2 : 1);
  }
  await owner.query('DELETE FROM memberships WHERE practitioner_id = $1 AND panel_id = $2', [
    id,
    panels['ask-channel'],
  ]);
  expect(seen[0]).toEqual(seen[1]);
});

test('an agency gets no row of an exclusion, a correction of a role or a screening', async () => {
  const [victim, perpetrator] = [await person('police-sergeant'), await person('police-sergeant')];
  const child = await person('police-sergeant');
  const roles = [
    { personId: perpetrator, role: 'perpetrator' },
    { personId: child, role: 'child' },
  ];
  const referral = await referredVictim(victim, roles);
  for (const path of ['', '/screening']) expect(await reads('idva', `/v1/referrals/${referral}${path}`)).toBe(200);
  const { caseId } = (await acceptance('marac-chair', referral)).body;
  const exclusion = await excluded('marac-chair', 'refuge-worker', { caseId });
  expect(await reads('marac-coordinator', `/v1/exclusions/${String(exclusion['id'])}`)).toBe(200);
  const { body } = await (await by('marac-coordinator')).get(`/v1/cases/${String(caseId)}/people`).expect(200);
  const role = body.data.find((one: Row) => one['personId'] === child)['id'] as string;
  const error = { kind: 'entered_in_error', reason: 'Another child was meant.', opensToExcluded: true };
  const correction = await made('marac-coordinator', `/v1/cases/${String(caseId)}/people/${role}/ending`, error);
  await (await by('marac-coordinator')).get(`/v1/cases/${String(caseId)}/people-corrections`).expect(200);
  const ids = [exclusion['id'], correction['id'], referral] as string[];
  expect(typesOf(await disclosures('police-sergeant'), ids)).toEqual(['Referral']);
  expect(typesOf(await disclosures('marac-chair'), ids)).toEqual(['Referral', 'ReferralScreening']);
  const { rows } = await owner.query(
    `SELECT DISTINCT record_type FROM disclosures WHERE record_type LIKE '%Correction'
       OR record_type IN ('Exclusion', 'Recusal', 'EmergencyAccess', 'AccessRequest')`,
  );
  expect(rows).toEqual([]);
});

test('a safeguarding lead who chairs another panel finds by person what the whole list shows of them', async () => {
  const named = async (givenName: string): Promise<string> =>
    (await made('social-worker', '/v1/persons', { partnershipId, givenName, familyName: 'Tamblyn' }))['id'] as string;
  const [victim, suspect] = [await named('Morwenna'), await named('Jago')];
  const referral = {
    ...{ panelId: panels['ask-marac'], subjectKind: 'person_victim', personId: victim, category: 'police_incident' },
    ...{ problem: 'Assault with threats to kill, third report.', whyMultiAgency: 'High risk.', submit: true },
    ...{ consentStatus: 'given', criteria: ['visible_high_risk'], legalGateway: 'CDA_S115' },
    people: [{ personId: suspect, role: 'perpetrator', rationale: 'Named by the victim.' }],
  };
  await made('social-worker', '/v1/referrals', referral);
  await (await by('idva')).get(`/v1/persons/${victim}`).expect(200);
  const lead = await by('syv-chair');
  const found = (await lead.get(`/v1/disclosures?personId=${victim}&limit=100`).expect(200)).body.data as Row[];
  const all = (await lead.get('/v1/disclosures?limit=100').expect(200)).body.data as Row[];
  const ofVictim = all.filter((one) => one['personId'] === victim).map((one) => one['id'] as string);
  expect(ofVictim.length).toBeGreaterThan(0);
  expect(found.map((one) => one['id'] as string)).toEqual(expect.arrayContaining(ofVictim));
});
