/**
 * The timeline of a case names nobody who is in the case by a grant, an invitation or an emergency access to readers who may not
 * know of that way.
 *
 * Seen to fail: the event of an acknowledgement on the timeline, with the holder of an emergency access and of a grant as its actor; a
 * guest named as the author of a contribution to members who read no invitation, and to a coordinator recused from the item; a
 * guest named because of a seat that was given later, has not begun, or was cancelled, and of any invitation to the case.
 */
import type pg from 'pg';
import { asOwner, casesOf, inDays, practitioner } from '../support/panel-work.ts';
import { as, type Caller } from '../support/people.ts';
import { givenServer, type TestServer } from '../support/server.ts';

let server: TestServer;
let owner: pg.Client;
const by = (who: string): Promise<Caller> => as(server, who);

interface Told {
  id: string;
  type: string;
  subjectId: string;
  actorId?: string;
  agencyId?: string;
  withheld: string[];
}

async function timeline(who: string, caseId: string): Promise<Told[]> {
  const { body } = await (await by(who)).get(`/v1/cases/${caseId}/timeline?limit=100`).expect(200);
  return body.data;
}

beforeAll(async () => {
  server = await givenServer();
  owner = await asOwner(server);
});

const said = {
  category: 'asb_incident',
  kind: 'fact',
  summary: 'Seen at the door.',
  text: 'Seen at the door at night.',
};

describe('an acknowledgement of conditions', () => {
  async function withConditions(caseId: string): Promise<string> {
    const terms = { handling: 'C', conditions: 'Not to be told to anybody outside the panel.' };
    const { body } = await (
      await by('housing-officer')
    )
      .post(`/v1/cases/${caseId}/contributions`, { ...said, ...terms })
      .expect(201);
    return body.id;
  }

  async function acknowledge(who: string, id: string): Promise<void> {
    await (await by(who)).post(`/v1/contributions/${id}/acknowledgement`).set('if-match', '*').expect(200);
  }

  async function expectUntold(who: string, caseId: string, contributionId: string): Promise<void> {
    const me = await practitioner(owner, who);
    for (const reader of ['cmarac-chair', 'jag-coordinator', 'housing-officer', 'fire-officer']) {
      const told = await timeline(reader, caseId);
      expect(told.some(({ subjectId }) => subjectId === contributionId)).toBe(true);
      expect({ reader, types: told.map(({ type }) => type) }).not.toEqual({
        reader,
        types: expect.arrayContaining(['contribution.conditions-acknowledged']),
      });
      const named = told.filter(({ actorId }) => actorId === me.id);
      expect({ reader, named: named.map(({ type }) => type) }).toEqual({ reader, named: [] });
    }
  }

  test('by the holder of an emergency access is on nobody’s timeline', async () => {
    const caseId = (await casesOf(owner, 'ask-cmarac'))[0]!.id;
    const id = await withConditions(caseId);
    const opening = { caseId, reasonCode: 'missing_person', reason: 'Reported missing tonight; contacts needed now.' };
    const sergeant = await by('police-sergeant');
    const access = await sergeant.post('/v1/emergency-accesses', opening).expect(201);
    await acknowledge('police-sergeant', id);
    await sergeant
      .post(`/v1/emergency-accesses/${access.body.id as string}/ending`)
      .set('if-match', '*')
      .expect(200);
    await expectUntold('police-sergeant', caseId, id);
  });

  test('by somebody with a grant is on nobody’s timeline', async () => {
    const { id: caseId, reference } = (await casesOf(owner, 'ask-cmarac'))[1]!;
    const id = await withConditions(caseId);
    const asked = {
      caseReference: reference,
      reason: 'The victim of ours lives there as well.',
      purpose: 'PANEL_MEETING',
    };
    const request = await (await by('marac-chair')).post('/v1/access-requests', asked).expect(201);
    await (
      await by('jag-coordinator')
    )
      .post(`/v1/access-requests/${request.body.id as string}/approval`, { expiresAt: inDays(2) })
      .set('if-match', '*')
      .expect(200);
    await acknowledge('marac-chair', id);
    await expectUntold('marac-chair', caseId, id);
  });
});

