/**
 * A refused naming of a person, place or group in a case or referral leaves in the log whom or what it named, so that an
 * auditor sees who tries one name after the other. The entry is that of any attempt on what is hidden or missing.
 *
 * Seen to fail: no entry of the person, whatever refused the naming; an entry without the panel that received the naming, read by the
 * ordinary auditor of a compartment and by another borough's; an entry without the case, read by an auditor excluded from it; a copy
 * of a compartment's referral, a hidden case on its list; a refused recall of an excluded agency without the contribution.
 */
import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import type { Response } from 'supertest';
import { asOwner, casesOf, inDays, practitioner } from '../support/panel-work.ts';
import { as, type Caller } from '../support/people.ts';
import { givenServer, type TestServer } from '../support/server.ts';

const OFFICER = 'housing-officer';

let server: TestServer;
let owner: pg.Client;
let jag: string;
let panelId: string;
let partnershipId: string;
const by = (who: string): Promise<Caller> => as(server, who);

beforeAll(async () => {
  server = await givenServer();
  owner = await asOwner(server);
  jag = (await casesOf(owner, 'ask-jag'))[0]!.id;
  const { rows } = await owner.query<{ id: string; partnership: string }>(
    `SELECT id, partnership_id AS partnership FROM panels WHERE code = 'ask-jag'`,
  );
  panelId = rows[0]!.id;
  partnershipId = rows[0]!.partnership;
});

/** Entries about whom or what an answer's request named. */
async function named(answer: Response): Promise<unknown[]> {
  const { rows } = await owner.query(
    `SELECT subject_type AS type, rule, record_ids AS ids, person_ids AS people, outcome FROM audit_entries
     WHERE correlation_id = $1 AND action = 'name' ORDER BY subject_type`,
    [answer.headers['x-correlation-id']],
  );
  return rows;
}

const attempt = (type: string, ...ids: string[]) => ({ type, rule: 'not-found', ids, people: null, outcome: 'refuse' });

/** Somebody named in a case of another panel, whom housing neither recorded nor reads. */
async function hidden(): Promise<string> {
  const { rows } = await owner.query<{ id: string }>(
    `SELECT p.id FROM persons p JOIN case_people cp ON cp.person_id = p.id JOIN panels l ON l.id = cp.panel_id
     ORDER BY l.compartment DESC, p.id LIMIT 100`,
  );
  const officer = await by(OFFICER);
  for (const { id } of rows) if ((await officer.get(`/v1/persons/${id}`)).status === 404) return id;
  throw new Error('everybody is known to housing');
}

const role = (personId: string) => ({ personId, role: 'complainant', rationale: 'Lives there.', since: '2026-01-01' });

test('whoever names a hidden or a missing person in a case leaves the identifier in the log', async () => {
  const officer = await by(OFFICER);
  for (const person of [await hidden(), randomUUID()]) {
    const answer = await officer.post(`/v1/cases/${jag}/people`, role(person)).expect(422);
    expect(await named(answer)).toEqual([attempt('Person', person)]);
  }
});

test('whoever names somebody in a case that they do not read leaves the identifier in the log', async () => {
  const person = await hidden();
  const answer = await (await by(OFFICER)).post(`/v1/cases/${randomUUID()}/people`, role(person)).expect(404);
  expect(await named(answer)).toEqual([attempt('Person', person)]);
});

test('whoever names their own agency’s person where that is refused leaves the person and the rule in the log', async () => {
  const officer = await by(OFFICER);
  const body = { partnershipId, givenName: 'Perpetua', familyName: 'Quillfeather' };
  const { id } = (await officer.post('/v1/persons', body).expect(201)).body as { id: string };
  const ahead = { ...role(id), since: inDays(2).slice(0, 10) };
  const answer = await officer.post(`/v1/cases/${jag}/people`, ahead).expect(422);
  expect(await named(answer)).toEqual([
    { type: 'Person', rule: answer.body.code, ids: [id], people: [id], outcome: 'refuse' },
  ]);
  // what is carried out is written down as what it is
  expect(await named(await officer.post(`/v1/cases/${jag}/people`, role(id)).expect(201))).toEqual([]);
});

