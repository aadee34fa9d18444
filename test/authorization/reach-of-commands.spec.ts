/**
 * What somebody does must not widen what they see: the holes that outsiders found in naming, references, an agency's own
 * records, emergency access, withheld fields, timelines and recusals, each over HTTP. Appointments, exclusions, limits and
 * reference numbers have specs of their own; `who-may-widen.spec.ts` looks for what nobody thought of.
 *
 * Seen to fail: a repeat by a referral that waits for its decision; a repeat shown, found, counted or listed as one because of a
 * case from which its reader is excluded, and a refusal that tells of it; a referral lost by its author because its panel excludes
 * the author from somebody named in it; an emergency meeting that opens or not by a risk band that is withheld; a record read
 * as one of several panels that could not be changed.
 *
 * Seen to fail on the service as it was before these rules: every test that refuses, hides or records. The others hold what
 * must stay possible.
 */
import type pg from 'pg';
import type { Response } from 'supertest';
import { aReferral, asOwner, casesOf, inDays, likeness, openMeeting, practitioner } from '../support/panel-work.ts';
import { as, type Caller } from '../support/people.ts';
import { givenServer, type TestServer } from '../support/server.ts';

const MISSING = '01990000-0000-7000-8000-000000000000';

let server: TestServer;
let owner: pg.Client;
const by = (who: string): Promise<Caller> => as(server, who);

beforeAll(async () => {
  server = await givenServer();
  owner = await asOwner(server);
});

async function panelIdOf(code: string): Promise<string> {
  const { rows } = await owner.query<{ id: string }>('SELECT id FROM panels WHERE code = $1', [code]);
  return rows[0]!.id;
}

async function partnershipIdOf(code: string): Promise<string> {
  const { rows } = await owner.query<{ id: string }>('SELECT partnership_id AS id FROM panels WHERE code = $1', [code]);
  return rows[0]!.id;
}

let names = 0;
async function recorded(who: string, more: object = {}): Promise<string> {
  const partnershipId = await partnershipIdOf('ask-jag');
  const person = {
    partnershipId,
    givenName: 'Sorrel',
    familyName: `Quenby-${String.fromCharCode(97 + (names++ % 26))}${String(names)}`,
    phone: '020 7946 0123',
    currentAddress: '4 Tansy Yard, YK1 9TY',
    safeContact: 'Text only, before three.',
    ...more,
  };
  return (await (await by(who)).post('/v1/persons', person).expect(201)).body.id;
}

async function referred(who: string, panel: string, personId: string, perpetratorId: string): Promise<Response> {
  return (await by(who)).post('/v1/referrals', aReferral(await panelIdOf(panel), personId, perpetratorId));
}

async function moved(who: string, path: string, what: string, body: object = {}): Promise<Response> {
  const caller = await by(who);
  const { headers } = await caller.get(path).expect(200);
  return caller.post(`${path}/${what}`, body).set('if-match', headers['etag'] as string);
}

/** A case of the MARAC about a victim and a perpetrator whom the IDVA recorded. */
async function maracCase(): Promise<{ victim: string; perpetrator: string; caseId: string; referralId: string }> {
  const [victim, perpetrator] = [await recorded('idva'), await recorded('idva')];
  const { body } = await referred('idva', 'ask-marac', victim, perpetrator).then(expectStatus(201));
  const accepted = await moved('marac-coordinator', `/v1/referrals/${body.id as string}`, 'acceptance');
  expect(accepted.status).toBe(200);
  return { victim, perpetrator, caseId: accepted.body.caseId, referralId: body.id };
}

const expectStatus =
  (status: number) =>
  (response: Response): Response => {
    expect([response.status, response.body.code]).toEqual([status, status < 400 ? undefined : response.body.code]);
    return response;
  };

