/** Pack as a paper. Content comes only from the response to one reader. */
import { londonTime } from '../time/clock.js';
import type { Block, Paper } from '../documents/paper.js';
import {
  CONFIDENTIAL,
  copyLabel,
  partLine,
  list,
  namesOf,
  partBlocks,
  section,
  codeToWords,
  type Labels,
} from './document.js';
import { MARKINGS } from './marking.js';
import type { PackItem, PackManifest, PackMarking, PackView } from './pack.response.js';

const LISTING: Labels = {
  kind: 'Heard as',
  reason: 'Why it is heard',
  lateReason: 'Why it was listed late',
  timeboxMinutes: 'Minutes set aside',
  outcome: 'Outcome',
  startedAt: 'Begun',
  endedAt: 'Ended',
};
const CASE: Labels = {
  stage: 'Stage',
  subjectKind: 'About a',
  category: 'Category',
  summary: 'Summary',
  whyMultiAgency: 'Why several agencies',
  riskBand: 'Risk band',
  riskBandReason: 'Why the band was changed',
  isRepeat: 'Repeat',
  nextReviewOn: 'Next review',
  openedAt: 'Opened',
  closedAt: 'Closed',
  closureReason: 'Why it was closed',
  outcome: 'Outcome of the case',
};
const PERSON: Labels = {
  givenName: 'Given name',
  familyName: 'Family name',
  aliases: 'Other names',
  dateOfBirth: 'Date of birth',
  datePrecision: 'Known to the',
  sex: 'Sex',
  ethnicity: 'Ethnicity',
  firstLanguage: 'First language',
  interpreterNeeded: 'Interpreter needed',
  nhsNumber: 'NHS number',
  phone: 'Telephone',
  email: 'E-mail',
  safeContact: 'Safe contact',
  currentAddress: 'Address',
};
const ROLE: Labels = {
  role: 'Role in the case',
  rationale: 'On what it rests',
  since: 'Since',
  until: 'Until',
  pregnant: 'Pregnant',
  inCustody: 'In custody',
};
const CONTRIBUTION: Labels = {
  kind: 'Kind',
  summary: 'In short',
  text: 'Information shared',
  occurredOn: 'Happened on',
  handling: 'Handling',
  conditions: 'Conditions',
  originatorControl: 'Under its originator’s control',
  recalledAt: 'Taken back',
  recallReason: 'Why it was taken back',
};
const ASSESSMENT: Labels = {
  category: 'Category',
  assessedOn: 'Assessed on',
  score: 'Score',
  computedBand: 'Band by the score',
  judgementBand: 'Band by judgement',
  judgementReason: 'Why',
  effectiveBand: 'Band',
  answers: 'Answers',
};
const PLAN: Labels = {
  title: 'Plan',
  category: 'Category',
  modelCode: 'Model',
  aims: 'Aims',
  resourceNeed: 'Resources needed',
  status: 'Status',
  agreedAt: 'Agreed',
  chairReason: 'The chair’s reason',
  startOn: 'From',
  reviewOn: 'Review',
  endOn: 'Until',
};
const ACTION: Labels = {
  description: 'Action',
  category: 'Category',
  measure: 'Measure',
  evidenceOfCompletion: 'Evidence of completion',
  relatesTo: 'Relates to',
  status: 'Status',
  dueOn: 'Due on',
  originalDueOn: 'First due on',
  overdue: 'Overdue',
  endedOn: 'Ended on',
  outcomeText: 'Outcome',
};
const DECISION: Labels = {
  kind: 'Kind',
  text: 'Decision',
  rationale: 'Rationale',
  dissent: 'Dissent',
  quorate: 'Quorate',
  createdAt: 'Made',
};
const RESEARCH: Labels = {
  status: 'Status',
  dueOn: 'Due on',
  overdue: 'Overdue',
  returnedAt: 'Answered',
  nil: 'Nothing shared with you',
};

type NameOf = (id: string | null | undefined) => string;

/** Returns the marking as printed. Source: REQ-MRK-03. */
const markingText = ({ classification, handling }: PackMarking): string =>
  handling === 'C' ? MARKINGS[2] : classification;

