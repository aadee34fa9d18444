/**
 * Six months of synthetic caseload, the same on every start for the same `now`.
 *
 * A case is a story (who, where, how far it has come) to which this module gives dates, so that everything in it agrees:
 * a referral precedes the cut-off of the meeting that first hears it, a plan is agreed at a meeting that was held, an
 * action is due at the next one, a closed case has an evaluation. Generated stories cover every status; the three
 * hand-written stories are processed in the same way.
 */
import type { DataCategory } from '../../authorization/data-categories.js';
import type {
  ActionStatus,
  CasePanelType,
  CasePersonRole,
  CaseStage,
  CaseStory,
  Caseload,
  ContributionLine,
  Key,
  ReferralStatus,
  PlanEvaluation,
  SandboxAssessment,
  SandboxCase,
  SandboxDecision,
  SandboxLink,
  SandboxReferral,
} from './caseload.js';
import { assess } from './assessments.js';
import { generatedStories, peopleFor } from './generated-stories.js';
import {
  ACTIONS,
  AIMS,
  CLOSURES,
  CONTRIBUTIONS,
  DECISIONS,
  RATIONALES,
  REFERRAL_REASONS,
  SCENARIOS,
} from './narratives.js';
import { MEMBERSHIPS, PANELS, panelByCode, panelCode, representativeOf, type Panel } from './panels.js';
import { neighbourhoodOf, type Neighbourhood } from './people.js';
import { agencyOfType, BOROUGH_CODES, type BoroughCode } from './places-and-agencies.js';
import { buildMeetings, meetingDate, meetingKey } from './schedule.js';
import { addDays, dateFrom, inWords, seededChance, weekdaysBefore, type Chance, type IsoDate } from './seeded.js';
import { TOLD_CASES, toldCases, toldPersons } from './told-cases.js';

export function buildCaseload(now: Date): Caseload {
  const load: Caseload = {
    persons: toldPersons(now),
    places: [],
    groups: [],
    links: [],
    referrals: [],
    cases: [],
    contributions: [],
    plans: [],
    actions: [],
    meetings: buildMeetings(now),
    listings: [],
    invitations: [],
    researchRequests: [],
    attendances: [],
    decisions: [],
    minutes: [],
    exclusions: [],
    recusals: [],
    crimes: [],
  };
  for (const borough of BOROUGH_CODES) {
    const neighbourhood = neighbourhoodOf(borough, now);
    load.persons.push(...neighbourhood.persons);
    load.places.push(...neighbourhood.places);
    load.groups.push(...neighbourhood.groups);
    for (const story of toldCases().filter((told) => told.borough === borough)) openCase(load, story, now);
    for (const story of generatedStories(borough, neighbourhood)) openCase(load, story, now);
    addOtherReferrals(load, borough, neighbourhood, now);
  }
  addAttendances(load);
  keepRelativeAway(load);
  stepAside(load);
  bringCrimesToLight(load);
  numberReferences(load);
  return load;
}

// ---------------------------------------------------------------------------------------------------------------------
// From story to case
// ---------------------------------------------------------------------------------------------------------------------

const CONTEXT_WORDS = /\{(\w+)\}/g;
const fill = (template: string, words: Record<string, string | number>): string =>
  template.replace(CONTEXT_WORDS, (slot, word: string) => String(words[word] ?? slot));

/** Returns a sentence that was not used before; draws the slots again until it is new. */
function newSentence(said: string[], draw: () => string): string {
  let sentence = draw();
  for (let attempt = 0; attempt < 50 && said.includes(sentence); attempt += 1) sentence = draw();
  return sentence;
}

const earliest = (...dates: IsoDate[]): IsoDate => dates.sort()[0]!;

/** Context shared by the parts of one case. */
interface Telling {
  load: Caseload;
  story: CaseStory;
  panel: Panel;
  chance: Chance;
  now: Date;
  today: IsoDate;
  submittedOn: IsoDate;
  openedOn: IsoDate;
  band: string;
  /** Words for the slots that stay the same through the case. */
  words: Record<string, string | number>;
}

