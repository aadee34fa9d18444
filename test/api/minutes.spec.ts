/**
 * Minutes as documents: each reader is given exactly what single reads give them, in every form, and what is restricted later
 * is not in the old minutes any more. Meetings as calendars: at the right hour in summer and winter, and grown with each change.
 *
 * Seen to fail: those who were there left out of paper; a point that is not held back as what it repeats; drafts in the document; readers of an edition that was replaced who are not to be told; such an edition confirmed; a PDF without marks; a plain Date as
 * the beginning of a meeting; a sequence that stays; a compartment named in a calendar; minutes rendered once and kept for their
 * reader; a file kept for whoever asks next; a recused person's items asked for as the service, past both walls (the policy's bar
 * alone left out changes nothing: the second wall holds); an opening that is not written down; another serial on the copy than in
 * the log; a part of the minutes left out of paper; sections left out of a DOCX.
 */
import type pg from 'pg';
import type { Response } from 'supertest';
import { binary, docxOf, pdfOf, taggedOf } from '../support/papers.ts';
import { asOwner, casesOf, practitioner } from '../support/panel-work.ts';
import { as, castOf, type Caller } from '../support/people.ts';
import { givenServer, type TestServer } from '../support/server.ts';

type Part = Record<string, unknown> & { id: string; withheld: string[] };

interface Item {
  item: Part;
  minutes: Part | null;
  points: Part[];
  handling: Part[];
  decision: Part | null;
  crimes: Part[];
  actions: Part[];
}

interface Document extends Part {
  items: Item[];
  marking: string;
  withheldCategories: string[];
}

let server: TestServer;
let owner: pg.Client;
const by = (who: string): Promise<Caller> => as(server, who);

beforeAll(async () => {
  server = await givenServer({ env: { RATE_LIMIT: '100000' } });
  owner = await asOwner(server);
});

async function command(who: string, path: string, noun: string, body?: object): Promise<Response> {
  const caller = await by(who);
  const { headers } = await caller.get(path).expect(200);
  return caller.post(`${path}/${noun}`, body).set('if-match', headers['etag'] as string);
}

const inHours = (hours: number): string => new Date(Date.now() + hours * 3_600_000).toISOString();

async function panel(code: string): Promise<string> {
  const { rows } = await owner.query<{ id: string }>('SELECT id FROM panels WHERE code = $1', [code]);
  return rows[0]!.id;
}

async function convened(code: string, coordinator: string, scheduledAt = inHours(1), endsAt?: string): Promise<string> {
  const body = { panelId: await panel(code), scheduledAt, venueOrMode: 'Room 2', ...(endsAt ? { endsAt } : {}) };
  const { body: made } = await (await by(coordinator)).post('/v1/meetings', body).expect(201);
  return `/v1/meetings/${String(made.id)}`;
}

/** Cases of the panel with a contribution of another agency each, hidden from nobody. */
async function casesWith(code: string): Promise<{ id: string; contribution: string; planId: string }[]> {
  const { rows } = await owner.query<{ id: string; contribution: string; planId: string }>(
    `SELECT c.id, (SELECT k.id FROM contributions k WHERE k.case_id = c.id AND NOT k.agency_only AND k.recalled_at IS NULL
         AND k.handling = 'P' AND NOT k.originator_control ORDER BY k.category = 'police_incident' DESC, k.id LIMIT 1) AS contribution,
       (SELECT p.id FROM plans p WHERE p.case_id = c.id AND p.status NOT IN ('evaluated', 'closed') LIMIT 1) AS "planId"
     FROM cases c JOIN panels p ON p.id = c.panel_id WHERE p.code = $1 AND c.stage <> 'closed'
       AND c.id NOT IN (SELECT case_id FROM exclusions WHERE case_id IS NOT NULL)
       AND c.id NOT IN (SELECT cp.case_id FROM exclusions e JOIN case_people cp USING (person_id))
     ORDER BY c.updated_at DESC, c.id`,
    [code],
  );
  return rows.filter(({ contribution, planId }) => contribution && planId);
}

