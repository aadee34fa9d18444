/**
 * A protected address travels in the context of the one panel before which its agency put it. Writing it for one panel puts it
 * before no reader of another, and whoever is not of a panel cannot put it before that panel.
 *
 * Seen to fail: an address shown through every case of the person, by the agreement of another panel and by an emergency access to
 * a case of another panel; an address put before a panel by somebody who is not of it, when it is recorded and when it is changed;
 * an address put before a panel that has no case or referral about the person, by the agency that recorded the person; agencies
 * that read an address that was taken back, and are not listed as to be told; an address put before a panel because of a referral
 * that an exclusion hides from its author, and because of a draft; an address that tells an excluded safeguarding lead which panel has
 * the person, and that they take back; disclosures, and notices of a change, that tell an excluded lead of a hidden address; an
 * address that vanishes for whoever declared a conflict with another case, when the person is named there.
 */
import type pg from 'pg';
import type { Response } from 'supertest';
import { asOwner, casesOf, likeness, practitioner } from '../support/panel-work.ts';
import { as, type Caller } from '../support/people.ts';
import { givenServer, type TestServer } from '../support/server.ts';

const WRITTEN = 'CANARY-Rowan-House';

let server: TestServer;
let owner: pg.Client;
const panels = new Map<string, string>();
let partnershipId: string;
let person: string;
let cases: Record<'jag' | 'marac', string>;
const by = (who: string): Promise<Caller> => as(server, who);
const panel = (code: string): string => panels.get(code)!;

beforeAll(async () => {
  server = await givenServer();
  owner = await asOwner(server);
  const { rows } = await owner.query<{ id: string; code: string; partnership: string }>(
    'SELECT id, code, partnership_id AS partnership FROM panels',
  );
  for (const { id, code } of rows) panels.set(code, id);
  partnershipId = rows.find(({ code }) => code === 'ask-jag')!.partnership;
  cases = { jag: (await casesOf(owner, 'ask-jag'))[0]!.id, marac: (await casesOf(owner, 'ask-marac'))[0]!.id };
});

/** Housing recorded the person, and named the person in a case of both panels. */
beforeEach(async () => {
  const officer = await by('housing-officer');
  const named = { partnershipId, givenName: 'Ysolde', familyName: 'Farthingale' };
  person = (await officer.post('/v1/persons', named).expect(201)).body.id;
  for (const caseId of Object.values(cases)) {
    const role = { personId: person, role: 'witness', rationale: 'Lives next door.', since: '2026-01-01' };
    await officer.post(`/v1/cases/${caseId}/people`, role).expect(201);
  }
});

const recorded = async (who: string, panelId: string | null): Promise<Response> =>
  (await by(who)).post(`/v1/persons/${person}/protected-addresses`, { kind: 'refuge', address: WRITTEN, panelId });
const known = async (who: string): Promise<number> =>
  (await (await by(who)).get(`/v1/persons/${person}/protected-addresses`).expect(200)).body.data.length;
async function revealed(who: string, id: string): Promise<number> {
  const { status } = await (
    await by(who)
  ).post(`/v1/protected-addresses/${id}/revelation`, { reason: 'The officer is on the way there now.' });
  return status;
}

/** Submits a referral of `person` to the MARAC; returns its identifier. */
async function referredToMarac(author: Caller, perpetrator: string): Promise<string> {
  const referral = {
    ...{ panelId: panel('ask-marac'), subjectKind: 'person_victim', personId: person, category: 'police_incident' },
    ...{ problem: 'Assault with threats to kill, third report.', whyMultiAgency: 'High risk.' },
    ...{ consentStatus: 'given', criteria: ['visible_high_risk'], legalGateway: 'CDA_S115', submit: true },
    people: [{ personId: perpetrator, role: 'perpetrator', rationale: 'Named by the victim.' }],
  };
  return (await author.post('/v1/referrals', referral).expect(201)).body.id;
}

test('readers of a panel get the address that was put before the panel', async () => {
  const { status, body } = await recorded('police-sergeant', panel('ask-marac'));
  expect([status, body]).toEqual([201, expect.objectContaining({ panelId: panel('ask-marac') })]);
  for (const who of ['idva', 'marac-coordinator'])
    expect([who, await known(who), await revealed(who, body.id)]).toEqual([who, 1, 200]);
});