function openCase(load: Caseload, story: CaseStory, now: Date): void {
  const chance = seededChance(story.key);
  const panel = panelByCode(panelCode(story.borough, story.type));
  const today = dateFrom(now, 0);
  const submittedOn = earliest(
    weekdaysBefore(
      meetingDate(panel, story.firstHeard, now),
      panel.rules.referralCutOffWorkingDays + chance.between(1, 7),
    ),
    weekdaysBefore(dateFrom(now, story.stage === 'open' ? -3 : -8), 1),
  );
  const openedOn = earliest(weekdaysBefore(addDays(submittedOn, chance.between(2, 5)), 1), dateFrom(now, -1));
  const place = load.places.find((each) => each.key === story.places[0]);
  const assessment = assess(story, chance, addDays(submittedOn, -1));
  const told: Telling = {
    load,
    story,
    panel,
    chance,
    now,
    today,
    submittedOn,
    openedOn,
    band: assessment.judgementBand ?? assessment.band,
    words: {
      place: place?.name ?? 'the street',
      ward: place?.ward ?? load.places.filter((each) => each.borough === story.borough)[chance.between(0, 2)]!.ward,
    },
  };
  const meetings = hearings(told);
  protectVictim(told);
  addReferral(told, assessment);
  addCase(told, meetings);
  addContributions(told);
  addLinks(told);
  addPlan(told, meetings);
  addListings(told, meetings);
}

/** Slots for one sentence: counts and two dates before `reference`. */
function wordsAt({ chance, words }: Telling, reference: IsoDate): Record<string, string | number> {
  return {
    ...words,
    count: chance.between(7, 38),
    few: chance.between(2, 5),
    weeks: chance.between(3, 12),
    date: inWords(reference),
    earlier: inWords(addDays(reference, -chance.between(30, 110))),
  };
}

/** The cycles at which the case is heard, first to last. A high band comes back every meeting, others every second. */
function hearings({ story, panel, band }: Telling): number[] {
  if (story.stage === 'open') return [];
  const every = (panel.reviewIntervalDays[band] ?? 28) > panel.cycle.lengthDays ? 2 : 1;
  const cycles: number[] = [];
  for (let cycle = story.firstHeard; cycle > story.lastHeard; cycle -= cycles.length > 1 ? every : 1)
    cycles.push(cycle);
  return [...cycles, story.lastHeard];
}

/** A MARAC victim has safe-contact rules, and some an address that must not be known. */
function protectVictim({ load, story, chance }: Telling): void {
  if (story.type !== 'marac') return;
  const victim = load.persons.find((person) => person.key === story.people[0]!.person)!;
  if (victim.safeContact) return;
  victim.safeContact = {
    notes: chance.pick([
      'Call through the workplace only; ask for the rota desk.',
      'Text first with “delivery today?” and wait for an answer.',
      'Through the health visitor at clinic; no calls to the home.',
      'Calls are safe while the other party is at work; end the call if there is no answer to the first question.',
    ]),
    safeToCall: chance.onceIn(2),
    safeToText: chance.onceIn(2),
    safeToLeaveVoicemail: false,
    safeToWrite: false,
    safeTimes: chance.pick([
      'Tuesdays and Thursdays 09:30 to 11:30',
      'Weekdays 12:00 to 13:00',
      'After 19:00 on weekdays',
      'School hours',
    ]),
  };
  if (chance.onceIn(2)) {
    victim.protectedAddress = {
      text: `Room ${chance.between(2, 19)}, Rowanstead House`,
      postcode: `${victim.currentAddress!.postcode.split(' ')[0]} 7SF`,
      uprn: `99900000${chance.between(1000, 9999)}`,
    };
  }
}

function addReferral(told: Telling, assessment: SandboxAssessment): void {
  const { load, story, submittedOn, openedOn } = told;
  load.referrals.push({
    ...referralFrom(told, assessment),
    key: story.key.replace('-case-', '-referral-'),
    status: 'accepted',
    startedOn: addDays(submittedOn, -2),
    submittedOn,
    decidedOn: openedOn,
    statusReason: 'Accepted: needs more than one agency.',
    redirectedTo: null,
  });
}

type ReferralContent = Omit<
  SandboxReferral,
  'key' | 'status' | 'startedOn' | 'submittedOn' | 'decidedOn' | 'statusReason' | 'redirectedTo'
>;