const PARTS = ['reason', 'text', 'voice', 'riskFactors', 'protectiveFactors', 'disagreement'] as const;

interface Given {
  path: string;
  cases: { id: string; contribution: string }[];
  listings: string[];
  minutes: string[];
}

const PANELS = {
  'ask-jag': ['jag-coordinator', 'jag-chair'],
  'ask-marac': ['marac-coordinator', 'marac-chair'],
} as const;

/** A meeting of which the minutes of two items are approved, each part with words of its own. */
async function minuted(code: keyof typeof PANELS = 'ask-marac'): Promise<Given> {
  const [coordinator, chair] = PANELS[code];
  const writer = await by(coordinator);
  const path = await convened(code, coordinator);
  const cases = (await casesWith(code)).slice(0, 2);
  expect(cases).toHaveLength(2);
  const given: Given = { path, cases, listings: [], minutes: [] };
  for (const [n, { id: caseId, contribution, planId }] of cases.entries()) {
    const listed = await writer.post(`${path}/listings`, { caseId, kind: 'review', timeboxMinutes: 10 }).expect(201);
    const listingId = listed.body.id as string;
    given.listings.push(listingId);
    const parts = Object.fromEntries(PARTS.map((part) => [part, `Words of ${part} in item ${String(n)}.`]));
    const points = [
      { text: `A point that repeats, item ${String(n)}.`, contributionId: contribution },
      { text: `A point about housing, item ${String(n)}.`, category: 'housing' },
      { text: `A point about health, item ${String(n)}.`, category: 'health_mental' },
    ];
    const minute = await writer
      .post(`${path}/minutes`, { listingId, ...parts, points, nextReviewOn: '2027-03-01' })
      .expect(201);
    given.minutes.push(minute.body.id as string);
    const crime = { listingId, summary: `Words of crime in item ${String(n)}.`, victimWishesReport: 'no' };
    await writer.post(`${path}/crimes`, { ...crime, reportedTo: null, reference: null }).expect(201);
    const agencyId = (await practitioner(owner, 'housing-officer')).agencyId;
    await writer
      .post(`${path}/listings/${listingId}/actions`, {
        planId,
        ownerAgencyId: agencyId,
        description: `Change the lock of the bin store, item ${String(n)}.`,
        dueOn: '2027-02-01',
      })
      .expect(201);
    expect((await command(chair, `${path}/minutes/${String(minute.body.id)}`, 'approval')).status).toBe(200);
  }
  return given;
}

async function document(who: string, { path }: Pick<Given, 'path'>): Promise<Document> {
  const { body } = await (await by(who)).get(`${path}/minutes/document`).expect(200);
  return body as Document;
}

/** What stands in a part, but for what the document leaves out of it. */
const alike = (part: Part, single: Part): [object, object] => {
  const fields = Object.keys(part).filter((field) => field !== 'withheld');
  const known = new Set([...fields, ...part.withheld]);
  return [
    { ...part, withheld: [...part.withheld].sort() },
    {
      ...Object.fromEntries(fields.map((field) => [field, single[field]])),
      withheld: single.withheld.filter((field) => known.has(field)).sort(),
    },
  ];
};

