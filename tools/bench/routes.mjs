/** Routes of the benchmark: their requests, the servers to compare with, and the rows that must be the same. */

/** @typedef {import('./comparisons.mjs').Comparison} Comparison */
/** @typedef {Record<string, any>} Row */

/**
 * @typedef {object} Route
 * @property {string} name
 * @property {Comparison[]} comparisons
 * @property {() => import('./load.mjs').Call} next
 * @property {(answer: Row) => Row[]} rowsIn
 * @property {Partial<Record<Comparison, number>>} [least] lowest accepted throughput, as a share of the comparison's
 * @property {number} callers
 * @property {number} samples requests of one caller, for latency and buffers
 */

/** @template T @param {T[]} list */
const pick = (list) => /** @type {T} */ (list[Math.floor(Math.random() * list.length)]);
/** @param {Row[]} rows */
const byId = (rows) => [...rows].sort((a, b) => (a.id < b.id ? -1 : 1));
const SAMPLES = 200;
const CALLERS = 16;

/**
 * Returns the routes. The conventional server answers only the list and the file: for other routes it would differ in
 * its queries alone. The server with the same duties has no pack, which would repeat the rules of ten types of records.
 * @param {import('./caseload.mjs').Caseload} caseload
 * @param {{ reader: string, referrer: string }} tokens
 * @returns {Route[]}
 */
export const routesOf = ({ cases, places, familyNames, partnershipId, panelId, meetingId }, { reader, referrer }) => [
  {
    name: 'case list',
    comparisons: ['bare', 'sameDuties', 'conventional'],
    next: () => ({ path: '/v1/cases', token: reader }),
    rowsIn: ({ data }) => data,
    least: { sameDuties: 0.6, conventional: 2.5 },
    callers: CALLERS,
    samples: SAMPLES,
  },
  {
    name: 'one case with its contributions',
    comparisons: ['bare', 'sameDuties', 'conventional'],
    next: () => ({ path: `/v1/cases/${pick(cases)}/file`, token: reader }),
    rowsIn: (answer) => [answer.case, ...answer.contributions.data],
    least: { sameDuties: 0.55, conventional: 1.6 },
    callers: CALLERS,
    samples: SAMPLES,
  },
  {
    name: 'actions of my agency',
    comparisons: ['bare', 'sameDuties'],
    next: () => ({ path: '/v1/actions?mine=true', token: reader }),
    rowsIn: ({ data }) => data,
    callers: CALLERS,
    samples: SAMPLES,
  },
  {
    name: 'referral submission',
    comparisons: ['bare', 'sameDuties'],
    next: () => ({
      path: '/v1/referrals',
      token: referrer,
      body: {
        panelId,
        subjectKind: 'place',
        placeId: pick(places),
        category: 'asb_incident',
        problem: 'Fires in the bin store, three in two weeks, reported by four households.',
        whyMultiAgency: 'Cleaning alone has not helped; fire service and police are needed.',
        criteria: ['repeat_location'],
        legalGateway: 'CDA_S115',
        submit: true,
      },
    }),
    // each server makes a record of its own
    rowsIn: ({ status }) => [{ id: status, withheld: [] }],
    callers: CALLERS,
    samples: SAMPLES,
  },
  {
    name: 'person search',
    comparisons: ['bare', 'sameDuties'],
    next: () => ({
      path: '/v1/person-searches',
      token: reader,
      body: { partnershipId, familyName: pick(familyNames) },
    }),
    rowsIn: ({ data }) => byId(data),
    callers: CALLERS,
    samples: SAMPLES,
  },
  {
    name: 'pack of 30 cases',
    comparisons: ['bare'],
    next: () => ({ path: `/v1/meetings/${meetingId}/pack`, token: reader }),
    rowsIn: ({ items }) => items.map((/** @type {Row} */ item) => item.listing),
    // the service lets one reader wait for few packs at once
    callers: 2,
    samples: 20,
  },
];
