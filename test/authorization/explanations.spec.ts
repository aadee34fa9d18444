/**
 * Explanations about somebody else: whether that person may read a case, or a record of it, as far as the asker may know what
 * the answer rests on. The page of who can see a case follows the same rule.
 *
 * Seen to fail: facts of the person as the database knows them, one after the other: invitations, recusals, emergency accesses,
 * exclusions and roles; related rows that the asker may not read; every action of a record; records of somebody's own access; the field of a
 * record that the asker may not read; a recusal that does not count for the data protection officer; a log without person and field;
 * on the page, facts as the database knows them, and whoever is kept out and named by a hidden record. Of oneself: a reference
 * that is withheld, said to be shown. An exclusion by name that does not count for the officer, who is not shown the name.
 */
import type pg from 'pg';
import type { Response } from 'supertest';
import { asOwner, casesOf, inDays, practitioner } from '../support/panel-work.ts';
import { as, type Caller } from '../support/people.ts';
import { givenServer, type TestServer } from '../support/server.ts';

let server: TestServer;
let owner: pg.Client;
/** Cases of the JAG. */
let cases: string[];
const by = (who: string): Promise<Caller> => as(server, who);
const idOf = async (who: string): Promise<string> => (await practitioner(owner, who)).id;

beforeAll(async () => {
  server = await givenServer({ env: { RATE_LIMIT: '100000' } });
  owner = await asOwner(server);
  cases = (await casesOf(owner, 'ask-jag')).map(({ id }) => id);
});

interface Question {
  id: string;
  type?: string;
  action?: string;
  field?: string;
}

const ask = async (who: string, about: string, { type = 'Case', action = 'read', ...asked }: Question) =>
  (await by(who)).post('/v1/policy/explanations', { type, action, ...asked, actor: await idOf(about) });

const said = ({ status, body }: Response): [number, unknown] => [status, body.code ?? body];

interface Person {
  practitionerId: string;
  outcome: string;
  because: string[];
}

/** The page of who can see the case, and what it says of one person. */
async function access(who: string, id: string, about: string): Promise<{ text: string; person: Person | undefined }> {
  const { text, body } = await (await by(who)).get(`/v1/cases/${id}/access`).expect(200);
  const of = await idOf(about);
  return { text, person: (body.people as Person[]).find(({ practitionerId }) => practitionerId === of) };
}

const INVITED =
  'who is invited, now, by name or as safeguarding lead of the agency that is invited, to the item of a meeting at which the case is heard, unless the case was closed as referred in error';

interface Heard {
  path: string;
  listing: string;
}

/** The case as an item of a meeting to come. */
async function item(caseId: string): Promise<Heard> {
  const chair = await by('jag-chair');
  const { rows } = await owner.query<{ panel_id: string }>('SELECT panel_id FROM cases WHERE id = $1', [caseId]);
  await owner.query(`UPDATE listings SET outcome = 'note' WHERE case_id = $1 AND outcome IS NULL`, [caseId]);
  const when = { scheduledAt: inDays(30), endsAt: inDays(30.1) };
  const meeting = { panelId: rows[0]!.panel_id, ...when, venueOrMode: 'Civic Offices' };
  const path = `/v1/meetings/${(await chair.post('/v1/meetings', meeting).expect(201)).body.id as string}`;
  const { body } = await chair.post(`${path}/listings`, { caseId, kind: 'review' }).expect(201);
  return { path, listing: body.id };
}

async function recused(who: string, { path, listing }: Heard): Promise<void> {
  const recusal = { listingId: listing, practitionerId: await idOf(who), reason: 'A relative of theirs.' };
  await (await by('jag-chair')).post(`${path}/recusals`, recusal).expect(201);
}

