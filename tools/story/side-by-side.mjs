/**
 * What each agency sees of the same case: every cell is what the service returned, held against what the agreement
 * promises. And no sentence reaches a reader by any door unless its cell says so.
 */
import { readAgreement, reaches } from './agreement.mjs';

/** @typedef {import('./stage.mjs').Stage} Stage */
/** @typedef {import('./stage.mjs').Player} Player */
/** @typedef {import('./plot.mjs').Plot} Plot */
/** @typedef {import('./plot.mjs').Told} Told */
/** @typedef {import('./agreement.mjs').Agreement} Agreement */
/** @typedef {'full' | 'summary' | 'exists' | '–'} Cell */
/** @typedef {Awaited<ReturnType<typeof look>>} Seen */
/**
 * @typedef {object} Row
 * @property {string} title
 * @property {(reader: Player) => Cell} promised to somebody who may read the case
 * @property {(seen: Seen) => Cell} found
 */

/** The readers, the heads of their columns, and whether the case is there for them at all. */
const READERS = /** @type {const} */ ([
  ['idva', 'IDVA', true],
  ['police-sergeant', 'police', true],
  ['housing-officer', 'housing', true],
  ['nhs-safeguarding-lead', 'mental h.', true],
  ['social-worker', 'children’s', true],
  ['marac-coordinator', 'coordinator', true],
  ['school-lead', 'school', true],
  ['outsider', 'outsider', false],
]);

/** The data category of each field of a person (information sharing agreements, data categories). */
const PERSON_FIELDS = {
  givenName: 'identity',
  familyName: 'identity',
  aliases: 'identity',
  dateOfBirth: 'identity',
  sex: 'demographic',
  firstLanguage: 'demographic',
  interpreterNeeded: 'demographic',
  ethnicity: 'equality',
  nhsNumber: 'health_physical',
  phone: 'contact',
  email: 'contact',
  safeContact: 'safe_contact',
  currentAddress: 'location_current',
  protectedAddress: 'protected_address',
};

/** @param {Stage} stage @param {Plot} plot */
export async function sideBySide(stage, plot) {
  stage.chapter('What each agency sees of the same case');
  const agreement = await readAgreement(stage, 'ISA-ASK-MARAC', plot.panel.marac);
  const rows = rowsOf(plot, agreement);
  /** @type {Cell[][]} */
  const columns = [];
  for (const [id, , reads] of READERS) {
    const reader = await stage.cast(id);
    const seen = await look(reader, plot);
    columns.push(compare(stage, reader, reads, seen, rows));
    nothingLeaks(stage, reader, reads, seen, plot, agreement);
    if (reads) namesWhatItWithholds(stage, reader, seen, agreement);
  }
  await explanationsAgree(stage, plot, rows, columns);
  print(rows, columns);
  console.log(
    `\n  full: all of it   summary: one line   exists: that there is something, and whose   –: not a word` +
      `\n  Held against the ${agreement.rows} rows of ISA-ASK-MARAC, read by the data protection officer.`,
  );
}

/** @param {Plot} plot @param {Agreement} agreement @returns {Row[]} */
function rowsOf(plot, agreement) {
  const police = plot.told[plot.marac]?.find(({ by }) => by === 'police-sergeant');
  const coordination = { agencyType: 'community_safety' };
  /** @type {(name: keyof Seen['lists'], title: string, category: string) => Row} */
  const record = (name, title, category) => ({
    title,
    promised: (reader) => {
      if (reader.me.agencyType === coordination.agencyType) return 'full';
      const level = agreement.level(reader, category, coordination.agencyType);
      return level === 'full' ? 'full' : level === 'none' ? '–' : 'exists';
    },
    found: ({ lists }) => {
      const [first] = lists[name].rows;
      return first ? ('text' in first || 'aims' in first ? 'full' : 'exists') : '–';
    },
  });
  return [
    {
      title: 'what the case is about',
      promised: (reader) =>
        reader.me.agencyId === police?.agencyId || agreement.level(reader, 'police_incident', 'police') === 'full'
          ? 'full'
          : '–',
      found: ({ record: { body } }) => ('summary' in (body ?? {}) && body.withheld ? 'full' : '–'),
    },
    ...(plot.told[plot.marac] ?? []).map((one) => contributionRow(one, agreement)),
    {
      title: 'risk_assessment / idva (checklist)',
      promised: (reader) => cellOf(levelTo(reader, { ...plot.assessment, category: 'risk_assessment' }, agreement)),
      found: ({ lists }) => {
        const found = lists.assessments.rows.find(({ id }) => id === plot.assessment.id);
        if (!found) return '–';
        return 'answers' in found ? 'full' : 'effectiveBand' in found ? 'summary' : 'exists';
      },
    },
    record('plans', 'plan_action / the plan', 'plan_action'),
    record('decisions', 'plan_action / the decision', 'plan_action'),
    record('minutes', 'professional_opinion / the minutes', 'professional_opinion'),
    ...Object.entries(PERSON_FIELDS).map(
      /** @returns {Row} */ ([field, category]) => ({
        title: `${category} / her ${field}`,
        promised: (reader) =>
          levelTo(reader, { agencyId: police?.agencyId, agencyType: 'police', category }, agreement) === 'full'
            ? 'full'
            : '–',
        found: ({ person, address }) => {
          if (field === 'protectedAddress') return address.status === 200 && 'address' in address.body ? 'full' : '–';
          return person.status === 200 && field in person.body ? 'full' : '–';
        },
      }),
    ),
  ];
}

