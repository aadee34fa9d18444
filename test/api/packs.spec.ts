/**
 * Papers of a meeting: each reader's pack is what the policy shows them record by record, and says what it keeps back by which
 * rule; before papers go out somebody checks who would receive what, and it stays true until they do.
 *
 * Seen to fail: a text added after the mask; a rule cut short; a marking that knows no conditions; a recipient of nothing
 * who is not marked; recipients worked out as the
 * one who checks; findings shown of hidden items, also by a repeated approval; seats that may change after the check; a maker who
 * approves alone; a guest of a hidden item among the recipients, and a guest of a visible one left out; a recall,
 * whole or of one item, that is not heeded. Of packs as files: one that was made for another reader; contributions without their
 * text; a category or the rules left out of what is kept back; a marking without its conditions; no word of confidentiality; another
 * serial than the log's. Of recalls: copies named that did not hold the item; minutes taken for packs; openings told to everybody;
 * the chair's reason in the problem; a guest of a hidden item; a second approval, and its warning, because of hidden items; what is hidden since in the answer to a repeated recall;
 * an agency that read after the recall, and none left after the next circulation. Of checks: a conflict that another panel keeps, told
 * by what somebody does not receive, or known to its maker alone; the check of before a recall, before another person was named, or
 * before a contribution was recalled, taken for one that is still true.
 */
import type pg from 'pg';
import type { Response } from 'supertest';
import { asOwner, casesOf, checked, inDays, practitioner } from '../support/panel-work.ts';
import { binary, docxOf, pdfOf, taggedOf } from '../support/papers.ts';
import { as, type Caller } from '../support/people.ts';
import { givenServer, type TestServer } from '../support/server.ts';

interface Shown extends Record<string, unknown> {
  id: string;
  withheld: string[];
}

interface Item extends Record<string, Shown | Shown[] | null> {
  listing: Shown & { caseId: string };
  case: Shown;
}

interface Withheld {
  type: string;
  category: string;
  fields: string[];
  step: string;
  rule: string;
}

interface Pack {
  title: string;
  scheduledAt: string;
  items: Item[];
  manifest: {
    watermark: { reader: string; agency: string; renderedAt: string; meeting: string; serial: string };
    marking: { classification: string; handling: string | null };
    items: { listingId: string; withheld: Withheld[] }[];
    categories: { category: string; rule: string }[];
  };
}

interface Warning {
  code: string;
  practitionerIds: string[];
  listingIds: string[];
}

let server: TestServer;
let owner: pg.Client;
let panelId: string;
/** Cases with people, contributions and plans. */
let cases: string[];
const by = (who: string): Promise<Caller> => as(server, who);
const COORDINATOR = 'jag-coordinator';
const READERS = ['jag-chair', 'housing-officer', 'police-sergeant', 'fire-officer', 'nhs-safeguarding-lead'];

beforeAll(async () => {
  server = await givenServer({ env: { RATE_LIMIT: '100000' } });
  owner = await asOwner(server);
  const { rows } = await owner.query<{ id: string }>(`SELECT id FROM panels WHERE code = 'ask-jag'`);
  panelId = rows[0]!.id;
  const busy = await owner.query<{ id: string }>(
    `SELECT c.id FROM cases c WHERE c.panel_id = $1 AND c.stage <> 'closed'
     ORDER BY (SELECT count(*) FROM contributions o WHERE o.case_id = c.id) + 10 * (SELECT count(*) FROM plans p WHERE p.case_id = c.id)
       + 10 * (SELECT count(*) FROM case_people p WHERE p.case_id = c.id) DESC, c.id`,
    [panelId],
  );
  expect((await casesOf(owner, 'ask-jag')).length).toBe(busy.rows.length);
  cases = busy.rows.map(({ id }) => id);
  // the sandbox has a declared conflict, which holds for later items of its case
  await owner.query('DELETE FROM recusals');
});

/** Whoever was kept out by a test is let in for the next. */
afterEach(async () => {
  await owner.query(`DELETE FROM exclusions WHERE created_at > now() - interval '1 hour'`);
  // a recusal is carried to later items of the case, which tests share
  await owner.query('DELETE FROM recusals');
});

interface Convened {
  path: string;
  id: string;
  listings: string[];
}

/** A meeting at which these cases are heard. */
async function convened(caseIds: string[], days = 40): Promise<Convened> {
  const coordinator = await by(COORDINATOR);
  const body = { panelId, scheduledAt: inDays(days), endsAt: inDays(days + 0.2), venueOrMode: 'Civic Offices' };
  const made = await coordinator.post('/v1/meetings', body).expect(201);
  const path = `/v1/meetings/${made.body.id as string}`;
  const listings: string[] = [];
  for (const caseId of caseIds)
    listings.push((await coordinator.post(`${path}/listings`, { caseId, kind: 'review' }).expect(201)).body.id);
  return { path, id: made.body.id, listings };
}

const pack = async (who: string, { path }: Convened): Promise<Pack> =>
  (await (await by(who)).get(`${path}/pack`).expect(200)).body;

const casesIn = ({ items }: Pack): string[] => items.map(({ listing }) => listing.caseId);

const LISTS = { contributions: 'contributions', assessments: 'assessments', plans: 'plans', people: 'people' };
const SINGLE: Record<string, string> = {
  persons: '/v1/persons',
  contributions: '/v1/contributions',
  assessments: '/v1/assessments',
  plans: '/v1/plans',
  actions: '/v1/actions',
};
const TYPES: Record<string, string> = {
  listing: 'Listing',
  case: 'Case',
  people: 'CasePerson',
  persons: 'Person',
  contributions: 'Contribution',
  assessments: 'Assessment',
  plans: 'Plan',
  actions: 'Action',
  decisions: 'Decision',
  research: 'ResearchRequest',
};

const recordsOf = (item: Item): [part: string, record: Shown][] =>
  Object.entries(item).flatMap(([part, shown]) =>
    [shown ?? []].flat().map((record): [string, Shown] => [part, record]),
  );

/** The text of a pack as file, and of each of its parts. */
interface File {
  text: string;
  parts: string[];
  bytes: Buffer;
}

async function file(who: string, { path }: Convened, format: 'pdf' | 'docx'): Promise<File> {
  const { body, headers } = await binary((await by(who)).get(`${path}/pack?format=${format}`).expect(200));
  const name = `attachment; filename="pack-jag-${inDays(40).slice(0, 10)}.${format}"`;
  expect(headers).toMatchObject({ 'cache-control': 'no-store', 'content-disposition': name });
  const bytes = body as Buffer;
  if (format === 'pdf') {
    // as it is read aloud: the edges of a page do not come between its lines and those of the next
    const { elements } = await taggedOf(bytes);
    return { text: elements.map(({ text }) => text).join(' '), parts: [(await pdfOf(bytes)).text], bytes };
  }
  const { text, parts } = await docxOf(bytes);
  return { text, parts: Object.values(parts), bytes };
}