describe('a coordinator who is recused from an item', () => {
  test('gets the same answers about a guest whether or not the guest is invited to it', async () => {
    const [id] = cases as [string];
    // has a seat that opens no case: on the page only as a guest
    const [chair, guest] = [await by('jag-chair'), await practitioner(owner, 'social-worker')];
    const heard = await item(id);
    await recused('jag-coordinator', heard);
    const answers = async () => [
      said(await ask('jag-coordinator', 'social-worker', { id })),
      said(await ask('jag-coordinator', 'social-worker', { id, field: 'summary' })),
      (await access('jag-coordinator', id, 'social-worker')).text,
    ];
    const before = await answers();
    const invitation = { agencyId: guest.agencyId, practitionerId: guest.id, closesAt: inDays(40) };
    await chair.post(`${heard.path}/listings/${heard.listing}/invitations`, invitation).expect(201);
    await (await by('social-worker')).get(`/v1/cases/${id}`).expect(200);
    expect(await answers()).toEqual(before);
    // who sees the item is told, and so is the data protection officer, from whom it is not hidden
    for (const who of ['jag-chair', 'dpo']) {
      expect((await ask(who, 'social-worker', { id })).body.decidedBy).toMatchObject({ rule: INVITED });
      expect((await access(who, id, 'social-worker')).person?.because).toEqual([INVITED]);
    }
  });
});

