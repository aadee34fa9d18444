/**
 * A year of cycles for three boroughs, played through HTTP with a clock that is moved: bank holidays, both changes of summer
 * time, meetings that are cancelled, a template that changes in the middle, bids that are granted, refused, and escalated to
 * the one TTCG that the boroughs share. What was handed on arrives once; and the same year played twice reads the same, byte
 * for byte.
 *
 * The year is 2035: its Mondays meet New Year's Day, Easter Monday, the spring and the summer bank holiday.
 *
 * Seen to fail: a cancelled meeting that keeps what waited for it; a meeting at UTC instead of London time; a bank holiday that
 * moves nothing; a cycle that closes with something on its way; an escalated bid that makes none above; one whose decision above
 * does not come back; a template that moves a cycle under way; a new meeting that takes up nothing of what waits.
 */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { as, type Caller } from '../support/people.ts';
import { asOwner, openMeeting } from '../support/panel-work.ts';
import { givenDatabase } from '../support/database.ts';
import { givenServer, type TestServer } from '../support/server.ts';

const NEW_YEAR = '2035-01-01T08:00:00Z';
const CYCLES = 13;
const BOROUGHS = [
  { code: 'ask', coordinator: 'jag-coordinator', jagChair: 'jag-chair', taskingChair: 'police-inspector' },
  {
    code: 'pel',
    coordinator: 'other-borough-coordinator',
    jagChair: 'pellworth-jag-chair',
    taskingChair: 'pellworth-inspector',
  },
  {
    code: 'dun',
    coordinator: 'dunmarrow-coordinator',
    jagChair: 'dunmarrow-jag-chair',
    taskingChair: 'dunmarrow-inspector',
  },
] as const;
type Borough = (typeof BOROUGHS)[number];
const TTCG = { coordinator: 'ttcg-coordinator', chair: 'ttcg-chair' };

type Row = Record<string, any>; // eslint-disable-line @typescript-eslint/no-explicit-any -- answers, as they come

class Year {
  private readonly told: string[] = [];
  private now = '';
  private readonly panels = new Map<string, string>();
  private readonly templates = new Map<string, string>();

  constructor(private readonly server: TestServer) {}

  private by = (who: string): Promise<Caller> => as(this.server, who);

  private async all(who: string, path: string): Promise<Row[]> {
    const rows: Row[] = [];
    const caller = await this.by(who);
    for (let cursor: string | null = ''; cursor !== null;) {
      const { body } = await caller
        .get(`${path}${path.includes('?') ? '&' : '?'}limit=100${cursor && `&cursor=${cursor}`}`)
        .expect(200);
      rows.push(...body.data);
      cursor = body.next as string | null;
    }
    return rows;
  }

  private async make(who: string, path: string, body: object): Promise<Row> {
    const answer = await (await this.by(who)).post(path, body);
    if (answer.status !== 201) throw new Error(`${who} POST ${path}: ${String(answer.status)} ${answer.text}`);
    return answer.body as Row;
  }

  private async command(who: string, path: string, noun: string, body?: object, expected = 200): Promise<Row> {
    const caller = await this.by(who);
    const { headers } = await caller.get(path).expect(200);
    const answer = await caller.post(`${path}/${noun}`, body).set('if-match', headers['etag'] as string);
    if (answer.status !== expected)
      throw new Error(`${who} POST ${path}/${noun}: ${String(answer.status)} ${answer.text}`);
    return answer.body as Row;
  }

