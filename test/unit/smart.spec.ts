/** How SMART is an action, and is it overdue? */
import { beforeAll, describe, expect, it } from '@jest/globals';
import type { SmartInput } from '#built/plans/smart';

let smart: typeof import('#built/plans/smart').smart;
let overdue: typeof import('#built/plans/overdue').isOverdue;

beforeAll(async () => {
  (await import('#built/policies')).registerPolicies();
  ({ smart } = await import('#built/plans/smart'));
  ({ isOverdue: overdue } = await import('#built/plans/overdue'));
});

const action: SmartInput = {
  description: 'Fit two door closers at the rear door of Larch House',
  measure: '2 closers',
  evidenceOfCompletion: null,
  relatesTo: 'Fewer strangers on the stairs',
  dueOn: '2026-06-10',
  status: 'agreed',
};

const missed = (changes: Partial<SmartInput>, planEndsOn: string | null = null): string[] =>
  smart({ ...action, ...changes }, planEndsOn)
    .warnings.filter((warning) => warning.missed)
    .map(({ letter }) => letter);

describe('an action', () => {
  it('that is SMART has five points and no warning', () => {
    expect(smart(action, '2026-06-10')).toEqual({ score: 5, warnings: [] });
  });

  it('loses a point for each letter', () => {
    expect(missed({ description: 'Door closers' })).toEqual(['specific']);
    expect(missed({ description: 'x'.repeat(301) })).toEqual(['specific']);
    expect(missed({ measure: ' ' })).toEqual(['measurable']);
    expect(missed({ status: 'proposed' })).toEqual(['achievable']);
    expect(missed({ relatesTo: null })).toEqual(['relevant']);
    expect(missed({}, '2026-06-09')).toEqual(['time-bound']);
  });

  it('down to none', () => {
    const bare = { ...action, description: '', measure: null, relatesTo: '', status: 'proposed' } as const;
    expect(smart(bare, '2026-01-01').score).toBe(0);
  });

  it('is measured by its evidence too', () => {
    expect(missed({ measure: null, evidenceOfCompletion: 'Works order closed' })).toEqual([]);
  });

  it.each(['Monitor the situation', 'Continue to liaise with partner agencies', 'Ongoing monitoring as necessary'])(
    'that says no more than "%s" is warned of and not marked down',
    (description) => {
      expect(smart({ ...action, description })).toMatchObject({
        score: 5,
        warnings: [{ letter: 'specific', missed: false }],
      });
    },
  );

  it('may monitor something in particular', () => {
    expect(smart({ ...action, description: 'Monitor the stairwell camera nightly until 10 June' }).warnings).toEqual(
      [],
    );
  });
});

describe('the day on which an action is due', () => {
  const due = { dueOn: '2026-06-10', status: 'in_progress' } as const;

  it('is over when the next has begun in London', () => {
    expect(overdue(due, new Date('2026-06-10T22:59:00Z'))).toBe(false);
    expect(overdue(due, new Date('2026-06-10T23:00:00Z'))).toBe(true);
    expect(overdue({ ...due, dueOn: '2026-12-10' }, new Date('2026-12-10T23:30:00Z'))).toBe(false);
  });

  it('does not matter for what has ended', () => {
    for (const status of ['done', 'verified', 'not_possible', 'not_done', 'cancelled', 'superseded'] as const)
      expect(overdue({ ...due, status }, new Date('2027-01-01T00:00:00Z'))).toBe(false);
    for (const status of ['proposed', 'agreed', 'blocked'] as const)
      expect(overdue({ ...due, status }, new Date('2027-01-01T00:00:00Z'))).toBe(true);
  });
});