test('whoever names hidden people, places and groups in a referral leaves the identifiers in the log', async () => {
  const officer = await by(OFFICER);
  const [person, place, group] = [await hidden(), randomUUID(), randomUUID()];
  const about = { panelId, category: 'asb_incident', problem: 'Noise at night.' };
  const first = {
    ...about,
    subjectKind: 'place',
    placeId: place,
    people: [{ personId: person, role: 'complainant', rationale: 'Named by a neighbour.' }],
  };
  const answer = await officer.post('/v1/referrals', first).expect(422);
  expect(await named(answer)).toEqual([attempt('Person', person), attempt('Place', place)]);
  const second = await officer.post('/v1/referrals', { ...about, subjectKind: 'group', groupId: group }).expect(422);
  expect(await named(second)).toEqual([attempt('Group', group)]);
});

describe('who reads the entry of a refused naming', () => {
  let channel: string;
  let channelCase: string;
  /** Whom housing recorded and nobody has named. */
  let person: string;

  beforeAll(async () => {
    const { rows } = await owner.query<{ id: string }>(`SELECT id FROM panels WHERE code = 'ask-channel'`);
    channel = rows[0]!.id;
    channelCase = (await casesOf(owner, 'ask-channel'))[0]!.id;
    const body = { partnershipId, givenName: 'Isolde', familyName: 'Tarncliffe' };
    person = ((await (await by(OFFICER)).post('/v1/persons', body).expect(201)).body as { id: string }).id;
  });

  /** Actions of the entries of an answer that somebody reads in the list of the log. */
  async function reads(who: string, answer: Response): Promise<string[]> {
    const { rows } = await owner.query<{ id: string; action: string }>(
      'SELECT id, action FROM audit_entries WHERE correlation_id = $1 ORDER BY index',
      [answer.headers['x-correlation-id']],
    );
    const auditor = await by(who);
    const { body } = await auditor.get('/v1/audit-entries?limit=100').expect(200);
    const listed = (body as { data: { id: string }[] }).data.map(({ id }) => id);
    return rows.filter(({ id }) => listed.includes(id)).map(({ action }) => action);
  }

  const readBy = async (answer: Response): Promise<Record<string, number>> => ({
    auditor: (await reads('auditor', answer)).length,
    named: (await reads('channel-auditor', answer)).length,
    elsewhere: (await reads('pellworth-auditor', answer)).length,
  });

  const about = (panel: string, personId: string) => ({
    panelId: panel,
    category: 'radicalisation',
    problem: 'Seen with the group.',
    subjectKind: 'person_at_risk',
    personId,
  });

  test('only the auditor of a compartment reads what is refused to be named in it', async () => {
    const officer = await by('channel-officer');
    for (const id of [person, randomUUID()]) {
      const referred = await officer.post('/v1/referrals', about(channel, id)).expect(422);
      expect(await readBy(referred)).toEqual({ auditor: 0, named: 2, elsewhere: 0 });
      const inCase = await officer.post(`/v1/cases/${channelCase}/people`, role(id)).expect(422);
      expect(await readBy(inCase)).toEqual({ auditor: 0, named: 2, elsewhere: 0 });
    }
    const own = { partnershipId, givenName: 'Ottilie', familyName: 'Wexcombe' };
    const { id } = (await officer.post('/v1/persons', own).expect(201)).body as { id: string };
    const ahead = { ...role(id), since: inDays(2).slice(0, 10) };
    const found = await officer.post(`/v1/cases/${channelCase}/people`, ahead).expect(422);
    expect(await readBy(found)).toEqual({ auditor: 0, named: 2, elsewhere: 0 });
  });

  test('the auditor of another borough cannot read what is refused in this one', async () => {
    // whose agency acts in both
    const sergeant = await by('police-sergeant');
    const answer = await sergeant.post(`/v1/cases/${jag}/people`, role(randomUUID())).expect(422);
    expect(await readBy(answer)).toEqual({ auditor: 2, named: 2, elsewhere: 0 });
  });

  test('an auditor who is excluded from the case cannot read what is refused to be named in it', async () => {
    const { id } = await practitioner(owner, 'auditor');
    const asked = async (who: string, status: number): Promise<Response> =>
      (await by(who)).post(`/v1/cases/${jag}/people`, role(randomUUID())).expect(status);
    const [refused, hidden] = [await asked(OFFICER, 422), await asked('outsider', 404)];
    expect([await reads('auditor', refused), await reads('auditor', hidden)]).toEqual([
      ['name-person', 'name'],
      ['name-person', 'name'],
    ]);
    await owner.query(
      `INSERT INTO exclusions (id, version, created_at, updated_at, partnership_id, practitioner_id, case_id, reason, since, declared)
       VALUES (gen_random_uuid(), 1, now(), now(), $1, $2, $3, 'A neighbour.', now() - interval '1 minute', false)`,
      [partnershipId, id, jag],
    );
    for (const answer of [refused, hidden]) {
      expect(await reads('auditor', answer)).toEqual([]);
      expect(await reads('channel-auditor', answer)).toEqual(['name-person', 'name']);
    }
    await owner.query(`DELETE FROM exclusions WHERE reason = 'A neighbour.'`);
  });

  test('a copy that is refused for another panel is read as the referral from which it names people', async () => {
    const officer = await by('channel-officer');
    const own = { partnershipId, givenName: 'Emmeline', familyName: 'Rookhope' };
    const { id } = (await officer.post('/v1/persons', own).expect(201)).body as { id: string };
    const made = (await officer.post('/v1/referrals', about(channel, id)).expect(201)).body as { id: string };
    await owner.query(
      `UPDATE referrals SET status = 'redirected', decision = 'redirection', decided_at = now(),
         submitted_at = coalesce(submitted_at, now()), reference = coalesce(reference, 'X-2026-99999') WHERE id = $1`,
      [made.id],
    );
    await owner.query(
      `UPDATE persons SET (agency_id, contributing_type) =
         (SELECT agency_id, contributing_type FROM persons WHERE id = $2) WHERE id = $1`,
      [id, person],
    );
    const answer = await officer.post(`/v1/referrals/${made.id}/copies`, { panelId }).expect(422);
    expect(await named(answer)).toEqual([attempt('Person', id)]);
    expect(await reads('auditor', answer)).not.toContain('name');
    expect(await reads('channel-auditor', answer)).toContain('name');
  });

  test('a missing case is asked for at the meeting of a compartment without the other auditors', async () => {
    const { rows } = await owner.query<{ id: string }>('SELECT id FROM meetings WHERE panel_id = $1 LIMIT 1', [
      channel,
    ]);
    const listing = { caseId: randomUUID(), kind: 'new' };
    const answer = await (await by('channel-chair')).post(`/v1/meetings/${rows[0]!.id}/listings`, listing).expect(404);
    expect(await readBy(answer)).toEqual({ auditor: 0, named: 1, elsewhere: 0 });
  });
});