function referralFrom(told: Telling, assessment: SandboxAssessment): ReferralContent {
  const { story, panel, chance, submittedOn } = told;
  const { scenario } = story;
  const incidentOn = addDays(submittedOn, -chance.between(1, 9));
  const words = wordsAt(told, incidentOn);
  const agency = agencyOfType(story.borough, scenario.referredBy) ?? agencyOfType(story.borough, 'community_safety')!;
  const hasSubject = scenario.subjectKind !== 'place' && scenario.subjectKind !== 'group';
  const isUnsafeToAsk = story.type === 'marac' && chance.onceIn(3);
  return {
    borough: story.borough,
    panel: panel.code,
    reference: null,
    referringAgency: agency.code,
    referrer: representativeOf(panel.code, agency.code),
    subjectKind: scenario.subjectKind,
    people: story.people.map(({ person, role }) => ({ person, role })),
    places: story.places,
    groups: story.groups,
    criteria: scenario.criteria,
    isRepeat: scenario.criteria.includes('repeat'),
    incidentOn,
    title: fill(scenario.title, words),
    concern: fill(scenario.concern, words),
    triedAlready: scenario.tried,
    whyMultiAgency: scenario.why,
    ask: scenario.ask,
    hateElement: scenario.criteria.includes('hate') ? 'yes' : chance.onceIn(6) ? 'not_known' : 'no',
    consent: !hasSubject
      ? { status: 'not_sought', reason: 'The subject is a place or a group.' }
      : isUnsafeToAsk
        ? { status: 'not_sought', reason: 'Asking would have increased the risk.' }
        : { status: chance.onceIn(5) ? 'refused' : 'given', reason: null },
    assessment,
  };
}

function addCase(told: Telling, meetings: number[]): void {
  const { load, story, panel, chance, now, openedOn, band } = told;
  const referral = load.referrals.at(-1)!;
  const isClosed = story.stage === 'closed';
  const closure = chance.pick(CLOSURES[story.type]);
  load.cases.push({
    key: story.key,
    borough: story.borough,
    panel: panel.code,
    reference: '',
    referral: referral.key,
    stage: story.stage,
    subjectKind: story.scenario.subjectKind,
    title: referral.title,
    summary: `${referral.concern} ${story.scenario.ask}`,
    band,
    leadAgency: referral.referringAgency,
    openedOn,
    nextReviewOn: isClosed || meetings.length === 0 ? null : meetingDate(panel, meetings.at(-1)!, now),
    closedOn: isClosed ? meetingDate(panel, story.lastHeard, now) : null,
    closureReason: isClosed ? closure.reason : null,
    outcome: isClosed ? closure.outcome : null,
    people: story.people.map((each) => ({ ...each, since: openedOn })),
    places: story.places,
    groups: story.groups,
  });
}

// ---------------------------------------------------------------------------------------------------------------------
// What agencies contribute
// ---------------------------------------------------------------------------------------------------------------------

const HARM_CAUSERS: CasePersonRole[] = ['perpetrator', 'suspected_harm_causer', 'both_victim_and_harm_causer'];
const HARMED: CasePersonRole[] = ['victim', 'at_risk', 'complainant', 'both_victim_and_harm_causer'];
const YOUNG: CasePersonRole[] = ['child', 'at_risk', 'both_victim_and_harm_causer'];

/** Whom an item of a category is about, by panel; a category that is not named here is about nobody in particular. */
const ABOUT: Record<CasePanelType, Partial<Record<DataCategory, CasePersonRole[]>>> = {
  jag: {
    voice_of_subject: HARMED,
    offence_history: HARM_CAUSERS,
    housing: HARM_CAUSERS,
    social_care_adult: HARM_CAUSERS,
    professional_opinion: HARM_CAUSERS,
    health_mental: HARM_CAUSERS,
    substance_use: HARM_CAUSERS,
  },
  marac: {
    voice_of_subject: HARMED,
    risk_assessment: HARMED,
    health_mental: HARMED,
    health_physical: HARMED,
    professional_opinion: HARMED,
    social_care_adult: HARMED,
    housing: HARMED,
    police_intelligence: HARM_CAUSERS,
    court_order: HARM_CAUSERS,
    offence_history: HARM_CAUSERS,
    probation: HARM_CAUSERS,
    social_care_child: YOUNG,
    family: YOUNG,
    education: YOUNG,
  },
  community_marac: {
    voice_of_subject: HARMED,
    risk_assessment: HARMED,
    social_care_adult: HARMED,
    health_mental: HARMED,
    substance_use: HARMED,
    housing: HARMED,
  },
  syv: {
    voice_of_subject: YOUNG,
    police_incident: YOUNG,
    social_care_child: YOUNG,
    family: YOUNG,
    youth_justice: YOUNG,
    education: YOUNG,
    health_physical: YOUNG,
    health_mental: YOUNG,
    housing: YOUNG,
  },
  channel: {
    radicalisation: HARMED,
    police_incident: HARMED,
    voice_of_subject: HARMED,
    social_care_child: HARMED,
    education: HARMED,
    health_mental: HARMED,
    professional_opinion: HARMED,
  },
};