/** @param {Told} one @param {Agreement} agreement @returns {Row & { told: Told }} */
function contributionRow(one, agreement) {
  const marking = one.agencyOnly ? ', private' : one.handling === 'C' ? ', handling C' : '';
  return {
    told: one,
    title: `${one.category} / ${one.by}${marking}`,
    promised: (reader) => cellOf(levelTo(reader, one, agreement)),
    found: ({ lists }) => shownOf(lists.contributions.rows.find(({ id }) => id === one.id)),
  };
}

/** @param {any} row */
function shownOf(row) {
  if (!row) return '–';
  return 'text' in row ? 'full' : 'summary' in row ? 'summary' : 'exists';
}

/**
 * One's own is always whole, private research nobody else's; handling C holds everything back but that it exists.
 * @param {Player} reader
 * @param {{ agencyId?: string, agencyType: string, category: string, handling?: string, agencyOnly?: boolean }} what
 * @param {Agreement} agreement
 */
function levelTo(reader, { agencyId, agencyType, category, handling, agencyOnly }, agreement) {
  if (agencyId === reader.me.agencyId) return 'full';
  if (agencyOnly) return 'none';
  const level = agreement.level(reader, category, agencyType);
  return handling === 'C' && level !== 'none' ? 'existence' : level;
}

/** @param {import('./agreement.mjs').Level} level @returns {Cell} */
const cellOf = (level) => (level === 'none' ? '–' : level === 'existence' ? 'exists' : level);

/** Everything that a reader may try to learn of the case. @param {Player} reader @param {Plot} plot */
async function look(reader, plot) {
  const record = `/v1/cases/${plot.marac}`;
  const meeting = `/v1/meetings/${plot.meeting.id}`;
  const inThisCase = (/** @type {Awaited<ReturnType<Player['all']>>} */ list) => ({
    ...list,
    rows: list.rows.filter(({ caseId }) => caseId === plot.marac),
  });
  const lists = {
    contributions: await reader.all(`${record}/contributions`),
    assessments: await reader.all(`${record}/assessments`),
    plans: await reader.all(`${record}/plans`),
    people: await reader.all(`${record}/people`),
    timeline: await reader.all(`${record}/timeline`),
    decisions: inThisCase(await reader.all(`${meeting}/decisions`)),
    minutes: inThisCase(await reader.all(`${meeting}/minutes`)),
    listings: inThisCase(await reader.all(`${meeting}/listings`)),
  };
  const singles = [];
  for (const { id } of plot.told[plot.marac] ?? []) singles.push(await reader.reads(`/v1/contributions/${id}`));
  for (const id of Object.values(plot.actions)) singles.push(await reader.reads(`/v1/actions/${id}`));
  const replies = {
    record: await reader.reads(record),
    status: await reader.reads(`${record}/status`),
    person: await reader.reads(`/v1/persons/${plot.victimId}`),
    address: await reader.asks(`/v1/protected-addresses/${plot.refugeId}/revelation`, {
      reason: 'To arrange a visit that is safe for her.',
    }),
    cases: await reader.reads('/v1/cases?limit=100'),
    referrals: await reader.reads('/v1/referrals?limit=100'),
    actions: await reader.reads('/v1/actions?limit=100'),
    persons: await reader.reads('/v1/persons?limit=100'),
    search: await reader.asks('/v1/person-searches', {
      partnershipId: plot.partnership,
      familyName: plot.victim.familyName,
    }),
  };
  const everything = [...Object.values(replies), ...Object.values(lists), ...singles].map(({ raw }) => raw).join('\n');
  return { ...replies, lists, singles, everything };
}

/**
 * @param {Stage} stage
 * @param {Player} reader
 * @param {boolean} reads
 * @param {Seen} seen
 * @param {Row[]} rows
 */
function compare(stage, reader, reads, seen, rows) {
  stage.promise(
    `the case is ${reads ? '' : 'not '}there for ${reader.id}`,
    seen.record.status === (reads ? 200 : 404),
    seen.record.status,
  );
  return rows.map(({ title, promised, found }) => {
    const wanted = reads ? promised(reader) : '–';
    const cell = found(seen);
    stage.promise(`${reader.id} sees of ${title}: ${wanted}`, cell === wanted, cell);
    return cell;
  });
}

/**
 * Not by this door, and not by another: lists, single reads, timeline, search, meeting.
 * @param {Stage} stage
 * @param {Player} reader
 * @param {boolean} reads
 * @param {Seen} seen
 * @param {Plot} plot
 * @param {Agreement} agreement
 */