  async moveTo(moment: Date | string): Promise<void> {
    const now = new Date(moment).toISOString();
    if (now <= this.now) return; // several meet at the same hour
    this.now = now;
    const answer = await fetch(`${this.server.url}/sandbox/clock`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ now }),
    });
    if (!answer.ok) throw new Error(await answer.text());
  }

  /** The templates, thirteen cycles of each, and nothing left of the meetings of before. */
  async begin(): Promise<void> {
    for (const who of [...BOROUGHS.map((one) => one.coordinator), TTCG.coordinator]) {
      for (const panel of await this.all(who, '/v1/panels'))
        this.panels.set(panel['code'] as string, panel['id'] as string);
      for (const meeting of await this.all(who, '/v1/meetings?status=scheduled')) {
        const caller = await this.by(who);
        const { headers } = await caller.get(`/v1/meetings/${String(meeting['id'])}`).expect(200);
        await caller
          .post(`/v1/meetings/${String(meeting['id'])}/cancellation`, { reason: 'The new cycle begins.' })
          .set('if-match', headers['etag'] as string);
      }
    }
    const stage = (name: string, panel: string, offsetDays: number, more: object = {}): object => ({
      stage: name,
      panelId: this.panels.get(panel),
      offsetDays,
      startTime: '10:00',
      durationMinutes: 150,
      venueOrMode: 'Civic Offices, room 2',
      papersWorkingDays: 5,
      ...more,
    });
    const counted = { recurrence: 'every_n_days', anchorOn: '2035-01-01', lengthDays: 28 };
    const set = async (code: string, who: string, stages: object[]): Promise<void> => {
      const { id } = await this.make(who, '/v1/cycle-templates', { name: `Four weeks of ${code}`, ...counted, stages });
      this.templates.set(code, id as string);
    };
    // a borough first: whichever comes later finds the other
    const ofBorough = ({ code, coordinator }: Borough): Promise<void> =>
      set(code, coordinator, [
        stage('jag', `${code}-jag`, 0),
        stage('tasking', `${code}-tasking`, 7, { bidsWorkingDays: 3 }),
        stage('ttcg', 'bcu-ttcg', 14, { shared: true }),
      ]);
    await ofBorough(BOROUGHS[0]);
    for (let n = 0; n < CYCLES; n += 1)
      await this.make(BOROUGHS[0].coordinator, '/v1/cycles', { templateId: this.templates.get('ask') });
    await set('bcu', TTCG.coordinator, [stage('ttcg', 'bcu-ttcg', 14, { bidsWorkingDays: 3 })]);
    for (let n = 0; n < CYCLES; n += 1)
      await this.make(TTCG.coordinator, '/v1/cycles', { templateId: this.templates.get('bcu') });
    for (const borough of BOROUGHS.slice(1)) {
      await ofBorough(borough);
      for (let n = 0; n < CYCLES; n += 1)
        await this.make(borough.coordinator, '/v1/cycles', { templateId: this.templates.get(borough.code) });
    }
  }

  private async meetingOf(code: string, number: number, stage: string): Promise<string> {
    const { coordinator } = BOROUGHS.find((one) => one.code === code) as Borough;
    const cycle = await this.cycleOf(code, number);
    const parts = await this.all(coordinator, `/v1/cycles/${String(cycle['id'])}/meetings`);
    return parts.find((one) => one['stage'] === stage)?.['meetingId'] as string;
  }

  private async cycleOf(code: string, number: number): Promise<Row> {
    const { coordinator } = BOROUGHS.find((one) => one.code === code) as Borough;
    const cycles = await this.all(coordinator, '/v1/cycles');
    return cycles.find((one) => one['templateId'] === this.templates.get(code) && one['number'] === number) as Row;
  }

  private tell = (line: string): void => void this.told.push(line);

  /** Takes up all that waits for the meeting, and says what it was. */
  private async takeUp(who: string, meetingId: string): Promise<void> {
    const waiting = await this.all(who, `/v1/feeds?toMeetingId=${meetingId}&acknowledged=false`);
    for (const feed of waiting.sort((a, b) => (String(a['text']) < String(b['text']) ? -1 : 1))) {
      await this.command(who, `/v1/feeds/${String(feed['id'])}`, 'acknowledgement');
      await this.command(who, `/v1/feeds/${String(feed['id'])}`, 'acknowledgement', undefined, 409);
      this.tell(`  took up ${String(feed['kind'])}: ${String(feed['text'])} (went on ${String(feed['rolled'])} times)`);
    }
  }

  private async hold(name: string, who: string, chair: string, meetingId: string): Promise<void> {
    const caller = await this.by(who);
    const { body } = await caller.get(`/v1/meetings/${meetingId}`).expect(200);
    await this.moveTo(new Date(new Date(body.scheduledAt as string).getTime() + 60_000));
    this.tell(
      `${name} at ${String(body.scheduledAt)}, papers ${String(body.papersDueOn)}, bids ${String(body.bidsDueOn)}`,
    );
    await this.takeUp(who, meetingId);
    await this.command(chair, `/v1/meetings/${meetingId}`, 'closure');
  }

  private async cancel(name: string, who: string, meetingId: string): Promise<void> {
    await this.command(who, `/v1/meetings/${meetingId}`, 'cancellation', { reason: 'Everybody is needed elsewhere.' });
    this.tell(`${name} is cancelled`);
  }

  /** A plan of the borough's JAG that was agreed: from now on it needs something. */
  private async need(borough: Borough, need: string): Promise<string> {
    const owner = await asOwner(this.server);
    const { rows } = await owner.query<{ id: string }>(
      `SELECT p.id FROM plans p JOIN panels n ON n.id = p.panel_id JOIN cases c ON c.id = p.case_id
       WHERE n.code = $1 AND p.status IN ('agreed', 'active') AND p.resource_need IS NULL AND c.stage <> 'closed'
         AND NOT EXISTS (SELECT 1 FROM bids b WHERE b.plan_id = p.id)
         AND NOT EXISTS (SELECT 1 FROM exclusions e JOIN practitioners x ON x.id = e.practitioner_id
           WHERE e.case_id = c.id AND x.subject IN ($2, $3)) ORDER BY p.id LIMIT 1`,
      [`${borough.code}-jag`, borough.coordinator, borough.jagChair],
    );
    await owner.end();
    const path = `/v1/plans/${rows[0]!.id}`;
    const caller = await this.by(borough.coordinator);
    const { headers } = await caller.get(path).expect(200);
    const changed = await caller.patch(path, { resourceNeed: need }, headers['etag']);
    if (changed.status !== 200) throw new Error(changed.text);
    return rows[0]!.id;
  }

  /** Drafts, submits, screens and lists a bid for the plan. */
  private async bid(borough: Borough, planId: string, title: string, meetingId: string): Promise<string> {
    const { id } = await this.make(borough.coordinator, '/v1/bids', {
      planId,
      panelId: this.panels.get(`${borough.code}-tasking`),
      title,
      resourceType: 'ward_officers',
      quantity: 6,
      unit: 'officers',
      fromOn: '2035-06-01',
      toOn: '2035-06-14',
      location: 'Weir View estate, the stairwells and the underpass',
      evidence: 'Forty calls in four weeks, most of them after nine in the evening.',
      tactic: 'High-visibility patrols at the times of the calls.',
      expectedOutcome: 'Half as many calls in the four weeks after.',
      ifRefused: 'Residents expect no change, and say so.',
    });
    const path = `/v1/bids/${String(id)}`;
    await this.command(borough.coordinator, path, 'submission');
    await this.command(borough.coordinator, path, 'screening');
    await this.command(borough.coordinator, path, 'listing', { meetingId });
    return id as string;
  }

  private async decide(
    who: string,
    bidId: string,
    kind: string,
    reason?: string,
    grantedQuantity?: number,
  ): Promise<void> {
    const { body: bid } = await (await this.by(who)).get(`/v1/bids/${bidId}`).expect(200);
    await openMeeting(this.server, `/v1/meetings/${bid.meetingId as string}`, who);
    await this.command(who, `/v1/bids/${bidId}`, 'decision', { kind, reason, grantedQuantity });
    this.tell(`  bid: ${kind}`);
  }

  /** What the borough's bid became before the TTCG. */
  private async above(title: string): Promise<string> {
    const bids = await this.all(TTCG.coordinator, `/v1/bids?panelId=${this.panels.get('bcu-ttcg') as string}`);
    const bid = bids.find((one) => one['title'] === title) as Row;
    expect(bid).not.toHaveProperty('planId');
    expect(bid).not.toHaveProperty('caseId');
    return bid['id'] as string;
  }

  async play(): Promise<string> {
    const [ask, pel, dun] = BOROUGHS;
    const bids = new Map<string, string>();
    const plans = new Map<string, string>();
    for (let n = 1; n <= CYCLES; n += 1) {
      this.tell(`cycle ${String(n)}`);
      if (n === 1) plans.set('ask', await this.need(ask, 'Patrols on the Weir View estate'));
      if (n === 2) plans.set('pel', await this.need(pel, 'A demountable camera at the bus station'));
      if (n === 3) plans.set('dun', await this.need(dun, 'Parks police on Friday nights'));
      if (n === 5) plans.set('ask late', await this.need(ask, 'Officers for the school gates'));
      // JAG
      for (const borough of BOROUGHS) {
        const id = await this.meetingOf(borough.code, n, 'jag');
        if (n === 9 && borough === pel) await this.cancel('pel JAG', pel.coordinator, id);
      }
      const jags = BOROUGHS.filter((one) => !(n === 9 && one === pel));
      if (n === 2) await this.cannotClose('ask', 1, await this.meetingOf('ask', n, 'jag'));
      for (const borough of await this.inOrder(jags, n, 'jag'))
        await this.hold(
          `${borough.code} JAG`,
          borough.coordinator,
          borough.jagChair,
          await this.meetingOf(borough.code, n, 'jag'),
        );
      if (n === 7) await this.moveTemplate(n); // in the sixth a bank holiday comes to the same day
      // Tasking
      const isCalledOff = (one: Borough): boolean => n === 5 && one === ask;
      if (n === 5) await this.cancel('ask Tasking', ask.coordinator, await this.meetingOf('ask', n, 'tasking'));
      for (const borough of (await this.inOrder(BOROUGHS, n, 'tasking')).filter((one) => !isCalledOff(one))) {
        const id = await this.meetingOf(borough.code, n, 'tasking');
        if (n === 1 && borough === ask) {
          await this.bidTooEarly(ask);
          bids.set('ask', await this.bid(ask, plans.get('ask') as string, 'Patrols for Weir View', id));
          await openMeeting(this.server, `/v1/meetings/${id}`, ask.coordinator);
          await this.command(ask.jagChair, `/v1/meetings/${id}`, 'closure', undefined, 422); // a bid without decision
          await this.decide(ask.coordinator, bids.get('ask') as string, 'escalation');
        }
        if (n === 2 && borough === pel) {
          bids.set('pel', await this.bid(pel, plans.get('pel') as string, 'Camera at the bus station', id));
          await this.decide(pel.coordinator, bids.get('pel') as string, 'part_approval', 'Two can be spared.', 2);
        }
        if (n === 3 && borough === dun) {
          bids.set('dun', await this.bid(dun, plans.get('dun') as string, 'Parks on Fridays', id));
          await this.decide(dun.coordinator, bids.get('dun') as string, 'escalation');
        }
        if (n === 6 && borough === ask) {
          bids.set('ask late', await this.bid(ask, plans.get('ask late') as string, 'School gates', id));
          await this.decide(ask.coordinator, bids.get('ask late') as string, 'deferral', 'Not before the new term.');
        }
        if (n === 7 && borough === ask) {
          await this.command(ask.coordinator, `/v1/bids/${bids.get('ask late') as string}`, 'listing', {
            meetingId: id,
          });
          await this.decide(ask.coordinator, bids.get('ask late') as string, 'escalation');
        }
        if (n === 3 && borough === ask) await this.deliver(ask, bids.get('ask') as string);
        await this.hold(`${borough.code} Tasking`, borough.coordinator, borough.taskingChair, id);
      }
      // TTCG
      const ttcg = await this.meetingOf('ask', n, 'ttcg');
      expect(await this.meetingOf('pel', n, 'ttcg')).toBe(ttcg); // one for all three
      if (n === 7) {
        await this.cancel('TTCG', TTCG.coordinator, ttcg);
        continue;
      }
      const heard = {
        1: ['Patrols for Weir View', 'approval'],
        3: ['Parks on Fridays', 'refusal'],
        8: ['School gates', 'approval'],
      };
      const [title, kind] = heard[n as 1] ?? [];
      if (title) {
        const id = await this.above(title);
        await this.command(TTCG.coordinator, `/v1/bids/${id}`, 'listing', { meetingId: ttcg });
        await this.decide(
          TTCG.coordinator,
          id,
          kind as string,
          kind === 'refusal' ? 'Nobody is left for it.' : undefined,
        );
      }
      await this.hold('TTCG', TTCG.coordinator, TTCG.chair, ttcg);
      if (n % 4 === 0) {
        await this.make(TTCG.coordinator, `/v1/meetings/${ttcg}/priorities`, {
          text: `Priority of cycle ${String(n)}`,
        });
        this.tell('  handed a priority on to three JAGs');
      }
    }
    await this.closeAll();
    return this.told.join('\n');
  }

  /** Its last day is over, and what its TTCG decided has not arrived yet. */
  private async cannotClose(code: string, number: number, nextJag: string): Promise<void> {
    const { coordinator } = BOROUGHS.find((one) => one.code === code) as Borough;
    const { body } = await (await this.by(coordinator)).get(`/v1/meetings/${nextJag}`).expect(200);
    await this.moveTo(body.scheduledAt as string);
    const { id } = await this.cycleOf(code, number);
    const answer = await this.command(coordinator, `/v1/cycles/${String(id)}`, 'closure', undefined, 422);
    expect(answer['code']).toBe('cycle-unfinished');
  }

  private async inOrder(boroughs: readonly Borough[], n: number, stage: string): Promise<Borough[]> {
    const timed = await Promise.all(
      boroughs.map(async (borough) => {
        const id = await this.meetingOf(borough.code, n, stage);
        const { body } = await (await this.by(borough.coordinator)).get(`/v1/meetings/${id}`).expect(200);
        return { borough, at: body.scheduledAt as string };
      }),
    );
    return timed.sort((a, b) => (a.at < b.at ? -1 : Number(a.at > b.at))).map(({ borough }) => borough);
  }

  /** A bid for a plan that is not agreed waits for both chairs. */
  private async bidTooEarly(borough: Borough): Promise<void> {
    const owner = await asOwner(this.server);
    const { rows } = await owner.query<{ id: string }>(
      `SELECT c.id FROM cases c JOIN panels n ON n.id = c.panel_id WHERE n.code = $1 AND c.stage <> 'closed'
         AND NOT EXISTS (SELECT 1 FROM exclusions e WHERE e.case_id = c.id) ORDER BY c.id LIMIT 1`,
      [`${borough.code}-jag`],
    );
    await owner.end();
    const plan = await this.make(borough.coordinator, `/v1/cases/${rows[0]!.id}/plans`, {
      modelCode: 'SARA',
      title: 'A day on the market square',
    });
    const { id } = await this.make(borough.coordinator, '/v1/bids', {
      planId: plan['id'],
      panelId: this.panels.get(`${borough.code}-tasking`),
      title: 'Ahead of its plan',
      resourceType: 'other',
      quantity: 1,
      unit: 'days',
      fromOn: '2035-01-20',
      toOn: '2035-01-20',
      location: 'The market square',
      evidence: 'A single day that cannot wait for the next meeting.',
      tactic: 'Joint visits to the stalls on that day.',
      expectedOutcome: 'All forty stalls are visited on that day.',
      ifRefused: 'The day passes.',
    });
    const path = `/v1/bids/${String(id)}`;
    await this.command(borough.coordinator, path, 'submission', undefined, 409);
    await this.command(borough.coordinator, path, 'withdrawal', { reason: 'The plan is to be agreed first.' });
    this.tell('  a bid ahead of its plan is refused');
  }

  /** Scheduled, deployed, reported: the results go to the next Tasking. */
  private async deliver(borough: Borough, bidId: string): Promise<void> {
    const path = `/v1/bids/${bidId}`;
    await this.command(borough.coordinator, path, 'scheduling');
    const { resultsDueOn } = await this.command(borough.coordinator, path, 'deployment');
    await this.command(borough.coordinator, path, 'results', {
      worked: 5,
      incidentsBefore: 40,
      incidentsAfter: 18,
      activity: 'Eleven warnings, two seizures, thirty visits.',
      recommendation: 'adapt',
    });
    this.tell(`  results were due on ${String(resultsDueOn)}`);
  }

  /** When the borough meets in the cycle with this number. */
  private async days(code: string, number: number): Promise<string[]> {
    const { coordinator } = BOROUGHS.find((one) => one.code === code) as Borough;
    const caller = await this.by(coordinator);
    const at = async (stage: string): Promise<string> =>
      (await caller.get(`/v1/meetings/${await this.meetingOf(code, number, stage)}`).expect(200)).body.scheduledAt;
    return [await at('jag'), await at('tasking')];
  }

  /** After cycle `n`, which is under way, Dunmarrow meets a day later; what was held, or belongs to it, stays where it was. */
  private async moveTemplate(n: number): Promise<void> {
    const path = `/v1/cycle-templates/${this.templates.get('dun') as string}`;
    const caller = await this.by('dunmarrow-coordinator');
    const before = await Promise.all([n - 1, n, n + 1].map((number) => this.days('dun', number)));
    const { body, headers } = await caller.get(path).expect(200);
    const stages = (body.stages as Row[]).map((one) => ({
      ...one,
      offsetDays: Number(one['offsetDays']) + Number(!one['shared']),
    }));
    const changed = await caller.patch(path, { stages }, headers['etag']);
    if (changed.status !== 200) throw new Error(changed.text);
    const aDayLater = (moment: string): string => new Date(new Date(moment).getTime() + 86_400_000).toISOString();
    expect(await Promise.all([n - 1, n, n + 1].map((number) => this.days('dun', number)))).toEqual([
      before[0],
      before[1],
      before[2]!.map(aDayLater),
    ]);
    this.tell(`Dunmarrow meets a day later after cycle ${String(n)}`);
  }

  /** Every cycle whose last day is over and on whose behalf nothing is on its way. */
  private async closeAll(): Promise<void> {
    await this.moveTo('2036-01-02T09:00:00Z');
    for (const borough of BOROUGHS)
      for (let n = 1; n <= CYCLES; n += 1) {
        const cycle = await this.cycleOf(borough.code, n);
        const caller = await this.by(borough.coordinator);
        const { headers } = await caller.get(`/v1/cycles/${String(cycle['id'])}`).expect(200);
        const { status, body } = await caller
          .post(`/v1/cycles/${String(cycle['id'])}/closure`)
          .set('if-match', headers['etag'] as string);
        const left =
          status === 200
            ? ''
            : (body.errors as Row[]).map((one) => String(one['detail']).replace(/[0-9a-f-]{36}/g, '…')).join('; ');
        this.tell(
          `${borough.code} ${String(n)}: ${status === 200 ? `closed${body.partial ? ', partial' : ''}` : `open: ${left}`}`,
        );
      }
  }
}

