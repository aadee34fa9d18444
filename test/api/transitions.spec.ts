/**
 * State machines are tables, and every transition that a table does not allow is tried through HTTP: it is refused with 409, says
 * where the record stands and names the commands that are permitted there, and changes nothing.
 *
 * The record is put into each state by the database's owner, with the checks of its table taken off, and the triggers that watch
 * over it: how it came there does not matter to what may happen next.
 *
 * Seen to fail: a command that asks no table (a meeting opened from `held`, a plan begun from any state; access revoked, an agreement resumed, a release refused,
 * minutes approved, a point withheld, a case closed from any state); a refusal that names no permitted command.
 */
import fs from 'node:fs';
import type pg from 'pg';
import { asOwner, inDays } from '../support/panel-work.ts';
import { as } from '../support/people.ts';
import { givenServer, type TestServer } from '../support/server.ts';

interface Tried {
  machine: { name: string; commands: Record<string, { from: readonly string[] }> };
  states: readonly string[];
  table: string;
  /** Where the state stands; or what says which state it is, and how the owner brings it about. */
  column: string;
  put?: (state: string) => string;
  /** Whom the policy lets give every command that has a route, and a record on which. */
  who: string;
  row: string;
  path: (row: Row) => string;
  /**
   * How a command is given, and by whom where it is somebody else; what is not here is no command of anybody, but follows from
   * another. Without a noun the record itself is changed.
   */
  given: Record<string, [noun: string | null, body?: object, who?: string]>;
}

type Row = Record<string, string>;

let server: TestServer;
let owner: pg.Client;
let tried: Record<string, Tried>;