describe('about somebody else', () => {
  test('nobody can ask which commands they may give', async () => {
    const [id] = cases as [string];
    for (const action of ['add-to-list', 'open-in-emergency', 'change', 'track', 'explain'])
      for (const about of ['police-inspector', 'police-sergeant'])
        for (const who of ['jag-coordinator', 'dpo']) {
          const { status, body } = await ask(who, about, { id, action });
          expect([action, status, body.code]).toEqual([action, 403, 'not-permitted']);
        }
    const self = await (
      await by('jag-coordinator')
    )
      .post('/v1/policy/explanations', { type: 'Case', action: 'add-to-list', id })
      .expect(200);
    expect(self.body.outcome).toBeDefined();
  });

  test('the coordination cannot learn who opened a case in an emergency; the data protection officer can', async () => {
    const { rows } = await owner.query<{ id: string }>(
      `SELECT c.id FROM cases c JOIN panels p ON p.id = c.panel_id
       WHERE p.code = 'ask-cmarac' AND c.id NOT IN (SELECT case_id FROM emergency_accesses) ORDER BY c.id LIMIT 1`,
    );
    const { id } = rows[0]!;
    const chairs = async () => [
      said(await ask('cmarac-chair', 'police-sergeant', { id })),
      said(await ask('cmarac-chair', 'police-sergeant', { id, field: 'summary' })),
      (await access('cmarac-chair', id, 'police-sergeant')).text,
    ];
    const before = await chairs();
    const excluded = async (): Promise<string> => {
      const exclusion = { caseId: id, practitionerId: await idOf('police-sergeant'), reason: 'A relative of his.' };
      await (await by('cmarac-chair')).post('/v1/exclusions', exclusion).expect(201);
      const { text } = await access('cmarac-chair', id, 'police-sergeant');
      await owner.query('DELETE FROM exclusions WHERE case_id = $1', [id]);
      return text;
    };
    const whileExcluded = await excluded();
    const need = { reasonCode: 'missing_person', reason: 'Reported missing tonight; contacts needed now.' };
    const opened = await (await by('police-sergeant')).post('/v1/emergency-accesses', { ...need, caseId: id });
    expect(opened.status).toBe(201);
    expect(await chairs()).toEqual(before);
    expect(await excluded()).toEqual(whileExcluded);
    const read = await (await by('cmarac-chair')).get(`/v1/emergency-accesses/${opened.body.id as string}`).expect(200);
    expect(read.body.withheld).toContain('practitionerId');
    for (const action of ['read', 'end', 'review'])
      for (const about of ['police-sergeant', 'fire-officer']) {
        const asked = { type: 'EmergencyAccess', id: opened.body.id as string, action };
        expect((await ask('cmarac-chair', about, asked)).status).toBe(403);
      }
    expect((await ask('dpo', 'police-sergeant', { id })).body.outcome).toBe('permit');
    expect((await access('dpo', id, 'police-sergeant')).person?.outcome).toBe('permit');
  });

  test('a chair gets the same answers whether or not another panel excludes them', async () => {
    const { rows } = await owner.query<{ id: string; person_id: string }>(
      `SELECT c.id, r.person_id FROM cases c JOIN panels p ON p.id = c.panel_id JOIN case_people r ON r.case_id = c.id
       WHERE p.code = 'ask-jag' AND c.id = ANY ($1) LIMIT 1`,
      [cases],
    );
    const { id, person_id } = rows[0]!;
    const answers = async (who: string) => [
      said(await ask(who, 'fire-officer', { id })),
      (await access(who, id, 'fire-officer')).text,
    ];
    const before = await answers('jag-chair');
    const { rows: made } = await owner.query<{ id: string }>(
      `INSERT INTO exclusions SELECT (jsonb_populate_record(NULL::exclusions, to_jsonb(e) || jsonb_build_object(
         'id', gen_random_uuid(), 'practitioner_id', $1::text, 'agency_id', NULL, 'name', NULL, 'name_key', NULL, 'case_id', NULL,
         'person_id', $2::text, 'reach', 'partnership', 'panel_id', p.id, 'until', NULL, 'ended_by_id', NULL, 'end_reason', NULL,
         'since', now() - interval '1 minute'))).*
       FROM exclusions e, panels p WHERE p.code = 'ask-cmarac' AND e.partnership_id = p.partnership_id LIMIT 1 RETURNING id`,
      [await idOf('fire-officer'), person_id],
    );
    await (await by('fire-officer')).get(`/v1/cases/${id}`).expect(404);
    expect(await answers('jag-chair')).toEqual(before);
    // coordinates the panel that keeps it, too
    for (const who of ['jag-coordinator', 'dpo']) {
      expect((await ask(who, 'fire-officer', { id })).body.decidedBy.step).toBe('conflict');
      expect((await access(who, id, 'fire-officer')).person?.outcome).toBe('refuse');
    }
    await owner.query('DELETE FROM exclusions WHERE id = $1', [made[0]!.id]);
  });

  test('a coordinator gets the same answer whether or not they are a safeguarding lead', async () => {
    // a colleague of the owner, without a seat
    const subject = 'agency-administrator';
    const { rows } = await owner.query<{ id: string; roles: string }>(
      `SELECT a.id, p.roles::text FROM actions a JOIN panels n ON n.id = a.panel_id JOIN practitioners p ON p.agency_id = a.owner_agency_id
       WHERE n.code = 'ask-jag' AND p.subject = $1`,
      [subject],
    );
    const { id, roles } = rows[0]!;
    const answer = async () => said(await ask('jag-coordinator', subject, { type: 'Action', id }));
    const before = await answer();
    expect(before[0]).toBe(200);
    await owner.query(`UPDATE practitioners SET roles = roles || '{safeguarding_lead}' WHERE subject = $1`, [subject]);
    await (await by(subject)).get(`/v1/actions/${id}`).expect(200);
    expect(await answer()).toEqual(before);
    await owner.query(`UPDATE practitioners SET roles = $2::text[] WHERE subject = $1`, [subject, roles]);
  });

  test('a coordinator gets the same answer whether or not they took note of conditions', async () => {
    const note = { category: 'asb_incident', kind: 'fact', summary: 'A short note.', text: 'Under conditions.' };
    const made = await (
      await by('fire-officer')
    )
      .post(`/v1/cases/${cases[1]!}/contributions`, { ...note, handling: 'C', conditions: 'Not to be minuted.' })
      .expect(201);
    const id = made.body.id as string;
    const officer = await by('housing-officer');
    const answer = async () =>
      said(await ask('jag-coordinator', 'housing-officer', { type: 'Contribution', id, field: 'text' }));
    const before = await answer();
    expect(before[0]).toBe(200);
    const { headers } = await officer.get(`/v1/contributions/${id}`).expect(200);
    await officer
      .post(`/v1/contributions/${id}/acknowledgement`)
      .set('if-match', headers['etag'] as string)
      .expect(200);
    expect((await officer.get(`/v1/contributions/${id}`).expect(200)).body.text).toBe(note.text);
    expect(await answer()).toEqual(before);
  });

  test('the data protection officer gets the truth about who is recused, unless recused from the item', async () => {
    const heard = await item(cases[2]!);
    const answer = async (who: string) =>
      said(await ask(who, 'police-inspector', { type: 'Listing', id: heard.listing }));
    const before = await answer('dpo');
    expect(before[1]).toMatchObject({ outcome: 'permit' });
    await recused('police-inspector', heard);
    expect((await (await by('dpo')).get(`${heard.path}/recusals`)).body.data ?? []).toEqual([]);
    for (const who of ['dpo', 'jag-chair'])
      expect((await answer(who))[1]).toMatchObject({ outcome: 'refuse', decidedBy: { step: 'conflict' } });
    await owner.query(`UPDATE practitioners SET roles = '{data_protection_officer}' WHERE subject = 'analyst'`);
    expect((await answer('analyst'))[0]).toBe(200);
    await recused('analyst', heard);
    expect(await answer('analyst')).toEqual([404, 'not-found']);
    await owner.query(`UPDATE practitioners SET roles = '{}' WHERE subject = 'analyst'`);
  });

  test('the data protection officer gets the truth about who is excluded, by person, agency or name', async () => {
    // the agreement of the MARAC does not share with the agency of the officer which name was typed
    const { id } = (await casesOf(owner, 'ask-marac'))[0]!;
    const { agencyId, ...person } = await practitioner(owner, 'social-worker');
    const { rows } = await owner.query<{ name: string }>('SELECT name FROM practitioners WHERE id = $1', [person.id]);
    const read = async (): Promise<number> => (await (await by('social-worker')).get(`/v1/cases/${id}`)).status;
    for (const whom of [{ practitionerId: person.id }, { agencyId }, { name: rows[0]!.name }]) {
      expect(await read()).toBe(200);
      const exclusion = { caseId: id, reason: 'A relative of the family.', ...whom };
      const made = await (await by('marac-chair')).post('/v1/exclusions', exclusion).expect(201);
      expect(await read()).toBe(404);
      const shown = await (await by('dpo')).get(`/v1/exclusions/${made.body.id as string}`).expect(200);
      expect(shown.body.withheld).toContain('name');
      for (const who of ['dpo', 'marac-coordinator']) {
        expect([who, (await ask(who, 'social-worker', { id })).body.decidedBy?.step]).toEqual([who, 'conflict']);
        expect([who, (await access(who, id, 'social-worker')).person?.outcome]).toEqual([who, 'refuse']);
      }
      await owner.query('DELETE FROM exclusions WHERE id = $1', [made.body.id]);
    }
  });

  test('the data protection officer cannot ask about a field of a case that they may not read', async () => {
    const [id] = cases as [string];
    await (await by('dpo')).get(`/v1/cases/${id}`).expect(404);
    for (const [action, about] of [
      ['read', 'jag-chair'],
      ['explain', 'dpo'],
    ] as const) {
      const refused = await ask('dpo', about, { id, action, field: 'summary' });
      expect([refused.status, refused.body.code]).toEqual([403, 'not-permitted']);
      expect(refused.text).not.toMatch(/agreement|asb_|police_/);
    }
    expect((await ask('dpo', 'jag-chair', { id })).body.outcome).toBe('permit');
    expect((await ask('jag-chair', 'fire-officer', { id, field: 'summary' })).status).toBe(200);
  });
});