describe('naming a person known through another panel', () => {
  test('a member of two panels cannot put her before the other in a case', async () => {
    const { victim } = await maracCase();
    const sergeant = await by('police-sergeant');
    await sergeant.get(`/v1/persons/${victim}`).expect(200);
    const [jagCase] = await casesOf(owner, 'ask-jag');
    const naming = { personId: victim, role: 'witness', rationale: 'Seen there.', since: '2026-01-01' };
    const refused = await sergeant.post(`/v1/cases/${jagCase!.id}/people`, naming);
    expect([refused.status, refused.body.code]).toEqual([422, 'unknown-person']);
    await (await by('fire-officer')).get(`/v1/persons/${victim}`).expect(404);
  });

  test('a member of two panels cannot put her before the other in a referral', async () => {
    const { victim, perpetrator } = await maracCase();
    const refused = await referred('police-sergeant', 'ask-jag', victim, perpetrator);
    expect([refused.status, refused.body.code]).toEqual([422, 'unknown-subject']);
    await (await by('fire-officer')).get(`/v1/persons/${victim}`).expect(404);
  });

  test('a core member can name her in another case of the panel that has her', async () => {
    const { victim } = await maracCase();
    const { caseId } = await maracCase();
    const naming = { personId: victim, role: 'witness', rationale: 'Was there.', since: '2026-01-01' };
    await (await by('police-sergeant')).post(`/v1/cases/${caseId}/people`, naming).expect(201);
  });

  test('the agency that recorded her can refer her to any panel', async () => {
    const { victim, perpetrator } = await maracCase();
    await referred('idva', 'ask-jag', victim, perpetrator).then(expectStatus(201));
  });

  test('a reader of two contexts gets the fields that both show, and by panel those of one', async () => {
    const person = await recorded('housing-officer', { nhsNumber: '9434765919', sex: 'F', ethnicity: 'W1' });
    const other = await recorded('housing-officer');
    for (const panel of ['ask-marac', 'ask-jag']) {
      const { body } = await referred('housing-officer', panel, person, other).then(expectStatus(201));
      expect(body.status).toBe('submitted');
    }
    let differing = 0;
    for (const who of ['police-sergeant', 'substance-worker', 'nhs-safeguarding-lead', 'adult-social-worker']) {
      const reader = await by(who);
      const withheld = async (panel?: string): Promise<string[]> => {
        const query = panel ? `?panelId=${await panelIdOf(panel)}` : '';
        return (await reader.get(`/v1/persons/${person}${query}`).expect(200)).body.withheld;
      };
      const [whole, marac, jag] = [await withheld(), await withheld('ask-marac'), await withheld('ask-jag')];
      expect([who, [...whole].sort()]).toEqual([who, [...new Set([...marac, ...jag])].sort()]);
      if (marac.length !== jag.length) differing++;
    }
    expect(differing).toBeGreaterThan(0);
    const reader = await by('police-sergeant');
    await reader.get(`/v1/persons/${person}?panelId=${await panelIdOf('ask-syv')}`).expect(404);
    // what was read as one of the panels may be changed
    const officer = await by('housing-officer');
    const { headers } = await officer.get(`/v1/persons/${person}?panelId=${await panelIdOf('ask-jag')}`).expect(200);
    await officer.patch(`/v1/persons/${person}`, { ethnicity: 'W2' }, headers['etag']).expect(200);
  });
});

/** Hides an earlier case from the sergeant by a witness whom its repeat does not name. */
async function hideEarlierCase(caseId: string): Promise<void> {
  const personId = await recorded('idva');
  const witness = { personId, role: 'witness', rationale: 'Was there.', since: '2026-01-01' };
  await (await by('idva')).post(`/v1/cases/${caseId}/people`, witness).expect(201);
  const { id: practitionerId } = await practitioner(owner, 'police-sergeant');
  const exclusion = { personId, panelId: await panelIdOf('ask-marac'), practitionerId, reason: 'A neighbour.' };
  await (await by('marac-chair')).post('/v1/exclusions', exclusion).expect(201);
  await (await by('police-sergeant')).get(`/v1/cases/${caseId}`).expect(404);
}

