/**
 * A case that repeats one from which its coordinator is excluded: what is stored of it is the same whoever accepts it, and the
 * coordinator is answered as of a case that repeats none. So is an item that is shown as a new one because of a hidden item.
 *
 * Seen to fail: the earlier case read behind the wall of the person who accepts, so that nobody reads which it is and that person
 * reads that there is one; the kind of an item compared, written and carried over as it is stored and not as it is
 * shown; items in the order of their stored kinds; a proposal of what could go elsewhere by them; a case put off
 * too often by somebody from whom one time is hidden, without a word to the chair; an event that tells of the kind that an
 * item was listed as, once its kind was corrected; a case closed as referred in error that a later referral still repeats, that
 * spares it the threshold and that is named in its case; a valid earlier case forgotten because a later one was closed so.
 */
import type pg from 'pg';
import type { Response } from 'supertest';
import { asOwner, casesOf, conflictsAreOver, practitioner } from '../support/panel-work.ts';
import { as, type Caller } from '../support/people.ts';
import { givenServer, type TestServer } from '../support/server.ts';

let server: TestServer;
let owner: pg.Client;
let panelId: string;
let partnershipId: string;
let chair: Caller;
let coordinator: Caller;
const inDays = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString();
const idOf = ({ body }: Response): string => (body as { id: string }).id;
const outcome = ({ status, body }: Response): [number, string | undefined] => [status, body.code as string | undefined];

beforeAll(async () => {
  server = await givenServer();
  owner = await asOwner(server);
  chair = await as(server, 'jag-chair');
  coordinator = await as(server, 'jag-coordinator');
  const { rows } = await owner.query<{ id: string; partnership: string }>(
    `SELECT id, partnership_id AS partnership FROM panels WHERE code = 'ask-jag'`,
  );
  panelId = rows[0]!.id;
  partnershipId = rows[0]!.partnership;
});

async function convened(more: object = {}): Promise<string> {
  const meeting = { panelId, scheduledAt: inDays(3), venueOrMode: 'Room 2', ...more };
  return `/v1/meetings/${idOf(await chair.post('/v1/meetings', meeting).expect(201))}`;
}

const listed = async (meeting: string, caseId: string, kind: string): Promise<string> =>
  idOf(await chair.post(`${meeting}/listings`, { caseId, kind, timeboxMinutes: 10 }).expect(201));

/** What somebody reads of an item. */
async function reads(who: Caller, path: string): Promise<unknown[]> {
  const { body } = await who.get(path).expect(200);
  return [body.kind, body.timeboxMinutes];
}

const changed = async (path: string, change: object): Promise<[number, string | undefined]> =>
  outcome(await coordinator.patch(path, change, '*'));

