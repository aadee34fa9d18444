/**
 * What no agreement may say: each rule refuses what it is there for, and nothing else of an agreement that is lawful; every
 * agreement of the sandbox is lawful; and the tree of categories is one.
 *
 * Seen to fail: `any` let through by the serious-violence gateway and, in the same run, contributors not falling back to
 * `any` in `kinships` (three of these tests failed).
 */
import type { WrittenAgreement, WrittenRow } from '../../src/sharing/agreement-law.ts';

const built = async () => ({
  ...(await import('#built/sharing/agreement-law')),
  ...(await import('#built/authorization/data-categories')),
  ...(await import('#built/sandbox/content/agreements')),
  ...(await import('#built/sandbox/content/places-and-agencies')),
});

const ROW: WrittenRow = {
  at: '',
  purpose: 'PANEL_MEETING',
  category: 'identity',
  contributingType: 'any',
  receivingType: 'police',
  level: 'full',
  gateway: 'CDA_S115',
  lawfulBasis: 'Art 6(1)(e) public task',
  condition: 'not special category',
  onward: 'within_panel',
  retentionClass: 'ASB_6Y_AFTER_CLOSURE',
};

const agreement = (rows: Partial<WrittenRow>[], more: Partial<WrittenAgreement> = {}): WrittenAgreement => ({
  purposes: ['PANEL_MEETING', 'CASE_PREP'],
  partyTypes: ['police', 'community_safety', 'probation'],
  rows: rows.map((row, index) => ({ ...ROW, ...row, at: `/rows/${String(index)}` })),
  effectiveFrom: '2026-01-01',
  reviewDue: '2026-12-01',
  expiresOn: '2026-12-31',
  ...more,
});

/** An agreement that breaks one rule, and where. */
const BREACHES: Record<string, [broken: WrittenAgreement, pointers: string[]][]> = {
  'unknown-term': [
    [agreement([{ category: 'shoe_size' }]), ['/rows/0/category']],
    [agreement([{ contributingType: 'bakery' }]), ['/rows/0/contributingType']],
    [agreement([{}, { receivingType: 'any' }]), ['/rows/1/receivingType']],
    [agreement([{ purpose: 'CURIOSITY' }]), ['/rows/0/purpose']],
    [agreement([{ level: 'most' }]), ['/rows/0/level']],
    [agreement([{ gateway: 'MAGNA_CARTA' }]), ['/rows/0/gateway']],
    [agreement([{ onward: 'freely' }]), ['/rows/0/onward']],
  ],
  'no-gateway': [[agreement([{}, { category: 'contact', gateway: '' }]), ['/rows/1/gateway']]],
  'no-lawful-basis': [
    [agreement([{ lawfulBasis: ' ' }]), ['/rows/0/lawfulBasis']],
    [agreement([{ condition: '' }]), ['/rows/0/condition']],
  ],
  'no-retention': [[agreement([{ retentionClass: '' }]), ['/rows/0/retentionClass']]],
  'gateway-carries-no-health-or-care': [
    ...[
      { category: 'health_mental', contributingType: 'police' },
      { category: 'substance_use', contributingType: 'police' },
      { category: 'social_care_child', contributingType: 'police' },
      { category: 'identity', contributingType: 'health_acute_ae' },
      { category: 'identity', contributingType: 'childrens_social_care' },
      { category: 'identity', contributingType: 'substance_misuse' },
      { category: 'police_incident', contributingType: 'any' },
    ].map((row): [WrittenAgreement, string[]] => [
      agreement([{}, { ...row, gateway: 'PCSC_S16', receivingType: 'probation' }]),
      ['/rows/1/gateway'],
    ]),
  ],
  'gateway-carries-no-person': [[agreement([{ gateway: 'CDA_S17A', level: 'existence' }]), ['/rows/0/gateway']]],
  'purpose-not-agreed': [[agreement([{}, { purpose: 'COMPLAINT' }]), ['/rows/1/purpose']]],
  'purpose-never-agreed': [
    [
      agreement([{}, { purpose: 'EMERGENCY_BTG' }], { purposes: ['PANEL_MEETING', 'EMERGENCY_BTG'] }),
      ['/purposes/1', '/rows/1/purpose'],
    ],
  ],
  'duplicate-row': [[agreement([{}, { category: 'contact' }, { level: 'none' }]), ['/rows/2']]],
  'nobody-receives': [[agreement([{}, { receivingType: 'refuge' }]), ['/rows/1/receivingType']]],
  'dangling-category': [
    [agreement([{}, { category: 'protected_address', level: 'existence' }]), ['/rows/1/category']],
    // the parent is shared from police alone; the child from anybody
    [
      agreement([
        { category: 'police_incident', contributingType: 'police' },
        { category: 'police_intelligence', level: 'existence' },
      ]),
      ['/rows/1/category'],
    ],
    // for another purpose and to another receiver is not here
    [
      agreement([
        { category: 'location_current', purpose: 'CASE_PREP' },
        { category: 'location_current', receivingType: 'probation' },
        { category: 'protected_address' },
      ]),
      ['/rows/2/category'],
    ],
  ],
  'child-less-restricted': [
    [
      agreement([{ category: 'location_current', level: 'summary' }, { category: 'protected_address' }]),
      ['/rows/1/level'],
    ],
    // a named contributor's parent decides before that of any, and the child falls back to any
    [
      agreement([
        { category: 'police_incident' },
        { category: 'police_incident', contributingType: 'probation', level: 'existence' },
        { category: 'police_intelligence', level: 'summary' },
      ]),
      ['/rows/2/level'],
    ],
    [
      agreement([
        { category: 'police_incident', level: 'summary' },
        { category: 'police_intelligence', level: 'summary' },
        { category: 'police_intelligence', contributingType: 'police', level: 'full' },
      ]),
      ['/rows/2/level'],
    ],
    [
      agreement([
        { category: 'demographic', level: 'none' },
        { category: 'immigration', level: 'existence' },
      ]),
      ['/rows/1/level'],
    ],
  ],
  'nothing-agreed': [
    [agreement([{}], { partyTypes: ['police'] }), ['/parties']],
    [agreement([]), ['/rows']],
    [agreement([], { purposes: [] }), ['/purposes', '/rows']],
  ],
  'dates-out-of-order': [
    [agreement([{}], { reviewDue: '2025-12-31' }), ['/reviewDue']],
    [agreement([{}], { reviewDue: '2027-01-01' }), ['/reviewDue']],
    [agreement([{}], { reviewDue: '2026-01-01', expiresOn: '2026-01-01' }), ['/expiresOn']],
  ],
};

