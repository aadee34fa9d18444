/**
 * Somebody who is excluded from a person, or from the case that a referral repeats, and goes on reading a referral by what they wrote: no
 * route about their own referral answers otherwise than for somebody who is not excluded. What the panel keeps about the person stays hidden.
 *
 * Seen to fail: a role of the person in a draft, and in a submitted referral, that its author cannot correct; corrections of that role
 * hidden from the author; the panel missing among the contexts of everybody whom the referral names; disclosures of the person through the
 * own referral hidden; a draft of a colleague that is lost on naming the person; an address that a colleague put before the panel for the
 * own referral, hidden, and shown by that referral; words of the coordination about the person in the own referral; exclusions from a person shown to whoever is excluded from the only case with that person, and ended by them; the
 * address of a person whose referral waits, shown to a safeguarding lead who is excluded from the person, and where a second referral of the
 * person is hidden, too.
 */
import type pg from 'pg';
import type { Response } from 'supertest';
import { asOwner, practitioner } from '../support/panel-work.ts';
import { as, type Caller } from '../support/people.ts';
import { givenServer, type TestServer } from '../support/server.ts';

const CHAIR = 'marac-chair';
const AUTHOR = 'related-officer';
/** A colleague of the author with a core seat on the panel, and safeguarding lead. */
const COLLEAGUE = 'housing-officer';

let server: TestServer;
let owner: pg.Client;
let panelId: string;
let partnershipId: string;
const by = (who: string): Promise<Caller> => as(server, who);

beforeAll(async () => {
  server = await givenServer({ env: { RATE_LIMIT: '100000' } });
  owner = await asOwner(server);
  const { rows } = await owner.query<{ id: string; partnership: string }>(
    `SELECT id, partnership_id AS partnership FROM panels WHERE code = 'ask-marac'`,
  );
  panelId = rows[0]!.id;
  partnershipId = rows[0]!.partnership;
  await owner.query('DELETE FROM exclusions');
  // may name whom a colleague recorded
  await owner.query(`UPDATE practitioners SET roles = roles || '{safeguarding_lead}' WHERE subject = $1`, [COLLEAGUE]);
}, 60_000);

async function made(who: string, path: string, body: object): Promise<Record<string, unknown> & { id: string }> {
  const answer = await (await by(who)).post(path, body).set('if-match', '*');
  expect([who, path, answer.status < 300, answer.text]).toEqual([who, path, true, expect.any(String)]);
  return answer.body;
}

const person = async (who: string, givenName: string): Promise<string> =>
  (await made(who, '/v1/persons', { partnershipId, givenName, familyName: 'Ashpole', dateOfBirth: '1990-01-02' })).id;

const witness = (personId: string): object => ({ personId, role: 'witness', rationale: 'Saw it happen.' });

/** A referral of a victim and a perpetrator with others beside them. */
async function referred(who: string, victim: string, suspect: string, others: object[] = [], submit = true) {
  const referral = {
    ...{ panelId, subjectKind: 'person_victim', personId: victim, category: 'risk_assessment', submit },
    ...{
      problem: 'Repeated threats in the home, reported by a neighbour.',
      whyMultiAgency: 'Several agencies hold a part.',
    },
    ...{ criteria: ['visible_high_risk'], consentStatus: 'given', legalGateway: 'CDA_S115' },
    people: [{ personId: suspect, role: 'perpetrator', rationale: 'Named by the victim.' }, ...others],
  };
  return (await made(who, '/v1/referrals', referral)).id;
}

const accepted = async (referral: string): Promise<string> =>
  (await made('marac-coordinator', `/v1/referrals/${referral}/acceptance`, {}))['caseId'] as string;

async function excluded(who: string, what: object, by = CHAIR): Promise<string> {
  const { id: practitionerId } = await practitioner(owner, who);
  return (await made(by, '/v1/exclusions', { practitionerId, reason: 'A relative of the family.', ...what })).id;
}

async function withLead(who: string, does: () => Promise<void>): Promise<void> {
  const roles = 'UPDATE practitioners SET roles = $2 WHERE subject = $1';
  const { rows } = await owner.query<{ roles: string[] }>('SELECT roles FROM practitioners WHERE subject = $1', [who]);
  await owner.query(roles, [who, [...rows[0]!.roles, 'safeguarding_lead']]);
  try {
    await does();
  } finally {
    await owner.query(roles, [who, rows[0]!.roles]);
  }
}

