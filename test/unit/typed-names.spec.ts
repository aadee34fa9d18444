/**
 * Names that do not compile. `npm run check` compiles this file: each directive fails where its line compiles.
 *
 * Seen to fail: an action of another record; a misspelt field in a filter, in one of its alternatives, in a filter kept in a
 * constant; in a condition of a policy.
 */
import type { Case } from '../../src/cases/case.entity.ts';
import type { CaseView } from '../../src/cases/case.response.ts';
import type { RequirePermission } from '../../src/authorization/permission.guard.ts';
import type { Policy } from '../../src/records/policy.ts';
import type { UnitOfWork } from '../../src/records/unit-of-work.ts';

type CaseClass = typeof Case;

const misspelt = [
  // @ts-expect-error -- no action of a case
  ({ records }: UnitOfWork, type: CaseClass) => records.find('clsoe', type, 'id'),
  // @ts-expect-error -- an action of a meeting
  ({ records }: UnitOfWork, type: CaseClass) => records.findOrNull('circulate', type, 'id'),
  // @ts-expect-error -- no field of a case
  ({ records }: UnitOfWork, type: CaseClass) => records.findMany('read', type, { panellId: 'id' }),
  // @ts-expect-error -- no field of a case
  ({ records }: UnitOfWork, type: CaseClass) => records.findMany('read', type, { $or: [{ stagee: 'open' }] }),
  ({ records }: UnitOfWork, type: CaseClass) => {
    const filter = { stage: 'closed', panellId: 'id' };
    // @ts-expect-error -- no field of a case
    return records.findMany('read', type, filter);
  },
  // @ts-expect-error -- no field of a case
  ({ respond }: UnitOfWork, view: typeof CaseView) => respond.page(view, { panellId: 'id' }, {}),
  // @ts-expect-error -- no field of a case
  ({ respond }: UnitOfWork, view: typeof CaseView) => respond.search(view, { $or: [{ stagee: 'open' }] }),
  // @ts-expect-error -- no field of a case
  ({ records }: UnitOfWork, type: CaseClass) => records.count(type, 'stagee', {}),
  // @ts-expect-error -- no field of a case
  ({ records }: UnitOfWork, type: CaseClass) => records.count(type, 'stage', { panellId: 'id' }),
  // @ts-expect-error -- no action of a case
  (require: typeof RequirePermission, type: CaseClass) => require('raed', type),
  (policy: Policy, type: CaseClass) => {
    const where = () => ({});
    // @ts-expect-error -- no action of a case
    policy.extendSubject(type, { allowRules: [{ name: 'a', sentence: 'a', actions: ['raed'], where }] });
  },
  (policy: Policy, type: CaseClass) => {
    const rule = { name: 'a', sentence: 'a', actions: ['read'] } as const;
    // @ts-expect-error -- no field of a case
    policy.declareSubject(type, 'Case', { allowRules: [{ ...rule, where: () => ({ panellId: 'id' }) }] });
    // @ts-expect-error -- no field of a case
    policy.extendSubject(type, { allowRules: [{ ...rule, where: () => ({ $or: [{ stagee: 'open' }] }) }] });
    // @ts-expect-error -- no relation of a case
    policy.declareSubject(type, 'Case', { allowRules: [{ ...rule, where: () => ({ pannel: { $elemMatch: {} } }) }] });
  },
  (policy: Policy, type: CaseClass) => {
    const related = { $elemMatch: { panellId: 'id' } };
    // @ts-expect-error -- no field of the related record
    policy.declareSubject(type, 'Case', {
      relations: { previous: { to: type, local: 'previousCaseId', foreign: 'id' } },
      denyRules: [{ name: 'a', step: 'conflict', sentence: 'a', where: () => ({ previous: related }) }],
    });
    // @ts-expect-error -- no column of a case
    policy.extendSubject(type, { relations: { previous: { to: type, local: 'previousCaseeId', foreign: 'id' } } });
  },
  // @ts-expect-error -- no action of a case
  (policy: Policy, type: CaseClass) => policy.addActionPhrases(type, { raed: 'read it' }),
];

test('misspelt actions and fields cannot be compiled', () => {
  expect(misspelt).toHaveLength(14);
});