test('each rule refuses what it is there for, at its place, and no other rule does', async () => {
  const { unlawful, AGREEMENT_LAW } = await built();
  expect(Object.keys(BREACHES).sort()).toEqual(AGREEMENT_LAW.map(({ code }) => code).sort());
  for (const [code, all] of Object.entries(BREACHES))
    for (const [broken, pointers] of all)
      expect(unlawful(broken).map((error) => [error.code, error.pointer])).toEqual(
        pointers.map((pointer) => [code, pointer]),
      );
});

test('what the law allows is allowed', async () => {
  const { unlawful } = await built();
  const lawful = agreement([
    { category: 'police_incident', level: 'summary' },
    { category: 'police_incident', contributingType: 'police', gateway: 'PCSC_S16' },
    { category: 'police_intelligence', contributingType: 'police' },
    { category: 'police_intelligence', contributingType: 'probation', level: 'summary' },
    { category: 'protected_address', level: 'none' },
    { category: 'safe_contact', level: 'existence', receivingType: 'panel_coordination' },
    { gateway: 'CDA_S17A', level: 'none' },
  ]);
  expect(unlawful(lawful)).toEqual([]);
});

test('everything that is wrong is said at once', async () => {
  const { unlawful } = await built();
  const errors = unlawful(agreement([{ category: 'x' }, { gateway: '' }, { receivingType: 'refuge' }]));
  expect(errors.map(({ code }) => code)).toEqual(['unknown-term', 'no-gateway', 'nobody-receives']);
});

test('every agreement of the sandbox is lawful', async () => {
  const { unlawful, SHARING_AGREEMENTS, agencyByCode } = await built();
  expect(SHARING_AGREEMENTS.length).toBeGreaterThan(10);
  for (const { code, rows, parties, purposes } of SHARING_AGREEMENTS) {
    const errors = unlawful({
      purposes,
      partyTypes: parties.map((party) => agencyByCode(party).type),
      rows: rows.map((row, index) => ({ ...row, at: `/rows/${String(index)}` })),
      effectiveFrom: '2026-01-01',
      reviewDue: '2026-12-01',
      expiresOn: '2026-12-31',
    });
    expect([code, errors.map((error) => [error.code, error.detail])]).toEqual([code, []]);
  }
});

test('the tree of categories has no circle', async () => {
  const { CATEGORY_PARENTS } = await built();
  for (const child of Object.keys(CATEGORY_PARENTS)) {
    const seen = [child];
    for (let up = CATEGORY_PARENTS[child as keyof typeof CATEGORY_PARENTS]; up; up = CATEGORY_PARENTS[up]) {
      expect(seen).not.toContain(up);
      seen.push(up);
    }
  }
});
