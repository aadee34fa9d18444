/**
 * Whom a correction or recall concerns: the answer links to the list of recipients, whoever must tell them is reminded until it is
 * recorded, and each correction keeps when its recipient was told, and by whom.
 *
 * Seen to fail: a second correction that takes the place of the first; a told revision that may be changed; a correction without a
 * link; no notice, and a notice that stays when the recipient was told; a link for somebody who reads no disclosures; a name of the
 * teller for an agency without a seat.
 */
import type pg from 'pg';
import { asOwner, casesOf, practitioner } from '../support/panel-work.ts';
import { as, type Caller } from '../support/people.ts';
import { givenServer, type TestServer } from '../support/server.ts';

interface Pending {
  id: string;
  recipientAgencyId: string;
}

let server: TestServer;
let owner: pg.Client;
let jag: string;
const by = (who: string): Promise<Caller> => as(server, who);

beforeAll(async () => {
  server = await givenServer();
  owner = await asOwner(server);
  jag = (await casesOf(owner, 'ask-jag'))[0]!.id;
});

const tomorrow = new Date(Date.now() + 86_400_000).toISOString().slice(0, 10);
let hour = 8;

/** Moves the clock by an hour of one day; what is due is swept. */
const sweep = async (): Promise<void> => {
  const answer = await fetch(`${server.url}/sandbox/clock`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ now: `${tomorrow}T${String(++hour).padStart(2, '0')}:00:00Z` }),
  });
  if (!answer.ok) throw new Error(await answer.text());
};

/** An incident of the police that a housing officer has read. */
async function received(): Promise<string> {
  const body = { category: 'asb_incident', kind: 'fact', summary: 'Noise.', text: 'Noise at night, three times.' };
  const made = await (await by('police-sergeant')).post(`/v1/cases/${jag}/contributions`, body).expect(201);
  await (await by('housing-officer')).get(`/v1/contributions/${String(made.body.id)}`).expect(200);
  return made.body.id as string;
}

const correct = async (id: string, text: string): Promise<string | undefined> =>
  (await (await by('police-sergeant')).patch(`/v1/contributions/${id}`, { text }, '*').expect(200)).headers['link'];

const pending = async (caller: Caller, id: string): Promise<Pending[]> =>
  (await caller.get(`/v1/disclosures?recordId=${id}&toBeTold=true`).expect(200)).body.data;

const tell = async (caller: Caller, id: string): Promise<void> => {
  await caller.post(`/v1/disclosures/${id}/notification`).set('if-match', '*').expect(200);
};

const notices = async (who: string, subjectId: string): Promise<Record<string, unknown>[]> =>
  (await (await by(who)).get('/v1/notices?kind=recipient_to_tell&limit=100').expect(200)).body.data.filter(
    (one: { subjectId: string }) => one.subjectId === subjectId,
  );

test('a corrector gets the list of recipients who are to be told', async () => {
  const id = await received();
  const link = await correct(id, 'Noise at night, twice.');
  const path = /^<([^>]+)>; rel="related"/.exec(link ?? '')?.[1] ?? '';
  expect(path).toBe(`/v1/disclosures?recordId=${id}&toBeTold=true`);
  const { body } = await (await by('police-sergeant')).get(path).expect(200);
  const { agencyId } = await practitioner(owner, 'housing-officer');
  expect(body.data.map((one: Pending) => one.recipientAgencyId)).toEqual([agencyId]);
});

test('a corrector gets no link when nothing was corrected', async () => {
  const id = await received();
  expect(await correct(id, 'Noise at night, three times.')).toBeUndefined();
});

test('a second correction keeps when the recipient was told of the first', async () => {
  const id = await received();
  const [sergeant, coordinator] = [await by('police-sergeant'), await by('jag-coordinator')];
  await correct(id, 'Noise at night, twice.');
  const [{ id: disclosure } = { id: '' }] = await pending(sergeant, id);
  await tell(coordinator, disclosure);
  const teller = (await practitioner(owner, 'jag-coordinator')).id;
  const path = `/v1/disclosures/${disclosure}/revisions`;
  const [first] = (await sergeant.get(path).expect(200)).body.data;
  expect(first).toMatchObject({
    pending: 'correction',
    fields: ['text'],
    notifiedById: teller,
    notifiedAt: expect.any(String),
  });
  await correct(id, 'Noise at night, once.');
  expect(await pending(sergeant, id)).toHaveLength(1);
  for (const who of ['police-sergeant', 'jag-coordinator', 'dpo']) {
    const { data } = (await (await by(who)).get(path).expect(200)).body;
    expect(data).toHaveLength(2);
    expect(data).toContainEqual(
      expect.objectContaining({ id: first.id, notifiedAt: first.notifiedAt, notifiedById: teller }),
    );
    expect(data).toContainEqual(expect.objectContaining({ notifiedAt: null, notifiedById: null }));
  }
  await (await by('housing-officer')).get(path).expect(404);
  await tell(sergeant, disclosure);
  const { data } = (await sergeant.get(path).expect(200)).body;
  expect(data.filter((one: { notifiedAt: string | null }) => one.notifiedAt === null)).toEqual([]);
  expect(data).toContainEqual(
    expect.objectContaining({ id: first.id, notifiedAt: first.notifiedAt, notifiedById: teller }),
  );
});