describe('a reference to a hidden record', () => {
  test('somebody excluded from the earlier case gets no identifier of it or of its referral', async () => {
    const { victim, perpetrator, caseId, referralId } = await maracCase();
    const second = await referred('idva', 'ask-marac', victim, perpetrator).then(expectStatus(201));
    const path = `/v1/referrals/${second.body.id as string}`;
    const screening = await (await by('police-sergeant')).get(`${path}/screening`).expect(200);
    expect(screening.body).toMatchObject({ isRepeat: true, previousReferralId: referralId });
    const accepted = await moved('marac-coordinator', path, 'acceptance');
    const repeat = `/v1/cases/${String(accepted.body.caseId)}`;
    const reader = await by('police-sergeant');
    expect((await reader.get(repeat).expect(200)).body.previousCaseId).toBe(caseId);

    await hideEarlierCase(caseId);
    const hidden = [caseId, referralId];
    for (const one of [repeat, `${repeat}/file`, `${path}/screening`, path]) {
      const { text, status } = await reader.get(one);
      expect([one, status, hidden.filter((each) => text.includes(each))]).toEqual([one, 200, []]);
    }
    const shown = await reader.get(repeat).expect(200);
    expect(shown.body).toMatchObject({ isRepeat: false, previousCaseId: null });
    expect((await reader.get(`${path}/screening`)).body).toMatchObject({ isRepeat: false, previousReferralId: null });
    const list = await reader.get('/v1/cases?limit=100').expect(200);
    expect(list.text).not.toContain(caseId);
  });

  test('somebody excluded from the earlier case cannot find, count or see listed that there is one', async () => {
    const { victim, perpetrator, caseId } = await maracCase();
    const second = await referred('idva', 'ask-marac', victim, perpetrator).then(expectStatus(201));
    const path = `/v1/referrals/${second.body.id as string}`;
    const repeat = (await moved('marac-coordinator', path, 'acceptance')).body.caseId as string;
    const reader = await by('police-sergeant');
    const found = async (isRepeat: boolean): Promise<boolean> => {
      const { body } = await reader.get(`/v1/cases?limit=100&isRepeat=${String(isRepeat)}`).expect(200);
      return body.data.some(({ id }: { id: string }) => id === repeat);
    };
    const counted = async (): Promise<Record<string, number>> => {
      const { body } = await reader.get('/v1/case-counts?by=isRepeat').expect(200);
      return Object.fromEntries(body.data.map((one: { value: string; count: number }) => [one.value, one.count]));
    };
    const { rows } = await owner.query<{ id: string }>(
      `SELECT id FROM meetings WHERE panel_id = $1 AND status = 'scheduled' AND scheduled_at > now() LIMIT 1`,
      [await panelIdOf('ask-marac')],
    );
    const meeting = `/v1/meetings/${rows[0]!.id}`;
    const listed = await (
      await by('marac-coordinator')
    ).post(`${meeting}/listings`, { caseId: repeat, kind: 'repeat' });
    expect([listed.status, listed.text]).toEqual([201, expect.any(String)]);
    const listing = async (): Promise<object> =>
      (await reader.get(`${meeting}/listings/${listed.body.id as string}`).expect(200)).body;
    const onAgenda = async (): Promise<string | undefined> => {
      const { body } = await reader.get(`${meeting}/agenda`).expect(200);
      const sections = body.sections as { items: { caseId: string; kind: string }[] }[];
      return sections.flatMap(({ items }) => items).find((one) => one.caseId === repeat)?.kind;
    };
    const said = async (): Promise<string> =>
      JSON.stringify((await reader.get(`/v1/cases/${repeat}/timeline?limit=100`).expect(200)).body.data);
    expect([await found(true), await found(false), await said()]).toEqual([
      true,
      false,
      expect.stringContaining('"repeat"'),
    ]);
    expect(await listing()).toMatchObject({ kind: 'repeat' });
    expect(await onAgenda()).toBe('repeat');
    const before = await counted();

    await hideEarlierCase(caseId);
    expect([await found(true), await found(false)]).toEqual([false, true]);
    const after = await counted();
    // the earlier case itself is counted no more
    expect([after['true'], after['false']]).toEqual([before['true']! - 1, before['false']]);
    expect(await listing()).toMatchObject({ kind: 'new' });
    expect(await onAgenda()).toBe('new');
    expect(await said()).not.toContain('"repeat"');
  });

  test('a referrer without a seat gets the case of a referral only as far as it may be followed', async () => {
    const { referralId, caseId } = await maracCase();
    const { body } = await (await by('idva')).get(`/v1/referrals/${referralId}`).expect(200);
    expect(body.caseId).toBe(caseId);
    const { id } = await practitioner(owner, 'idva');
    await (
      await by('marac-chair')
    )
      .post('/v1/exclusions', { caseId, practitionerId: id, reason: 'A relative of his.' })
      .expect(201);
    await (await by('idva')).get(`/v1/referrals/${referralId}`).expect(404);
  });
});

describe('inside an agency', () => {
  test('an administrator and a colleague without a seat get nothing that the agency recorded or received', async () => {
    const person = await recorded('housing-officer');
    const other = await recorded('housing-officer');
    const { body } = await referred('housing-officer', 'ask-marac', person, other).then(expectStatus(201));
    await (await by('police-sergeant')).get(`/v1/persons/${person}`).expect(200);
    const administrator = await by('agency-administrator');
    for (const path of [`/v1/persons/${person}`, `/v1/referrals/${body.id as string}`])
      await administrator.get(path).expect(404);
    for (const list of ['persons', 'referrals', 'disclosures', 'actions', 'notices', 'escalations', 'bids']) {
      const { status, body: page } = await administrator.get(`/v1/${list}?limit=100`);
      // a collection that no rule opens at all is refused
      expect([list, status, page.data ?? []]).toEqual([list, page.data ? 200 : 403, []]);
    }
  });

  test('a safeguarding lead gets to whom a record of the agency went, and not on which panel', async () => {
    const person = await recorded('adult-social-worker');
    const other = await recorded('adult-social-worker');
    await referred('adult-social-worker', 'ask-marac', person, other).then(expectStatus(201));
    await (await by('idva')).get(`/v1/persons/${person}`).expect(200);
    await owner.query(`UPDATE memberships SET valid_to = current_date - 1
      WHERE practitioner_id = (SELECT id FROM practitioners WHERE subject = 'adult-social-worker')
        AND panel_id = (SELECT id FROM panels WHERE code = 'ask-marac')`);
    const lead = await by('adult-social-worker');
    const { body } = await lead.get(`/v1/disclosures?personId=${person}`).expect(200);
    expect(body.data.length).toBeGreaterThan(0);
    for (const one of body.data) {
      expect(Object.keys(one)).not.toEqual(expect.arrayContaining(['panelId']));
      expect(one.withheld).toEqual(expect.arrayContaining(['panelId', 'caseId', 'agreementVersionIds']));
    }
    await lead.get(`/v1/persons/${person}`).expect(200);
  });

  test('a former member cannot read or change an action of the agency in any borough', async () => {
    const former = await by('moved-officer');
    expect((await former.get('/v1/actions?limit=100').expect(200)).body.data).toEqual([]);
    const { rows } = await owner.query<{ id: string }>(
      `SELECT a.id FROM actions a JOIN panels p ON p.id = a.panel_id JOIN agencies g ON g.id = a.owner_agency_id
       WHERE g.code = 'police' AND a.owner_practitioner_id IS DISTINCT FROM
         (SELECT id FROM practitioners WHERE subject = 'moved-officer')`,
    );
    expect(rows.length).toBeGreaterThan(0);
    for (const { id } of rows) {
      await former.get(`/v1/actions/${id}`).expect(404);
      await former
        .post(`/v1/actions/${id}/progress`, { status: 'in_progress', note: 'Looked.' })
        .set('if-match', '*')
        .expect(404);
    }
  });

  test('somebody named as owner gets the task and not the case', async () => {
    const { rows } = await owner.query<{ id: string; caseId: string }>(
      `UPDATE actions SET owner_practitioner_id = (SELECT id FROM practitioners WHERE subject = 'moved-officer')
       WHERE id = (SELECT a.id FROM actions a JOIN agencies g ON g.id = a.owner_agency_id JOIN panels p ON p.id = a.panel_id
         WHERE g.code = 'police' AND a.status = 'agreed' AND p.code = 'ask-marac' LIMIT 1) RETURNING id, case_id AS "caseId"`,
    );
    const former = await by('moved-officer');
    const { body } = await former.get(`/v1/actions/${rows[0]!.id}`).expect(200);
    expect(body.withheld).toContain('caseId');
    expect(JSON.stringify(body)).not.toContain(rows[0]!.caseId);
    await former.get(`/v1/cases/${rows[0]!.caseId}`).expect(404);
  });

  test('an administrator cannot give themselves a role', async () => {
    const administrator = await by('agency-administrator');
    const me = (await administrator.get('/v1/me').expect(200)).body;
    const path = `/v1/agencies/${me.agencyId as string}/people/${me.id as string}`;
    const refused = await administrator.patch(path, { roles: ['agency_administrator', 'safeguarding_lead'] }, '*');
    expect([refused.status, refused.body.code]).toEqual([403, 'not-for-yourself']);
  });
});