test('the log names the person asked about and the field', async () => {
  const [id] = cases as [string];
  const about = await idOf('fire-officer');
  const entries = async ({ headers }: Response) =>
    (
      await owner.query<{ record_ids: string[]; fields: string[]; result_count: number }>(
        `SELECT record_ids, fields, result_count FROM audit_entries WHERE correlation_id = $1 AND sub_operation = 'explain'`,
        [headers['x-correlation-id']],
      )
    ).rows;
  const asked = await ask('jag-chair', 'fire-officer', { id, field: 'summary' });
  expect(await entries(asked)).toEqual([{ record_ids: [id, about], fields: ['summary'], result_count: 1 }]);
  const self = await ask('jag-chair', 'jag-chair', { id });
  expect(await entries(self)).toEqual([{ record_ids: [id], fields: [], result_count: 1 }]);
});

test('of a reference to a record that one may not read it is said that it is withheld', async () => {
  const dpo = await by('dpo');
  const { rows } = await owner.query<{ id: string; person: string }>(
    `INSERT INTO exclusions (id, version, partnership_id, practitioner_id, person_id, panel_id, reach, reason, since, made_by_id, made_by_agency_id)
     SELECT gen_random_uuid(), 1, p.partnership_id, x.id, cp.person_id, p.id, 'panel', 'For a test.', now(), m.id, m.agency_id
     FROM panels p JOIN case_people cp ON cp.panel_id = p.id, practitioners x, practitioners m
     WHERE p.code = 'ask-jag' AND x.subject = 'fire-officer' AND m.subject = 'jag-chair' LIMIT 1 RETURNING id, person_id AS person`,
  );
  const { id, person } = rows[0]!;
  await dpo.get(`/v1/persons/${person}`).expect(404);
  const { body } = await dpo.get(`/v1/exclusions/${id}`).expect(200);
  expect(body.withheld).toContain('personId');
  const asked = { type: 'Exclusion', id, action: 'read', field: 'personId' };
  const explained = await dpo.post('/v1/policy/explanations', asked).expect(200);
  expect(explained.body).toMatchObject({
    outcome: 'withhold',
    decidedBy: { rule: 'refers to a record that you may not read' },
  });
  await owner.query(`DELETE FROM exclusions WHERE id = $1`, [id]);
});