describe('the author of a contribution', () => {
  const GUEST = 'idva';
  let caseId: string;
  let item: string;
  let meeting: string;
  let guest: { id: string; agencyId: string };

  beforeAll(async () => {
    guest = await practitioner(owner, GUEST);
    const { rows } = await owner.query<{ id: string }>(`SELECT id FROM panels WHERE code = 'ask-jag'`);
    const coordinator = await by('jag-coordinator');
    const when = { scheduledAt: inDays(20), endsAt: null, venueOrMode: 'Room 1', chairId: null };
    const convened = await coordinator.post('/v1/meetings', { panelId: rows[0]!.id, ...when }).expect(201);
    meeting = `/v1/meetings/${convened.body.id as string}`;
    caseId = (await casesOf(owner, 'ask-jag'))[0]!.id;
    const listed = await coordinator.post(`${meeting}/listings`, { caseId, kind: 'review' }).expect(201);
    item = listed.body.id;
    await coordinator
      .post(`${meeting}/listings/${item}/invitations`, {
        agencyId: guest.agencyId,
        practitionerId: guest.id,
        closesAt: inDays(21),
      })
      .expect(201);
  });

  async function made(who: string): Promise<string> {
    return (await (await by(who)).post(`/v1/cases/${caseId}/contributions`, said).expect(201)).body.id;
  }

  async function eventAs(who: string, contributionId: string): Promise<Told | undefined> {
    return (await timeline(who, caseId)).find(({ subjectId }) => subjectId === contributionId);
  }

  test('is named to all readers when core member, and to those who know of the invitation when guest', async () => {
    const [ofMember, ofGuest] = [await made('housing-officer'), await made(GUEST)];
    const member = await practitioner(owner, 'housing-officer');
    for (const reader of ['fire-officer', 'jag-coordinator'])
      expect({ reader, ...(await eventAs(reader, ofMember)) }).toMatchObject({
        reader,
        actorId: member.id,
        withheld: [],
      });
    for (const reader of [GUEST, 'jag-coordinator'])
      expect({ reader, ...(await eventAs(reader, ofGuest)) }).toMatchObject({
        reader,
        actorId: guest.id,
        withheld: [],
      });
    const told = await eventAs('fire-officer', ofGuest);
    expect(told).toMatchObject({ type: 'contribution.made', agencyId: guest.agencyId, withheld: ['actorId'] });
    expect(told).not.toHaveProperty('actorId');
  });

  test('is not named to a coordinator who is recused from the item of the guest', async () => {
    const id = await made(GUEST);
    const { id: practitionerId } = await practitioner(owner, 'jag-coordinator');
    const recusal = { listingId: item, practitionerId, reason: 'Lives next door to one of them.' };
    await (await by('jag-chair')).post(`${meeting}/recusals`, recusal).expect(201);
    expect((await eventAs('jag-coordinator', id))?.withheld).toEqual(['actorId']);
    expect((await eventAs('jag-chair', id))?.actorId).toBe(guest.id);
  });

  test('is not named to readers because of a seat that begins, or is given, after the event', async () => {
    const id = await made(GUEST);
    const { rows } = await owner.query<{ id: string }>(`SELECT id FROM panels WHERE code = 'ask-jag'`);
    const seats = `/v1/panels/${rows[0]!.id}/memberships`;
    for (const validFrom of [inDays(10).slice(0, 10), inDays(0).slice(0, 10)]) {
      const seat = { practitionerId: guest.id, tier: 'core', role: 'member', validFrom };
      const { body } = await (await by('jag-chair')).post(seats, seat).expect(201);
      expect((await eventAs('fire-officer', id))?.withheld).toEqual(['actorId']);
      await (
        await by('jag-chair')
      )
        .post(`${seats}/${body.id as string}/ending`, { reason: 'Another person was meant.' })
        .set('if-match', '*')
        .expect(200);
      expect((await eventAs('fire-officer', id))?.withheld).toEqual(['actorId']);
    }
  });

  test('is not named to somebody who invites that person afterwards', async () => {
    const id = await made(GUEST);
    await owner.query('UPDATE events SET actor_invitation_id = NULL WHERE subject_id = $1', [id]);
    expect((await eventAs('jag-chair', id))?.withheld).toEqual(['actorId']);
  });
});
