/**
 * How far a contribution travels: conditions that each reader takes note of, releases by the originator, recalls. Each lets
 * through what it says, to whom it says, until it says, at the list, the single read and the explanation alike.
 *
 * Seen to fail: acknowledgements that a change of conditions does not void; a release without an end; no cap on what was
 * recalled; an agency that takes note of its own conditions; conditions without handling C.
 */
import type pg from 'pg';
import { asOwner, inDays } from '../support/panel-work.ts';
import { as, type Caller } from '../support/people.ts';
import { givenServer, type TestServer } from '../support/server.ts';

let server: TestServer;
let owner: pg.Client;
let caseId: string;
const by = (who: string): Promise<Caller> => as(server, who);

beforeAll(async () => {
  server = await givenServer();
  owner = await asOwner(server);
  const { rows } = await owner.query<{ case_id: string }>('SELECT case_id FROM contributions WHERE originator_control');
  expect(rows).toHaveLength(1);
  caseId = rows[0]!.case_id;
});

const note = {
  category: 'voice_of_subject',
  kind: 'self_report',
  summary: 'What she wants.',
  text: 'To be left in peace.',
};
const conditions = 'Not to be told to anybody outside the meeting.';

async function contributed(who: string, more: object): Promise<string> {
  const { body } = await (await by(who)).post(`/v1/cases/${caseId}/contributions`, { ...note, ...more }).expect(201);
  return body.id;
}

/** The text as this person gets it: by itself, in the list, by the explanation; all three agree. */
async function text(who: string, id: string): Promise<string | undefined> {
  const caller = await by(who);
  const { body } = await caller.get(`/v1/contributions/${id}`).expect(200);
  expect('text' in body).toBe(!body.withheld.includes('text'));
  const list = await caller.get(`/v1/cases/${caseId}/contributions?limit=100`).expect(200);
  const item = list.body.data.find((one: { id: string }) => one.id === id);
  expect(item.text).toBe(body.text);
  const asked = { action: 'read', type: 'Contribution', id, field: 'text' };
  const explained = await caller.post('/v1/policy/explanations', asked).expect(200);
  expect(explained.body.outcome).toBe('text' in body ? 'permit' : 'withhold');
  return body.text;
}

test('conditions that nobody would have to take note of are refused', async () => {
  const idva = await by('idva');
  const refused = await idva.post(`/v1/cases/${caseId}/contributions`, { ...note, conditions }).expect(422);
  expect(refused.body.code).toBe('conditions-need-handling-c');
  const path = `/v1/contributions/${await contributed('idva', { handling: 'C', conditions })}`;
  expect((await idva.patch(path, { handling: 'P' }).set('if-match', '*')).body.code).toBe('conditions-need-handling-c');
  await idva.patch(path, { handling: 'P', conditions: null }).set('if-match', '*').expect(200);
});

const etag = async (who: string, path: string): Promise<string> =>
  (await (await by(who)).get(path).expect(200)).headers['etag'] as string;

async function command(who: string, path: string, what: string, body?: object) {
  const sent = (await by(who)).post(`${path}/${what}`, body);
  return sent.set('if-match', await etag(who, path));
}

describe('conditions', () => {
  test('are read before the content, and the content by whoever took note of them, and by nobody else', async () => {
    const id = await contributed('idva', { handling: 'C', conditions });
    const path = `/v1/contributions/${id}`;
    for (const who of ['social-worker', 'police-sergeant']) expect(await text(who, id)).toBeUndefined();
    const { body } = await (await by('social-worker')).get(path).expect(200);
    expect(body).toMatchObject({ handling: 'C', conditions });
    expect(body).not.toHaveProperty('summary');
    const why = await (
      await by('social-worker')
    )
      .post('/v1/policy/explanations', { action: 'read', type: 'Contribution', id, field: 'text' })
      .expect(200);
    expect(why.body.steps.at(-1)).toMatchObject({ step: 'handling', result: 'stopped' });
    expect(why.body.wouldChange.join()).toContain(`/v1/contributions/{id}/acknowledgement`);

    await (await by('social-worker')).post(`${path}/acknowledgement`).expect(428);
    await (await by('social-worker')).post(`${path}/acknowledgement`).set('if-match', '"1-stale"').expect(412);
    const taken = await command('social-worker', path, 'acknowledgement');
    expect(taken.status).toBe(200);
    expect(taken.body.text).toBe(note.text);
    expect(await text('social-worker', id)).toBe(note.text);
    expect(await text('police-sergeant', id)).toBeUndefined();
    expect((await command('social-worker', path, 'acknowledgement')).status).toBe(200);
    const { rows } = await owner.query('SELECT 1 FROM handling_acknowledgements WHERE contribution_id = $1', [id]);
    expect(rows).toHaveLength(1);
  });

  test('that change void what was taken note of; other changes do not', async () => {
    const id = await contributed('idva', { handling: 'C', conditions });
    const path = `/v1/contributions/${id}`;
    await command('social-worker', path, 'acknowledgement');
    const idva = await by('idva');
    await idva.patch(path, { summary: 'What she wants now.' }, await etag('idva', path)).expect(200);
    expect(await text('social-worker', id)).toBe(note.text);
    await idva.patch(path, { conditions: 'Not to be minuted either.' }, await etag('idva', path)).expect(200);
    expect(await text('social-worker', id)).toBeUndefined();
    await command('social-worker', path, 'acknowledgement');
    expect(await text('social-worker', id)).toBe(note.text);
  });

  test('are for readers of other agencies, and only of what has conditions', async () => {
    const plain = await contributed('idva', {});
    const bound = await contributed('idva', { handling: 'C', conditions });
    expect((await command('social-worker', `/v1/contributions/${plain}`, 'acknowledgement')).body.code).toBe(
      'no-conditions',
    );
    expect((await command('idva', `/v1/contributions/${bound}`, 'acknowledgement')).status).toBe(403);
    expect(await text('idva', bound)).toBe(note.text);
    await (await by('outsider')).post(`/v1/contributions/${bound}/acknowledgement`).set('if-match', '*').expect(404);
  });
});