describe('a repeat of a case from which the coordinator is excluded', () => {
  let earlier: string;
  let repeat: string;
  let plain: string;

  beforeAll(async () => {
    const officer = await as(server, 'housing-officer');
    const named = { partnershipId, givenName: 'Perpetua', familyName: 'Quillfeather' };
    const personId = idOf(await officer.post('/v1/persons', named).expect(201));
    const placeOf = async (name: string): Promise<string> =>
      idOf(await officer.post('/v1/places', { partnershipId, kind: 'estate', name }).expect(201));
    const witness = idOf(await officer.post('/v1/persons', { ...named, givenName: 'Isolde' }).expect(201));
    const accepted = async (placeId: string, by: Caller, more: object[] = []): Promise<string> => {
      const referral = idOf(
        await officer
          .post('/v1/referrals', {
            ...{ panelId, subjectKind: 'place', placeId, category: 'asb_incident' },
            people: [{ personId, role: 'complainant', rationale: 'Reported it.' }, ...more],
            problem: 'Shouted at on her stair every evening, by four households.',
            whyMultiAgency: 'Housing alone has not helped; police are needed.',
            criteria: ['repeat_location'],
            consentStatus: 'given',
            legalGateway: 'CDA_S115',
            submit: true,
          })
          .expect(201),
      );
      const answer = await by.post(`/v1/referrals/${referral}/acceptance`, {}).set('if-match', '*').expect(200);
      return (answer.body as { caseId: string }).caseId;
    };
    const place = await placeOf('Lantern Court, bin store');
    earlier = await accepted(place, chair, [{ personId: witness, role: 'witness', rationale: 'Saw it.' }]);
    repeat = await accepted(place, coordinator);
    const { id: practitionerId } = await practitioner(owner, 'jag-coordinator');
    // the repeat does not name the witness
    const hidden = { personId: witness, panelId, practitionerId, reason: 'A relative.' };
    await chair.post('/v1/exclusions', hidden).expect(201);
    plain = await accepted(await placeOf('Lantern Court, roof'), coordinator);
  });

  test('the chair reads which case it repeats, and the coordinator who accepted it none', async () => {
    const seen = async (who: Caller): Promise<unknown[]> => {
      const { body } = await who.get(`/v1/cases/${repeat}`).expect(200);
      return [body.isRepeat, body.previousCaseId];
    };
    expect(await seen(chair)).toEqual([true, earlier]);
    expect(await seen(coordinator)).toEqual([false, null]);
  });

  test('the coordinator who writes the kind that is shown changes it neither before nor after the agenda is out', async () => {
    const scheduledAt = inDays(3);
    const endsAt = new Date(Date.parse(scheduledAt) + 60_000).toISOString();
    const meeting = await convened({ scheduledAt, endsAt });
    const items = [await listed(meeting, repeat, 'repeat'), await listed(meeting, plain, 'new')];
    const [path, other] = items.map((id) => `${meeting}/listings/${id}`) as [string, string];
    expect(await reads(coordinator, path)).toEqual(['new', 10]);
    for (const item of [path, other])
      expect(await changed(item, { kind: 'new', timeboxMinutes: 20 })).toEqual([200, undefined]);
    expect(await reads(coordinator, path)).toEqual(['new', 20]);
    expect(await reads(chair, path)).toEqual(['repeat', 20]);
    // whatever is not urgent, a repeat or to be ratified could go elsewhere
    const { body } = await coordinator.post(`${meeting}/agenda`).expect(201);
    expect(body.overflow.proposal).toEqual(expect.arrayContaining(items));
    await owner.query(
      `UPDATE meetings SET status = 'papers_out', agenda_edition = 1, circulated_at = now() WHERE id = $1`,
      [meeting.split('/').at(-1)],
    );
    for (const item of [path, other]) {
      expect(await changed(item, { kind: 'new', timeboxMinutes: 25 })).toEqual([200, undefined]);
      expect(await changed(item, { kind: 'review', timeboxMinutes: 30 })).toEqual([409, 'agenda-locked']);
    }
    expect(await reads(chair, path)).toEqual(['repeat', 25]);
  });

  test('the coordinator reads that it was listed as new after the chair corrected the kind to review', async () => {
    const meeting = await convened();
    const id = await listed(meeting, repeat, 'repeat');
    const listedAs = async (who: Caller): Promise<unknown[]> => {
      const { body } = await who.get(`/v1/cases/${repeat}/timeline?limit=100`).expect(200);
      const events = body.data as { type: string; subjectId: string; data: Record<string, unknown> }[];
      const event = events.find(({ type, subjectId }) => type === 'case.listed' && subjectId === id);
      return [event?.data['kind'], event?.data['reason']];
    };
    expect(await listedAs(coordinator)).toEqual(['new', 'new_referral']);
    await chair.patch(`${meeting}/listings/${id}`, { kind: 'review' }, '*').expect(200);
    expect(await reads(coordinator, `${meeting}/listings/${id}`)).toEqual(['review', 10]);
    expect(await listedAs(coordinator)).toEqual(['new', 'new_referral']);
    expect(await listedAs(chair)).toEqual(['repeat', 'repeat']);
  });
});