test('readers of another panel cannot read an address that was written for one panel', async () => {
  const { body } = await recorded('police-inspector', panel('ask-jag'));
  for (const who of ['idva', 'marac-coordinator', 'police-sergeant'])
    expect([who, await known(who), await revealed(who, body.id)]).toEqual([who, 0, 404]);
});

test('readers of every panel cannot read an address that is kept to its agency', async () => {
  const { body } = await recorded('police-sergeant', null);
  for (const who of ['idva', 'marac-coordinator', 'jag-coordinator'])
    expect([who, await known(who), await revealed(who, body.id)]).toEqual([who, 0, 404]);
  expect([await known('police-sergeant'), await revealed('police-sergeant', body.id)]).toEqual([1, 200]);
});

test('a holder of an emergency access cannot read the address of another panel', async () => {
  const { body } = await recorded('idva', panel('ask-marac'));
  const own = await recorded('fire-officer', panel('ask-jag'));
  expect([body.panelId, own.body.panelId]).toEqual([panel('ask-marac'), panel('ask-jag')]);
  const opening = { caseId: cases.jag, reasonCode: 'imminent_harm', reason: 'Threats made this evening.' };
  const opened = await (await by('nhs-safeguarding-lead')).post('/v1/emergency-accesses', opening);
  expect([opened.status, opened.text]).toEqual([201, expect.any(String)]);
  expect(await revealed('nhs-safeguarding-lead', own.body.id)).toBe(200);
  expect(await revealed('nhs-safeguarding-lead', body.id)).toBe(404);
});

test('somebody who is not of a panel cannot put an address before it', async () => {
  const missing = likeness(await recorded('police-inspector', '01990000-0000-7000-8000-000000000000'));
  for (const code of ['ask-marac', 'ask-syv', 'ask-channel', 'pel-marac']) {
    const refused = await recorded('police-inspector', panel(code));
    expect([code, refused.status, refused.body.code, likeness(refused)]).toEqual([code, 422, 'unknown-panel', missing]);
  }
  const { rows } = await owner.query('SELECT FROM protected_addresses WHERE person_id = $1', [person]);
  expect(rows).toEqual([]);
});

test('somebody cannot put an address before another panel by a change', async () => {
  const { body } = await recorded('police-inspector', panel('ask-jag'));
  const path = `/v1/protected-addresses/${body.id as string}`;
  const inspector = await by('police-inspector');
  for (const code of ['ask-marac', 'ask-channel']) {
    const refused = await inspector.patch(path, { panelId: panel(code) }, '*');
    expect([code, refused.status, refused.body.code]).toEqual([code, 422, 'unknown-panel']);
  }
  const withdrawn = await inspector.patch(path, { panelId: null }, '*').expect(200);
  expect(withdrawn.body).toMatchObject({ panelId: null, address: WRITTEN });
});

test('an address that colleagues read cannot be moved into a compartment, and vanish from them', async () => {
  const officer = await by('channel-officer');
  const named = { partnershipId, givenName: 'Ysolde', familyName: 'Farthingale' };
  const { body: made } = await officer.post('/v1/persons', named).expect(201);
  const address = { kind: 'refuge', address: WRITTEN, panelId: null };
  const { body } = await officer.post(`/v1/persons/${made.id as string}/protected-addresses`, address).expect(201);
  const moved = await officer.patch(
    `/v1/protected-addresses/${body.id as string}`,
    { panelId: panel('ask-channel') },
    '*',
  );
  expect([moved.status, moved.body.code]).toEqual([422, 'address-for-compartment']);
});