describe('a withheld field', () => {
  /** Coordinates a panel whose agreement has run out: reads no band, and may change the case. */
  const coordinator = 'dunmarrow-coordinator';

  test('its reader cannot write it, and gets the answer for a field that does not exist, whatever it holds', async () => {
    const { rows } = await owner.query<{ id: string }>(
      `SELECT c.id FROM cases c JOIN panels p ON p.id = c.panel_id JOIN agencies g ON g.id = c.agency_id
       WHERE p.code = 'dun-cmarac' AND c.stage <> 'closed' AND g.code <> 'dunmarrow-community-safety' LIMIT 1`,
    );
    const path = `/v1/cases/${rows[0]!.id}`;
    const caller = await by(coordinator);
    const { headers, body } = await caller.get(path).expect(200);
    expect(body.withheld).toEqual(expect.arrayContaining(['riskBand', 'whyMultiAgency']));
    const answers = new Set<string>();
    for (const band of ['high', 'standard', null]) {
      await owner.query('UPDATE cases SET risk_band = $2 WHERE id = $1', [rows[0]!.id, band]);
      for (const riskBand of ['high', 'medium', 'standard', null]) {
        const answer = await caller.patch(path, { riskBand }, headers['etag']);
        const { correlationId: _, ...problem } = answer.body;
        answers.add(JSON.stringify([answer.status, problem]));
      }
    }
    expect([...answers]).toHaveLength(1);
    const unknown = await caller.patch(path, { reference: 'JAG-2026-00001' }, headers['etag']);
    const { correlationId: _, ...problem } = unknown.body;
    expect([...answers][0]).toBe(JSON.stringify([unknown.status, problem]).replaceAll('reference', 'riskBand'));
    await caller.patch(path, { whyMultiAgency: 'Overwritten by somebody who never read it.' }, '*').expect(400);
    await caller.patch(path, { nextReviewOn: '2027-03-01' }, headers['etag'] as string).expect(200);
  });
});

test('a coordinator cannot tell a withheld risk band by opening an emergency meeting', async () => {
  const caller = await by('dunmarrow-coordinator');
  const { rows } = await owner.query<{ id: string; panelId: string }>(
    `SELECT c.id, c.panel_id AS "panelId" FROM cases c JOIN panels p ON p.id = c.panel_id
     JOIN agencies g ON g.id = c.agency_id WHERE p.code = 'dun-cmarac' AND c.stage <> 'closed' AND g.code <> 'dunmarrow-community-safety' LIMIT 1`,
  );
  const { id: caseId, panelId } = rows[0]!;
  const convened = { panelId, kind: 'emergency', scheduledAt: inDays(2), venueOrMode: 'Civic Offices' };
  const { body } = await caller.post('/v1/meetings', convened).expect(201);
  const path = `/v1/meetings/${body.id as string}`;
  await caller.post(`${path}/listings`, { caseId, kind: 'urgent' }).expect(201);
  for (const band of ['standard', 'high']) {
    await owner.query('UPDATE cases SET risk_band = $2 WHERE id = $1', [caseId, band]);
    for (const what of ['opening', 'agenda/circulation']) {
      const answer = await caller.post(`${path}/${what}`).set('if-match', '*');
      expect([band, what, answer.status, answer.body.code]).toEqual([band, what, 422, 'emergency-reason-missing']);
    }
  }
});