/** The answer without what differs from one person to another. */
function alike({ status, body }: Response, names: [id: string, as: string][]): unknown {
  let text = JSON.stringify(body);
  for (const [id, name] of names) text = text.replaceAll(id, name);
  return [
    status,
    text
      .replaceAll(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, 'an id')
      .replaceAll(/"[^"]*T[0-9:.]+Z"|"correlationId":"\w+"|[A-Z]+-2026-\d{5}/g, '"…"')
      .replaceAll(/"(givenName|aliases|index|cursor|next)":("[^"]*"|\[\]|null|\d+)/g, ''),
  ];
}

/** All that a person can ask about somebody whom their own referral names, and do to their role. */
async function everything(who: string, referral: string, personId: string): Promise<Record<string, unknown>> {
  const caller = await by(who);
  const path = `/v1/referrals/${referral}`;
  const people = (await caller.get(`${path}/people?limit=100`).expect(200)).body.data as {
    id: string;
    personId: string;
  }[];
  const role = people.find((one) => one.personId === personId)?.id ?? 'missing';
  const names: [string, string][] = [
    [personId, 'the person'],
    [role, 'the role'],
    [referral, 'the referral'],
  ];
  const found: Record<string, unknown> = {};
  for (const asked of [
    `/v1/persons/${personId}`,
    `/v1/persons/${personId}?panelId=${panelId}`,
    `/v1/persons/${personId}/protected-addresses`,
    `/v1/disclosures?personId=${personId}&limit=100`,
    `/v1/disclosures?recordId=${role}&limit=100`,
    `${path}/people/${role}`,
  ])
    found[asked.replace(personId, 'the person').replace(role, 'the role').replace(referral, 'it')] = alike(
      await caller.get(asked),
      names,
    );
  const change = { rationale: 'Saw it happen twice.', reason: 'More exact.' };
  found['PATCH'] = alike(await caller.patch(`${path}/people/${role}`, change, '*'), names);
  const { body } = await caller.get(`${path}/people-corrections?limit=100`);
  found['corrections'] = (body.data as { roleId: string }[] | undefined)?.filter((one) => one.roleId === role).length;
  return found;
}

describe('an author whom the panel excludes from somebody whom they recorded', () => {
  let known: string;
  let other: string;
  let exclusion: string;

  beforeEach(async () => {
    [known, other] = [await person(AUTHOR, 'Rue'), await person(AUTHOR, 'Nan')];
    await accepted(await referred(COLLEAGUE, known, await person(COLLEAGUE, 'Yev')));
    exclusion = await excluded(AUTHOR, { personId: known });
  });
  afterEach(() => owner.query('UPDATE exclusions SET until = now() WHERE id = $1', [exclusion]));

  test.each([
    ['draft', false],
    ['submitted referral', true],
  ])('gets the same answers about that person in a %s as about somebody else', async (_, submit) => {
    const [victim, suspect] = [await person(AUTHOR, 'Vic'), await person(AUTHOR, 'Hut')];
    const referral = await referred(AUTHOR, victim, suspect, [witness(known), witness(other)], submit);
    const reader = await by('idva');
    if (submit) for (const id of [known, other]) await reader.get(`/v1/persons/${id}?panelId=${panelId}`);
    if (submit) await reader.get(`/v1/referrals/${referral}/people`).expect(200);
    expect(await everything(AUTHOR, referral, known)).toEqual(await everything(AUTHOR, referral, other));
  });

  test('gets the same answers with a core seat on the panel, and reads everybody whom the referral names in its context', async () => {
    const { id: practitionerId } = await practitioner(owner, AUTHOR);
    const [today, later] = [0, 60].map((days) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10));
    const seat = { practitionerId, role: 'member', tier: 'core', validFrom: today, validTo: later };
    const { id } = await made(CHAIR, `/v1/panels/${panelId}/memberships`, seat);
    const contexts = async (named: string): Promise<unknown> => {
      const [victim, suspect] = [await person(AUTHOR, 'Vic'), await person(AUTHOR, 'Hut')];
      await referred(AUTHOR, victim, suspect, [witness(named)]);
      return (await (await by(AUTHOR)).get(`/v1/persons/${victim}`).expect(200)).body.contextPanelIds;
    };
    expect([await contexts(known), await contexts(other)]).toEqual([[panelId], [panelId]]);
    const [victim, suspect] = [await person(AUTHOR, 'Vic'), await person(AUTHOR, 'Hut')];
    const referral = await referred(AUTHOR, victim, suspect, [witness(known), witness(other)]);
    expect(await everything(AUTHOR, referral, known)).toEqual(await everything(AUTHOR, referral, other));
    await made(CHAIR, `/v1/panels/${panelId}/memberships/${id}/ending`, { reason: 'Not needed any more.' });
  });

  test('keeps the draft of a colleague after naming that person in it', async () => {
    await withLead(AUTHOR, async () => {
      const [victim, suspect] = [await person(COLLEAGUE, 'Vic'), await person(COLLEAGUE, 'Hut')];
      const draft = await referred(COLLEAGUE, victim, suspect, [], false);
      await made(AUTHOR, `/v1/referrals/${draft}/people`, witness(known));
      expect((await (await by(AUTHOR)).get(`/v1/referrals/${draft}`)).status).toBe(200);
    });
  });

  test('keeps the referral of a colleague after submitting it, and after naming that person in it when it was returned', async () => {
    await withLead(AUTHOR, async () => {
      const reads = async (path: string): Promise<number[]> => {
        const reader = await by(AUTHOR);
        return [(await reader.get(path)).status, (await reader.get(`${path}/status`)).status];
      };
      const [victim, suspect] = [await person(COLLEAGUE, 'Vic'), await person(COLLEAGUE, 'Hut')];
      const draft = `/v1/referrals/${await referred(COLLEAGUE, victim, suspect, [witness(known)], false)}`;
      await made(AUTHOR, `${draft}/submission`, {});
      expect(await reads(draft)).toEqual([200, 200]);
      const [third, fourth] = [await person(COLLEAGUE, 'Ned'), await person(COLLEAGUE, 'Ida')];
      const returned = `/v1/referrals/${await referred(COLLEAGUE, third, fourth)}`;
      await made('marac-coordinator', `${returned}/return`, {
        reason: 'Who saw it, and when?',
        reasonCode: 'more_information',
      });
      await made(AUTHOR, `${returned}/people`, witness(known));
      expect(await reads(returned)).toEqual([200, 200]);
      // what others submitted stays hidden
      const others = `/v1/referrals/${await referred(COLLEAGUE, await person(COLLEAGUE, 'Una'), fourth, [witness(known)])}`;
      expect(await reads(others)).toEqual([404, 404]);
    });
  });

  test('reads nothing that the coordination writes into the own referral about its people', async () => {
    const [victim, suspect] = [await person(AUTHOR, 'Vic'), await person(AUTHOR, 'Hut')];
    const referral = await referred(AUTHOR, victim, suspect, [witness(known)]);
    const coordinator = await by('marac-coordinator');
    const { data } = (await coordinator.get(`/v1/referrals/${referral}/people`).expect(200)).body;
    const { id } = data.find((one: { personId: string }) => one.personId === known);
    const change = { rationale: 'She says that the referring officer threatens her.', reason: 'As she told us.' };
    const path = `/v1/referrals/${referral}/people/${String(id)}`;
    const refused = await coordinator.patch(path, change, '*');
    expect([refused.status, refused.body.code]).toEqual([422, 'author-is-excluded']);
    // nor does a colleague who coordinates the panel, and knows what it knows
    const seat = `UPDATE memberships SET role = $3 WHERE panel_id = $1 AND practitioner_id = $2 RETURNING id`;
    const colleague = await practitioner(owner, COLLEAGUE);
    expect((await owner.query(seat, [panelId, colleague.id, 'coordinator'])).rows).toHaveLength(1);
    const same = await (await by(COLLEAGUE)).patch(path, change, '*');
    expect([same.status, same.body.code]).toEqual([422, 'author-is-excluded']);
    await owner.query(seat, [panelId, colleague.id, 'member']);
    await owner.query('UPDATE exclusions SET until = now() WHERE id = $1', [exclusion]);
    await coordinator.patch(path, change, '*').expect(200);
  });

  test.each(['the person', 'somebody else'])(
    'does not read why the coordination took %s out of the own referral',
    async (whom) => {
      const [victim, suspect] = [await person(AUTHOR, 'Vic'), await person(AUTHOR, 'Hut')];
      const people = [witness(known), witness(other)];
      const path = `/v1/referrals/${await referred(AUTHOR, victim, suspect, people)}`;
      const coordinator = await by('marac-coordinator');
      const { data } = (await coordinator.get(`${path}/people`).expect(200)).body;
      const { id } = data.find((one: { personId: string }) => one.personId === (whom === 'the person' ? known : other));
      const reason = {
        kind: 'entered_in_error',
        reason: 'She says that the referring officer threatens her.',
        opensToExcluded: true,
      };
      await coordinator.post(`${path}/people/${String(id)}/ending`, reason).expect(201);
      const author = await by(AUTHOR);
      const kept = async (): Promise<{ reason?: string; withheld: string[] }> =>
        (await author.get(`${path}/people-corrections`).expect(200)).body.data[0];
      const { reason: told, withheld } = await kept();
      expect([told, withheld]).toEqual([undefined, ['reason']]);
      const all = (await coordinator.get(`${path}/people-corrections`).expect(200)).body.data;
      expect(all).toMatchObject([{ roleId: id, reason: reason.reason }]);
      // the same for an author whom nobody excludes: no mark tells of it
      await owner.query('UPDATE exclusions SET until = now() WHERE id = $1', [exclusion]);
      expect((await kept()).withheld).toEqual(['reason']);
    },
  );

  test('does not get the referral back when the person is taken out of the case that it led to', async () => {
    const referral = await referred(AUTHOR, await person(AUTHOR, 'Vic'), await person(AUTHOR, 'Hut'), [witness(known)]);
    const path = `/v1/cases/${await accepted(referral)}`;
    const author = await by(AUTHOR);
    expect((await author.get(`/v1/referrals/${referral}`)).status).toBe(404);
    // in the referral, which the panel has decided on, the person stays
    await owner.query(`DELETE FROM case_people WHERE person_id = $1 AND case_id = $2`, [known, path.split('/').at(-1)]);
    expect((await author.get(`/v1/referrals/${referral}`)).status).toBe(404);
  });

  test('does not read the case with that person', async () => {
    const { rows } = await owner.query<{ id: string }>('SELECT case_id AS id FROM case_people WHERE person_id = $1', [
      known,
    ]);
    expect((await (await by(AUTHOR)).get(`/v1/cases/${rows[0]!.id}`)).status).toBe(404);
  });
});