beforeAll(async () => {
  server = await givenServer({ env: { RATE_LIMIT: '100000' } });
  owner = await asOwner(server);
  (await import('#built/policies')).registerPolicies();
  const { meetingMachine, MEETING_STATUSES, listingMachine, LISTING_STATES } =
    await import('#built/meetings/meeting.entity');
  const { bidMachine, BID_STATUSES } = await import('#built/bids/bid.entity');
  const { actionMachine, ACTION_STATUSES } = await import('#built/plans/action.entity');
  const { planMachine, PLAN_STATUSES } = await import('#built/plans/plan.entity');
  const { escalationMachine, ESCALATION_STATUSES } = await import('#built/escalations/escalation.entity');
  const { referralMachine, REFERRAL_STATUSES } = await import('#built/referrals/referral.entity');
  const { researchMachine, RESEARCH_STATUSES, pointMachine, POINT_DECISIONS } =
    await import('#built/research/research.entity');
  const { accessMachine, ACCESS_STATUSES } = await import('#built/access/access-request.entity');
  const { agreementMachine, AGREEMENT_STATUSES } = await import('#built/sharing/agreement.entity');
  const { releaseMachine, RELEASE_STATUSES } = await import('#built/cases/handling.entity');
  const { caseMachine, STORED_STAGES } = await import('#built/cases/case.entity');
  const { minuteMachine, MINUTE_STATUSES } = await import('#built/minutes/minutes.entity');
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
      path: ({ id }) => `/v1/meetings/${id!}`,
      given: {
        circulation: ['agenda/circulation'],
        opening: ['opening'],
        'opening-reversal': ['opening-reversal', reason],
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
      path: ({ id }) => `/v1/bids/${id!}`,
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
      path: ({ id }) => `/v1/actions/${id!}`,
      given: {
        acceptance: ['acceptance', {}],
        progress: ['progress', { status: 'in_progress', note: 'Under way.' }],
        obstruction: ['progress', { status: 'blocked', note: 'Something stands in the way.' }],
        verification: ['verification', {}, 'police-inspector'],
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
      path: ({ id }) => `/v1/plans/${id!}`,
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
      path: ({ id }) => `/v1/escalations/${id!}`,
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
      path: ({ id }) => `/v1/referrals/${id!}`,
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
      path: ({ id }) => `/v1/research-requests/${id!}`,
      given: {
        return: ['return', { nil: true }],
        reopening: ['reopening', undefined, 'jag-coordinator'],
        cancellation: ['cancellation', undefined, 'jag-coordinator'],
      },
    },
    point: {
      machine: pointMachine,
      states: POINT_DECISIONS,
      table: 'research_points',
      column: 'decision',
      who: 'housing-officer',
      row: `agency_id = (SELECT agency_id FROM practitioners WHERE subject = 'housing-officer')
        AND request_id IN (SELECT id FROM research_requests WHERE status = 'asked')`,
      path: ({ id }) => `/v1/research-points/${id!}`,
      given: {
        correction: [null, { text: 'Corrected after a second look.' }],
        sharing: ['sharing', { summary: 'One line of it.' }],
        withholding: ['withholding', reason],
      },
    },
    case: {
      machine: caseMachine,
      states: STORED_STAGES,
      table: 'cases',
      column: 'stage',
      who: 'jag-chair',
      row: inPanel('ask-jag'),
      path: ({ id }) => `/v1/cases/${id!}`,
      given: {
        closure: ['closure', { closureReason: 'resolved_behaviour_stopped', outcome: 'resolved' }],
        reopening: ['reopening', reason],
      },
    },
    access: {
      machine: accessMachine,
      states: ACCESS_STATUSES,
      table: 'access_requests',
      column: 'status',
      who: 'jag-chair',
      row: `case_id IN (SELECT id FROM cases WHERE ${inPanel('ask-jag')})
        AND practitioner_id = (SELECT id FROM practitioners WHERE subject = 'idva') AND NOT EXISTS (
          SELECT 1 FROM access_decisions d WHERE d.access_request_id = access_requests.id)`,
      path: ({ id }) => `/v1/access-requests/${id!}`,
      given: {
        approval: ['approval', { expiresAt: inDays(7) }],
        refusal: ['refusal', reason],
        withdrawal: ['withdrawal', undefined, 'idva'],
        revocation: ['revocation', reason],
      },
    },
    agreement: {
      machine: agreementMachine,
      states: AGREEMENT_STATUSES,
      table: 'sharing_agreement_versions',
      column: 'status',
      who: 'dpo',
      row: 'TRUE',
      path: ({ id, agreement_id: agreement }) => `/v1/sharing-agreements/${agreement!}/versions/${id!}`,
      given: {
        change: [null, { reviewDue: inDays(100).slice(0, 10) }],
        activation: ['activation'],
        suspension: ['suspension', reason],
        resumption: ['resumption', reason],
      },
    },
    release: {
      machine: releaseMachine,
      states: RELEASE_STATUSES,
      table: 'release_requests',
      column: 'status',
      who: 'idva',
      row: `originator_agency_id = (SELECT agency_id FROM practitioners WHERE subject = 'idva')`,
      path: ({ id }) => `/v1/release-requests/${id!}`,
      given: {
        approval: ['approval', { expiresAt: inDays(2) }],
        refusal: ['refusal', reason],
        revocation: ['revocation'],
      },
    },
    listing: {
      machine: listingMachine,
      states: LISTING_STATES,
      table: 'listings',
      column: `CASE WHEN removed_at IS NULL THEN 'listed' ELSE 'removed' END`,
      put: (state) => `removed_at = ${state === 'listed' ? 'NULL' : 'now()'}`,
      who: 'marac-coordinator',
      row: `${inPanel('ask-marac')} AND meeting_id IN (SELECT id FROM meetings WHERE status = 'scheduled')`,
      path: ({ id, meeting_id: meeting }) => `/v1/meetings/${meeting!}/listings/${id!}`,
      given: { removal: ['removal', { reason: 'Not ready to be heard.' }], reinstatement: ['reinstatement'] },
    },
    minute: {
      machine: minuteMachine,
      states: MINUTE_STATUSES,
      table: 'minutes',
      column: 'status',
      who: 'jag-chair',
      row: inPanel('ask-jag'),
      path: ({ id, meeting_id: meeting }) => `/v1/meetings/${meeting!}/minutes/${id!}`,
      given: {
        approval: ['approval'],
        confirmation: ['confirmation', { meetingId: '0199f57f-dd55-751e-8fac-9c5739a5d2bd' }],
      },
    },
  };
  await somebodyAsked();
});

/** Requests of those kinds of which the sandbox has none that is open. */
async function somebodyAsked(): Promise<void> {
  const idva = await as(server, 'idva');
  const { rows } = await owner.query<{ jag: string; marac: string }>(
    `SELECT (SELECT c.reference FROM cases c JOIN panels p ON p.id = c.panel_id WHERE p.code = 'ask-jag' ORDER BY c.id LIMIT 1) AS jag,
       (SELECT case_id FROM contributions WHERE originator_control LIMIT 1) AS marac`,
  );
  const [{ jag, marac }] = rows as [{ jag: string; marac: string }];
  const need = 'Needed to agree the plan for her and the children.';
  await idva.post('/v1/access-requests', { caseReference: jag, reason: need, purpose: 'VICTIM_SUPPORT' }).expect(201);
  const voice = {
    category: 'voice_of_subject',
    kind: 'self_report',
    summary: 'What she wants.',
    originatorControl: true,
  };
  const { body } = await idva
    .post(`/v1/cases/${marac}/contributions`, { ...voice, text: 'To be left in peace.' })
    .expect(201);
  const sergeant = await as(server, 'police-sergeant');
  await sergeant.post(`/v1/contributions/${String(body.id)}/release-requests`, { reason: need }).expect(201);
}