describe('the agency that recorded the person', () => {
  test('can put an address before a panel with a case that the author reads', async () => {
    expect((await recorded('housing-officer', panel('ask-marac'))).status).toBe(201);
  });

  test('cannot put an address before a panel that has nothing about the person', async () => {
    const missing = likeness(await recorded('housing-officer', '01990000-0000-7000-8000-000000000000'));
    for (const code of ['ask-syv', 'ask-channel', 'ask-tasking', 'pel-marac']) {
      const refused = await recorded('housing-officer', panel(code));
      expect([code, refused.status, likeness(refused)]).toEqual([code, 422, missing]);
    }
  });

  test('cannot put an address before the JAG for somebody known to the MARAC alone', async () => {
    const idva = await by('idva');
    const stranger = { partnershipId, givenName: 'Ottoline', familyName: 'Farthingale' };
    person = (await idva.post('/v1/persons', stranger).expect(201)).body.id;
    const role = { personId: person, role: 'victim', rationale: 'Asked for help.', since: '2026-01-01' };
    await idva.post(`/v1/cases/${cases.marac}/people`, role).expect(201);
    const missing = likeness(await recorded('idva', '01990000-0000-7000-8000-000000000000'));
    const refused = await recorded('idva', panel('ask-jag'));
    expect([refused.status, likeness(refused)]).toEqual([422, missing]);
    expect((await recorded('idva', panel('ask-marac'))).status).toBe(201);
  });

  test('cannot put an address before a panel whose waiting referral is hidden from the author', async () => {
    const [chair, coordinator, sergeant] = [
      await by('marac-chair'),
      await by('marac-coordinator'),
      await by('police-sergeant'),
    ];
    const named = async (familyName: string): Promise<string> =>
      (await sergeant.post('/v1/persons', { partnershipId, givenName: 'Merrin', familyName }).expect(201)).body.id;
    const perpetrator = await named('Ashdown');
    person = await named('Farthingale');
    const first = await referredToMarac(chair, perpetrator);
    const caseId = (await coordinator.post(`/v1/referrals/${first}/acceptance`).set('if-match', '*').expect(200)).body
      .caseId as string;
    const { id: practitionerId } = await practitioner(owner, 'police-sergeant');
    await coordinator.post('/v1/exclusions', { caseId, practitionerId, reason: 'A relative.' }).expect(201);
    const before = likeness(await recorded('police-sergeant', panel('ask-marac')));
    const again = await referredToMarac(chair, perpetrator);
    await sergeant.get(`/v1/referrals/${again}`).expect(404);
    const after = await recorded('police-sergeant', panel('ask-marac'));
    expect([after.status, after.body.code, likeness(after)]).toEqual([422, 'unknown-panel', before]);
  });

  test('can put an address before a panel once the author has submitted a referral of the person to it, not with a draft', async () => {
    const inspector = await by('housing-officer');
    const draft = {
      panelId: panel('ask-syv'),
      subjectKind: 'person_at_risk',
      personId: person,
      category: 'housing',
      problem: 'Found with a knife at the stairwell.',
      whyMultiAgency: 'School, police and housing each know a part.',
      criteria: ['weapon_carrying'],
      consentStatus: 'given',
      legalGateway: 'CDA_S115',
    };
    const { id } = (await inspector.post('/v1/referrals', draft).expect(201)).body;
    expect((await recorded('housing-officer', panel('ask-syv'))).status).toBe(422);
    const submitted = await inspector.post(`/v1/referrals/${id as string}/submission`).set('if-match', '*');
    expect(submitted.text).toContain('"status":"submitted"');
    expect((await recorded('housing-officer', panel('ask-syv'))).status).toBe(201);
    expect((await recorded('housing-officer', panel('ask-channel'))).status).toBe(422);
  });
});