function subjectOf(line: ContributionLine, { type, people }: CaseStory): Key | null {
  const roles = ABOUT[type][line.category] ?? [];
  return line.about ?? people.find(({ role }) => roles.includes(role))?.person ?? null;
}

/** Returns whether the case has the person whom the line is about. */
function fits(line: ContributionLine, story: CaseStory): boolean {
  return (
    agencyOfType(story.borough, line.from) !== undefined &&
    (!ABOUT[story.type][line.category] || subjectOf(line, story) !== null)
  );
}

/** Selects three to eight lines; every agency contributes once before any contributes twice. */
function chosenLines({ story, chance }: Telling): ContributionLine[] {
  if (story.contributions) return story.contributions;
  const available = CONTRIBUTIONS[story.type].filter((line) => fits(line, story));
  const shuffled = chance.some(available, available.length);
  const first = shuffled.filter((line, at) => shuffled.findIndex(({ from }) => from === line.from) === at);
  const wanted = story.stage === 'open' ? 3 : chance.between(3, 8);
  return [...first, ...shuffled.filter((line) => !first.includes(line))].slice(0, wanted);
}

function addContributions(told: Telling): void {
  const { load, story, panel, chance, now, today, openedOn } = told;
  const lastHearing = story.stage === 'closed' ? meetingDate(panel, story.lastHeard, now) : today;
  chosenLines(told).forEach((line, at) => {
    const agency = agencyOfType(story.borough, line.from)!;
    const contributedOn = earliest(addDays(openedOn, at * chance.between(2, 9)), addDays(lastHearing, -1));
    const occurredOn = addDays(contributedOn, -chance.between(2, 25));
    load.contributions.push({
      key: `${story.key}-c${at + 1}`,
      borough: story.borough,
      case: story.key,
      agency: agency.code,
      author: representativeOf(panel.code, agency.code),
      category: line.category,
      about: subjectOf(line, story),
      kind: line.kind,
      summary: line.summary,
      text: newSentence(
        load.contributions.map(({ text }) => text),
        () => fill(line.text, wordsAt(told, occurredOn)),
      ),
      handling: line.conditions ? 'C' : 'P',
      conditions: line.conditions ?? null,
      originatorControl: line.originatorControl ?? false,
      grade:
        line.kind === 'intelligence'
          ? { source: chance.pick([1, 2, 2] as const), assessment: chance.pick(['B', 'C', 'D'] as const) }
          : null,
      occurredOn,
      contributedOn,
    });
  });
}

/** Links implied by the roles in one case, each with the contribution that is its source. */
function addLinks({ load, story, openedOn }: Telling): void {
  const inRole = (...roles: CasePersonRole[]): Key[] =>
    story.people.filter(({ role }) => roles.includes(role)).map(({ person }) => person);
  const young = inRole('at_risk', 'both_victim_and_harm_causer');
  const peers = inRole('linked_peer');
  const each = (from: Key[], to: Key[], type: SandboxLink['type'], strength: SandboxLink['strength']) =>
    from.flatMap((one) => to.map((other) => ({ from: one, to: other, type, strength })));
  const found = [
    ...(story.type === 'marac' ? each(inRole('victim'), inRole('perpetrator'), 'partner', 'confirmed') : []),
    ...each(inRole('victim'), inRole('child'), 'parent_child', 'confirmed'),
    ...each(inRole('child').slice(0, 1), inRole('child').slice(1), 'sibling', 'confirmed'),
    ...each(inRole('carer'), young.slice(0, 1), 'parent_child', 'confirmed'),
    ...(story.type === 'syv' ? each(young.slice(0, 1), peers, 'peer', 'probable') : []),
    ...(story.type === 'syv' ? each(young, story.places, 'frequents', 'possible') : []),
    ...each([...young, ...peers], story.groups, 'member_of', 'possible'),
  ];
  found.forEach((link, at) => {
    load.links.push({
      key: `${story.key}-l${at + 1}`,
      borough: story.borough,
      ...link,
      source: `${story.key}-c1`,
      validFrom: openedOn,
      reviewBy: addDays(openedOn, 182),
    });
  });
}