describe('a case that was closed as referred in error', () => {
  let officer: Caller;
  let member: Caller;
  let sergeant: Caller;
  let places = 0;

  beforeAll(async () => {
    officer = await as(server, 'housing-officer');
    // the agreement withholds from this member which case is repeated, and shows it to the sergeant
    member = await as(server, 'fire-officer');
    sergeant = await as(server, 'police-sergeant');
  });

  const placed = async (): Promise<string> => {
    const named = { partnershipId, kind: 'estate', name: `Teasel Walk, block ${String(++places)}` };
    return idOf(await officer.post('/v1/places', named).expect(201));
  };

  const referred = async (placeId: string): Promise<string> =>
    idOf(
      await officer
        .post('/v1/referrals', {
          ...{ panelId, subjectKind: 'place', placeId, category: 'asb_incident' },
          problem: 'Fires in the bin store, three in two weeks.',
          whyMultiAgency: 'Cleaning alone has not helped; others are needed.',
          ...{ criteria: ['repeat_location'], legalGateway: 'CDA_S115', submit: true },
        })
        .expect(201),
    );

  const accepted = async (referral: string): Promise<string> => {
    const answer = await coordinator.post(`/v1/referrals/${referral}/acceptance`, {}).set('if-match', '*').expect(200);
    return answer.body.caseId as string;
  };

  const closed = async (caseId: string): Promise<void> => {
    const error = { closureReason: 'referred_in_error', outcome: 'not_applicable' };
    await chair.post(`/v1/cases/${caseId}/closure`, error).set('if-match', '*').expect(200);
  };

  const reopened = async (caseId: string): Promise<void> => {
    const path = `/v1/cases/${caseId}/reopening`;
    await chair.post(path, { reason: 'It was the right block.' }).set('if-match', '*').expect(200);
  };

  /** What somebody reads of a referral's screening, with the names of references that are withheld. */
  async function screening(who: Caller, referral: string): Promise<object> {
    const { body } = await who.get(`/v1/referrals/${referral}/screening`).expect(200);
    const { isRepeat, previousReferralId, duplicateOfId, withheld } = body;
    return { isRepeat, previousReferralId, duplicateOfId, withheld };
  }

  /** What somebody reads of a case wherever it says whether the case is a repeat. */
  async function repeating(who: Caller, caseId: string): Promise<object> {
    const { body } = await who.get(`/v1/cases/${caseId}`).expect(200);
    const filtered = await who.get(`/v1/cases?panelId=${panelId}&isRepeat=true&limit=100`).expect(200);
    const counts = await who.get(`/v1/case-counts?by=isRepeat&panelId=${panelId}`).expect(200);
    const explained = await who.post('/v1/policy/explanations', {
      ...{ type: 'Case', action: 'read', id: caseId, field: 'previousCaseId' },
    });
    return {
      isRepeat: body.isRepeat,
      previousCaseId: body.previousCaseId,
      withheld: body.withheld,
      isFound: filtered.body.data.some((one: { id: string }) => one.id === caseId),
      counted: counts.body.data.find((one: { value: string }) => one.value === 'true')?.count ?? 0,
      explained: explained.body.outcome,
    };
  }

  const NO_REPEAT = { isRepeat: false, previousReferralId: null, duplicateOfId: null, withheld: [] };

  test('the panel reads no repeat of it, neither from a new referral nor from the case that the referral opens', async () => {
    const place = await placed();
    await closed(await accepted(await referred(place)));
    const plain = await accepted(await referred(await placed()));
    const readers = [member, sergeant, coordinator, chair];
    const expected = await Promise.all(readers.map((who) => repeating(who, plain)));
    const later = await referred(place);
    for (const who of readers) expect(await screening(who, later)).toEqual(NO_REPEAT);
    const repeat = await accepted(later);
    expect(await Promise.all(readers.map((who) => repeating(who, repeat)))).toEqual(expected);
    expect(expected[1]).toMatchObject({ isRepeat: false, previousCaseId: null, isFound: false });
    // nor from the agenda
    const meeting = await convened({ scheduledAt: inDays(40) });
    await chair.post(`${meeting}/agenda`).expect(201);
    const { body: items } = await member.get(`${meeting}/listings`).expect(200);
    const item = items.data.find((one: { caseId: string }) => one.caseId === repeat) as object;
    expect(item).toMatchObject({ kind: 'new', reason: 'new_referral' });
  });

  test('the panel reads no repeat after the earlier case is closed so, and reads it again after the reopening', async () => {
    const place = await placed();
    const first = await referred(place);
    const earlier = await accepted(first);
    const waiting = await referred(place);
    const later = await referred(place);
    const repeat = await accepted(later);
    const meeting = await convened({ scheduledAt: inDays(41) });
    const item = await listed(meeting, repeat, 'repeat');
    const seen = async (who: Caller): Promise<object> => {
      const { body } = await who.get(`/v1/cases/${repeat}/timeline?limit=100`).expect(200);
      const events = body.data as { type: string; subjectId: string; data: Record<string, unknown> }[];
      const event = events.find(({ type, subjectId }) => type === 'case.listed' && subjectId === item);
      const { body: agenda } = await who.get(`${meeting}/agenda`).expect(200);
      const shown = (agenda.sections as { items: { caseId: string; reason: string }[] }[])
        .flatMap(({ items }) => items)
        .find(({ caseId }) => caseId === repeat);
      return {
        waiting: await screening(who, waiting),
        later: await screening(who, later),
        repeat: await repeating(who, repeat),
        item: await reads(who, `${meeting}/listings/${item}`),
        event: [event?.data['kind'], event?.data['reason']],
        agenda: shown?.reason,
      };
    };
    const before = [await seen(member), await seen(sergeant), await seen(coordinator)];
    expect(before[1]).toMatchObject({
      waiting: { isRepeat: true, previousReferralId: first },
      later: { isRepeat: true, previousReferralId: first },
      repeat: { isRepeat: true, previousCaseId: earlier, isFound: true },
      ...{ item: ['repeat', 10], event: ['repeat', 'repeat'], agenda: 'repeat' },
    });
    await closed(earlier);
    const plain = await accepted(await referred(await placed()));
    for (const who of [member, sergeant, coordinator, chair])
      expect(await seen(who)).toEqual({
        waiting: NO_REPEAT,
        later: { ...NO_REPEAT, duplicateOfId: waiting },
        repeat: await repeating(who, plain),
        ...{ item: ['new', 10], event: ['new', 'new_referral'], agenda: 'new_referral' },
      });
    await reopened(earlier);
    expect([await seen(member), await seen(sergeant), await seen(coordinator)]).toEqual(before);
  });

  test('the coordinator can refuse a referral below the threshold, and cannot after the case is reopened', async () => {
    const place = await placed();
    const earlier = await accepted(await referred(place));
    await closed(earlier);
    const [refused, waiting] = [await referred(place), await referred(place)];
    const refusal = { reasonCode: 'below_threshold', reason: 'The score is low.' };
    const answer = async (referral: string): Promise<[number, string | undefined]> =>
      outcome(await coordinator.post(`/v1/referrals/${referral}/refusal`, refusal).set('if-match', '*'));
    expect(await answer(refused)).toEqual([200, undefined]);
    await reopened(earlier);
    expect(await answer(waiting)).toEqual([422, 'repeat-needs-no-threshold']);
  });

  test('an earlier case of the same matter counts in its place', async () => {
    const place = await placed();
    const first = await referred(place);
    const valid = await accepted(first);
    await closed(await accepted(await referred(place)));
    const later = await referred(place);
    expect(await screening(member, later)).toEqual({ ...NO_REPEAT, isRepeat: true, previousReferralId: first });
    expect(await repeating(sergeant, await accepted(later))).toMatchObject({ isRepeat: true, previousCaseId: valid });
  });

  test('a referral accepted after its screening repeats the earlier case that remains', async () => {
    const place = await placed();
    const valid = await accepted(await referred(place));
    const mistaken = await accepted(await referred(place));
    const later = await referred(place);
    await closed(mistaken);
    expect(await screening(member, later)).toEqual(NO_REPEAT);
    expect(await repeating(sergeant, await accepted(later))).toMatchObject({ isRepeat: true, previousCaseId: valid });
  });

  test('a person excluded from it cannot read the case that repeats it', async () => {
    const place = await placed();
    const earlier = await accepted(await referred(place));
    const { id: practitionerId } = await practitioner(owner, 'fire-officer');
    await chair.post('/v1/exclusions', { caseId: earlier, practitionerId, reason: 'A relative.' }).expect(201);
    await closed(earlier);
    const later = await referred(place);
    await member.get(`/v1/referrals/${later}`).expect(404);
    await member.get(`/v1/cases/${await accepted(later)}`).expect(404);
  });

  test('a referral withdrawn as referred in error is no possible duplicate of a later one', async () => {
    const place = await placed();
    const first = await referred(place);
    const later = await referred(place);
    expect(await screening(member, later)).toEqual({ ...NO_REPEAT, duplicateOfId: first });
    const error = { reasonCode: 'referred_in_error', reason: 'Another estate was meant.' };
    await officer.post(`/v1/referrals/${first}/withdrawal`, error).set('if-match', '*').expect(200);
    for (const who of [member, coordinator]) expect(await screening(who, later)).toEqual(NO_REPEAT);
  });
});

