/**
 * The form of a question is worked out once for requests of one shape: it must be another wherever the answer could be.
 *
 * Seen to fail: a value that is missing taken for no condition at all.
 */
const forms = () => import('#built/records/statement-template');

test('requests that differ in values alone have one form, and their values apart', async () => {
  const { filterTemplate: shapeOfFilter } = await forms();
  const day = new Date('2026-11-22T09:00:00Z');
  const one = shapeOfFilter({ caseId: 'a', stage: { $in: ['open', 'closed'] }, updatedAt: { $gt: day } }, [26]);
  const other = shapeOfFilter({ caseId: 'b', stage: { $in: ['open'] }, updatedAt: { $gt: new Date() } }, [26]);
  expect(one.key).toBe(other.key);
  expect(one.values).toEqual([26, 'a', ['open', 'closed'], day]);
  expect(JSON.stringify(one.filter)).not.toContain('open');
});

test('what decides how a condition reads makes another form', async () => {
  const { filterTemplate: shapeOfFilter } = await forms();
  const keys = [
    {},
    { caseId: 'a' },
    { personId: 'a' },
    { caseId: null },
    { caseId: { $ne: 'a' } },
    { caseId: { $in: ['a'] } },
    { caseId: { $in: [] } },
    { caseId: { $exists: true } },
    { caseId: { $exists: false } },
    { $or: [{ caseId: 'a' }, { personId: 'b' }] },
    { $and: [{ caseId: 'a' }, { personId: 'b' }] },
    { roles: { $elemMatch: { caseId: 'a' } } },
  ].map((where) => shapeOfFilter(where).key);
  expect(new Set(keys).size).toBe(keys.length);
});

test('a value that is missing is a fault and never the absence of a condition', async () => {
  const { filterTemplate: shapeOfFilter } = await forms();
  for (const where of [{ caseId: undefined }, { caseId: { $ne: undefined } }, { $and: [{ caseId: undefined }] }])
    expect(() => shapeOfFilter(where)).toThrow('compares with nothing');
});