test('somebody excluded who named a person in a referral keeps it after a colleague makes it a repeat', async () => {
  await withLead(AUTHOR, async () => {
    const [victim, suspect] = [await person(COLLEAGUE, 'Vic'), await person(COLLEAGUE, 'Hut')];
    const caseId = await accepted(await referred(COLLEAGUE, victim, suspect));
    await excluded(AUTHOR, { caseId });
    const path = `/v1/referrals/${await referred(COLLEAGUE, victim, suspect, [], false)}`;
    await made(AUTHOR, `${path}/people`, witness(await person(COLLEAGUE, 'Wes')));
    await made(COLLEAGUE, `${path}/submission`, {});
    await (await by(AUTHOR)).get(path).expect(200);
  });
});

test('a coordinator cannot write into a referral that somebody excluded reads because they made it a repeat', async () => {
  await withLead(AUTHOR, async () => {
    const [victim, suspect] = [await person(COLLEAGUE, 'Vic'), await person(COLLEAGUE, 'Hut')];
    const caseId = await accepted(await referred(COLLEAGUE, victim, suspect));
    const exclusion = await excluded(AUTHOR, { caseId });
    const path = `/v1/referrals/${await referred(COLLEAGUE, victim, suspect, [], false)}`;
    await made(AUTHOR, `${path}/submission`, {});
    await (await by(AUTHOR)).get(path).expect(200);
    const coordinator = await by('marac-coordinator');
    const { data } = (await coordinator.get(`${path}/people`).expect(200)).body;
    const role = data.find((one: { personId: string }) => one.personId === suspect).id as string;
    const change = { rationale: 'She says that the officer is his brother.', reason: 'As she told us.' };
    const refused = await coordinator.patch(`${path}/people/${role}`, change, '*');
    expect([refused.status, refused.body.code]).toEqual([422, 'author-is-excluded']);
    await owner.query('UPDATE exclusions SET until = now() WHERE id = $1', [exclusion]);
    await coordinator.patch(`${path}/people/${role}`, change, '*').expect(200);
  });
});