describe('a timeline', () => {
  test('an invited guest gets no event of other meetings, of decisions, or of fields withheld', async () => {
    const coordinator = await by('marac-coordinator');
    const { caseId } = await maracCase();
    const held = async (): Promise<{ path: string; item: string }> => {
      const made = await coordinator
        .post('/v1/meetings', {
          panelId: await panelIdOf('ask-marac'),
          scheduledAt: inDays(20),
          endsAt: inDays(20.1),
          venueOrMode: 'Civic Offices',
        })
        .expect(201);
      const path = `/v1/meetings/${made.body.id as string}`;
      const listing = await coordinator.post(`${path}/listings`, { caseId, kind: 'review' }).expect(201);
      return { path, item: listing.body.id };
    };
    const [first, second] = [await held(), await held()];
    const { headers } = await coordinator.get(`/v1/cases/${caseId}`).expect(200);
    await coordinator
      .patch(`/v1/cases/${caseId}`, { riskBand: 'high', nextReviewOn: '2027-03-01' }, headers['etag'] as string)
      .expect(200);
    await openMeeting(server, first.path, 'marac-coordinator');
    await coordinator
      .post(`${first.path}/decisions`, { listingId: first.item, kind: 'note', text: 'Noted.', rationale: 'As told.' })
      .expect(201);
    const guest = await practitioner(owner, 'fire-officer');
    await coordinator
      .post(`${second.path}/listings/${second.item}/invitations`, {
        agencyId: guest.agencyId,
        practitionerId: guest.id,
        closesAt: inDays(2),
      })
      .expect(201);
    const caller = await by('fire-officer');
    const { withheld } = (await caller.get(`/v1/cases/${caseId}`).expect(200)).body;
    expect(withheld).toContain('riskBand');
    const { body, text } = await caller.get(`/v1/cases/${caseId}/timeline?limit=100`).expect(200);
    const told = body.data as { type: string; subjectId: string; data: { fields?: string[] } }[];
    for (const hidden of [first.item, first.path.split('/').at(-1)!]) expect(text).not.toContain(hidden);
    expect(told.map(({ type }) => type)).not.toContain('decision.taken');
    const changed = told.filter(({ type }) => type === 'case.changed');
    expect(changed.map(({ data }) => data.fields)).toEqual([['nextReviewOn']]);
    expect(told.some(({ subjectId }) => subjectId === second.item)).toBe(true);
    const member = await (await by('idva')).get(`/v1/cases/${caseId}/timeline?limit=100`).expect(200);
    expect(member.text).toContain(first.item);
  });
});

describe('a referral that was returned', () => {
  const NEW = 'He has a key to her new flat, and nobody may know where it is.';

  test('is read by the panel as it was submitted, and its new text only when it is submitted again', async () => {
    const [victim, perpetrator, child] = [await recorded('idva'), await recorded('idva'), await recorded('idva')];
    const { body: made } = await referred('idva', 'ask-marac', victim, perpetrator);
    const path = `/v1/referrals/${String(made.id)}`;
    const returned = await moved('marac-coordinator', path, 'return', {
      reasonCode: 'incomplete',
      reason: 'Say when it was last.',
    });
    expect(returned.status).toBe(200);
    const read = async (who: string) => (await (await by(who)).get(path).expect(200)).body;
    const people = async (who: string): Promise<string[]> =>
      (await (await by(who)).get(`${path}/people`).expect(200)).body.data.map(
        (one: { personId: string }) => one.personId,
      );
    expect(await read('marac-chair')).toMatchObject({ status: 'returned', problem: made.problem });
    const { headers } = await (await by('idva')).get(path).expect(200);
    await (await by('idva')).patch(path, { problem: NEW, urgent: true }, headers['etag'] as string).expect(200);
    await (
      await by('idva')
    )
      .post(`${path}/people`, { personId: child, role: 'child', rationale: 'Lives with her.' })
      .expect(201);
    expect(await read('idva')).toMatchObject({ problem: NEW, urgent: true });
    const unread = async (status: string): Promise<void> => {
      for (const who of ['marac-chair', 'marac-coordinator', 'police-sergeant']) {
        const body = await read(who);
        expect([who, body.status, body.reference]).toEqual([who, status, made.reference]);
        for (const field of ['problem', 'urgent', 'personId', 'whyMultiAgency'])
          expect([field, field in body, body.withheld.includes(field)]).toEqual([field, false, true]);
        expect(await people(who)).toEqual([]);
        const { body: list } = await (await by(who)).get('/v1/referrals?limit=100').expect(200);
        const row = list.data.find((one: { id: string }) => one.id === made.id);
        expect(row).not.toHaveProperty('urgent');
      }
    };
    await unread('returned');
    const { rows } = await owner.query<{ type: string }>(
      `SELECT type FROM events WHERE subject_id = $1 AND type IN ('referral.changed', 'referral.person-named') AND NOT agency_only`,
      [made.id],
    );
    expect(rows).toEqual([]);
    expect((await moved('idva', path, 'submission')).status).toBe(200);
    expect(await read('marac-chair')).toMatchObject({ status: 'submitted', problem: NEW, urgent: true });
    expect(await people('marac-chair')).toContain(child);
    // what was rewritten and withdrawn was never submitted
    await moved('marac-coordinator', path, 'return', { reasonCode: 'incomplete', reason: 'Say where it was.' });
    const { headers: again } = await (await by('idva')).get(path).expect(200);
    await (await by('idva')).patch(path, { problem: `${NEW} Twice.` }, again['etag'] as string).expect(200);
    await moved('idva', path, 'withdrawal', { reasonCode: 'no_longer_needed', reason: 'She does not want it.' });
    await unread('withdrawn');
  });
});

