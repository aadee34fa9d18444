/** How an action moves, a plan and a meeting with it, and when a sitting is quorate. */
import { beforeAll, describe, expect, it } from '@jest/globals';

let actions: typeof import('#built/plans/action.entity');
let plans: typeof import('#built/plans/plan.entity');
let meetings: typeof import('#built/meetings/meeting.entity');
let quorum: typeof import('#built/proceedings/quorum');
let states: typeof import('#built/records/state-machine');

beforeAll(async () => {
  (await import('#built/policies')).registerPolicies();
  actions = await import('#built/plans/action.entity');
  plans = await import('#built/plans/plan.entity');
  meetings = await import('#built/meetings/meeting.entity');
  quorum = await import('#built/proceedings/quorum');
  states = await import('#built/records/state-machine');
});

describe('the states of an action', () => {
  const ends = ['impossibility', 'omission', 'cancellation', 'supersession'];

  it('permit these commands and no others', () => {
    const { actionMachine, ACTION_STATUSES } = actions;
    expect(
      Object.fromEntries(ACTION_STATUSES.map((status) => [status, states.permittedCommands(actionMachine, status)])),
    ).toEqual({
      proposed: ['acceptance', 'progress', 'impossibility', 'cancellation', 'supersession'],
      agreed: ['progress', 'obstruction', 'completion', ...ends],
      in_progress: ['progress', 'obstruction', 'completion', ...ends],
      blocked: ['progress', 'obstruction', ...ends],
      done: ['verification'],
      verified: [],
      not_possible: [],
      not_done: [],
      cancelled: [],
      superseded: [],
    });
  });

  it('keep apart what could not be done and what was not done', () => {
    const { actionMachine } = actions;
    expect(states.after(actionMachine, 'agreed', 'impossibility')).toBe('not_possible');
    expect(states.after(actionMachine, 'agreed', 'omission')).toBe('not_done');
  });

  it('are open as long as something is still to be done', () => {
    expect(actions.ACTION_STATUSES.filter(actions.isOpen)).toEqual([...actions.OPEN_STATUSES]);
    expect(actions.isOpen('done')).toBe(false);
  });

  it('refuse a blocked action as done, and say what may be done instead', () => {
    expect(() => states.after(actions.actionMachine, 'blocked', 'completion')).toThrow(
      expect.objectContaining({
        status: 409,
        more: { state: 'blocked', permitted: ['progress', 'obstruction', ...ends] },
      }),
    );
  });
});

it('a plan is agreed once, and closed only when it was evaluated', () => {
  const { planMachine, PLAN_STATUSES } = plans;
  expect(PLAN_STATUSES.map((status) => states.permittedCommands(planMachine, status))).toEqual([
    ['agreement'],
    ['start', 'evaluation'],
    ['evaluation'],
    ['closure'],
    [],
  ]);
});

it('a meeting is held or cancelled, and nothing after that', () => {
  const { meetingMachine, MEETING_STATUSES } = meetings;
  expect(MEETING_STATUSES.map((status) => states.permittedCommands(meetingMachine, status))).toEqual([
    ['circulation', 'opening', 'closure', 'cancellation', 'postponement'],
    ['circulation', 'opening', 'closure', 'cancellation', 'postponement'],
    ['opening-reversal', 'closure'],
    [],
    [],
  ]);
});

describe('a sitting', () => {
  const missing = (quorumOfRules: unknown, present: Partial<import('#built/proceedings/quorum').Present> = {}) =>
    quorum.findShortfalls(quorum.readQuorumRule({ quorum: quorumOfRules }), {
      agencies: 3,
      agencyTypes: ['police', 'community_safety', 'housing_local_authority'],
      chaired: true,
      ...present,
    });

  it('is quorate where the panel demands nothing, or nothing that makes sense', () => {
    for (const nothing of [undefined, null, 'three', { minAgencies: 'three', mandatory: 'police' }])
      expect(missing(nothing, { agencies: 0, agencyTypes: [], chaired: false })).toEqual([]);
  });

  it('needs the agencies and the chair that the panel’s rules name', () => {
    const rule = { minAgencies: 3, mandatory: ['police', 'community_safety'], chairRequired: true };
    expect(missing(rule)).toEqual([]);
    expect(missing(rule, { agencies: 2, agencyTypes: ['police', 'fire_service'], chaired: false })).toEqual([
      '3 agencies must be present',
      'community_safety must be present',
      'the chair must be present',
    ]);
    expect(missing({ chairPresent: true }, { chaired: false })).toEqual(['the chair must be present']);
  });
});