test('a refused recall of an excluded agency leaves the contribution in the log', async () => {
  const officer = await by(OFFICER);
  const body = { category: 'asb_incident', kind: 'fact', summary: 'Noise.', text: 'Noise at night, three times.' };
  const { id } = (await officer.post(`/v1/cases/${jag}/contributions`, body).expect(201)).body as { id: string };
  const { agencyId } = await practitioner(owner, OFFICER);
  const exclusion = { caseId: jag, reason: 'Is a party.', agencyId };
  await (await by('jag-chair')).post('/v1/exclusions', exclusion).expect(201);
  const path = `/v1/contributions/${id}/recall`;
  const recall = (etag: string): Promise<Response> =>
    officer.post(path, { reason: 'Of another tenant.' }).set('if-match', etag);
  const withoutTag = await officer.post(path, { reason: 'Of another tenant.' }).expect(428);
  await recall('*');
  for (const answer of [withoutTag, await recall('*')]) {
    const { rows } = await owner.query(
      `SELECT action, rule, record_ids AS ids, panel_ids AS panels, parent_ids AS parents FROM audit_entries WHERE correlation_id = $1`,
      [answer.headers['x-correlation-id']],
    );
    const rule = answer.body.code as string;
    expect(rows).toEqual([{ action: 'recall', rule, ids: [id], panels: [panelId], parents: [jag] }]);
  }
  await owner.query('DELETE FROM exclusions WHERE case_id = $1', [jag]);
});