describe('an address that the agency put before the panel', () => {
  const addresses = async (who: string, personId: string): Promise<object[]> =>
    (await (await by(who)).get(`/v1/persons/${personId}/protected-addresses`).expect(200)).body.data;
  const put = (personId: string): Promise<{ id: string }> =>
    made(COLLEAGUE, `/v1/persons/${personId}/protected-addresses`, {
      kind: 'refuge',
      address: '1 Hidden Lane',
      panelId,
    });

  test('is hidden from a safeguarding lead who is excluded from the person while the referral waits', async () => {
    await withLead(AUTHOR, async () => {
      const [victim, suspect] = [await person(COLLEAGUE, 'Pia'), await person(COLLEAGUE, 'Pit')];
      await referred(COLLEAGUE, victim, suspect);
      const { id } = await put(victim);
      expect(await addresses(AUTHOR, victim)).toHaveLength(1);
      const exclusion = await excluded(AUTHOR, { personId: victim });
      expect(await addresses(AUTHOR, victim)).toEqual([]);
      await (await by(AUTHOR)).patch(`/v1/protected-addresses/${id}`, { panelId: null }, '*').expect(404);
      // and where somebody else is referred with a person from whom the lead is excluded
      const [child, third] = [await person(COLLEAGUE, 'Cai'), await person(COLLEAGUE, 'Pim')];
      await referred(COLLEAGUE, child, third, [witness(victim)]);
      await put(child);
      expect(await addresses(AUTHOR, child)).toEqual([]);
      await owner.query('UPDATE exclusions SET until = now() WHERE id = $1', [exclusion]);
      expect(await addresses(AUTHOR, child)).toHaveLength(1);
    });
  });

  test('stays hidden from an excluded safeguarding lead who refers the same people again, before and after it is put there', async () => {
    await withLead(AUTHOR, async () => {
      const [victim, suspect] = [await person(COLLEAGUE, 'Pia'), await person(COLLEAGUE, 'Pit')];
      const caseId = await accepted(await referred(COLLEAGUE, victim, suspect));
      const kept = { kind: 'refuge', address: '2 Hidden Lane', panelId: null };
      const { id } = await made(COLLEAGUE, `/v1/persons/${victim}/protected-addresses`, kept);
      expect(await addresses(AUTHOR, victim)).toHaveLength(1);
      const exclusion = await excluded(AUTHOR, { caseId });
      expect(await addresses(AUTHOR, victim)).toEqual([]);
      await (await by(COLLEAGUE)).patch(`/v1/protected-addresses/${id}`, { panelId }, '*').expect(200);
      await referred(AUTHOR, victim, suspect);
      expect(await addresses(AUTHOR, victim)).toEqual([]);
      await (await by(AUTHOR)).patch(`/v1/protected-addresses/${id}`, { panelId: null }, '*').expect(404);
      await owner.query('UPDATE exclusions SET until = now() WHERE id = $1', [exclusion]);
    });
  });
});