// ---------------------------------------------------------------------------------------------------------------------
// Plans and actions
// ---------------------------------------------------------------------------------------------------------------------

const STATUSES: Partial<Record<CaseStage, ActionStatus[]>> = {
  plan_agreed: ['in_progress', 'agreed', 'done', 'proposed', 'in_progress'],
  monitoring: ['done', 'in_progress', 'verified', 'blocked', 'superseded', 'not_possible', 'agreed'],
  closed: ['verified', 'done', 'not_possible', 'done', 'cancelled', 'not_done'],
};
const OPEN_STATUSES: ActionStatus[] = ['proposed', 'agreed', 'in_progress', 'blocked'];
const STATUS_NOTES: Partial<Record<ActionStatus, string>> = {
  done: 'Completed and reported to the coordinator.',
  verified: 'Checked by the coordinator with the evidence named.',
  blocked: 'Waiting for a decision by another service.',
  not_possible: 'Circumstances changed: the person is no longer in the area.',
  not_done: 'The agency did not act in time; raised with its lead.',
  cancelled: 'Cancelled by the panel: no longer needed.',
  superseded: 'Replaced by a later action.',
};

const VERDICTS = { resolved: 'met', partly_resolved: 'partly_met', unresolved: 'not_met' } as const;
const LEFT = {
  resolved: 'The lead agency looks again in three months and brings it back if it has returned.',
  partly_resolved: 'The lead agency keeps up what helped and reports at the next review.',
  unresolved: 'What a single agency can do goes on there; the panel has nothing left to try.',
};

function evaluationOf(
  { outcome, evaluation }: (typeof CLOSURES)[CaseStory['type']][number],
  measured: { metric: string; baseline: number; target: number; weeks: number },
  on: IsoDate,
): PlanEvaluation {
  const { baseline, target } = measured;
  const result = { resolved: target, partly_resolved: target + 2, unresolved: baseline - 1 }[outcome];
  return {
    on,
    result: String(result),
    verdict: VERDICTS[outcome],
    whatWorked: fill(evaluation, { ...measured, result }),
    whatIsLeft: LEFT[outcome],
  };
}