/** Everything that the reader is given one by one, beside what the document gives. */
async function expectAsSingleReads(who: string, given: Given): Promise<Document> {
  const caller = await by(who);
  const found = await document(who, given);
  const { body: listings } = await caller.get(`${given.path}/listings`).expect(200);
  expect(found.items.map(({ item }) => item.id)).toEqual(listings.data.map(({ id }: Part) => id));
  const { body: minutes } = await caller.get(`${given.path}/minutes?limit=100`).expect(200);
  expect(found.items.flatMap(({ minutes }) => minutes?.id ?? []).sort()).toEqual(
    minutes.data.map(({ id }: Part) => id).sort(),
  );
  for (const { item, minutes: edition, points, handling, crimes, actions } of found.items) {
    const singles: [Part, string][] = [
      [item, `${given.path}/listings/${item.id}`],
      ...(edition ? [[edition, `${given.path}/minutes/${edition.id}`] as [Part, string]] : []),
      ...handling.map((one): [Part, string] => [one, `/v1/contributions/${one.id}`]),
      ...crimes.map((one): [Part, string] => [one, `${given.path}/crimes/${one.id}`]),
      ...actions.map((one): [Part, string] => [one, `/v1/actions/${one.id}`]),
    ];
    for (const [part, path] of singles) {
      const [mine, single] = alike(part, (await caller.get(path).expect(200)).body as Part);
      expect(mine).toEqual(single);
    }
    if (!edition) expect(points).toEqual([]);
    else {
      const { body } = await caller.get(`${given.path}/minutes/${edition.id}/points?limit=100`).expect(200);
      const inOrder = (some: Part[]): Part[] => [...some].sort((a, b) => (a.id < b.id ? -1 : 1));
      expect(points).toEqual(inOrder(body.data as Part[]));
    }
  }
  return found;
}

/** All the words that the spec wrote. */
const WORDS = /(Words of \w+ in item \d|A point [a-z ]+, item \d|Change the lock of the bin store, item \d)/g;
const dense = (text: string): string => text.replaceAll(/\s+/g, '');
const wordsIn = (text: string): string[] => [...new Set(text.match(WORDS) ?? [])].sort();