describe('an exclusion from a person', () => {
  test('is hidden from a chair who is excluded from the only case with that person, and not ended by them', async () => {
    const [victim, suspect] = [await person(COLLEAGUE, 'Pia'), await person(COLLEAGUE, 'Pit')];
    const caseId = await accepted(await referred(COLLEAGUE, victim, suspect));
    const exclusion = await excluded('refuge-worker', { personId: suspect }, 'marac-coordinator');
    const chair = await by(CHAIR);
    expect((await chair.get(`/v1/exclusions/${exclusion}`)).status).toBe(200);
    const declared = await made(CHAIR, '/v1/exclusions', { caseId, declared: true, reason: 'A friend of the family.' });
    // also where the chair refers the people again, whose referral they go on reading
    const again = await person(CHAIR, 'Pip');
    await referred(CHAIR, again, await person(CHAIR, 'Pol'));
    expect((await chair.get(`/v1/exclusions/${exclusion}`)).status).toBe(404);
    const ending = await chair.post(`/v1/exclusions/${exclusion}/ending`, { reason: 'Mistaken.' }).set('if-match', '*');
    expect(ending.status).toBe(404);
    expect((await chair.get('/v1/exclusions?limit=100').expect(200)).text).not.toContain(exclusion);
    expect((await (await by('refuge-worker')).get(`/v1/cases/${caseId}`)).status).toBe(404);
    await owner.query('UPDATE exclusions SET until = now() WHERE id = $1', [declared.id]);
  });
});