test('the coordinator gets one answer for items shown as new, in their order and moved to an emergency meeting', async () => {
  const { rows } = await owner.query<{ id: string }>(
    `SELECT c.id FROM unnest($1::uuid[]) c (id) WHERE NOT EXISTS (SELECT FROM exclusions e WHERE e.case_id = c.id)
       AND NOT EXISTS (SELECT FROM exclusions e JOIN case_people cp USING (person_id) WHERE cp.case_id = c.id)
       AND NOT EXISTS (SELECT FROM cases k WHERE k.id = c.id AND k.stage = 'closed')
     ORDER BY (SELECT count(*) FROM listings l WHERE l.case_id = c.id), c.id LIMIT 3`,
    [(await casesOf(owner, 'ask-jag')).map(({ id }) => id)],
  );
  const { id: practitionerId } = await practitioner(owner, 'jag-coordinator');
  const emergency = await convened({ kind: 'emergency' });
  const answers: unknown[] = [];
  for (const [at, kind] of ['urgent', 'review'].entries()) {
    const caseId = rows[at]!.id;
    const [first, second] = [await convened(), await convened()];
    const from = await listed(first, caseId, kind);
    const removal = { reason: 'Nobody could come.', toMeetingId: second.split('/').at(-1) };
    await chair.post(`${first}/listings/${from}/removal`, removal).set('if-match', '*').expect(200);
    const { body } = await chair.get(`${second}/listings`).expect(200);
    const { id } = body.data.find((one: { caseId: string }) => one.caseId === caseId) as { id: string };
    await chair.post(`${first}/recusals`, { listingId: from, practitionerId, reason: 'A relative.' }).expect(201);
    await conflictsAreOver(owner, from);
    expect(await reads(coordinator, `${second}/listings/${id}`)).toEqual(['new', 10]);
    if (kind === 'review') {
      const next = await listed(second, rows[2]!.id, 'new');
      const { body: items } = await coordinator.get(`${second}/listings`).expect(200);
      // in the part of what it is shown as
      expect(items.data.map((one: { id: string }) => one.id)).toEqual([id, next]);
    }
    const onward = { reason: 'It cannot wait.', toMeetingId: emergency.split('/').at(-1) };
    answers.push(outcome(await coordinator.post(`${second}/listings/${id}/removal`, onward).set('if-match', '*')));
  }
  expect(answers).toEqual([
    [422, 'urgent-only'],
    [422, 'urgent-only'],
  ]);
});