describe('the minutes of a meeting', () => {
  test('are for each reader what single reads give them, field by field, and differ from agency to agency', async () => {
    const given = await minuted();
    const { rows: seats } = await owner.query<{ who: string }>(
      `SELECT DISTINCT p.subject AS who FROM memberships m JOIN practitioners p ON p.id = m.practitioner_id
       WHERE m.panel_id = $1 AND p.active ORDER BY 1`,
      [await panel('ask-marac')],
    );
    const cast = (await castOf(server)).map(({ id }) => id);
    const told = new Set<string>();
    const withheld = new Set<string>();
    let readers = 0;
    for (const { who: id } of seats.filter(({ who }) => cast.includes(who))) {
      const { status } = await (await by(id)).get(`${given.path}/minutes/document`);
      if (status !== 200) continue;
      readers++;
      const found = await expectAsSingleReads(id, given);
      told.add(wordsIn(JSON.stringify(found.items)).join());
      for (const { minutes, points } of found.items)
        for (const part of [minutes, ...points]) part?.withheld.forEach((field) => withheld.add(field));
    }
    expect(readers).toBeGreaterThan(5);
    expect(told.size).toBeGreaterThan(2);
    expect([...withheld]).toEqual(expect.arrayContaining(['text']));
  }, 120_000);

  test('hold as PDF and DOCX what they hold as JSON, and nothing more', async () => {
    const given = await minuted();
    const told = new Map<string, string>();
    for (const who of ['marac-chair', 'idva', 'housing-officer', 'police-sergeant']) {
      const caller = await by(who);
      const json = await caller.get(`${given.path}/minutes/document`);
      if (json.status !== 200) continue;
      const { items, title, marking } = json.body as Document & { title: string };
      const expected = wordsIn(JSON.stringify(items));
      told.set(who, expected.join());

      const pdf = await binary(caller.get(`${given.path}/minutes/document?format=pdf`).expect(200));
      expect(pdf.headers).toMatchObject({ 'content-type': 'application/pdf', 'cache-control': 'no-store' });
      expect(pdf.headers['content-disposition']).toMatch(/^attachment; filename="minutes-marac-\d{4}-\d\d-\d\d\.pdf"$/);
      const read = await pdfOf(pdf.body as Buffer);
      const { elements, outside, empty } = await taggedOf(pdf.body as Buffer);
      expect([who, wordsIn(elements.map(({ text }) => text).join(' '))]).toEqual([who, expected]);
      expect([who, wordsIn(read.text)]).toEqual([who, expected]);
      expect([outside, empty]).toEqual([[], []]);
      expect(read).toMatchObject({ isMarked: true, info: { Title: title, Language: 'en-GB' } });

      const docx = await binary(caller.get(`${given.path}/minutes/document?format=docx`).expect(200));
      expect(docx.headers['content-disposition']).toMatch(/^attachment; filename="minutes-marac-[0-9-]+\.docx"$/);
      const { text, parts } = await docxOf(docx.body as Buffer);
      expect([who, wordsIn(text)]).toEqual([who, expected]);
      expect(wordsIn(Object.values(parts).join(' '))).toEqual(expected);
      expect(parts['docProps/core.xml']).toContain(title);
      expect(parts['word/styles.xml']).toContain('w:val="en-GB"');

      const { name, agency } = (json.body as { madeFor: { name: string; agency: string } }).madeFor;
      for (const page of [read.text, Object.values(parts).join(' ')])
        for (const mark of [marking, name, agency]) expect(page).toContain(mark);
    }
    expect(new Set(told.values()).size).toBeGreaterThan(2);
  }, 60_000);

  test('are not there before the chair approves them, and a correction takes their place then', async () => {
    const given = await minuted('ask-jag');
    const coordinator = await by('jag-coordinator');
    const text = 'What was said, corrected.';
    const made = await coordinator.post(`${given.path}/minutes`, { listingId: given.listings[0], text }).expect(201);
    expect(made.body).toMatchObject({ edition: 2, status: 'draft', voice: null });
    const first = async (): Promise<unknown> => (await document('jag-chair', given)).items[0]?.minutes?.['edition'];
    expect(await first()).toBe(1);
    await document('police-sergeant', given);
    expect((await command('jag-chair', `${given.path}/minutes/${String(made.body.id)}`, 'approval')).status).toBe(200);
    expect(await first()).toBe(2);
    // the first edition remains with the coordination
    const replaced = `${given.path}/minutes/${given.minutes[0]}`;
    await (await by('police-sergeant')).get(replaced).expect(404);
    expect((await coordinator.get(replaced).expect(200)).body.status).toBe('superseded');
    // whoever read the first is to be told of the second
    const { body: toBeTold } = await coordinator
      .get(`/v1/disclosures?toBeTold=true&limit=100&recordId=${given.minutes[0]}`)
      .expect(200);
    expect(toBeTold.data.length).toBeGreaterThan(0);
    const path = `${given.path}/minutes/${given.minutes[1]}`;
    const meetingId = given.path.split('/').at(-1);
    expect((await command('jag-chair', path, 'confirmation', { meetingId })).body.code).toBe('no-later-meeting');
    const next = await convened('ask-jag', 'jag-coordinator', inHours(2));
    const later = { meetingId: next.split('/').at(-1) };
    expect((await command('jag-chair', path, 'confirmation', later)).body.code).toBe('no-later-meeting');
    expect((await command('jag-coordinator', next, 'opening')).status).toBe(200);
    const wrong = `${given.path}/minutes/${given.minutes[0]}`;
    expect((await command('jag-chair', wrong, 'confirmation', later)).body.code).toBe('not-in-this-state');
    expect((await command('jag-chair', path, 'confirmation', later)).body).toMatchObject({ status: 'confirmed' });
    expect((await document('jag-chair', given)).items[1]?.minutes).toMatchObject({ status: 'confirmed' });
  });

  test('lose what is restricted later: an item, a category, a contribution', async () => {
    const given = await minuted();
    const whole = await document('idva', given);
    expect(whole.items).toHaveLength(2);
    const point = (found: Document, n = 0): unknown =>
      found.items[n]?.points.find(({ contributionId }) => contributionId === given.cases[n]?.contribution)?.['text'];
    expect(point(whole)).toBe('A point that repeats, item 0.');

    // its originator takes it under control, and takes it back
    await owner.query('UPDATE contributions SET originator_control = true WHERE id = $1', [
      given.cases[0]!.contribution,
    ]);
    const held = await document('idva', given);
    expect([point(held), point(held, 1)]).toEqual([undefined, 'A point that repeats, item 1.']);
    await owner.query('UPDATE contributions SET originator_control = false WHERE id = $1', [
      given.cases[0]!.contribution,
    ]);
    await owner.query(
      `UPDATE contributions SET handling = 'C', conditions = 'Not to be told to anybody.' WHERE id = $1`,
      [given.cases[0]!.contribution],
    );
    const conditioned = await document('idva', given);
    expect(point(conditioned)).toBe(undefined);
    expect(conditioned.items[0]?.handling).toMatchObject([{ handling: 'C' }]);
    expect(conditioned.marking).toBe('OFFICIAL-SENSITIVE');
    const path = `/v1/contributions/${given.cases[0]!.contribution}`;
    expect((await command('idva', path, 'acknowledgement')).status).toBe(200);
    const known = await document('idva', given);
    expect(point(known)).toBe('A point that repeats, item 0.');
    expect(known.marking).toBe('OFFICIAL-SENSITIVE, HANDLING CONDITIONS APPLY');

    // a person is kept from the case
    const excluded = { caseId: given.cases[1]!.id, practitionerId: (await practitioner(owner, 'idva')).id };
    await (await by('marac-chair')).post('/v1/exclusions', { reason: 'Knows a party.', ...excluded }).expect(201);
    const kept = await document('idva', given);
    expect(kept.items.map(({ item }) => item.id)).toEqual([given.listings[0]]);
    expect(JSON.stringify(kept)).not.toContain('item 1');
    expect((await document('marac-chair', given)).items).toHaveLength(2);
    await owner.query(`DELETE FROM exclusions WHERE created_at > now() - interval '1 hour'`);

    // the agreement is suspended: what other agencies told is theirs again
    const dpo = await by('dpo');
    const { body: agreements } = await dpo.get('/v1/sharing-agreements?limit=100').expect(200);
    const { id, currentVersionId } = agreements.data.find(({ code }: { code: string }) => code === 'ISA-ASK-MARAC');
    const version = `/v1/sharing-agreements/${String(id)}/versions/${String(currentVersionId)}`;
    expect((await command('dpo', version, 'suspension', { reason: 'A party broke it.' })).status).toBe(200);
    const narrowed = await document('idva', given);
    expect(narrowed.withheldCategories).toEqual(expect.arrayContaining(['voice_of_subject', 'police_incident']));
    expect(wordsIn(JSON.stringify(narrowed.items)).filter((one) => one.startsWith('Words'))).toEqual([]);
    const { body } = await binary((await by('idva')).get(`${given.path}/minutes/document?format=pdf`));
    expect((await pdfOf(body as Buffer)).text).toMatch(/Withheld from you by rule: .*voice of subject/);
    expect((await command('dpo', version, 'resumption', { reason: 'It was repaired.' })).status).toBe(200);
  }, 60_000);

  test('hold no item from which their reader is recused, and show no gap', async () => {
    const given = await minuted('ask-jag');
    const before = await document('fire-officer', given);
    expect(before.items).toHaveLength(2);
    const file = async (format: string): Promise<Buffer> =>
      (await binary((await by('fire-officer')).get(`${given.path}/minutes/document?format=${format}`).expect(200)))
        .body as Buffer;
    expect((await pdfOf(await file('pdf'))).text).toContain('item 0');
    expect((await docxOf(await file('docx'))).text).toContain('item 0');
    const practitionerId = (await practitioner(owner, 'fire-officer')).id;
    await (
      await by('jag-chair')
    )
      .post(`${given.path}/recusals`, { listingId: given.listings[0], practitionerId, reason: 'Lives next door.' })
      .expect(201);
    const after = await document('fire-officer', given);
    expect(after.items.map(({ item }) => item.id)).toEqual([given.listings[1]]);
    const { parts } = await docxOf(await file('docx'));
    const pdf = await pdfOf(await file('pdf'));
    for (const text of [Object.values(parts).join(' '), JSON.stringify(pdf)]) {
      expect(text).toContain('item 1');
      expect(text).not.toContain('item 0');
    }
    const { elements } = await taggedOf(await file('pdf'));
    expect(elements.filter(({ path }) => path.endsWith('H2'))).toHaveLength(1);
  });

  test('are written down as opened, with what other agencies told', async () => {
    const given = await minuted();
    await document('idva', given);
    const { rows } = await owner.query<{ subject: string; operation: string }>(
      `SELECT DISTINCT e.subject_type AS subject, e.operation FROM audit_entries e
       WHERE e.sub_operation = 'open_document' AND e.recorded_at > now() - interval '5 seconds'`,
    );
    expect(rows).toEqual(expect.arrayContaining([{ subject: 'Minute', operation: 'disclose' }]));
    expect(rows).toEqual(expect.arrayContaining([{ subject: 'Meeting', operation: 'consult' }]));
  });

  test('are written down as opened in each form, under the serial that stands on the copy', async () => {
    const given = await minuted();
    const { id } = await practitioner(owner, 'idva');
    const meetingId = given.path.split('/').at(-1)!;
    const serials = new Set<string>();
    for (const format of ['json', 'pdf', 'docx']) {
      const { body } = await binary(
        (await by('idva')).get(`${given.path}/minutes/document?format=${format}`).expect(200),
      );
      const texts = {
        json: async () => `copy ${(JSON.parse(String(body)) as { madeFor: { serial: string } }).madeFor.serial}`,
        pdf: async () => (await pdfOf(body as Buffer)).text,
        docx: async () => Object.values((await docxOf(body as Buffer)).parts).join(' '),
      };
      const [serial] = /(?<=copy )[0-9a-f-]{36}/.exec(await texts[format as keyof typeof texts]()) ?? [];
      const { rows } = await owner.query(
        `SELECT actor_id AS who, operation, fields, record_ids AS ids FROM audit_entries
         WHERE sub_operation = 'open_document' AND record_ids @> ARRAY[$1]::uuid[]`,
        [serial],
      );
      const ids = [meetingId, serial, ...given.listings];
      expect([format, rows]).toEqual([format, [{ who: id, operation: 'disclose', fields: ['minutes'], ids }]]);
      serials.add(serial!);
    }
    expect(serials.size).toBe(3);
  });

  // MARAC note, section 4.3 "Header"
  test('name who was there and who was not, each once, for whoever sits on the panel', async () => {
    const given = await minuted();
    const agencies = new Map<string, string>();
    const came = async (who: string, body: object): Promise<string> => {
      const { rows } = await owner.query<{ id: string; name: string; agency: string }>(
        'SELECT p.id, p.name, a.name AS agency FROM practitioners p JOIN agencies a ON a.id = p.agency_id WHERE p.subject = $1',
        [who],
      );
      const { id, name, agency } = rows[0]!;
      const recorded = { practitionerId: id, ...body };
      const writer = await by('marac-coordinator');
      const { body: made } = await writer.post(`${given.path}/attendances`, recorded).expect(201);
      agencies.set(who, `${name} (${agency})`);
      return String(made.id);
    };
    const there = { status: 'present', confidentialityAccepted: true };
    const first = await came('marac-chair', there);
    expect((await command('marac-coordinator', `${given.path}/attendances/${first}`, 'departure')).status).toBe(200);
    await came('marac-chair', there);
    await came('idva', there);
    await came('housing-officer', { status: 'apologies' });
    for (const who of ['idva', 'social-worker']) {
      const { attendances, practitioners } = (await document(who, given)) as unknown as Record<string, Part[]>;
      expect(attendances!.map(({ status }) => status).sort()).toEqual(['apologies', 'present', 'present', 'present']);
      expect(practitioners).toHaveLength(3);
      const file = await binary((await by(who)).get(`${given.path}/minutes/document?format=pdf`).expect(200));
      const text = (await pdfOf(file.body as Buffer)).text;
      const present = [agencies.get('marac-chair')!, agencies.get('idva')!].sort().join('; ');
      expect(dense(text)).toContain(dense(`Present: ${present}`));
      expect(dense(text)).toContain(dense(`Apologies: ${agencies.get('housing-officer')!}`));
    }
  });

  test('set the next review of the case when they are approved, and of a closed case none', async () => {
    const { cases } = await minuted();
    const reader = await by('marac-coordinator');
    for (const { id } of cases) {
      const { body } = await reader.get(`/v1/cases/${id}`).expect(200);
      expect(body.nextReviewOn).toBe(body.stage === 'closed' ? null : '2027-03-01');
      const { body: told } = await reader.get(`/v1/cases/${id}/timeline?limit=100`).expect(200);
      const changes = told.data.filter((one: { type: string }) => one.type === 'case.changed');
      expect(changes.at(-1)).toMatchObject({ data: { fields: ['nextReviewOn'] } });
    }
  });

  test('do not exist for a stranger', async () => {
    const given = await minuted('ask-jag');
    for (const format of ['json', 'pdf', 'docx'])
      await (await by('outsider')).get(`${given.path}/minutes/document?format=${format}`).expect(404);
    await (await by('jag-chair')).get(`${given.path}/minutes/document?format=odt`).expect(400);
  });
});