describe('somebody who is kept out of another case of the panel', () => {
  let other: string;
  const naming = async () =>
    (await by('police-sergeant'))
      .post(`/v1/cases/${other}/people`, {
        personId: person,
        role: 'witness',
        rationale: 'Was there.',
        since: '2026-01-01',
      })
      .expect(201);
  const kept = async (who: string, body: object): Promise<string> =>
    (await (await by(who)).post('/v1/exclusions', { caseId: other, reason: 'Knows a party.', ...body }).expect(201))
      .body.id;

  beforeEach(async () => {
    // a case from which the sandbox keeps nobody out
    const { rows } = await owner.query<{ id: string }>(
      'SELECT case_id AS id FROM exclusions WHERE case_id IS NOT NULL',
    );
    const taken = new Set([cases.marac, ...rows.map(({ id }) => id)]);
    other = (await casesOf(owner, 'ask-marac')).find(({ id }) => !taken.has(id))!.id;
  });
  afterEach(async () => {
    await owner.query('DELETE FROM exclusions WHERE case_id = $1', [other]);
    await owner.query('DELETE FROM case_person_corrections WHERE case_id = $1', [other]);
    await owner.query('DELETE FROM case_people WHERE case_id = $1 AND person_id = $2', [other, person]);
  });

  test('keeps the address of somebody who is named there after a conflict was declared', async () => {
    const { body } = await recorded('police-sergeant', panel('ask-marac'));
    await kept('idva', { declared: true });
    await naming();
    expect([await known('idva'), await revealed('idva', body.id)]).toEqual([1, 200]);
  });

  test('does not find the address of somebody who was named there when a conflict was declared', async () => {
    const { body } = await recorded('police-sergeant', panel('ask-marac'));
    await naming();
    await kept('idva', { declared: true });
    expect([await known('idva'), await revealed('idva', body.id)]).toEqual([0, 404]);
  });

  test('finds the address again of somebody who was taken out there by another agency since the declaration', async () => {
    const { body } = await recorded('police-sergeant', panel('ask-marac'));
    const { body: role } = await naming();
    await kept('idva', { declared: true });
    expect([await known('idva'), await revealed('idva', body.id)]).toEqual([0, 404]);
    const correction = { kind: 'entered_in_error', reason: 'Was not there.', opensToExcluded: true };
    const ending = `/v1/cases/${other}/people/${role.id as string}/ending`;
    await (await by('marac-coordinator')).post(ending, correction).set('if-match', '*').expect(201);
    expect([await known('idva'), await revealed('idva', body.id)]).toEqual([1, 200]);
  });

  test('does not find the address of somebody who is named there after an exclusion by others', async () => {
    const { body } = await recorded('police-sergeant', panel('ask-marac'));
    await kept('marac-coordinator', { practitionerId: (await practitioner(owner, 'idva')).id });
    await naming();
    expect([await known('idva'), await revealed('idva', body.id)]).toEqual([0, 404]);
  });
});

describe('a safeguarding lead of the agency that wrote an address, excluded from the only case of its panel with the person', () => {
  let lead: Caller;
  let address: string;

  beforeEach(async () => {
    const worker = await by('social-worker');
    lead = await by('syv-chair');
    const record = async (familyName: string): Promise<string> =>
      (await worker.post('/v1/persons', { partnershipId, givenName: 'Ysolde', familyName }).expect(201)).body.id;
    person = await record('Farthingale');
    const referral = await referredToMarac(worker, await record('Ashdown'));
    const coordinator = await by('marac-coordinator');
    const accepted = await coordinator.post(`/v1/referrals/${referral}/acceptance`).set('if-match', '*').expect(200);
    address = (await recorded('social-worker', panel('ask-marac'))).body.id;
    expect(await known('syv-chair')).toBe(1);
    const { id: practitionerId } = await practitioner(owner, 'syv-chair');
    const exclusion = { caseId: accepted.body.caseId, practitionerId, reason: 'A relative.' };
    await coordinator.post('/v1/exclusions', exclusion).expect(201);
  });

  test('does not find it, and does not take it back', async () => {
    expect([await known('syv-chair'), await revealed('syv-chair', address)]).toEqual([0, 404]);
    await lead.patch(`/v1/protected-addresses/${address}`, { panelId: null }, '*').expect(404);
    expect(await revealed('idva', address)).toBe(200);
    expect(await revealed('social-worker', address)).toBe(200);
  });

  test('does not find it by drafting a referral of the person to the panel', async () => {
    const draft = { panelId: panel('ask-marac'), subjectKind: 'person_victim', personId: person, category: 'housing' };
    await lead.post('/v1/referrals', { ...draft, problem: 'Asked for help.' }).expect(201);
    expect(await known('syv-chair')).toBe(0);
    expect((await recorded('syv-chair', panel('ask-marac'))).status).toBe(422);
  });

  test('does not find it where another case of the panel names the person: they could name the person there', async () => {
    const role = { personId: person, role: 'witness', rationale: 'Lives next door.', since: '2026-01-01' };
    await (await by('social-worker')).post(`/v1/cases/${cases.marac}/people`, role).expect(201);
    expect(await known('syv-chair')).toBe(0);
  });
});

