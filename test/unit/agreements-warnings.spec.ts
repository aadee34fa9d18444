/**
 * When a version warns, in days of the London calendar: at 60 days and not at 61, also across the change of the clocks; on
 * its last day it still holds.
 *
 * Seen to fail: NOTICE_DAYS 61.
 */
const built = async () => import('#built/sharing/agreement-warnings');

const version = { status: 'active' as const, reviewDue: '2026-12-01', expiresOn: '2027-12-01' };

test.each([
  ['2026-10-01', []],
  ['2026-10-02', [{ code: 'review-due-soon', on: '2026-12-01', inDays: 60 }]],
  ['2026-12-01', [{ code: 'review-due-soon', on: '2026-12-01', inDays: 0 }]],
  ['2026-12-02', [{ code: 'review-overdue', on: '2026-12-01', inDays: -1 }]],
])('review on 1 December, today %s', async (today, warnings) => {
  const { warningsOf } = await built();
  expect(warningsOf(version, today)).toEqual(warnings);
});

test.each([
  ['2027-10-01', []],
  ['2027-10-02', ['expires-soon']],
  ['2027-12-01', ['expires-soon']],
  ['2027-12-02', ['expired']],
])('ends on 1 December, today %s', async (today, codes) => {
  const { warningsOf } = await built();
  const found = warningsOf({ ...version, reviewDue: '2029-01-01' }, today);
  expect(found.map(({ code }) => code)).toEqual(codes);
});

test.each(['draft', 'superseded'] as const)('a version that is %s asks for nothing', async (status) => {
  const { warningsOf } = await built();
  expect(warningsOf({ ...version, status }, '2030-01-01')).toEqual([]);
  expect(warningsOf({ ...version, status: 'suspended' }, '2030-01-01')).toHaveLength(2);
});