export function paperOf(pack: PackView): Paper {
  const { title, language, scheduledAt, venueOrMode, items, manifest } = pack;
  const { reader, agency, renderedAt, serial } = manifest.watermark;
  const agencyOf = namesOf(pack.agencies);
  return {
    title,
    language,
    marking: markingText(manifest.marking),
    madeFor: copyLabel(reader, agency, renderedAt, serial),
    createdAt: renderedAt,
    blocks: [
      CONFIDENTIAL,
      { kind: 'text', label: 'When', text: londonTime(scheduledAt) },
      { kind: 'text', label: 'Where', text: venueOrMode },
      ...items.map((one, n): Block => ({
        kind: 'section',
        heading: headingOf(one, n),
        blocks: itemBlocks(one, agencyOf),
      })),
      ...section('What this copy keeps back', withheldBlocks(manifest, items)),
    ],
  };
}

const headingOf = ({ case: about }: PackItem, n: number): string =>
  `Item ${String(n + 1)}: ${about?.reference ?? 'a case'}`;

function itemBlocks(item: PackItem, agency: NameOf): Block[] {
  const { listing, people, persons, contributions, assessments, plans, actions, decisions, research } = item;
  return [
    { kind: 'text', label: 'Presented by', text: agency(listing.presentedByAgencyId) },
    ...partBlocks(listing, LISTING),
    ...section('Case', [
      ...(item.case ? [{ kind: 'text' as const, label: 'Led by', text: agency(item.case.leadAgencyId) }] : []),
      ...partBlocks(item.case, CASE),
    ]),
    ...section('People', [
      ...persons.flatMap((person) =>
        section([person.givenName, person.familyName].filter(Boolean).join(' ') || 'A person', [
          ...partBlocks(person, PERSON),
          ...list(people.filter(({ personId }) => personId === person.id).map((role) => partLine(role, ROLE))),
        ]),
      ),
      ...list(
        people.filter((role) => !persons.some(({ id }) => id === role.personId)).map((role) => partLine(role, ROLE)),
      ),
    ]),
    ...section(
      'What agencies contributed',
      contributions.flatMap((one) =>
        section(`${agency(one.agencyId)}: ${codeToWords(one.category)}`, partBlocks(one, CONTRIBUTION)),
      ),
    ),
    ...section(
      'Assessments',
      assessments.flatMap((one) => section(`Assessed by ${agency(one.agencyId)}`, partBlocks(one, ASSESSMENT))),
    ),
    ...section(
      'Plans',
      plans.flatMap((one) => section(`Led by ${agency(one.leadAgencyId)}`, partBlocks(one, PLAN))),
    ),
    ...section(
      'Actions',
      actions.flatMap((one) => section(`For ${agency(one.ownerAgencyId)}`, partBlocks(one, ACTION))),
    ),
    ...section(
      'Decided before',
      decisions.flatMap((one) => section(codeToWords(one.kind), partBlocks(one, DECISION))),
    ),
    ...section('Research', list(research.map((one) => `${agency(one.askedAgencyId)}: ${partLine(one, RESEARCH)}`))),
  ];
}

/** Returns the withheld fields with their rules for each item, the withheld categories, and the recalled items. */
function withheldBlocks({ items, categories, recalled }: PackManifest, shown: PackItem[]): Block[] {
  return [
    ...shown.flatMap((item, n) =>
      section(
        headingOf(item, n),
        list(
          (items.find(({ listingId }) => listingId === item.listing.id)?.withheld ?? []).map(
            ({ type, category, fields, rule }) =>
              `${type}, ${codeToWords(category)}: ${fields.join(', ')}. Rule: ${rule}`,
          ),
        ),
      ),
    ),
    ...section(
      'Categories of which you may not learn whether anything is held',
      list(categories.map(({ category, rule }) => `${codeToWords(category)}. Rule: ${rule}`)),
    ),
    ...section('Recalled', list(recalled.map(({ reason }) => `An item of your copy was recalled: ${reason}`))),
  ];
}
