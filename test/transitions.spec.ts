/**
 * State machines are tables, and every transition that a table does not allow is tried through HTTP: it is refused with 409, says
 * where the record stands and names the commands that are permitted there, and changes nothing.
 *
 * The record is put into each state by the database's owner, with the checks of its table taken off: how it came there does not
 * matter to what may happen next.
 *
 * Seen to fail: a command that asks no table (a meeting opened from `held`, a plan begun from any state); a refusal that names no
 * permitted command.
 */
import type pg from 'pg';
import { asOwner } from './given-panel-work.ts';
import { as } from './people.ts';
import { givenServer, type TestServer } from './support/server.ts';

interface Tried {
  machine: { commands: Record<string, { from: readonly string[] }> };
  states: readonly string[];
  table: string;
  column: string;
  /** Whom the policy lets give every command that has a route, and a record on which. */
  who: string;
  row: string;
  path: (id: string) => string;
  /** How a command is given; what is not here is no command of anybody, but follows from another. */
  given: Record<string, [noun: string, body?: object]>;
}

let server: TestServer;
let owner: pg.Client;
let tried: Record<string, Tried>;

beforeAll(async () => {
  server = await givenServer({ env: { RATE_LIMIT: '100000' } });
  owner = await asOwner(server);
  await import('#built/app.module');
  const { meetingMachine, MEETING_STATUSES } = await import('#built/meetings/meeting.entity');
  const { bidMachine, BID_STATUSES } = await import('#built/bids/bid.entity');
  const { actionMachine, ACTION_STATUSES } = await import('#built/plans/action.entity');
  const { planMachine, PLAN_STATUSES } = await import('#built/plans/plan.entity');
  const { escalationMachine, ESCALATION_STATUSES } = await import('#built/escalations/escalation.entity');
  const { referralMachine, REFERRAL_STATUSES } = await import('#built/referrals/referral.entity');
  const { researchMachine, RESEARCH_STATUSES } = await import('#built/meetings/research/research.entity');
  const inPanel = (code: string): string => `panel_id = (SELECT id FROM panels WHERE code = '${code}')`;
  const ofTheirs = `agency_id = (SELECT agency_id FROM practitioners WHERE subject = 'jag-coordinator')`;
  const reason = { reason: 'Said here so that there is a reason.' };
  const later = { scheduledAt: '2031-05-06T10:00:00+01:00', endsAt: null };
  tried = {
    meeting: {
      machine: meetingMachine,
      states: MEETING_STATUSES,
      table: 'meetings',
      column: 'status',
      who: 'jag-chair',
      row: `${inPanel('ask-jag')} AND status = 'scheduled'`,
      path: (id) => `/v1/meetings/${id}`,
      given: {
        circulation: ['agenda/circulation'],
        opening: ['opening'],
        closure: ['closure'],
        cancellation: ['cancellation', reason],
        postponement: ['postponement', later],
      },
    },
    bid: {
      machine: bidMachine,
      states: BID_STATUSES,
      table: 'bids',
      column: 'status',
      who: 'jag-coordinator',
      row: `${inPanel('ask-tasking')} AND status = 'listed'`,
      path: (id) => `/v1/bids/${id}`,
      given: {
        submission: ['submission'],
        screening: ['screening'],
        listing: ['listing', { meetingId: '0199f57f-dd55-751e-8fac-9c5739a5d2bd' }],
        ...Object.fromEntries(
          ['approval', 'part_approval', 'deferral', 'refusal', 'escalation'].map((kind) => [
            kind,
            ['decision', { kind, grantedQuantity: null, ...reason }],
          ]),
        ),
        scheduling: ['scheduling'],
        deployment: ['deployment'],
        non_deployment: ['non-deployment', reason],
        results: ['results', { worked: 1, activity: 'One visit.', recommendation: 'end' }],
        evaluation: ['evaluation'],
        closure: ['closure'],
        withdrawal: ['withdrawal', reason],
      },
    },
    action: {
      machine: actionMachine,
      states: ACTION_STATUSES,
      table: 'actions',
      column: 'status',
      who: 'jag-coordinator',
      row: `${inPanel('ask-jag')} AND owner_${ofTheirs}`,
      path: (id) => `/v1/actions/${id}`,
      given: {
        acceptance: ['acceptance', {}],
        progress: ['progress', { status: 'in_progress', note: 'Under way.' }],
        obstruction: ['progress', { status: 'blocked', note: 'Something stands in the way.' }],
        completion: ['completion', { outcome: 'done', outcomeText: 'It is done.' }],
        impossibility: ['completion', { outcome: 'not_possible', outcomeText: 'Things changed.' }],
        omission: ['completion', { outcome: 'not_done', outcomeText: 'Nobody did it.' }],
        cancellation: ['cancellation', { outcome: 'cancelled', outcomeText: 'No longer wanted.' }],
        supersession: ['cancellation', { outcome: 'superseded', outcomeText: 'Another takes its place.' }],
      },
    },
    plan: {
      machine: planMachine,
      states: PLAN_STATUSES,
      table: 'plans',
      column: 'status',
      who: 'jag-chair',
      row: inPanel('ask-jag'),
      path: (id) => `/v1/plans/${id}`,
      given: {
        agreement: ['agreement', {}],
        start: ['start'],
        evaluation: [
          'evaluation',
          { evaluationMethod: 'qualitative', outcomes: [], whatWorked: 'It worked.', whatIsLeft: 'Nothing.' },
        ],
        closure: ['closure'],
      },
    },
    escalation: {
      machine: escalationMachine,
      states: ESCALATION_STATUSES,
      table: 'escalations',
      column: 'status',
      who: 'cmarac-chair',
      row: `steering_${inPanel('ask-steering')}`,
      path: (id) => `/v1/escalations/${id}`,
      given: {
        answer: ['answer', { answer: 'Do it this week.', answerDueOn: '2031-05-06' }],
        closure: ['closure'],
      },
    },
    referral: {
      machine: referralMachine,
      states: REFERRAL_STATUSES,
      table: 'referrals',
      column: 'status',
      who: 'jag-coordinator',
      row: `${inPanel('ask-jag')} AND submitted_at IS NOT NULL AND ${ofTheirs}`,
      path: (id) => `/v1/referrals/${id}`,
      given: {
        submission: ['submission'],
        acceptance: ['acceptance', {}],
        return: ['return', { reasonCode: 'incomplete', ...reason }],
        refusal: ['refusal', { reasonCode: 'duplicate', ...reason }],
        redirection: ['redirection', { reasonCode: 'outside_remit', targetProcess: 'mappa', ...reason }],
        withdrawal: ['withdrawal', { reasonCode: 'no_longer_needed', ...reason }],
      },
    },
    research: {
      machine: researchMachine,
      states: RESEARCH_STATUSES,
      table: 'research_requests',
      column: 'status',
      who: 'housing-officer',
      row: `asked_agency_id = (SELECT agency_id FROM practitioners WHERE subject = 'housing-officer')`,
      path: (id) => `/v1/research-requests/${id}`,
      given: { return: ['return', { nil: true }], reopening: ['reopening'] },
    },
  };
});

