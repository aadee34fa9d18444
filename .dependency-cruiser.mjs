/**
 * The arrows between the areas: each may import only what stands before it. A new area finds its place in this list,
 * and nothing else changes.
 */
const areas = [
  'time',
  'http',
  'database',
  'authentication',
  'authorization',
  'documents',
  'records',
  'openapi',
  'agencies',
  'sharing',
  'subjects',
  'panels',
  'instruments',
  'cases',
  'referrals',
  'plans',
  'meetings',
  'research',
  'proceedings',
  'agendas',
  'packs',
  'minutes',
  'cycles',
  'bids',
  'escalations',
  'disclosures',
  'jobs',
  'access',
  'events',
  'audit',
  'sandbox',
];
const anyOf = (/** @type {string[]} */ names) => `^src/(${names.join('|')})/`;

/** @type {import('dependency-cruiser').IForbiddenRuleType[]} */
const forbidden = [
  ...areas.slice(0, -1).map((area, place) => ({
    name: `${area}-comes-before`,
    comment: `${area}/ may import only the areas listed before it`,
    severity: /** @type {const} */ ('error'),
    from: { path: anyOf([area]) },
    to: { path: anyOf(areas.slice(place + 1)) },
  })),
  {
    name: 'area-without-a-place',
    comment: 'a folder of src that the list of areas does not know',
    severity: 'error',
    from: { path: '^src/' },
    to: { path: '^src/[^/]+/', pathNot: anyOf(areas) },
  },
  {
    name: 'areas-know-no-top',
    comment: 'an area may import src/config.ts, and nothing else of what puts the areas together',
    severity: 'error',
    from: { path: '^src/[^/]+/', pathNot: '^src/sandbox/' },
    to: { path: '^src/[^/]+\\.ts$', pathNot: '^src/config\\.ts$' },
  },
  {
    name: 'production-without-sandbox',
    comment: 'the sandbox is a build of its own, which the production image does not hold',
    severity: 'error',
    from: { path: '^src/', pathNot: '^src/sandbox/' },
    to: { path: '^src/sandbox/' },
  },
  { name: 'no-circles', severity: 'error', from: { path: '^src/' }, to: { circular: true } },
  { name: 'not-found', severity: 'error', from: {}, to: { couldNotResolve: true } },
  {
    name: 'not-for-development-only',
    comment: 'what the service imports must be there in production',
    severity: 'error',
    from: { path: '^src/', pathNot: '^src/sandbox/' },
    to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'], dependencyTypesNot: ['type-only'] },
  },
];

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden,
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'types'] },
  },
};