describe('originator control', () => {
  const need = { reason: 'Needed to agree the plan with the school.' };

  test('holds it back from other agencies until it is released to them, and again when that ends', async () => {
    const id = await contributed('police-sergeant', { originatorControl: true });
    const path = `/v1/contributions/${id}`;
    for (const who of ['idva', 'social-worker']) expect(await text(who, id)).toBeUndefined();
    for (const who of ['police-sergeant', 'marac-chair']) expect(await text(who, id)).toBe(note.text);
    const made = await (await by('idva')).post(`${path}/release-requests`, need).expect(201);
    const request = `/v1/release-requests/${made.body.id as string}`;
    expect(made.body).toMatchObject({ status: 'submitted', releasedTo: 'agency', expiresAt: null });
    await (await by('idva')).post(`${path}/release-requests`, need).expect(409);
    await (await by('social-worker')).get(request).expect(404);
    expect((await command('idva', request, 'approval', { expiresAt: inDays(2) })).status).toBe(403);
    for (const days of [-1, 400])
      expect(
        (await command('marac-chair', request, 'approval', { expiresAt: inDays(days) })).body.errors,
      ).toMatchObject([{ pointer: '/expiresAt' }]);
    expect(await text('idva', id)).toBeUndefined();
    const approved = await command('marac-chair', request, 'approval', { expiresAt: inDays(2) });
    expect(approved.body).toMatchObject({ status: 'approved' });
    expect(await text('idva', id)).toBe(note.text);
    expect(await text('social-worker', id)).toBeUndefined();
    await owner.query(`UPDATE release_requests SET expires_at = now() - interval '1 second' WHERE id = $1`, [
      made.body.id,
    ]);
    expect(await text('idva', id)).toBeUndefined();
  });

  test('is released to one person where that was asked, and revoked at once', async () => {
    const id = await contributed('idva', { originatorControl: true });
    const asked = { ...need, releasedTo: 'person' };
    const made = await (
      await by('police-sergeant')
    )
      .post(`/v1/contributions/${id}/release-requests`, asked)
      .expect(201);
    const request = `/v1/release-requests/${made.body.id as string}`;
    await command('idva', request, 'approval', { expiresAt: inDays(2) });
    expect(await text('police-sergeant', id)).toBe(note.text);
    expect(await text('marac-chair', id)).toBeUndefined();
    expect((await command('idva', request, 'revocation')).body).toMatchObject({ status: 'revoked' });
    expect(await text('police-sergeant', id)).toBeUndefined();
    expect((await command('idva', request, 'approval', { expiresAt: inDays(2) })).status).toBe(409);
  });

  test('may be refused, with a reason for whoever asked', async () => {
    const id = await contributed('idva', { originatorControl: true });
    const made = await (await by('social-worker')).post(`/v1/contributions/${id}/release-requests`, need).expect(201);
    const request = `/v1/release-requests/${made.body.id as string}`;
    await command('idva', request, 'refusal', { reason: 'She did not agree.' });
    const { body } = await (await by('social-worker')).get(request).expect(200);
    expect(body).toMatchObject({ status: 'refused', refusalReason: 'She did not agree.', expiresAt: null });
    expect(await text('social-worker', id)).toBeUndefined();
  });

  test('is asked about only where there is some, and conditions hold besides', async () => {
    const free = await contributed('idva', {});
    const answer = await (await by('social-worker')).post(`/v1/contributions/${free}/release-requests`, need);
    expect(answer.body.code).toBe('not-controlled');
    const both = await contributed('idva', { originatorControl: true, handling: 'C', conditions });
    await command('social-worker', `/v1/contributions/${both}`, 'acknowledgement');
    expect(await text('social-worker', both)).toBeUndefined();
    const made = await (await by('social-worker')).post(`/v1/contributions/${both}/release-requests`, need).expect(201);
    await command('idva', `/v1/release-requests/${made.body.id as string}`, 'approval', { expiresAt: inDays(1) });
    expect(await text('social-worker', both)).toBe(note.text);
  });
});

test('what was taken back is read by its agency alone, for good, whatever was released or noted', async () => {
  const id = await contributed('idva', { originatorControl: true });
  const path = `/v1/contributions/${id}`;
  const made = await (await by('social-worker')).post(`${path}/release-requests`, { reason: 'Needed for the plan.' });
  await command('idva', `/v1/release-requests/${made.body.id as string}`, 'approval', { expiresAt: inDays(2) });
  expect(await text('social-worker', id)).toBe(note.text);
  expect((await command('social-worker', path, 'recall', { reason: 'Withdrawn.' })).status).toBe(403);
  const recalled = await command('idva', path, 'recall', { reason: 'She withdrew her consent.' });
  expect(recalled.body.recalledAt).toEqual(expect.any(String));
  expect(await text('social-worker', id)).toBeUndefined();
  const { body } = await (await by('social-worker')).get(path).expect(200);
  expect(body).toMatchObject({ recalledAt: recalled.body.recalledAt, category: 'voice_of_subject' });
  expect(body).not.toHaveProperty('recallReason');
  expect(await text('idva', id)).toBe(note.text);
  expect((await command('idva', path, 'recall', { reason: 'Again.' })).status).toBe(409);
  const idva = await by('idva');
  await idva.patch(path, { text: 'Something else.' }, await etag('idva', path)).expect(409);
});