/** Without the places where lines were broken. */
const dense = (text: string): string => text.replaceAll(/\s+/g, '');

/** What the records of the items say in words, and in no code, identifier or date. */
function saidIn(items: unknown): string[] {
  if (typeof items === 'string') return items.length < 12 || !items.includes(' ') ? [] : [items];
  if (typeof items !== 'object' || items === null) return [];
  return Object.entries(items).flatMap(([field, value]) => (field === 'withheld' ? [] : saidIn(value)));
}

const excludedBy = async (chair: string, who: string, caseId: string): Promise<void> => {
  const { id } = await practitioner(owner, who);
  const body = { caseId, practitionerId: id, reason: 'A neighbour of the family.' };
  await (await by(chair)).post('/v1/exclusions', body).expect(201);
};
const excluded = (who: string, caseId: string): Promise<void> => excludedBy('jag-chair', who, caseId);

async function moved(who: string, { path }: Convened, what: string): Promise<Response> {
  const caller = await by(who);
  const { headers } = await caller.get(path).expect(200);
  return caller.post(`${path}/${what}`).set('if-match', headers['etag'] as string);
}

describe('a pack', () => {
  test('holds for each reader every record as it is shown by itself, and all that the lists show', async () => {
    const meeting = await convened(cases.slice(0, 3));
    const packs: string[] = [];
    for (const who of READERS) {
      const caller = await by(who);
      const { items } = await pack(who, meeting);
      expect([who, items.map(({ listing }) => listing.caseId)]).toEqual([who, cases.slice(0, 3)]);
      for (const item of items) {
        const path = `/v1/cases/${item.listing.caseId}`;
        expect((await caller.get(path).expect(200)).body).toEqual(item.case);
        const listing = await caller.get(`${meeting.path}/listings/${item.listing.id}`).expect(200);
        expect(listing.body).toEqual(item.listing);
        for (const [part, name] of Object.entries(LISTS)) {
          const { body } = await caller.get(`${path}/${name}?limit=100`).expect(200);
          expect([part, item[part]]).toEqual([part, expect.arrayContaining(body.data)]);
          expect([part, (item[part] as Shown[]).length]).toEqual([part, body.data.length]);
        }
        for (const [part, record] of recordsOf(item))
          if (SINGLE[part]) {
            // a pack is read in the context of its panel
            const context = part === 'persons' ? `?panelId=${panelId}` : '';
            const single = await caller.get(`${SINGLE[part]}/${record.id}${context}`).expect(200);
            expect(single.body).toEqual(record);
          }
      }
      packs.push(JSON.stringify(items));
    }
    expect(new Set(packs).size).toBe(READERS.length);
    const [whole] = packs as [string];
    for (const part of ['persons', 'contributions', 'plans', 'actions'])
      expect([part, JSON.parse(whole).some((item: Item) => (item[part] as Shown[]).length)]).toEqual([part, true]);
  });

  test('names what it keeps back, by the rule that an explanation names', async () => {
    const meeting = await convened(cases.slice(0, 2));
    let asked = 0;
    for (const who of ['housing-officer', 'fire-officer']) {
      const caller = await by(who);
      const { items, manifest } = await pack(who, meeting);
      for (const item of items) {
        const { withheld } = manifest.items.find(({ listingId }) => listingId === item.listing.id)!;
        const told = recordsOf(item).flatMap(([part, record]) =>
          record.withheld.map((field) => ({ type: TYPES[part] as string, id: record.id, field })),
        );
        const named = withheld.flatMap(({ type, fields }) => fields.map((field) => `${type}.${field}`));
        expect(new Set(named)).toEqual(new Set(told.map(({ type, field }) => `${type}.${field}`)));
        const columns = told.filter(({ field }) => !['smart', 'overdue'].includes(field));
        for (const { type, id, field } of columns) {
          const { body } = await caller
            .post('/v1/policy/explanations', { action: 'read', type, id, field, panelId })
            .expect(200);
          expect([type, field, body.outcome]).toEqual([type, field, 'withhold']);
          const entries = withheld.filter((one) => one.type === type && one.fields.includes(field));
          expect(entries).toContainEqual(expect.objectContaining(body.decidedBy));
          asked++;
        }
      }
      const { body } = await caller.get(`/v1/cases/${cases[0]!}/contributions`).expect(200);
      expect(manifest.categories.map(({ category }) => category)).toEqual(body.withheld);
      expect(manifest.categories.length).toBeGreaterThan(3);
    }
    expect(asked).toBeGreaterThan(20);
  });

  test('is marked as its parts are, and carries its reader; the log knows each copy', async () => {
    const { rows: plain } = await owner.query<{ id: string }>(
      `SELECT c.id FROM cases c WHERE c.panel_id = $1 AND c.stage <> 'closed'
         AND EXISTS (SELECT FROM contributions o WHERE o.case_id = c.id AND o.category = 'asb_incident' AND NOT o.agency_only)
         AND NOT EXISTS (SELECT FROM contributions o WHERE o.case_id = c.id AND o.handling = 'C') LIMIT 1`,
      [panelId],
    );
    const caseId = plain[0]!.id;
    const meeting = await convened([caseId]);
    const { manifest } = await pack('housing-officer', meeting);
    expect(manifest.watermark).toMatchObject({
      reader: 'Delphine Ashwarren',
      meeting: expect.stringMatching(/^ask-jag 20/),
    });
    expect(manifest.watermark.agency).toMatch(/Housing/i);
    const copies = [manifest, (await pack('housing-officer', meeting)).manifest].map((one) => one.watermark.serial);
    expect(new Set(copies).size).toBe(2);
    for (const serial of copies) {
      const { rows } = await owner.query(
        `SELECT operation FROM audit_entries WHERE sub_operation = 'open_document' AND record_ids @> ARRAY[$1, $2]::uuid[]`,
        [meeting.id, serial],
      );
      expect(rows).toEqual([{ operation: 'disclose' }]);
    }
    expect(manifest.marking.classification).toBe('OFFICIAL-SENSITIVE');
    const before = (await pack('housing-officer', meeting)).manifest.marking.handling;
    expect(before).toBe('P');
    const bound = { category: 'asb_incident', kind: 'fact', summary: 'A short note.', text: 'Under conditions.' };
    await (
      await by('fire-officer')
    )
      .post(`/v1/cases/${caseId}/contributions`, { ...bound, handling: 'C', conditions: 'Not to be minuted.' })
      .expect(201);
    expect((await pack('housing-officer', meeting)).manifest.marking.handling).toBe('C');
    expect((await pack('observer', meeting)).manifest.marking).toEqual({ classification: 'OFFICIAL', handling: null });
  });

  test('as PDF and as DOCX says what it says as JSON, and two agencies’ differ by that alone', async () => {
    const meeting = await convened(cases.slice(0, 3));
    const packs = new Map<string, Pack>();
    for (const who of READERS) packs.set(who, await pack(who, meeting));
    const all = [...new Set([...packs.values()].flatMap(({ items }) => saidIn(items)))];
    expect(all.length).toBeGreaterThan(60);
    const told = new Set<string>();
    for (const [who, { items }] of packs) {
      // what stands within other words that are shown is read with them
      const shown = saidIn(items).map(dense).join('|');
      const expected = all.filter((one) => shown.includes(dense(one)));
      expect(expected.length).toBeGreaterThan(20);
      told.add(expected.join());
      for (const format of ['pdf', 'docx'] as const) {
        const text = dense((await file(who, meeting, format)).text);
        expect([who, format, all.filter((one) => text.includes(dense(one)))]).toEqual([who, format, expected]);
      }
    }
    expect(told.size).toBe(READERS.length);
  }, 60_000);

  test('as PDF and as DOCX says what it keeps back and by which rule, how it is marked and whose it is', async () => {
    const meeting = await convened(cases.slice(0, 2));
    const { items, title } = await pack('fire-officer', meeting);
    for (const format of ['pdf', 'docx'] as const) {
      const { text, parts, bytes } = await file('fire-officer', meeting, format);
      const whole = dense(parts.join(' '));
      const [serial] = /(?<=copy )[0-9a-f-]{36}/.exec(parts.join(' ').replaceAll(/<[^>]*>/g, '')) ?? [];
      const { rows } = await owner.query<{ ids: string[]; actor: string; fields: string[] }>(
        `SELECT record_ids AS ids, actor_id AS actor, fields FROM audit_entries WHERE sub_operation = 'open_document'
           AND record_ids @> ARRAY[$1]::uuid[]`,
        [serial],
      );
      const { id } = await practitioner(owner, 'fire-officer');
      expect(rows).toEqual([{ ids: [meeting.id, serial, ...meeting.listings], actor: id, fields: ['pack'] }]);
      // the copy after tells the same of what it keeps back
      const { manifest } = await pack('fire-officer', meeting);
      const rules = [...manifest.items.flatMap(({ withheld }) => withheld), ...manifest.categories];
      expect(rules.length).toBeGreaterThan(10);
      for (const { rule } of rules) expect(dense(text)).toContain(dense(rule));
      const fields = manifest.items.flatMap(({ withheld }) => withheld).map((one) => one.fields.join(', '));
      for (const some of fields) expect(dense(text)).toContain(dense(some));
      const { reader, agency } = manifest.watermark;
      for (const said of [title, reader, agency, manifest.marking.classification, 'Confidential.'])
        expect(whole).toContain(dense(said));
      if (format === 'docx') continue;
      const { artifacts, outside, elements } = await taggedOf(bytes);
      expect(outside).toEqual([]);
      expect(elements.filter(({ path }) => path === 'Document Sect H2')).toHaveLength(items.length + 1);
      for (const page of artifacts)
        for (const said of [reader, agency, serial!, manifest.marking.classification]) expect(page).toContain(said);
    }
    const officer = await by('fire-officer');
    for (const format of ['json', 'pdf', 'docx']) {
      await (await by('outsider')).get(`${meeting.path}/pack?format=${format}`).expect(404);
      const path = `${meeting.path}/pack?format=${format}`;
      await officer.get(path).set('purpose', 'CURIOSITY').expect(400);
      await officer.get(path).set('purpose', 'PANEL_MEETING').expect(200);
    }
    await officer.get(`${meeting.path}/pack?format=odt`).expect(400);
  }, 60_000);

  test('is marked in every form as conditions of handling ask', async () => {
    const meeting = await convened([cases[0]!]);
    const bound = { category: 'asb_incident', kind: 'fact', summary: 'A short note.', text: 'Under conditions.' };
    const path = `/v1/cases/${cases[0]!}/contributions`;
    await (
      await by('fire-officer')
    )
      .post(path, { ...bound, handling: 'C', conditions: 'Not to be minuted.' })
      .expect(201);
    expect((await pack('fire-officer', meeting)).manifest.marking.handling).toBe('C');
    for (const format of ['pdf', 'docx'] as const)
      expect((await file('fire-officer', meeting, format)).parts.join(' ')).toContain(
        'OFFICIAL-SENSITIVE, HANDLING CONDITIONS APPLY',
      );
  });

  test('has nothing of an item from which its reader is kept, and no gap', async () => {
    const four = cases.slice(1, 5) as [string, string, string, string];
    const meeting = await convened(four);
    const [first, second, third, fourth] = four;
    await excluded('housing-officer', second);
    const recusal = { listingId: meeting.listings[0], reason: 'A cousin of the tenant.' };
    await (await by('housing-officer')).post(`${meeting.path}/recusals`, recusal).expect(201);
    const { text, body } = await (await by('housing-officer')).get(`${meeting.path}/pack`).expect(200);
    expect(casesIn(body)).toEqual([third, fourth]);
    expect(body.manifest.items).toHaveLength(2);
    for (const hidden of [second, meeting.listings[0], meeting.listings[1]]) expect(text).not.toContain(hidden);
    expect(casesIn(await pack('fire-officer', meeting))).toEqual([first, second, third, fourth]);
    expect(casesIn(await pack('observer', meeting))).toEqual([]);
    await (await by('outsider')).get(`${meeting.path}/pack`).expect(404);

    const invited = await practitioner(owner, 'social-worker');
    const invitation = { agencyId: invited.agencyId, practitionerId: invited.id, closesAt: inDays(50) };
    const path = `${meeting.path}/listings/${meeting.listings[2]!}/invitations`;
    await (await by(COORDINATOR)).post(path, invitation).expect(201);
    expect(casesIn(await pack('social-worker', meeting))).toEqual([third]);
  });
});

