/** How a referral moves, and what it must hold before it may. */
import { beforeAll, describe, expect, it } from '@jest/globals';
import type { Referral, ReferralStatus } from '#built/referrals/referral.entity';
import type { Submission } from '#built/referrals/submission';

let machine: typeof import('#built/referrals/referral.entity').referralMachine;
let statuses: readonly ReferralStatus[];
let states: typeof import('#built/records/state-machine');
let submission: typeof import('#built/referrals/submission');

beforeAll(async () => {
  ({ referralMachine: machine, REFERRAL_STATUSES: statuses } = await import('#built/referrals/referral.entity'));
  states = await import('#built/records/state-machine');
  submission = await import('#built/referrals/submission');
});

describe('the states of a referral', () => {
  it('permit these commands and no others', () => {
    expect(Object.fromEntries(statuses.map((state) => [state, states.permittedCommands(machine, state)]))).toEqual({
      draft: ['submission', 'withdrawal'],
      submitted: ['acceptance', 'return', 'refusal', 'redirection', 'withdrawal'],
      returned: ['submission', 'withdrawal'],
      accepted: [],
      refused: [],
      redirected: [],
      withdrawn: [],
    });
  });

  it('lead where the table says, and say so where it says nothing', () => {
    expect(states.after(machine, 'returned', 'submission')).toBe('submitted');
    expect(() => states.after(machine, 'draft', 'acceptance')).toThrow(
      expect.objectContaining({ status: 409, more: { state: 'draft', permitted: ['submission', 'withdrawal'] } }),
    );
  });
});

const referral: Partial<Referral> = {
  subjectKind: 'person_victim',
  personId: '0199f57f-dd55-751e-8fac-9c5739a5d2bd',
  problem: 'Threats since the separation, the last on Friday.',
  whyMultiAgency: 'Housing, police and health each hold a part.',
  incidentOn: '2026-05-01',
  criteria: ['visible_high_risk'],
  judgementRationale: null,
  overrideReason: null,
  hateElement: 'no',
  hateStrands: [],
  consentStatus: 'given',
  consentReason: null,
  consentNote: null,
};

type Given = Partial<Omit<Submission, 'rules'>> & { rules?: Record<string, unknown> };

const checked = (changes: Partial<Referral> = {}, { rules, ...more }: Given = {}) =>
  submission.check({
    referral: { ...referral, ...changes } as Referral,
    panelType: 'marac',
    rules: submission.intakeRules(rules),
    roles: ['victim', 'perpetrator'],
    subject: { dateOfBirth: '1990-05-05', datePrecision: 'day' },
    today: '2026-05-04',
    ...more,
  });

const pointers = (changes: Partial<Referral> = {}, more: Given = {}): string[] =>
  checked(changes, more).errors.map((error) => error.pointer);

describe('a referral to a MARAC', () => {
  it('is taken when it is whole', () => {
    expect(checked()).toEqual({ errors: [], warnings: [] });
  });

  it('says at once all that is missing', () => {
    const bare = { problem: null, criteria: [], consentStatus: null } as const;
    expect(pointers({ ...bare, criteria: [] }, { roles: [] })).toEqual([
      '/problem',
      '/criteria',
      '/people',
      '/people',
      '/consentStatus',
    ]);
  });

  it('names a criterion of its own list, and the reasons of a judgement', () => {
    expect(pointers({ criteria: ['visible_high_risk', 'noise'] })).toEqual(['/criteria/1']);
    expect(pointers({ criteria: ['professional_judgement'] })).toEqual(['/judgementRationale']);
  });

  it('keeps victim and perpetrator apart by name', () => {
    expect(pointers({}, { roles: ['victim', 'child'] })).toEqual(['/people']);
    expect(pointers({}, { roles: ['both_victim_and_harm_causer'] })).toEqual([]);
  });
});

describe('consent', () => {
  it('is recorded, also where there is none', () => {
    expect(pointers({ consentStatus: 'not_sought' })).toEqual(['/consentReason']);
    expect(pointers({ consentStatus: 'not_sought', consentReason: 'would_prejudice_protection' })).toEqual([]);
    expect(pointers({ consentStatus: 'refused' })).toEqual(['/consentNote']);
    expect(pointers({ consentStatus: 'lacks_capacity', consentNote: 'In her interest; her attorney agrees.' })).toEqual(
      [],
    );
  });

  it('is not asked of a place', () => {
    const place = { subjectKind: 'place', personId: null, consentStatus: null } as const;
    expect(pointers(place, { panelType: 'jag', roles: [], subject: null })).toEqual([]);
  });
});

describe('the rules of the panel in force', () => {
  const syv = { panelType: 'syv', rules: { ageMin: 10, ageMax: 24 } } as const;
  const born = (dateOfBirth: string | null, datePrecision = 'day') => ({
    ...syv,
    subject: { dateOfBirth, datePrecision },
  });

  it('hold the age limits, both ends inside, on the day of referral', () => {
    expect(pointers({}, born('2016-05-04'))).toEqual([]);
    expect(pointers({}, born('2016-05-05'))).toEqual(['/overrideReason']);
    expect(pointers({}, born('2001-05-05'))).toEqual([]);
    expect(pointers({}, born('2001-05-04'))).toEqual(['/overrideReason']);
    expect(pointers({ overrideReason: 'Groomed by the same group.' }, born('2000-01-01'))).toEqual([]);
  });

  it('warn and do not block where the age is not exactly known', () => {
    expect(checked({}, born(null))).toEqual({ errors: [], warnings: ['age-not-checked'] });
    expect(checked({}, born('1960-01-01', 'estimated'))).toEqual({ errors: [], warnings: ['age-not-checked'] });
  });

  it('that make no sense are as if they were not there', () => {
    const nonsense = { ageMin: 'ten', ageMax: -1, acceptedSubjectKinds: 'all', repeatWindowMonths: {} };
    expect(pointers({}, { rules: nonsense })).toEqual([]);
    expect(submission.intakeRules(nonsense).repeatWindowMonths).toBe(12);
  });

  it('say which subjects are heard', () => {
    expect(pointers({}, { rules: { acceptedSubjectKinds: ['person_at_risk', 'place'] } })).toEqual(['/subjectKind']);
  });
});

it('a JAG and a Community MARAC are told why several agencies are needed', () => {
  expect(pointers({ whyMultiAgency: null }, { panelType: 'jag' })).toEqual(['/whyMultiAgency']);
  expect(pointers({ whyMultiAgency: null }, { panelType: 'community_marac' })).toEqual(['/whyMultiAgency']);
  expect(pointers({ whyMultiAgency: null }, { panelType: 'syv' })).toEqual([]);
});

it('an incident does not lie ahead, and strands need a hate element', () => {
  expect(pointers({ incidentOn: '2026-05-05' })).toEqual(['/incidentOn']);
  expect(pointers({ hateStrands: ['race'] })).toEqual(['/hateElement']);
});