test('the database refuses to change a revision of which the recipient was told', async () => {
  const id = await received();
  await correct(id, 'Noise at night, twice.');
  const [{ id: disclosure } = { id: '' }] = await pending(await by('police-sergeant'), id);
  await tell(await by('police-sergeant'), disclosure);
  const change = owner.query(
    `UPDATE disclosure_revisions SET notified_at = NULL, notified_by_id = NULL WHERE disclosure_id = $1`,
    [disclosure],
  );
  await expect(change).rejects.toMatchObject({ code: '23514' });
});

test('a safeguarding lead without a seat gets when the recipient was told, not by whom', async () => {
  const id = await received();
  await correct(id, 'Noise at night, twice.');
  const [{ id: disclosure } = { id: '' }] = await pending(await by('police-sergeant'), id);
  await tell(await by('jag-coordinator'), disclosure);
  const { id: sergeant } = await practitioner(owner, 'police-sergeant');
  await owner.query(
    `UPDATE memberships SET valid_to = current_date - 1 WHERE practitioner_id = $1 AND panel_id = (SELECT panel_id FROM cases WHERE id = $2)`,
    [sergeant, jag],
  );
  await owner.query(`UPDATE practitioners SET roles = roles || '{safeguarding_lead}' WHERE id = $1`, [sergeant]);
  const { body } = await (await by('police-sergeant')).get(`/v1/disclosures/${disclosure}/revisions`).expect(200);
  await owner.query(`UPDATE practitioners SET roles = array_remove(roles, 'safeguarding_lead') WHERE id = $1`, [
    sergeant,
  ]);
  await owner.query(
    `UPDATE memberships SET valid_to = NULL WHERE practitioner_id = $1 AND panel_id = (SELECT panel_id FROM cases WHERE id = $2)`,
    [sergeant, jag],
  );
  expect(body.data).toMatchObject([{ notifiedAt: expect.any(String), withheld: ['notifiedById'] }]);
});

test('somebody who may read no disclosures gets no link', async () => {
  const { id, agencyId } = await practitioner(owner, 'fire-officer');
  const { rows } = await owner.query<{ id: string }>(
    `UPDATE persons SET author_id = $1, agency_id = $2, contributing_type = (SELECT type FROM agencies WHERE id = $2)
     WHERE id = (SELECT person_id FROM case_people WHERE case_id = $3 LIMIT 1) RETURNING id`,
    [id, agencyId, jag],
  );
  await owner.query(`UPDATE memberships SET valid_to = current_date - 1 WHERE practitioner_id = $1`, [id]);
  const officer = await by('fire-officer');
  const path = `/v1/persons/${rows[0]!.id}`;
  const { headers } = await officer.patch(path, { email: 'another@example.org' }, '*').expect(200);
  expect(headers['link']).toBeUndefined();
});

test('whoever must tell a recipient has a notice until it is recorded', async () => {
  const id = await received();
  await correct(id, 'Noise at night, twice.');
  const [{ id: disclosure } = { id: '' }] = await pending(await by('police-sergeant'), id);
  await sweep();
  for (const who of ['police-sergeant', 'jag-coordinator']) {
    const [notice] = await notices(who, disclosure);
    expect(notice).toMatchObject({ subjectType: 'Disclosure', level: 1, readAt: null });
    expect(notice!['agencyId']).toBe((await practitioner(owner, who)).agencyId);
  }
  for (const who of ['housing-officer', 'dpo', 'pellworth-jag-chair', 'outsider'])
    expect([who, await notices(who, disclosure)]).toEqual([who, []]);
  await tell(await by('jag-coordinator'), disclosure);
  for (const who of ['police-sergeant', 'jag-coordinator']) expect(await notices(who, disclosure)).toEqual([]);
});

test('whoever must tell a recipient is reminded again after another correction of the same day', async () => {
  const id = await received();
  await correct(id, 'Noise at night, twice.');
  const sergeant = await by('police-sergeant');
  const [{ id: disclosure } = { id: '' }] = await pending(sergeant, id);
  await sweep();
  const [notice] = await notices('police-sergeant', disclosure);
  await sergeant
    .post(`/v1/notices/${String(notice!['id'])}/reading`)
    .set('if-match', '*')
    .expect(200);
  await tell(sergeant, disclosure);
  await correct(id, 'Noise at night, once.');
  await sweep();
  expect(await notices('police-sergeant', disclosure)).toMatchObject([{ readAt: null }]);
});