test('agencies that read an address are to be told when it is taken back from the panel', async () => {
  const { body } = await recorded('police-sergeant', panel('ask-marac'));
  const id: string = body.id;
  expect(await revealed('idva', id)).toBe(200);
  const toBeTold = async (): Promise<object[]> =>
    (await (await by('dpo')).get(`/v1/disclosures?recordId=${id}&toBeTold=true`).expect(200)).body.data;
  expect(await toBeTold()).toEqual([]);
  const sergeant = await by('police-sergeant');
  await sergeant.patch(`/v1/protected-addresses/${id}`, { panelId: null }, '*').expect(200);
  const { agencyId } = await practitioner(owner, 'idva');
  const told = await toBeTold();
  expect(told).toContainEqual(expect.objectContaining({ recipientAgencyId: agencyId, pending: 'recall' }));
});

test('a person who says no panel gets a refusal', async () => {
  const answer = await (
    await by('police-sergeant')
  ).post(`/v1/persons/${person}/protected-addresses`, { kind: 'refuge', address: WRITTEN });
  expect([answer.status, answer.body.errors?.[0]?.pointer]).toEqual([400, '/panelId']);
});

describe('somebody who is excluded from a case that names the person', () => {
  let address: string;
  const disclosuresOf = async (who: string): Promise<{ id: string; caseId: string; pending: string | null }[]> =>
    (await (await by(who)).get(`/v1/disclosures?recordId=${address}&limit=100`).expect(200)).body.data;

  beforeEach(async () => {
    await owner.query('DELETE FROM exclusions');
    const worker = await by('social-worker');
    const named = { partnershipId, givenName: 'Isaura', familyName: 'Penhaligon' };
    person = (await worker.post('/v1/persons', named).expect(201)).body.id;
    const role = { personId: person, role: 'witness', rationale: 'Lives next door.', since: '2026-01-01' };
    // received through two cases, of which the exclusion hides one
    const { body } = await worker.get(`/v1/cases?panelId=${panel('ask-marac')}&limit=20`).expect(200);
    const another = (body.data as { id: string; stage: string }[]).find(
      ({ id, stage }) => id !== cases.marac && stage !== 'closed',
    );
    for (const caseId of [cases.marac, another!.id]) await worker.post(`/v1/cases/${caseId}/people`, role).expect(201);
    address = (await recorded('social-worker', panel('ask-marac'))).body.id;
    expect(await revealed('idva', address)).toBe(200);
    expect(await disclosuresOf('syv-chair')).not.toEqual([]);
    const { id } = await practitioner(owner, 'syv-chair');
    const exclusion = { caseId: cases.marac, practitionerId: id, reason: 'Her former husband.' };
    await (await by('marac-coordinator')).post('/v1/exclusions', exclusion).expect(201);
  });

  afterEach(() => owner.query('DELETE FROM exclusions WHERE case_id = $1', [cases.marac]));

  test('cannot learn from disclosures that the person has a protected address', async () => {
    expect(await known('syv-chair')).toBe(0);
    expect(await disclosuresOf('syv-chair')).toEqual([]);
    const lead = await by('syv-chair');
    const { body } = await lead.get(`/v1/disclosures?personId=${person}&limit=100`).expect(200);
    expect(body.data.filter((one: { recordType: string }) => one.recordType === 'ProtectedAddress')).toEqual([]);
  });

  test('cannot settle that recipients were told of a change of the address', async () => {
    const path = `/v1/protected-addresses/${address}`;
    await (await by('social-worker')).patch(path, { address: 'Another house' }, '*').expect(200);
    const [pending] = (await disclosuresOf('marac-coordinator')).filter(
      (one) => one.pending && one.caseId !== cases.marac,
    );
    expect(pending).toBeDefined();
    await (await by('syv-chair')).post(`/v1/disclosures/${pending!.id}/notification`).set('if-match', '*').expect(404);
    const { body } = await (await by('syv-chair')).get('/v1/notices?limit=100').expect(200);
    expect(body.data.filter((one: { subjectId: string }) => one.subjectId === pending!.id)).toEqual([]);
  });
});