describe('a check before papers go out', () => {
  const check = async (who: string, { path }: Convened): Promise<Response> =>
    (await by(who)).post(`${path}/circulation-checks`);
  const approval = async (who: string, { path }: Convened, id: string): Promise<Response> => {
    const caller = await by(who);
    const { headers } = await caller.get(`${path}/circulation-checks/${id}`);
    return caller.post(`${path}/circulation-checks/${id}/approval`).set('if-match', (headers['etag'] as string) ?? '*');
  };
  const warned = ({ body }: Response, code: string): Warning[] =>
    body.warnings.filter((one: Warning) => one.code === code);

  test('says what each recipient would receive, as they receive it', async () => {
    const meeting = await convened(cases.slice(0, 2));
    await excluded('environmental-health-officer', cases[0]!);
    const made = await check(COORDINATOR, meeting);
    expect([made.status, made.text.slice(0, 300)]).toEqual([201, expect.anything()]);
    expect(made.body).toMatchObject({ edition: 1, stale: false, approvedAt: null });
    for (const who of ['jag-chair', 'housing-officer', 'fire-officer', 'environmental-health-officer', 'observer']) {
      const { id } = await practitioner(owner, who);
      const found = made.body.recipients.find((one: { practitionerId: string }) => one.practitionerId === id);
      const items: Item[] = (await pack(who, meeting)).items;
      expect([who, found?.items.map((one: { listingId: string }) => one.listingId) ?? []]).toEqual([
        who,
        items.map(({ listing }) => listing.id),
      ]);
      const seen = new Set(
        (await pack(COORDINATOR, meeting)).items.flatMap((item) => recordsOf(item).map(([, { id: one }]) => one)),
      );
      for (const [index, item] of items.entries()) {
        const records = (item['contributions'] as (Shown & { category: string })[]).filter(({ id: one }) =>
          seen.has(one),
        );
        for (const category of new Set(records.map((one) => one.category))) {
          const told = found.items[index].receives.filter((one: { category: string }) => one.category === category);
          const whole = records.filter((one) => one.category === category && 'text' in one);
          const full = told.find((one: { extent: string }) => one.extent === 'full')?.records ?? 0;
          expect([who, category, full >= whole.length]).toEqual([who, category, true]);
          expect(told.length).toBeGreaterThan(0);
        }
      }
    }
    expect((await check('housing-officer', meeting)).status).toBe(403);
    await (await by('housing-officer')).get(`${meeting.path}/circulation-checks/${made.body.id as string}`).expect(404);
    const { id } = await practitioner(owner, 'observer');
    expect(warned(made, 'receives-nothing')[0]!.practitionerIds).toContain(id);
    for (const one of made.body.recipients as { items: unknown[]; receivesNothing: boolean }[])
      expect(one.receivesNothing).toBe(one.items.length === 0);
    expect(warned(made, 'received-by-nobody')).toEqual([]);
  });

  test('tells nothing of a conflict that another panel keeps', async () => {
    const meeting = await convened(cases.slice(0, 2));
    const { id } = await practitioner(owner, 'fire-officer');
    const received = async (): Promise<unknown> => {
      const { body } = await check(COORDINATOR, meeting);
      return body.recipients.find((one: { practitionerId: string }) => one.practitionerId === id).items;
    };
    const before = await received();
    expect(before).toHaveLength(2);
    const { rowCount } = await owner.query(
      `INSERT INTO exclusions (id, version, partnership_id, panel_id, practitioner_id, person_id, reason, since, reach, declared)
       SELECT gen_random_uuid(), 1, p.partnership_id, p.id, $1, cp.person_id, 'A cousin.', now() - interval '1 day', 'partnership', true
       FROM panels p, case_people cp WHERE p.code = 'ask-marac' AND cp.case_id = $2 LIMIT 1`,
      [id, cases[0]],
    );
    expect([rowCount, (await pack('fire-officer', meeting)).items.length]).toEqual([1, 1]);
    expect(await received()).toEqual(before);
    await owner.query(`DELETE FROM exclusions WHERE reason = 'A cousin.'`);
  });

  test('tells another coordinator nothing of a conflict that only its maker may know', async () => {
    const meeting = await convened(cases.slice(0, 2));
    const { id } = await practitioner(owner, 'fire-officer');
    const itemsIn = ({ body }: Response): unknown[] =>
      body.recipients.find((one: { practitionerId: string }) => one.practitionerId === id).items;
    const read = async (who: string, made: Response): Promise<Response> =>
      (await by(who)).get(`${meeting.path}/circulation-checks/${made.body.id as string}`).expect(200);
    const maker = await practitioner(owner, COORDINATOR);
    // the maker chairs the other panel, too
    await owner.query(
      `INSERT INTO memberships (id, version, panel_id, agency_id, practitioner_id, tier, role, valid_from)
       SELECT gen_random_uuid(), 1, p.id, $2, $1, 'core', 'coordinator', current_date FROM panels p WHERE p.code = 'ask-marac'`,
      [maker.id, maker.agencyId],
    );
    await owner.query(
      `INSERT INTO exclusions (id, version, partnership_id, panel_id, practitioner_id, person_id, reason, since, reach, declared)
       SELECT gen_random_uuid(), 1, p.partnership_id, p.id, $1, cp.person_id, 'A cousin.', now() - interval '1 day', 'partnership', true
       FROM panels p, case_people cp WHERE p.code = 'ask-marac' AND cp.case_id = $2 LIMIT 1`,
      [id, cases[0]],
    );
    const made = await check(COORDINATOR, meeting);
    expect([itemsIn(made).length, itemsIn(await read(COORDINATOR, made)).length]).toEqual([1, 1]);
    const own = await check('jag-chair', meeting);
    const { body } = await read('jag-chair', made);
    expect(itemsIn(await read('jag-chair', made))).toHaveLength(2);
    expect([body.recipients, body.warnings]).toEqual([own.body.recipients, own.body.warnings]);
    await owner.query(`DELETE FROM exclusions WHERE reason = 'A cousin.'`);
    await owner.query(
      `DELETE FROM memberships WHERE practitioner_id = $1 AND panel_id = (SELECT id FROM panels WHERE code = 'ask-marac')`,
      [maker.id],
    );
  });

  test('tells its reader nothing of an item that is hidden from them', async () => {
    const [open, hidden] = cases.slice(2, 4) as [string, string];
    const meeting = await convened([open, hidden]);
    const made = await check('jag-chair', meeting);
    expect(made.body.recipients.some((one: { items: unknown[] }) => one.items.length === 2)).toBe(true);
    await excluded(COORDINATOR, hidden);
    const { text, body } = await (
      await by(COORDINATOR)
    ).get(`${meeting.path}/circulation-checks/${made.body.id as string}`);
    expect(text).not.toContain(meeting.listings[1]);
    expect(body.stale).toBe(false);
    expect(body.namedPeople).toBeLessThanOrEqual(made.body.namedPeople);
    const coordinator = await by(COORDINATOR);
    await (
      await by('jag-chair')
    )
      .patch(`${meeting.path}/listings/${meeting.listings[1]!}`, { timeboxMinutes: 7 }, '*')
      .expect(200);
    const again = await coordinator.get(`${meeting.path}/circulation-checks/${made.body.id as string}`).expect(200);
    expect(again.body.stale).toBe(false);
    const chair = await (
      await by('jag-chair')
    )
      .get(`${meeting.path}/circulation-checks/${made.body.id as string}`)
      .expect(200);
    expect(chair.body.stale).toBe(true);
  });

  test('shows a guest of a hidden item, and warnings about the guest, to nobody from whom it is hidden', async () => {
    const [open, hidden] = cases.slice(2, 4) as [string, string];
    const { id, agencyId } = await practitioner(owner, 'outsider');
    await owner.query(
      `INSERT INTO agency_partnerships (id, version, agency_id, partnership_id)
       SELECT gen_random_uuid(), 1, $1, partnership_id FROM panels WHERE id = $2 ON CONFLICT DO NOTHING`,
      [agencyId, panelId],
    );
    await owner.query(`UPDATE practitioners SET roles = '{safeguarding_lead}' WHERE id = $1`, [id]);
    await excluded(COORDINATOR, hidden);
    const chair = await by('jag-chair');
    const meeting = await convened([open]);
    const found = async () => {
      const made = await check('jag-chair', meeting);
      const path = `${meeting.path}/circulation-checks/${made.body.id as string}`;
      const { body } = await (await by(COORDINATOR)).get(path).expect(200);
      return { made, seen: [body.recipients, body.warnings, body.namedPeople, body.stale] };
    };
    const without = await found();
    const listings = `${meeting.path}/listings`;
    const { body } = await chair.post(listings, { caseId: hidden, kind: 'review' }).expect(201);
    const invitations = `${listings}/${body.id as string}/invitations`;
    for (const practitionerId of [id, null])
      await chair.post(invitations, { agencyId, practitionerId, closesAt: inDays(50) }).expect(201);
    const guests = { agencyId: (await practitioner(owner, 'school-lead')).agencyId, practitionerId: null };
    await chair.post(invitations, { ...guests, closesAt: inDays(50) }).expect(201);
    const guest = await found();
    expect(guest.made.body.recipients.map((one: { practitionerId: string }) => one.practitionerId)).toContain(id);
    expect(warned(guest.made, 'outside-agreement')[0]!.practitionerIds).toContain(id);
    expect(guest.made.body.needsSecondApproval).toBe(without.made.body.needsSecondApproval);
    expect(guest.seen).toEqual(without.seen);
    // a guest of an item that is seen, who receives nothing of it, is shown
    const visible = `${listings}/${meeting.listings[0]!}/invitations`;
    await chair.post(visible, { agencyId, practitionerId: id, closesAt: inDays(50) }).expect(201);
    await excluded('outsider', open);
    const shown = (await found()).seen[0] as { practitionerId: string; items: unknown[] }[];
    expect(shown.find(({ practitionerId }) => practitionerId === id)?.items).toEqual([]);
    await owner.query('DELETE FROM invitations WHERE agency_id = ANY ($1)', [[agencyId, guests.agencyId]]);
  });

  test('names colleagues of whom one would hold a more redacted copy, until they hold the same', async () => {
    const meeting = await convened([cases[1]!]);
    const bound = { category: 'asb_incident', kind: 'fact', summary: 'A short note.', text: 'Under conditions.' };
    const { body } = await (
      await by('fire-officer')
    )
      .post(`/v1/cases/${cases[1]!}/contributions`, { ...bound, handling: 'C', conditions: 'Not to be minuted.' })
      .expect(201);
    const people = [await practitioner(owner, 'housing-officer'), await practitioner(owner, 'related-officer')];
    expect(people[0]!.agencyId).toBe(people[1]!.agencyId);
    const ids = people.map(({ id }) => id).sort();
    const unequal = async (): Promise<string[][]> =>
      warned(await check(COORDINATOR, meeting), 'unequal-copies').map(({ practitionerIds }) => practitionerIds.sort());
    const acknowledge = async (who: string): Promise<void> => {
      const path = `/v1/contributions/${body.id as string}`;
      const { headers } = await (await by(who)).get(path).expect(200);
      await (
        await by(who)
      )
        .post(`${path}/acknowledgement`)
        .set('if-match', headers['etag'] as string)
        .expect(200);
    };
    expect(await unequal()).not.toContainEqual(ids);
    await acknowledge('housing-officer');
    expect(await unequal()).toContainEqual(ids);
    await acknowledge('related-officer');
    expect(await unequal()).not.toContainEqual(ids);
  });

  test('warns of a recipient whose agency signed no agreement, and of an item that nobody receives', async () => {
    const meeting = await convened([cases[2]!]);
    const { id, agencyId } = await practitioner(owner, 'outsider');
    await owner.query(
      `INSERT INTO agency_partnerships (id, version, agency_id, partnership_id)
       SELECT gen_random_uuid(), 1, $1, partnership_id FROM panels WHERE id = $2 ON CONFLICT DO NOTHING`,
      [agencyId, panelId],
    );
    await owner.query(`UPDATE practitioners SET roles = '{safeguarding_lead}' WHERE id = $1`, [id]);
    const before = await check(COORDINATOR, meeting);
    expect(before.body.recipients.map((one: { practitionerId: string }) => one.practitionerId)).not.toContain(id);
    const path = `${meeting.path}/listings/${meeting.listings[0]!}/invitations`;
    await (await by(COORDINATOR)).post(path, { agencyId, practitionerId: null, closesAt: inDays(50) }).expect(201);
    const after = await check(COORDINATOR, meeting);
    expect(warned(after, 'outside-agreement')[0]!.practitionerIds).toContain(id);
    const sergeant = await practitioner(owner, 'police-sergeant');
    expect(warned(after, 'outside-agreement')[0]!.practitionerIds).not.toContain(sergeant.id);
    await owner.query('DELETE FROM invitations WHERE agency_id = $1', [agencyId]);

    const { rows } = await owner.query<{ subject: string }>(
      `SELECT p.subject FROM memberships m JOIN practitioners p ON p.id = m.practitioner_id
       WHERE m.panel_id = $1 AND m.tier = 'core' AND m.role NOT IN ('chair', 'co_chair', 'coordinator')
         AND m.valid_from <= now() AND (m.valid_to IS NULL OR m.valid_to >= now())`,
      [panelId],
    );
    for (const { subject } of rows) await excluded(subject, cases[2]!);
    expect(warned(await check(COORDINATOR, meeting), 'received-by-nobody')[0]!.listingIds).toEqual(meeting.listings);
  });

  test('is needed, approved and still true, before they go out', async () => {
    const meeting = await convened([cases[3]!]);
    const circulation = async (): Promise<[number, string]> => {
      const { status, body } = await moved(COORDINATOR, meeting, 'agenda/circulation');
      return [status, body.code ?? body.status];
    };
    expect(await circulation()).toEqual([409, 'circulation-check-missing']);
    const first = await check(COORDINATOR, meeting);
    expect(first.body.needsSecondApproval).toBe(false);
    expect(await circulation()).toEqual([409, 'circulation-check-unapproved']);
    const path = `${meeting.path}/circulation-checks/${first.body.id as string}/approval`;
    await (await by(COORDINATOR)).post(path).expect(428);
    expect((await approval('housing-officer', meeting, first.body.id)).status).toBe(403);
    expect((await approval(COORDINATOR, await convened([]), first.body.id)).status).toBe(404);
    expect((await approval(COORDINATOR, meeting, first.body.id)).status).toBe(200);
    expect((await approval(COORDINATOR, meeting, first.body.id)).body.code).toBe('approved-already');

    const invited = await practitioner(owner, 'social-worker');
    const invitation = { agencyId: invited.agencyId, practitionerId: invited.id, closesAt: inDays(50) };
    const listing = `${meeting.path}/listings/${meeting.listings[0]!}`;
    await (await by(COORDINATOR)).post(`${listing}/invitations`, invitation).expect(201);
    expect(await circulation()).toEqual([409, 'circulation-check-stale']);
    const second = await check(COORDINATOR, meeting);
    expect(second.body.edition).toBe(2);
    expect(second.body.recipients.map((one: { practitionerId: string }) => one.practitionerId)).toContain(invited.id);
    await (await by(COORDINATOR)).patch(listing, { timeboxMinutes: 20 }, '*').expect(200);
    expect((await approval(COORDINATOR, meeting, second.body.id)).body.code).toBe('circulation-check-stale');

    const third = await check(COORDINATOR, meeting);
    expect((await approval(COORDINATOR, meeting, third.body.id)).status).toBe(200);
    const outsider = await practitioner(owner, 'youth-outreach-worker');
    const today = new Date().toISOString().slice(0, 10);
    const seat = { practitionerId: outsider.id, tier: 'flexible', role: 'member', validFrom: today, validTo: null };
    await (await by('jag-chair')).post(`/v1/panels/${panelId}/memberships`, seat).expect(201);
    expect(await circulation()).toEqual([409, 'circulation-check-stale']);
    const fourth = await check(COORDINATOR, meeting);
    expect((await approval(COORDINATOR, meeting, fourth.body.id)).status).toBe(200);
    expect(await circulation()).toEqual([200, 'papers_out']);
  });

  test('shows no item hidden since when its approval is repeated with an Idempotency-Key', async () => {
    const meeting = await convened(cases.slice(0, 2));
    const made = await check(COORDINATOR, meeting);
    const path = `${meeting.path}/circulation-checks/${made.body.id as string}`;
    const caller = await by(COORDINATOR);
    const etag = String((await caller.get(path)).headers['etag']);
    const approve = () =>
      caller
        .post(`${path}/approval`)
        .set('if-match', etag)
        .set('idempotency-key', `approve-${String(made.body.id)}`);
    const first = await approve().expect(200);
    expect(first.body.approvedAt).toEqual(expect.any(String));
    expect(first.text).toContain(meeting.listings[0]);
    expect((await approve().expect(200)).body).toEqual(first.body);
    await excluded(COORDINATOR, cases[0]!);
    const again = await approve().expect(200);
    expect(again.text).not.toContain(meeting.listings[0]);
    expect(again.text).toContain(meeting.listings[1]);
  });

  test('of papers that name more than ten people is approved by somebody else than its maker', async () => {
    const { rows } = await owner.query<{ id: string }>(
      `SELECT c.id FROM cases c WHERE c.panel_id = $1 AND c.stage <> 'closed'
       ORDER BY (SELECT count(DISTINCT p.person_id) FROM case_people p WHERE p.case_id = c.id) DESC LIMIT 25`,
      [panelId],
    );
    const meeting = await convened(rows.map(({ id }) => id));
    const made = await check('jag-chair', meeting);
    expect(made.body.namedPeople).toBeGreaterThan(10);
    expect(made.body.needsSecondApproval).toBe(true);
    expect(warned(made, 'many-named')).toHaveLength(1);
    const own = await approval('jag-chair', meeting, made.body.id);
    expect([own.status, own.body.code]).toEqual([403, 'not-permitted']);
    await expect(
      owner.query(`UPDATE circulation_checks SET approved_by_id = made_by_id, approved_at = now() WHERE id = $1`, [
        made.body.id,
      ]),
    ).rejects.toThrow('circulation_checks_second_approval');
    const approved = await approval('police-inspector', meeting, made.body.id);
    expect(approved.body).toMatchObject({ approvedById: (await practitioner(owner, 'police-inspector')).id });
    expect((await moved('jag-chair', meeting, 'agenda/circulation')).status).toBe(200);
  });

  test('tells nobody of a second approval that only hidden items ask for', async () => {
    const { rows } = await owner.query<{ id: string }>(
      `SELECT c.id FROM cases c WHERE c.panel_id = $1 AND c.stage <> 'closed'
       ORDER BY (SELECT count(DISTINCT p.person_id) FROM case_people p WHERE p.case_id = c.id) DESC LIMIT 25`,
      [panelId],
    );
    const meeting = await convened(rows.map(({ id }) => id));
    const made = await check('jag-chair', meeting);
    expect(made.body.needsSecondApproval).toBe(true);
    for (const { id } of rows.slice(0, -1)) await excluded(COORDINATOR, id);
    const coordinator = await by(COORDINATOR);
    const { body } = await coordinator.get(`${meeting.path}/circulation-checks/${made.body.id as string}`).expect(200);
    expect([body.needsSecondApproval, body.stale]).toEqual([false, false]);
    expect(body.warnings.map(({ code }: Warning) => code)).not.toContain('many-named');
    const list = await coordinator.get(`${meeting.path}/circulation-checks`).expect(200);
    expect(list.body.data[0].needsSecondApproval).toBe(false);
    const early = await moved(COORDINATOR, meeting, 'agenda/circulation');
    expect([early.status, early.body.code]).toEqual([409, 'circulation-check-unapproved']);
    expect(early.body.detail).not.toContain('named');
    const own = await approval('jag-chair', meeting, made.body.id);
    expect(own.status).toBe(403);
    expect((await approval(COORDINATOR, meeting, made.body.id)).body.needsSecondApproval).toBe(false);
  });

  test('is not needed where the panel’s rules say so', async () => {
    const meeting = await convened([cases[0]!]);
    const today = new Date().toISOString().slice(0, 10);
    const { rows } = await owner.query<{ rules: object }>(
      'SELECT rules FROM panel_rules WHERE panel_id = $1 ORDER BY edition DESC LIMIT 1',
      [panelId],
    );
    const rules = { effectiveFrom: today, rules: { ...rows[0]!.rules, circulationCheck: 'off' } };
    await (await by('jag-chair')).post(`/v1/panels/${panelId}/rules`, rules).expect(201);
    expect((await moved(COORDINATOR, meeting, 'agenda/circulation')).status).toBe(200);
    await owner.query(`DELETE FROM panel_rules WHERE panel_id = $1 AND rules->>'circulationCheck' = 'off'`, [panelId]);
  });
});