async function aYear(): Promise<{ told: string; server: TestServer }> {
  const database = await givenDatabase({ empty: true });
  await promisify(execFile)(process.execPath, ['dist/sandbox/seed.js'], {
    env: {
      ...process.env,
      MIGRATION_DATABASE_URL: database.ownerUrl,
      DATABASE_URL: database.serviceUrl,
      SANDBOX: 'on',
      SANDBOX_NOW: NEW_YEAR,
    },
  });
  const server = await givenServer({ database, env: { RATE_LIMIT: '100000' } });
  const year = new Year(server);
  await year.moveTo(NEW_YEAR);
  await year.begin();
  return { told: await year.play(), server };
}

const first = aYear();
first.catch(() => undefined); // the tests that wait for it say so

test('what was handed on arrives once, and all of it', async () => {
  const { server } = await first;
  const owner = await asOwner(server);
  const { rows } = await owner.query<Row>(
    `SELECT f.kind, count(*)::int AS n, count(f.acknowledged_at)::int AS arrived, count(DISTINCT (f.item_id, f.panel_id))::int AS things,
       sum(f.rolled)::int AS rolled FROM feeds f JOIN meetings m ON m.id = f.from_meeting_id WHERE m.scheduled_at > '2035-01-01' GROUP BY f.kind ORDER BY f.kind`,
  );
  // nor does anything wait that was there before: for it the meetings were made, too
  const { rows: left } = await owner.query<Row>('SELECT kind, to_meeting_id FROM feeds WHERE acknowledged_at IS NULL');
  await owner.end();
  expect(left).toEqual([]);
  expect(rows).toEqual([
    { kind: 'bid_escalation', n: 3, arrived: 3, things: 3, rolled: 1 },
    { kind: 'decision', n: 4, arrived: 4, things: 4, rolled: 0 },
    // what was refused is needed still, and handed on by each JAG until it is granted: ten more times
    { kind: 'plan_need', n: 14, arrived: 14, things: 4, rolled: 1 },
    { kind: 'priority', n: 9, arrived: 9, things: 9, rolled: 1 },
    { kind: 'result', n: 1, arrived: 1, things: 1, rolled: 0 },
  ]);
}, 300_000);