describe('a calendar', () => {
  const calendar = async (who: string, path: string): Promise<Response> =>
    (await by(who)).get(path).expect(200).expect('content-type', 'text/calendar; charset=utf-8');
  const sequence = ({ text }: Response): number => Number(/SEQUENCE:(\d+)/.exec(text)?.[1]);

  test('has meetings at their hour in London, in summer and in winter', async () => {
    const year = new Date().getUTCFullYear() + 1;
    // ten o'clock in London both
    const summer = await convened(
      'ask-jag',
      'jag-coordinator',
      `${String(year)}-07-06T09:00:00Z`,
      `${String(year)}-07-06T11:00:00Z`,
    );
    const winter = await convened(
      'ask-jag',
      'jag-coordinator',
      `${String(year)}-12-07T10:00:00Z`,
      `${String(year)}-12-07T12:00:00Z`,
    );
    for (const [path, day] of [
      [summer, `${String(year)}0706`],
      [winter, `${String(year)}1207`],
    ]) {
      const { text } = await calendar('fire-officer', `${path!}/calendar`);
      expect(text).toContain(`DTSTART;TZID=Europe/London:${day!}T100000`);
      expect(text).toContain(`DTEND;TZID=Europe/London:${day!}T120000`);
      expect(text).toContain('BEGIN:VTIMEZONE\r\nTZID:Europe/London');
      // RFC 5545, 3.8.7.2
      expect(text.match(/^DTSTAMP:\d{8}T\d{6}Z$/gm)?.length).toBe(text.match(/^BEGIN:VEVENT$/gm)?.length);
    }
    const { text: all } = await calendar('fire-officer', '/v1/calendar');
    expect(all).toContain(`${summer.split('/').at(-1)!}@wardmote.example`);
    expect(all.split('BEGIN:VEVENT').length - 1).toBeGreaterThan(1);
    expect((await (await by('outsider')).get('/v1/calendar')).text).not.toContain('VEVENT');
  });

  test('follows the meeting: another time, called off', async () => {
    const path = await convened('ask-jag', 'jag-coordinator', inHours(48));
    const first = await calendar('jag-chair', `${path}/calendar`);
    const uid = /UID:(.+)\r/.exec(first.text)?.[1];
    expect(uid).toBe(`${path.split('/').at(-1)!}@wardmote.example`);
    expect((await command('jag-chair', path, 'postponement', { scheduledAt: inHours(72), endsAt: null })).status).toBe(
      200,
    );
    const moved = await calendar('jag-chair', `${path}/calendar`);
    expect(sequence(moved)).toBeGreaterThan(sequence(first));
    expect(moved.text).toContain('STATUS:CONFIRMED');
    expect((await command('jag-chair', path, 'cancellation', { reason: 'Snow on the roads.' })).status).toBe(200);
    const off = await calendar('jag-chair', `${path}/calendar`);
    expect(sequence(off)).toBeGreaterThan(sequence(moved));
    expect(off.text).toContain('METHOD:CANCEL');
    expect(off.text).toContain('STATUS:CANCELLED');
    expect(off.text).toContain(`UID:${uid!}`);
    expect(off.text).not.toContain('Snow');
    const { text: all } = await calendar('jag-chair', '/v1/calendar');
    expect(all.slice(all.indexOf(uid!)).split('END:VEVENT')[0]).toContain('STATUS:CANCELLED');
  });

  test('names a panel, and of a compartment not even that', async () => {
    const named = await convened('ask-jag', 'jag-coordinator', inHours(3));
    expect((await calendar('jag-chair', `${named}/calendar`)).text).toMatch(/SUMMARY:.*\(JAG meeting\)/);
    const apart = await convened('ask-channel', 'channel-chair', inHours(3));
    const { text } = await calendar('channel-officer', `${apart}/calendar`);
    expect(text).toContain('SUMMARY:Panel meeting\r\n');
    expect(text).not.toMatch(/channel/i);
    await (await by('jag-chair')).get(`${apart}/calendar`).expect(404);
    for (const line of [...text.split('\r\n')]) expect(line).not.toMatch(/^(LOCATION|DESCRIPTION|ATTENDEE|ORGANIZER)/);
  });
});