describe('papers that are recalled', () => {
  const sent = async (caseIds: string[]): Promise<Convened> => {
    const meeting = await convened(caseIds);
    await checked(server, meeting.path, COORDINATOR, 'jag-chair');
    expect((await moved(COORDINATOR, meeting, 'agenda/circulation')).status).toBe(200);
    return meeting;
  };
  const recall = async (who: string, { path }: Convened, body: object): Promise<Response> =>
    (await by(who)).post(`${path}/pack-recall`, { reason: 'The list of another meeting was attached.', ...body });

  test('are gone for whoever received them, until they go out again; the recall says why, and who received them', async () => {
    const early = await convened([cases[0]!]);
    expect((await recall('jag-chair', early, {})).body.code).toBe('not-circulated');
    const meeting = await sent([cases[0]!, cases[1]!]);
    await pack('fire-officer', meeting);
    expect((await recall(COORDINATOR, meeting, {})).status).toBe(403);
    const made = await recall('jag-chair', meeting, {});
    expect(made.status).toBe(201);
    expect(made.body.receivedByAgencyIds).toContain((await practitioner(owner, 'fire-officer')).agencyId);
    expect((await recall('jag-chair', meeting, {})).body.code).toBe('recalled-already');
    for (const who of READERS) {
      const { status, body } = await (await by(who)).get(`${meeting.path}/pack`);
      expect([status, body.code]).toEqual([410, 'pack-recalled']);
      expect(JSON.stringify(body)).not.toContain('The list of another meeting was attached.');
      for (const format of ['pdf', 'docx'])
        await (await by(who)).get(`${meeting.path}/pack?format=${format}`).expect(410);
    }
    await (await by('outsider')).get(`${meeting.path}/pack`).expect(404);
    const { body } = await (await by('fire-officer')).get(`${meeting.path}/pack-recalls`).expect(200);
    const reason = 'The list of another meeting was attached.';
    expect(body.data).toMatchObject([{ listingId: null, edition: 1, reason, openedBy: null }]);
    const { rows } = await owner.query(`SELECT 1 FROM events WHERE type = 'pack.recalled' AND subject_id = $1`, [
      made.body.id,
    ]);
    expect(rows).toHaveLength(1);
    await checked(server, meeting.path, COORDINATOR, 'jag-chair');
    expect((await moved(COORDINATOR, meeting, 'agenda/circulation')).status).toBe(200);
    expect(casesIn(await pack('fire-officer', meeting))).toEqual([cases[0], cases[1]]);
  });

  test('do not go out again on the check of before; a person named since needs a new check, too', async () => {
    const officer = await by('housing-officer');
    const bound = { category: 'asb_incident', kind: 'fact', summary: 'A short note.', text: 'Said on the stair.' };
    const path = `/v1/cases/${cases[0]!}/contributions`;
    const contribution = await officer.post(path, bound).expect(201);
    const meeting = await sent([cases[0]!, cases[1]!]);
    const circulation = async (): Promise<[number, string]> => {
      const { status, body } = await moved(COORDINATOR, meeting, 'agenda/circulation');
      return [status, body.code ?? body.status];
    };
    expect((await recall('jag-chair', meeting, { listingId: meeting.listings[1] })).status).toBe(201);
    expect(await circulation()).toEqual([409, 'circulation-check-stale']);
    await checked(server, meeting.path, COORDINATOR, 'jag-chair');
    expect((await recall('jag-chair', meeting, {})).status).toBe(201);
    expect(await circulation()).toEqual([409, 'circulation-check-stale']);
    await checked(server, meeting.path, COORDINATOR, 'jag-chair');
    const { rows } = await owner.query<{ partnership: string }>(
      'SELECT partnership_id AS partnership FROM panels WHERE id = $1',
      [panelId],
    );
    const person = { partnershipId: rows[0]!.partnership, givenName: 'Odile', familyName: 'Thornquay' };
    const { body } = await officer.post('/v1/persons', person).expect(201);
    const role = {
      personId: body.id as string,
      role: 'witness',
      rationale: 'Saw it from the stair.',
      since: '2026-01-01',
    };
    await officer.post(`/v1/cases/${cases[0]!}/people`, role).expect(201);
    expect(await circulation()).toEqual([409, 'circulation-check-stale']);
    await checked(server, meeting.path, COORDINATOR, 'jag-chair');
    expect(await circulation()).toEqual([200, 'papers_out']);
    const recalled = `/v1/contributions/${contribution.body.id as string}/recall`;
    const stopped = await officer.post(recalled, { reason: 'Written about somebody else.' }).set('if-match', '*');
    expect([stopped.status, stopped.text]).toEqual([200, expect.any(String)]);
    expect(await circulation()).toEqual([409, 'circulation-check-stale']);
  });

  test('keep the list of agencies that received them, whatever is read and circulated later', async () => {
    const meeting = await sent([cases[0]!]);
    await pack('fire-officer', meeting);
    const first = await recall('jag-chair', meeting, {});
    const before = first.body.receivedByAgencyIds as string[];
    const { rows } = await owner.query<{ subject: string; agency: string }>(
      `SELECT p.subject, p.agency_id AS agency FROM memberships m JOIN practitioners p ON p.id = m.practitioner_id
       WHERE m.panel_id = $1 AND m.tier = 'core' AND p.agency_id <> ALL ($2) AND m.valid_from <= current_date
         AND coalesce(m.valid_to, 'infinity') >= current_date ORDER BY p.subject LIMIT 1`,
      [panelId, before],
    );
    const late = rows[0]!;
    const listed = async (): Promise<string[]> => {
      const { body } = await (await by('jag-chair')).get(`${meeting.path}/pack-recalls`).expect(200);
      return body.data.find(({ id }: { id: string }) => id === first.body.id).receivedByAgencyIds;
    };
    await (await by(late.subject)).get(`/v1/cases/${cases[0]!}/contributions?limit=100`).expect(200);
    expect(await listed()).toEqual(before);
    await checked(server, meeting.path, COORDINATOR, 'jag-chair');
    expect((await moved(COORDINATOR, meeting, 'agenda/circulation')).status).toBe(200);
    // as if the agenda went out again on another day
    await owner.query(`UPDATE meetings SET circulated_at = now() + interval '2 days' WHERE id = $1`, [meeting.id]);
    expect(await listed()).toEqual(before);
  });

  test('name, to whoever may recall them, each person who opened what was recalled, and under which serial', async () => {
    const meeting = await sent([cases[0]!, cases[1]!]);
    await excluded('fire-officer', cases[1]!);
    const opened: { readerId: string; agencyId: string; id: string }[] = [];
    for (const who of ['fire-officer', 'housing-officer', 'housing-officer']) {
      const { id: readerId, agencyId } = await practitioner(owner, who);
      const { serial: id } = (await pack(who, meeting)).manifest.watermark;
      opened.push({ readerId, agencyId, id });
    }
    const pdf = await file('housing-officer', meeting, 'pdf');
    opened.push({ ...opened[1]!, id: /(?<=copy )[0-9a-f-]{36}/.exec(pdf.parts.join())![0] });
    await (await by('fire-officer')).get(`${meeting.path}/minutes/document`).expect(200);

    const item = await recall('jag-chair', meeting, { listingId: meeting.listings[1] });
    // the copy of whoever is kept from the item did not hold it
    expect(item.body.openedBy.map(({ id }: { id: string }) => id)).toEqual(opened.slice(1).map(({ id }) => id));
    const whole = await recall('jag-chair', meeting, {});
    expect(whole.body.openedBy).toMatchObject(opened);
    const { body } = await (await by('jag-chair')).get(`${meeting.path}/pack-recalls`).expect(200);
    expect(body.data.map(({ openedBy }: { openedBy: object[] }) => openedBy.length).sort()).toEqual([3, 4]);
    for (const who of ['fire-officer', 'housing-officer', COORDINATOR]) {
      const { data } = (await (await by(who)).get(`${meeting.path}/pack-recalls`).expect(200)).body;
      expect(data.map(({ openedBy }: { openedBy: unknown }) => openedBy)).toEqual(data.map(() => null));
      expect(data.length).toBeGreaterThan(0);
    }
  });

  test('name no guest who opened a hidden item alone', async () => {
    const coordinator = await by(COORDINATOR);
    const meeting = await convened([cases[0]!, cases[2]!]);
    const guest = await practitioner(owner, 'agency-administrator');
    const invitation = { agencyId: guest.agencyId, practitionerId: guest.id, closesAt: inDays(45) };
    const listingId = meeting.listings[1]!;
    await coordinator.post(`${meeting.path}/listings/${listingId}/invitations`, invitation).expect(201);
    await checked(server, meeting.path, COORDINATOR, 'jag-chair');
    expect((await moved(COORDINATOR, meeting, 'agenda/circulation')).status).toBe(200);
    const { id: chair } = await practitioner(owner, 'jag-chair');
    const recusal = { listingId, practitionerId: chair, reason: 'A neighbour of the family.' };
    await coordinator.post(`${meeting.path}/recusals`, recusal).expect(201);
    for (const who of ['fire-officer', 'agency-administrator']) await pack(who, meeting);
    const { id: member } = await practitioner(owner, 'fire-officer');
    const openedBy = ({ body }: Response): string[] =>
      body.openedBy.map(({ readerId }: { readerId: string }) => readerId);
    expect(openedBy(await recall('jag-chair', meeting, {}))).toEqual([member]);
    const { body } = await (await by('police-inspector')).get(`${meeting.path}/pack-recalls`).expect(200);
    expect(openedBy({ body: body.data[0] } as Response)).toEqual([member, guest.id]);
  });

  test('tell nothing hidden since when the recall is repeated with an Idempotency-Key', async () => {
    const meeting = await sent([cases[2]!]);
    await pack('fire-officer', meeting);
    const chair = await by('jag-chair');
    const repeat = () =>
      chair
        .post(`${meeting.path}/pack-recall`, { reason: 'The list of another meeting was attached.' })
        .set('idempotency-key', `recall-${meeting.path}`);
    const first = await repeat().expect(201);
    const { agencyId } = await practitioner(owner, 'fire-officer');
    expect(first.body.receivedByAgencyIds).toContain(agencyId);
    expect((await repeat().expect(201)).body).toEqual(first.body);
    await excludedBy('police-inspector', 'jag-chair', cases[2]!);
    const again = await repeat().expect(201);
    expect([again.body.id, again.body.receivedByAgencyIds]).toEqual([first.body.id, []]);
  });

  test('are gone by the item, and whoever may not see the item learns nothing of it', async () => {
    const [kept, gone] = cases as [string, string];
    const meeting = await sent([kept, gone]);
    const listingId = meeting.listings[1]!;
    expect((await recall('jag-chair', meeting, { listingId: (await convened([kept])).listings[0] })).status).toBe(404);
    expect((await recall('jag-chair', meeting, { listingId })).status).toBe(201);
    const { items, manifest } = (await (await by('fire-officer')).get(`${meeting.path}/pack`).expect(200)).body;
    expect(items.map(({ listing }: Item) => listing.caseId)).toEqual([kept]);
    expect(manifest.recalled).toEqual([{ listingId, reason: 'The list of another meeting was attached.' }]);
    const reference = async (caseId: string): Promise<string> =>
      (await (await by('jag-chair')).get(`/v1/cases/${caseId}`).expect(200)).body.reference;
    for (const format of ['pdf', 'docx'] as const) {
      const { text, parts } = await file('fire-officer', meeting, format);
      expect(text).toContain(await reference(kept));
      expect(parts.join(' ')).not.toContain(await reference(gone));
      expect(text).toContain('An item of your copy was recalled');
    }
    await excluded('fire-officer', gone);
    for (const part of ['pack', 'pack-recalls']) {
      const { text } = await (await by('fire-officer')).get(`${meeting.path}/${part}`).expect(200);
      expect(text).not.toContain(listingId);
    }
  });
});