const ONES = [
  'meeting',
  'bid',
  'action',
  'plan',
  'escalation',
  'referral',
  'research',
  'point',
  'case',
  'access',
  'agreement',
  'release',
  'minute',
  'listing',
];

test.each(ONES)('%s: what its table does not allow is refused, and says what is permitted', async (name) => {
  const { machine, states, table, column, put, who, row, path, given } = tried[name]!;
  const { rows: checks } = await owner.query<{ name: string }>(
    `SELECT conname AS name FROM pg_constraint WHERE conrelid = $1::regclass AND contype = 'c'`,
    [table],
  );
  for (const one of checks) await owner.query(`ALTER TABLE ${table} DROP CONSTRAINT "${one.name}"`);
  const { rows: watching } = await owner.query<{ name: string }>(
    `SELECT tgname AS name FROM pg_trigger WHERE tgrelid = $1::regclass AND NOT tgisinternal AND tgname <> 'advance_authorization_version'`,
    [table],
  );
  for (const one of watching) await owner.query(`ALTER TABLE ${table} DISABLE TRIGGER "${one.name}"`);
  const caller = await as(server, who);
  const candidates = await owner.query<Row>(`SELECT * FROM ${table} WHERE ${row} ORDER BY id`);
  let record: Row | undefined;
  for (const one of candidates.rows)
    if ((await caller.get(path(one))).status === 200) {
      record = one;
      break;
    }
  if (!record) throw new Error(`${who} reads none of ${String(candidates.rows.length)}`);
  const { id } = record;
  const at = path(record);
  let count = 0;
  for (const state of states) {
    await owner.query(`UPDATE ${table} SET ${put?.(state) ?? `${column} = '${state}'`} WHERE id = $1`, [id]);
    const permitted = Object.keys(machine.commands).filter((one) => machine.commands[one]!.from.includes(state));
    for (const [command, [noun, body, another = who]] of Object.entries(given)) {
      if (permitted.includes(command)) continue;
      const giver = await as(server, another);
      const etag = (await giver.get(at).expect(200)).headers['etag'] as string;
      const answer = await (noun === null
        ? giver.patch(at, body, etag)
        : giver.post(`${at}/${noun}`, body).set('if-match', etag));
      expect({ state, command, status: answer.status, code: answer.body.code }).toEqual({
        state,
        command,
        status: 409,
        code: 'not-in-this-state',
      });
      expect(answer.body).toMatchObject({ state, permitted });
      const after = await owner.query<Row>(`SELECT ${column} AS state FROM ${table} WHERE id = $1`, [id]);
      expect(after.rows[0]?.['state']).toBe(state);
      count += 1;
    }
  }
  process.stdout.write(`${name}: ${String(count)} forbidden transitions\n`);
  expect(count).toBeGreaterThan(0);
});

/** Commands that nobody gives: they follow from what happens to another record, or from a day. */
const FOLLOW: Record<string, string[]> = {
  bid: ['unlisting', 'approval_above', 'part_approval_above', 'refusal_above'],
  escalation: ['ending'],
  point: ['contribution'],
  case: ['plan-agreement', 'monitoring'],
  agreement: ['supersession'],
  minute: ['supersession'],
};

test('every machine is tried, and of each every command that somebody gives', () => {
  const files = fs.globSync('src/**/*.ts').map((file) => fs.readFileSync(file, 'utf8'));
  const declared = files.flatMap((text) =>
    [...text.matchAll(/export const \w+: StateMachine<[^=]*= \{\s*name: '([^']+)'/g)].map(([, name]) => name!),
  );
  expect(Object.values(tried).map(({ machine }) => machine.name)).toEqual(expect.arrayContaining(declared));
  expect(declared).toHaveLength(ONES.length);
  for (const one of ONES) {
    const { machine, given } = tried[one]!;
    expect([one, [...Object.keys(given), ...(FOLLOW[one] ?? [])].sort()]).toEqual([
      one,
      Object.keys(machine.commands).sort(),
    ]);
  }
});