describe('what would change', () => {
  test.each(['change', 'contribute', 'grant-access'])(
    'a grant is not advised for %s, which it does not open',
    async (action) => {
      const { rows } = await owner.query<{ id: string }>(
        `SELECT c.id FROM cases c JOIN access_grants g ON g.case_id = c.id AND g.expires_at > now() AND g.revoked_at IS NULL
         JOIN practitioners p ON p.id = g.practitioner_id AND p.subject = 'idva' LIMIT 1`,
      );
      const [id] = rows.length ? [rows[0]!.id] : [await granted('idva')];
      const { body } = await (
        await by('idva')
      )
        .post('/v1/policy/explanations', { type: 'Case', id, action })
        .expect(200);
      expect(body.outcome).toBe('refuse');
      expect(body.wouldChange.join()).not.toContain('access-requests');
    },
  );

  test('a coordinator gets a grant as advice for reading', async () => {
    const [id] = cases as [string];
    const { body } = await ask('jag-coordinator', 'marac-coordinator', { id });
    expect([body.outcome, body.wouldChange.join()]).toEqual([
      'refuse',
      expect.stringContaining('POST /v1/access-requests'),
    ]);
  });

  test('a person elsewhere, whose grant would open nothing, gets no such advice', async () => {
    const [id] = cases as [string];
    const { body } = await ask('jag-coordinator', 'pellworth-housing-officer', { id });
    expect([body.outcome, body.wouldChange.join()]).toEqual(['refuse', expect.not.stringContaining('access-requests')]);
  });
});

/** A case of the JAG to which the person was granted access. */
async function granted(who: string): Promise<string> {
  const id = cases.at(-1)!;
  const need = { caseId: id, reason: 'Works with the family.', purpose: 'VICTIM_SUPPORT' };
  const { body } = await (await by(who)).post('/v1/access-requests', need).expect(201);
  await (
    await by('jag-chair')
  )
    .post(`/v1/access-requests/${body.id as string}/approval`, { expiresAt: inDays(2) })
    .set('if-match', '*')
    .expect(200);
  return id;
}

test('an unknown action is a wrong question, and the answer names the actions of the type', async () => {
  const [id] = cases as [string];
  const { status, body } = await (
    await by('jag-chair')
  ).post('/v1/policy/explanations', { type: 'Case', id, action: 'view' });
  expect([status, body.errors]).toEqual([
    400,
    [{ pointer: '/action', detail: expect.stringMatching(/change.*contribute.*read.*track/) }],
  ]);
});

test('a refusal names the types of record about which the asker may ask for somebody else', async () => {
  const coordinator = await by('jag-coordinator');
  const { body: referrals } = await coordinator.get('/v1/referrals?limit=1').expect(200);
  const refused = await ask('jag-coordinator', 'fire-officer', { type: 'Referral', id: referrals.data[0].id });
  expect([refused.status, refused.body.code]).toEqual([403, 'not-permitted']);
  const types = /of record only: ([A-Za-z, ]+)\./.exec(refused.body.detail as string)?.[1]?.split(', ') ?? [];
  expect(types).toEqual(expect.arrayContaining(['Case', 'CasePerson', 'Decision', 'Plan']));
  for (const type of ['Referral', 'Recusal', 'Invitation']) expect(types).not.toContain(type);
  const [id] = cases as [string];
  const own = await ask('fire-officer', 'police-sergeant', { id });
  expect([own.status, own.body.detail]).toEqual([403, expect.stringContaining('Ask about yourself')]);
});