test('every meeting and every deadline is on a working day, at its hour in London, by the count that was set', async () => {
  const { server } = await first;
  const { isWorkingDay } = await import('#built/panels/working-days');
  const owner = await asOwner(server);
  const { rows } = await owner.query<Row>(
    `SELECT to_char(m.scheduled_at AT TIME ZONE 'Europe/London', 'YYYY-MM-DD') AS day, to_char(m.scheduled_at AT TIME ZONE 'Europe/London', 'HH24:MI') AS hour,
       to_char(m.scheduled_at AT TIME ZONE 'UTC', 'HH24:MI') AS utc, m.papers_due_on::text AS papers, m.bids_due_on::text AS bids, cm.planned_on::text AS planned
     FROM cycle_meetings cm JOIN meetings m ON m.id = cm.meeting_id JOIN cycles c ON c.id = cm.cycle_id
       JOIN cycle_templates t ON t.id = c.template_id WHERE t.anchor_on = '2035-01-01' ORDER BY m.scheduled_at`,
  );
  await owner.end();
  expect(rows.length).toBe(3 * CYCLES * 3 + CYCLES);
  const between = (from: string, to: string): number => {
    let count = 0;
    for (
      let at = new Date(`${from}T12:00:00Z`);
      at.toISOString().slice(0, 10) < to;
      at = new Date(at.getTime() + 86_400_000)
    )
      if (isWorkingDay(at.toISOString().slice(0, 10))) count += 1;
    return count;
  };
  for (const { day, hour, utc, papers, bids } of rows) {
    expect(isWorkingDay(day)).toBe(true);
    expect(hour).toBe('10:00');
    expect(utc).toBe(day > '2035-03-24' && day < '2035-10-28' ? '09:00' : '10:00');
    expect(isWorkingDay(papers)).toBe(true);
    expect(between(papers, day)).toBe(5);
    if (bids) expect(between(bids, day)).toBe(3);
  }
  const moved = [
    ...new Set(rows.filter(({ day, planned }) => day !== planned && planned).map(({ planned }) => planned as string)),
  ];
  expect(moved).toEqual(expect.arrayContaining(['2035-01-01', '2035-03-26', '2035-05-28']));
}, 300_000);

test('cycles close when nothing of theirs is on its way; one that lost a meeting is partial', async () => {
  const { told } = await first;
  const closing = told.split('\n').slice(-3 * CYCLES);
  expect(closing.filter((line) => line.includes('open'))).toEqual([]);
  expect(closing.filter((line) => line.includes('partial'))).toEqual([
    'ask 5: closed, partial',
    'ask 7: closed, partial',
    'pel 7: closed, partial',
    'pel 9: closed, partial',
    'dun 7: closed, partial',
  ]);
}, 300_000);

test('the same year twice reads the same, byte for byte', async () => {
  const [one, other] = [await first, await aYear()];
  expect(one.told.length).toBeGreaterThan(5000);
  expect(other.told).toBe(one.told);
}, 300_000);