const ONES = ['meeting', 'bid', 'action', 'plan', 'escalation', 'referral', 'research'];

test.each(ONES)('of a %s: what its table does not allow is refused, and says what is permitted', async (name) => {
  const { machine, states, table, column, who, row, path, given } = tried[name]!;
  const { rows: checks } = await owner.query<{ name: string }>(
    `SELECT conname AS name FROM pg_constraint WHERE conrelid = $1::regclass AND contype = 'c'`,
    [table],
  );
  for (const one of checks) await owner.query(`ALTER TABLE ${table} DROP CONSTRAINT "${one.name}"`);
  const caller = await as(server, who);
  const candidates = await owner.query<{ id: string }>(`SELECT id FROM ${table} WHERE ${row} ORDER BY id`);
  let id = '';
  for (const one of candidates.rows) {
    if ((await caller.get(path(one.id))).status === 200) {
      id = one.id;
      break;
    }
  }
  expect(id).not.toBe('');
  let count = 0;
  for (const state of states) {
    await owner.query(`UPDATE ${table} SET ${column} = $2 WHERE id = $1`, [id, state]);
    const permitted = Object.keys(machine.commands).filter((one) => machine.commands[one]!.from.includes(state));
    for (const [command, [noun, body]] of Object.entries(given)) {
      if (permitted.includes(command)) continue;
      const read = await caller.get(path(id)).expect(200);
      const answer = await caller.post(`${path(id)}/${noun}`, body).set('if-match', read.headers['etag'] as string);
      expect({ state, command, status: answer.status, code: answer.body.code }).toEqual({
        state,
        command,
        status: 409,
        code: 'not-in-this-state',
      });
      expect(answer.body).toMatchObject({ state, permitted });
      const after = await owner.query<Record<string, string>>(`SELECT ${column} AS state FROM ${table} WHERE id = $1`, [
        id,
      ]);
      expect(after.rows[0]?.['state']).toBe(state);
      count += 1;
    }
  }
  process.stdout.write(`${name}: ${String(count)} forbidden transitions\n`);
  expect(count).toBeGreaterThan(2);
});