function nothingLeaks(stage, reader, reads, seen, plot, agreement) {
  const said = (/** @type {string} */ text) => seen.everything.includes(JSON.stringify(text).slice(1, -1));
  (plot.told[plot.marac] ?? []).forEach((one, at) => {
    const level = reads ? levelTo(reader, one, agreement) : 'none';
    const about = `${one.category} of ${one.by}`;
    stage.promise(`${reader.id} meets the words of ${about} only if promised`, said(one.text) === (level === 'full'));
    const line = reaches(level, 'summary');
    stage.promise(`${reader.id} meets the line of ${about} only if promised`, said(one.summary) === line);
    const single = seen.singles[at];
    const cell = single?.status === 200 ? shownOf(single.body) : '–';
    stage.promise(`${reader.id} sees ${about} by itself as in the list`, cell === cellOf(level), cell);
  });
  const secrets = /** @type {const} */ (['protectedAddress', 'safeContact', 'nhsNumber', 'currentAddress', 'phone']);
  const recorded = { agencyId: plot.told[plot.marac]?.[0]?.agencyId, agencyType: 'police' };
  for (const field of secrets) {
    const level = reads ? levelTo(reader, { ...recorded, category: PERSON_FIELDS[field] }, agreement) : 'none';
    const shown = said(field === 'protectedAddress' ? plot.refuge.address : plot.victim[field]);
    stage.promise(`${reader.id} meets her ${field} only if promised`, shown === (level === 'full'), shown);
  }
  const listed = [seen.cases, seen.persons, seen.referrals, seen.actions, seen.search];
  stage.promise(
    `her protected address stands in no list that ${reader.id} reads`,
    !listed.some(({ raw }) => raw.includes(plot.refuge.address)),
  );
  if (!reads) {
    const named = [plot.marac, plot.victimId, plot.victim.familyName, plot.meeting.id].filter((one) =>
      seen.everything.includes(one),
    );
    stage.promise(`${reader.id} meets no name and no number of it at all`, named.length === 0, named);
  }
}

/**
 * Withheld is not empty: what is not shown is named, whether or not it has a value; and a list says of which categories
 * the reader may not even learn that something is held.
 * @param {Stage} stage
 * @param {Player} reader
 * @param {Seen} seen
 * @param {Agreement} agreement
 */
function namesWhatItWithholds(stage, reader, seen, agreement) {
  const { contributions, assessments, plans, people, decisions, minutes } = seen.lists;
  for (const rows of [contributions, assessments, plans, people, decisions, minutes].map((list) => list.rows)) {
    const fields = new Set(rows.flatMap((row) => [...Object.keys(row), ...row.withheld]));
    for (const row of rows) {
      const wrong = [...fields].filter((field) => field in row === row.withheld.includes(field));
      stage.promise(`${reader.id}: each field of a row is either shown or named as withheld`, !wrong.length, wrong);
    }
  }
  const { withheld } = seen.person.body;
  const unnamed = Object.keys(PERSON_FIELDS).filter(
    (field) => field !== 'protectedAddress' && field in seen.person.body === withheld.includes(field),
  );
  stage.promise(`${reader.id}: each field of a person is either shown or named as withheld`, !unnamed.length, unnamed);
  const wrong = agreement.categories.filter(
    (category) => (agreement.level(reader, category, 'any') === 'none') !== contributions.withheld.includes(category),
  );
  stage.promise(`${reader.id}: the list names the categories of which nothing may be learnt`, !wrong.length, wrong);
}

/**
 * The explanation is the decision: what the coordinator is told that others see is what they see.
 * @param {Stage} stage
 * @param {Plot} plot
 * @param {Row[]} rows
 * @param {Cell[][]} columns
 */
async function explanationsAgree(stage, plot, rows, columns) {
  const coordinator = await stage.cast('marac-coordinator');
  for (const one of plot.told[plot.marac] ?? []) {
    if (one.agencyOnly) continue;
    const at = rows.findIndex((row) => 'told' in row && row.told === one);
    for (const [column, [id]] of READERS.entries()) {
      const reader = await stage.cast(id);
      const question = { actor: reader.me.id, action: 'read', type: 'Contribution', id: one.id, field: 'text' };
      const { body } = await coordinator.asks('/v1/policy/explanations', question);
      const cell = columns[column]?.[at];
      const wanted = cell === 'full' ? 'permit' : cell === '–' ? 'refuse' : 'withhold';
      stage.promise(
        `the explanation of ${one.category} for ${id} agrees: ${wanted}`,
        body?.outcome === wanted,
        body?.outcome ?? body?.detail,
      );
    }
  }
}

/** @param {Row[]} rows @param {Cell[][]} columns */
function print(rows, columns) {
  const first = Math.max(...rows.map(({ title }) => title.length));
  const line = (/** @type {string} */ title, /** @type {readonly string[]} */ cells) =>
    console.log(`  ${title.padEnd(first)}  ${cells.map((cell) => cell.padEnd(12)).join('')}`.trimEnd());
  console.log();
  line(
    '',
    READERS.map(([, head]) => head),
  );
  rows.forEach(({ title }, at) => {
    const cells = columns.map((column) => column[at] ?? '–');
    line(title, cells);
  });
}