function addPlan(told: Telling, meetings: number[]): void {
  const { load, story, panel, chance, now, today } = told;
  const statuses = STATUSES[story.stage];
  if (!statuses) return;
  const agreedAt = story.firstDeferred ? meetings[1]! : meetings[0]!;
  const agreedOn = meetingDate(panel, agreedAt, now);
  const { aim, metric, model, share } = AIMS[story.type];
  const baseline = chance.between(6, 24);
  const target = Math.floor(baseline * share);
  const plan = `${story.key}-plan`;
  const closure = CLOSURES[story.type].find(({ reason }) => reason === load.cases.at(-1)!.closureReason);
  load.plans.push({
    key: plan,
    borough: story.borough,
    case: story.key,
    model,
    title: `Plan: ${load.cases.at(-1)!.title}`,
    aim,
    measure: { metric, baseline, target },
    status: story.stage === 'closed' ? 'closed' : story.stage === 'monitoring' ? 'active' : 'agreed',
    agreedOn,
    reviewOn: load.cases.at(-1)!.nextReviewOn ?? addDays(agreedOn, panel.reviewIntervalDays[told.band] ?? 28),
    evaluation: closure
      ? evaluationOf(closure, { metric, baseline, target, weeks: chance.between(4, 12) }, load.cases.at(-1)!.closedOn!)
      : null,
  });

  const available = ACTIONS[story.type].filter(({ by }) => agencyOfType(story.borough, by));
  const chosen: NonNullable<CaseStory['actions']> = story.actions ?? chance.some(available, chance.between(3, 5));
  const offset = chance.between(0, statuses.length - 1);
  chosen.forEach((line, at) => {
    const owner = agencyOfType(story.borough, line.by)!;
    const status = line.status ?? statuses[(offset + at) % statuses.length]!;
    const isOpen = OPEN_STATUSES.includes(status);
    // Open actions of a plan under review were due at an earlier meeting (overdue) or are due at the next one.
    const nextMeeting = meetingDate(panel, Math.max(0, agreedAt - 1 - Math.floor(at / 2)), now);
    const dueOn = isOpen && status !== 'in_progress' && nextMeeting < today ? meetingDate(panel, 0, now) : nextMeeting;
    let words = wordsAt(told, agreedOn);
    const title = newSentence(
      load.actions.map((each) => each.title),
      () => {
        words = wordsAt(told, agreedOn);
        return fill(line.title, words);
      },
    );
    load.actions.push({
      key: `${story.key}-a${at + 1}`,
      borough: story.borough,
      plan,
      case: story.key,
      title,
      measure: fill(line.measure, words),
      addresses: line.addresses,
      ownerAgency: owner.code,
      owner: representativeOf(panel.code, owner.code),
      status,
      agreedOn,
      dueOn,
      endedOn: isOpen ? null : earliest(addDays(agreedOn, chance.between(5, 30)), addDays(today, -1)),
      note: STATUS_NOTES[status] ?? null,
    });
  });
}

// ---------------------------------------------------------------------------------------------------------------------
// Meetings: listings, research, decisions, minutes, attendance
// ---------------------------------------------------------------------------------------------------------------------

function addListings(told: Telling, meetings: number[]): void {
  const { load, story, panel, now } = told;
  const entry = load.cases.at(-1)!;
  meetings.forEach((cyclesAgo, at) => {
    const meeting = meetingKey(panel, cyclesAgo);
    const isClosing = story.stage === 'closed' && at === meetings.length - 1;
    const listing = `${story.key}-at-${meeting}`;
    load.listings.push({
      key: listing,
      meeting,
      case: story.key,
      kind: at === 0 ? 'new' : isClosing ? 'closure' : 'review',
      order: load.listings.filter((each) => each.meeting === meeting).length + 1,
      timeBoxMinutes: at === 0 ? panel.rules.caseTimeBoxMinutes : Math.ceil(panel.rules.caseTimeBoxMinutes / 2),
      presentedBy: entry.leadAgency,
    });
    if (at === 0 || cyclesAgo === 0) addResearchRequests(told, listing, cyclesAgo);
    if (cyclesAgo > 0) {
      addDecision(told, entry, listing, cyclesAgo, at, isClosing);
    } else {
      for (const person of story.invited ?? []) {
        const seat = MEMBERSHIPS.find((each) => each.panel === panel.code && each.person === person)!;
        load.invitations.push({
          key: `${listing}-${person}`,
          listing,
          person,
          agency: seat.agency,
          validFrom: dateFrom(now, -5),
          // until the end of that day: less than 14 days after the meeting (docs/who-may-widen.md, row 6)
          validTo: addDays(meetingDate(panel, 0, now), 13),
        });
      }
    }
  });
}

function addResearchRequests(
  { load, story, panel, chance, now, today }: Telling,
  listing: Key,
  cyclesAgo: number,
): void {
  const dueOn = weekdaysBefore(meetingDate(panel, cyclesAgo, now), panel.rules.researchDueWorkingDays);
  const seats = MEMBERSHIPS.filter(
    (seat) => seat.panel === panel.code && seat.tier === 'core' && seat.role === 'member',
  );
  const contributors = new Set(
    load.contributions.filter((each) => each.case === story.key).map(({ agency }) => agency),
  );
  for (const agency of new Set(seats.map((seat) => seat.agency))) {
    const isBack = cyclesAgo > 0 || chance.onceIn(2);
    const status = isBack
      ? contributors.has(agency)
        ? 'returned'
        : 'nil_return'
      : dueOn < today
        ? 'overdue'
        : 'requested';
    load.researchRequests.push({
      key: `${listing}-r-${agency}`,
      listing,
      agency,
      dueOn,
      status,
      returnedOn: isBack ? earliest(addDays(dueOn, -chance.between(0, 4)), addDays(today, -1)) : null,
    });
  }
}