test('the chair is told that a case was put off too often by a coordinator who knows of one time less', async () => {
  const { rows } = await owner.query<{ id: string }>(
    `SELECT c.id FROM cases c JOIN panels p ON p.id = c.panel_id WHERE p.code = 'ask-jag' AND c.stage <> 'closed'
       AND NOT EXISTS (SELECT FROM exclusions e WHERE e.case_id = c.id OR e.person_id IN
         (SELECT person_id FROM case_people WHERE case_id = c.id))
       AND NOT EXISTS (SELECT FROM listings l WHERE l.case_id = c.id AND l.removed_at IS NOT NULL)
     ORDER BY (SELECT count(*) FROM listings l WHERE l.case_id = c.id), c.id LIMIT 1 OFFSET 3`,
  );
  const caseId = rows[0]!.id;
  await owner.query(`UPDATE listings SET outcome = 'note' WHERE case_id = $1 AND outcome = 'defer'`, [caseId]);
  const { id: practitionerId } = await practitioner(owner, 'jag-coordinator');
  for (const [at, who] of [chair, chair, coordinator].entries()) {
    const meeting = await convened();
    const id = await listed(meeting, caseId, 'new');
    const removal = { reason: 'Nobody could come.' };
    await who.post(`${meeting}/listings/${id}/removal`, removal).set('if-match', '*').expect(200);
    // from the first of them
    const recusal = { listingId: id, practitionerId, reason: 'A relative.' };
    if (at > 0) continue;
    await chair.post(`${meeting}/recusals`, recusal).expect(201);
    await conflictsAreOver(owner, id);
  }
  const told = async (who: Caller): Promise<boolean> =>
    (await who.get(`/v1/cases/${caseId}/timeline?limit=100`).expect(200)).text.includes('case.deferred-often');
  expect([await told(chair), await told(coordinator)]).toEqual([true, false]);
});