describe('a recused coordinator', () => {
  test('gets the same case and the same refusals whether or not the item is on the list', async () => {
    const caller = await by('jag-coordinator');
    const [one] = await casesOf(owner, 'ask-jag');
    const caseId = one!.id;
    const meeting = async (): Promise<string> => {
      const made = await caller
        .post('/v1/meetings', {
          panelId: await panelIdOf('ask-jag'),
          scheduledAt: inDays(30),
          endsAt: inDays(30.1),
          venueOrMode: 'Civic Offices',
        })
        .expect(201);
      return `/v1/meetings/${made.body.id as string}`;
    };
    await owner.query(`UPDATE listings SET outcome = 'note' WHERE case_id = $1 AND outcome IS NULL`, [caseId]);
    const [with_, without] = [await meeting(), await meeting()];
    const before = await caller.get(`/v1/cases/${caseId}`).expect(200);
    const listing = await (await by('jag-chair')).post(`${with_}/listings`, { caseId, kind: 'review' }).expect(201);
    expect((await caller.get(`/v1/cases/${caseId}`).expect(200)).body.stage).toBe('listed');
    const { id } = await practitioner(owner, 'jag-coordinator');
    await (
      await by('jag-chair')
    )
      .post(`${with_}/recusals`, { listingId: listing.body.id, practitionerId: id, reason: 'A relative of his.' })
      .expect(201);
    const after = await caller.get(`/v1/cases/${caseId}`).expect(200);
    expect([after.body, after.headers['etag']]).toEqual([before.body, before.headers['etag']]);
    for (const stage of [before.body.stage as string, 'listed']) {
      const { body } = await caller.get(`/v1/cases?limit=100&stage=${stage}`).expect(200);
      expect(body.data.some((each: { id: string }) => each.id === caseId)).toBe(stage !== 'listed');
    }
    const answers = await Promise.all(
      [with_, without].map(async (path) => {
        const { status, body } = await caller.post(`${path}/listings`, { caseId, kind: 'review' });
        return [status, body.code, body.detail];
      }),
    );
    expect(answers[0]).toEqual(answers[1]);
    expect(answers[0]![0]).toBe(403);
  });
});

describe('a refused command', () => {
  test('leaves an audit entry for conflict, precondition and rule of the field alike', async () => {
    const entries = async (): Promise<number> =>
      (await owner.query<{ n: number }>(`SELECT count(*)::int AS n FROM audit_entries WHERE outcome = 'refuse'`))
        .rows[0]!.n;
    const { referralId } = await maracCase();
    const coordinator = await by('marac-coordinator');
    const path = `/v1/referrals/${referralId}`;
    const commands: [number, () => Promise<Response>][] = [
      [428, async () => coordinator.post(`${path}/acceptance`, {})],
      [412, async () => coordinator.post(`${path}/acceptance`, {}).set('if-match', '"1-stale"')],
      [409, async () => coordinator.post(`${path}/acceptance`, {}).set('if-match', '*')],
      [422, async () => coordinator.post('/v1/access-requests', { reason: 'To prepare it.', purpose: 'CASE_PREP' })],
    ];
    for (const [status, command] of commands) {
      const before = await entries();
      expect((await command()).status).toBe(status);
      expect([status, await entries()]).toEqual([status, before + 1]);
    }
  });
});

describe('a referral that is returned', () => {
  test('a member of the panel cannot read the people it names until it is submitted again', async () => {
    const [victim, perpetrator] = [await recorded('idva'), await recorded('idva')];
    const { body } = await referred('idva', 'ask-marac', victim, perpetrator).then(expectStatus(201));
    const path = `/v1/referrals/${body.id as string}`;
    const sergeant = await by('police-sergeant');
    const seen = async (): Promise<number[]> =>
      Promise.all([victim, perpetrator].map(async (id) => (await sergeant.get(`/v1/persons/${id}`)).status));
    expect(await seen()).toEqual([200, 200]);
    const reason = { reason: 'Say when the last threat was made.', reasonCode: 'incomplete' };
    await moved('marac-coordinator', path, 'return', reason).then(expectStatus(200));
    expect(await seen()).toEqual([404, 404]);
    expect((await sergeant.get(path)).status).toBe(200);
    await moved('idva', path, 'submission').then(expectStatus(200));
    expect(await seen()).toEqual([200, 200]);
  });
});