function addDecision(
  told: Telling,
  entry: SandboxCase,
  listing: Key,
  cyclesAgo: number,
  at: number,
  isClosing: boolean,
): void {
  const { load, story, panel, chance, now } = told;
  const decidedOn = meetingDate(panel, cyclesAgo, now);
  const agreesPlan = at === (story.firstDeferred ? 1 : 0);
  const kind: SandboxDecision['kind'] = isClosing
    ? 'close'
    : agreesPlan
      ? 'plan_agreed'
      : at === 0
        ? 'defer'
        : chance.pick(['continue', 'continue', 'note', 'escalate'] as const);
  const words = { band: entry.band, actions: load.actions.filter((each) => each.case === entry.key).length };
  const text = fill(chance.pick(DECISIONS[kind]), { ...wordsAt(told, decidedOn), ...words });
  const rationale = newSentence(
    load.decisions.map((each) => each.rationale),
    () => fill(RATIONALES[kind], { ...wordsAt(told, decidedOn), ...words }),
  );
  load.decisions.push({
    key: `${listing}-d`,
    listing,
    kind,
    text,
    rationale,
    dissent: chance.onceIn(14) ? 'One agency would have preferred a shorter review; recorded at its request.' : null,
    decidedOn,
  });
  load.minutes.push({
    key: `${listing}-n`,
    listing,
    status: cyclesAgo > 1 ? 'confirmed' : chance.onceIn(5) ? 'draft' : 'circulated',
    text: `${entry.title}. Heard on ${inWords(decidedOn)}: what is fact and what is opinion was kept apart, needs and risk were weighed. ${text}`,
  });
}

function addAttendances(load: Caseload): void {
  for (const panel of PANELS) {
    const chance = seededChance(`attendance ${panel.code}`);
    for (const meeting of load.meetings.filter((each) => each.panel === panel.code && each.status === 'held')) {
      for (const seat of MEMBERSHIPS.filter((each) => each.panel === panel.code && each.tier !== 'flexible')) {
        if (!seat.person || seat.validTo !== undefined) continue;
        const mustBeThere = seat.role === 'chair' || seat.role === 'coordinator';
        const status =
          mustBeThere || !chance.onceIn(6)
            ? 'present'
            : chance.pick(['apologies', 'apologies_with_report', 'absent', 'deputy'] as const);
        load.attendances.push({
          key: `${meeting.key}-${seat.person}`,
          meeting: meeting.key,
          person: seat.person,
          agency: seat.agency,
          status,
          confidentialityAcceptedAt: status === 'present' || status === 'deputy' ? meeting.startsAt : null,
        });
      }
    }
  }
}

/** Excludes a core member from the stairwell case, because a party is a relative. */
function keepRelativeAway(load: Caseload): void {
  const told = load.cases.find((each) => each.key === TOLD_CASES.stairwell)!;
  const reason = 'Relative of a party to the case, declared by the member and confirmed by the chair.';
  load.exclusions.push({
    key: `${told.key}-x1`,
    case: told.key,
    person: 'related-officer',
    reason,
    since: told.openedOn,
  });
  for (const listing of load.listings.filter((each) => each.case === told.key)) {
    const isHeld = load.meetings.some((each) => each.key === listing.meeting && each.status === 'held');
    if (isHeld)
      load.recusals.push({ key: `${listing.key}-recusal`, listing: listing.key, person: 'related-officer', reason });
  }
}

/** Recuses an officer from one earlier item; the officer still reads the rest of the case. */
function stepAside(load: Caseload): void {
  const aside = load.listings.find(
    (one) => one.meeting === meetingKey(panelByCode('ask-jag'), 2) && one.case !== TOLD_CASES.stairwell,
  )!;
  const reason = 'Lives next door to the address; declared by the officer before the item was heard.';
  load.recusals.push({ key: `${aside.key}-recusal`, listing: aside.key, person: 'fire-officer', reason });
}