test('a draft is replaced only in the version that its writer read', async () => {
  const given = await minuted('ask-jag');
  const coordinator = await by('jag-coordinator');
  const chair = await by('jag-chair');
  const path = `${given.path}/minutes`;
  const full = { listingId: given.listings[0], text: 'What was said.', voice: 'She wants to move.' };
  const { body, headers } = await coordinator.post(path, full).expect(201);
  const short = { listingId: given.listings[0], text: 'Short text by the chair.' };
  const refused = await chair.post(path, short);
  expect([refused.status, refused.body.code]).toEqual([428, 'draft-exists']);
  await coordinator
    .post(path, { ...full, text: 'More of it.' })
    .set('if-match', headers['etag'] as string)
    .expect(201);
  await chair
    .post(path, short)
    .set('if-match', headers['etag'] as string)
    .expect(412);
  const kept = await chair.get(`${path}/${body.id as string}`).expect(200);
  expect(kept.body).toMatchObject({ text: 'More of it.', voice: 'She wants to move.' });
});

test('a point says whose it is, and repeats only what stands in the case', async () => {
  const given = await minuted('ask-jag');
  const coordinator = await by('jag-coordinator');
  const write = async (points: object[]): Promise<Response> =>
    coordinator.post(`${given.path}/minutes`, { listingId: given.listings[0], text: 'Corrected.', points });
  expect((await write([{ text: 'Of no category.' }])).body.errors[0].pointer).toBe('/points/0/category');
  const [elsewhere] = await casesOf(owner, 'ask-marac');
  const { rows } = await owner.query<{ id: string }>('SELECT id FROM contributions WHERE case_id = $1 LIMIT 1', [
    elsewhere!.id,
  ]);
  const another = await write([{ text: 'Of another case.', contributionId: rows[0]!.id }]);
  expect([another.status, another.body.code]).toEqual([422, 'no-such-contribution']);
});