describe('a closed case', () => {
  test('takes no people and no contributions', async () => {
    const { caseId } = await maracCase();
    const closing = { closureReason: 'merged', outcome: 'unresolved' };
    await moved('marac-coordinator', `/v1/cases/${caseId}`, 'closure', closing).then(expectStatus(200));
    const idva = await by('idva');
    const role = { personId: await recorded('idva'), role: 'witness', rationale: 'Saw it.', since: '2026-01-01' };
    const contribution = { category: 'voice_of_subject', kind: 'fact', summary: 'Afraid.', text: 'She is afraid.' };
    for (const [part, sent] of [
      ['people', role],
      ['contributions', contribution],
    ] as const) {
      const { status, body } = await idva.post(`/v1/cases/${caseId}/${part}`, sent);
      expect([part, status, body.code]).toEqual([part, 422, 'case-closed']);
    }
  });
});

describe('the last administrator of an agency', () => {
  test('cannot give the role up or be made inactive', async () => {
    const { id, agencyId } = await practitioner(owner, 'agency-administrator');
    await owner.query(
      `UPDATE practitioners SET roles = array_remove(roles, 'agency_administrator') WHERE agency_id = $1 AND id <> $2`,
      [agencyId, id],
    );
    const administrator = await by('agency-administrator');
    const path = `/v1/agencies/${agencyId}/people/${id}`;
    for (const change of [{ roles: [] }, { active: false }]) {
      const { status, body } = await administrator.patch(path, change, '*');
      expect([change, status, body.code]).toEqual([change, 409, 'no-administrator-left']);
    }
  });
});

describe('a repeat', () => {
  const screening = async (id: string): Promise<object> =>
    (await (await by('marac-coordinator')).get(`/v1/referrals/${id}/screening`).expect(200)).body;
  const refused = async (id: string): Promise<[number, string | undefined]> => {
    const reason = { reasonCode: 'below_threshold', reason: 'No criterion of the panel is met by what is told.' };
    const { status, body } = await moved('marac-coordinator', `/v1/referrals/${id}`, 'refusal', reason);
    return [status, body.code];
  };

  test('a referrer cannot make one of two referrals while the first waits for its decision', async () => {
    const [victim, perpetrator] = [await recorded('idva'), await recorded('idva')];
    const [first, second] = [
      (await referred('idva', 'ask-marac', victim, perpetrator).then(expectStatus(201))).body.id as string,
      (await referred('idva', 'ask-marac', victim, perpetrator).then(expectStatus(201))).body.id as string,
    ];
    expect(await screening(first)).toMatchObject({ isRepeat: false, previousReferralId: null, duplicateOfId: null });
    expect(await screening(second)).toMatchObject({ isRepeat: false, previousReferralId: null, duplicateOfId: first });
    expect(await refused(second)).toEqual([200, undefined]);
    expect(await refused(first)).toEqual([200, undefined]);
    const third = (await referred('idva', 'ask-marac', victim, perpetrator)).body.id as string;
    expect(await screening(third)).toMatchObject({ isRepeat: false, duplicateOfId: null });
    expect(await refused(third)).toEqual([200, undefined]);
  });

  test('a coordinator cannot refuse for its score a referral whose predecessor was accepted meanwhile', async () => {
    const [victim, perpetrator] = [await recorded('idva'), await recorded('idva')];
    const [first, second] = [
      (await referred('idva', 'ask-marac', victim, perpetrator)).body.id as string,
      (await referred('idva', 'ask-marac', victim, perpetrator)).body.id as string,
    ];
    await moved('marac-coordinator', `/v1/referrals/${first}`, 'acceptance').then(expectStatus(200));
    expect(await refused(second)).toEqual([422, 'repeat-needs-no-threshold']);
    const accepted = await moved('marac-coordinator', `/v1/referrals/${second}`, 'acceptance').then(expectStatus(200));
    const { body } = await (
      await by('marac-coordinator')
    )
      .get(`/v1/cases/${accepted.body.caseId as string}`)
      .expect(200);
    expect(body).toMatchObject({ isRepeat: true });
  });

  test('a coordinator who is excluded from the earlier case cannot read or refuse a referral that repeats it', async () => {
    const { victim, perpetrator, caseId } = await maracCase();
    const second = (await referred('idva', 'ask-marac', victim, perpetrator)).body.id as string;
    const { id } = await practitioner(owner, 'marac-coordinator');
    const exclusion = { caseId, practitionerId: id, reason: 'A neighbour of the family.' };
    await (await by('marac-chair')).post('/v1/exclusions', exclusion).expect(201);
    const coordinator = await by('marac-coordinator');
    const path = `/v1/referrals/${second}`;
    await coordinator.get(path).expect(404);
    await coordinator.get(`${path}/screening`).expect(404);
    const reason = { reasonCode: 'below_threshold', reason: 'No criterion of the panel is met by what is told.' };
    await coordinator.post(`${path}/refusal`, reason).set('if-match', '*').expect(404);
  });
});