function bringCrimesToLight(load: Caseload): void {
  for (const listing of load.listings.filter((one) => one.case === TOLD_CASES.twoChildren))
    if (load.meetings.some((one) => one.key === listing.meeting && one.status === 'held'))
      load.crimes.push({
        key: `${listing.key}-crime`,
        listing: listing.key,
        agency: 'police',
        summary: 'He forced the lock of the back door in spring; nobody had told the police.',
        victimWishesReport: 'not_asked',
        reportedTo: null,
      });
}

// ---------------------------------------------------------------------------------------------------------------------
// Referrals that did not become a case, and references
// ---------------------------------------------------------------------------------------------------------------------

const OTHER_REFERRALS: [CasePanelType, Exclude<ReferralStatus, 'accepted'>][] = [
  ['jag', 'draft'],
  ['marac', 'draft'],
  ['jag', 'submitted'],
  ['syv', 'submitted'],
  ['jag', 'returned'],
  ['marac', 'returned'],
  ['jag', 'refused'],
  ['marac', 'refused'],
  ['jag', 'redirected'],
  ['community_marac', 'withdrawn'],
];
/** Redirected from the JAG in the order of the reasons given. */
const REDIRECTED_TO: CasePanelType[] = ['marac', 'syv', 'community_marac'];

function addOtherReferrals(load: Caseload, borough: BoroughCode, neighbourhood: Neighbourhood, now: Date): void {
  OTHER_REFERRALS.forEach(([type, status], at) => {
    const key = `${borough.toLowerCase()}-referral-other-${String(at + 1).padStart(2, '0')}`;
    const chance = seededChance(key);
    const panel = panelByCode(panelCode(borough, type));
    const scenario = chance.pick(SCENARIOS[type].filter((each) => each.subjectKind !== 'group'));
    const place = chance.pick(neighbourhood.places);
    const isRecent = status === 'draft' || status === 'submitted' || status === 'returned';
    const startedOn = dateFrom(now, isRecent ? -chance.between(2, 8) : -chance.between(20, 150));
    const submittedOn = addDays(startedOn, 1);
    const shift = BOROUGH_CODES.indexOf(borough);
    const reasons = status === 'draft' || status === 'submitted' ? null : REFERRAL_REASONS[status];
    const reasonAt = reasons ? (at + shift) % reasons.length : 0;
    const story: CaseStory = {
      key,
      borough,
      type,
      stage: 'open',
      scenario,
      people: peopleFor(type, scenario, neighbourhood, at + 1),
      places: type === 'marac' ? [] : [place.key],
      groups: [],
      firstHeard: 0,
      lastHeard: 0,
    };
    const assessment = assess(story, chance, startedOn);
    const told: Telling = {
      load,
      story,
      panel,
      chance,
      now,
      today: dateFrom(now, 0),
      submittedOn,
      openedOn: submittedOn,
      band: assessment.band,
      words: { place: place.name, ward: place.ward },
    };
    load.referrals.push({
      ...referralFrom(told, assessment),
      key,
      status,
      startedOn,
      submittedOn: status === 'draft' ? null : submittedOn,
      decidedOn: reasons ? earliest(addDays(submittedOn, chance.between(1, 5)), dateFrom(now, 0)) : null,
      statusReason: reasons?.[reasonAt] ?? null,
      redirectedTo: status === 'redirected' ? panelCode(borough, REDIRECTED_TO[reasonAt]!) : null,
    });
  });
}

/** References with random numbers, as the service assigns them, so that none reveals a count. */
function numberReferences(load: Caseload): void {
  const used = new Set<string>();
  const submitted = load.referrals.filter((each) => each.submittedOn !== null);
  for (const referral of submitted.sort((a, b) => (a.submittedOn! + a.key < b.submittedOn! + b.key ? -1 : 1))) {
    const series = `${panelByCode(referral.panel).referencePrefix}-${referral.submittedOn!.slice(0, 4)}`;
    const chance = seededChance(`${referral.key} reference`);
    do referral.reference = `${series}-${String(chance.between(10_000, 99_999))}`;
    while (used.has(referral.reference));
    used.add(referral.reference);
  }
  for (const each of load.cases) {
    each.reference = load.referrals.find((referral) => referral.key === each.referral)!.reference!;
  }
}