describe('naming somebody whom a panel knows', () => {
  test('somebody who is not of the panel gets the same answers as for somebody whom no panel knows', async () => {
    const { victim, perpetrator } = await maracCase();
    const strangers = [await recorded('idva'), await recorded('idva')] as const;
    const [jagCase] = await casesOf(owner, 'ask-jag');
    const place = { partnershipId: await partnershipIdOf('ask-jag'), kind: 'estate', name: 'Tansy Row, garages' };
    const placeId = (await (await by('fire-officer')).post('/v1/places', place).expect(201)).body.id as string;
    const answers = async (one: string, other: string): Promise<string[]> => {
      const officer = await by('fire-officer');
      const role = { personId: one, role: 'witness', rationale: 'Seen there.' };
      const about = { subjectKind: 'place', placeId, category: 'asb_incident', panelId: await panelIdOf('ask-marac') };
      const draft = await officer.post('/v1/referrals', { ...about, people: [] }).then(expectStatus(201));
      return [
        await referred('fire-officer', 'ask-marac', one, other),
        await referred('fire-officer', 'ask-jag', one, other),
        await officer.post('/v1/referrals', { ...about, people: [role] }),
        await officer.post(`/v1/referrals/${draft.body.id as string}/people`, role),
        await officer.post(`/v1/cases/${jagCase!.id}/people`, { ...role, since: '2026-01-01' }),
        await officer.post(`/v1/persons/${one}/protected-addresses`, {
          kind: 'refuge',
          address: 'Rowan House',
          panelId: await panelIdOf('ask-marac'),
        }),
        await officer.post('/v1/exclusions', { personId: one, declared: true, reason: 'A neighbour.' }),
        await officer.get(`/v1/persons/${one}`),
        await officer.get(`/v1/referrals/${draft.body.id as string}`),
      ].map(likeness);
    };
    const known = await answers(victim, perpetrator);
    expect(known).toEqual(await answers(...strangers));
    expect(known).toEqual(await answers(MISSING, MISSING));
  });

  test('the agency that recorded somebody gets the same answers whether or not a panel knows the person', async () => {
    const answers = async (one: string, other: string): Promise<string[]> => {
      const author = await by('idva');
      const begun = await referred('idva', 'ask-marac', one, other).then(expectStatus(201));
      const path = `/v1/referrals/${begun.body.id as string}`;
      const person = await author.get(`/v1/persons/${one}`);
      return [
        begun,
        await author.get(path),
        await author.get(`${path}/status`),
        await author.get(`${path}/people`),
        await author.get(`${path}/screening`),
        await author.post('/v1/policy/explanations', { action: 'name', type: 'Person', id: one }),
      ]
        .map(likeness)
        .concat(JSON.stringify([person.body.version, person.body.withheld, person.body.contextPanelIds]));
    };
    // another agency put the one before the JAG, on which the author does not sit
    const [one, other, third] = [await recorded('idva'), await recorded('idva'), await recorded('idva')];
    const [jagCase] = await casesOf(owner, 'ask-jag');
    await owner.query(
      `INSERT INTO case_people (id, version, partnership_id, agency_id, contributing_type, case_id, panel_id, person_id, role, rationale, since)
       SELECT gen_random_uuid(), 1, partnership_id, agency_id, contributing_type, id, panel_id, $2, 'witness', 'Was there.', '2026-01-01'
       FROM cases WHERE id = $1`,
      [jagCase!.id, one],
    );
    expect(await answers(one, other)).toEqual(await answers(third, other));
  });

  test('somebody whom a panel excludes from a person gets the same answers when referring that person to it', async () => {
    const [known, unknown, other] = [
      await recorded('housing-officer'),
      await recorded('housing-officer'),
      await recorded('housing-officer'),
    ];
    const [earlier] = await casesOf(owner, 'ask-marac');
    const role = { personId: known, role: 'witness', rationale: 'Was there.', since: '2026-01-01' };
    await (await by('housing-officer')).post(`/v1/cases/${earlier!.id}/people`, role).then(expectStatus(201));
    const { id } = await practitioner(owner, 'housing-officer');
    const exclusion = { personId: known, practitionerId: id, reason: 'A neighbour of the family.' };
    await (await by('marac-chair')).post('/v1/exclusions', exclusion).then(expectStatus(201));
    const answers = async (one: string): Promise<string[]> => {
      const author = await by('housing-officer');
      const begun = await referred('housing-officer', 'ask-marac', one, other);
      const path = `/v1/referrals/${String(begun.body.id)}`;
      const naming = { personId: one, role: 'complainant', rationale: 'Reported it.' };
      const about = { category: 'police_incident', subjectKind: 'person_perpetrator', personId: other };
      const draft = await author.post('/v1/referrals', { ...about, panelId: await panelIdOf('ask-marac') });
      return [
        begun,
        await author.get(path),
        await author.get(`${path}/status`),
        await author.get(`${path}/people`),
        draft,
        await author.post(`/v1/referrals/${String(draft.body.id)}/people`, naming),
        await author.get(`/v1/referrals/${String(draft.body.id)}`),
      ].map(likeness);
    };
    expect(await answers(known)).toEqual(await answers(unknown));
    expect((await (await by('housing-officer')).get(`/v1/cases/${earlier!.id}`)).status).toBe(404);
  });
});
