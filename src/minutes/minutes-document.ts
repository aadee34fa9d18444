/** Minutes as a paper. Content comes only from the response to one reader. */
import { londonTime } from '../time/clock.js';
import type { Block, Paper } from '../documents/paper.js';
import { CONFIDENTIAL, copyLabel, namesOf, partBlocks, section, codeToWords, type Labels } from '../packs/document.js';
import { MARKINGS, type Marking } from '../packs/marking.js';
import { isPresent, type AttendanceStatus } from '../proceedings/attendance.entity.js';
import type { MinutesDocumentView, MinutesItem } from './minutes-document.response.js';

const isShown = (part: object | null, fields: readonly string[]): boolean =>
  fields.some((field) => part && (part as Record<string, unknown>)[field] != null);

/** Returns the marking of the shown content only. A higher marking would reveal withheld content. */
export function markingOf(items: readonly MinutesItem[]): Marking {
  const isSensitive = items.some(
    ({ minutes, points, decision, crimes, actions }) =>
      isShown(minutes, Object.keys(MINUTES)) ||
      isShown(decision, Object.keys(DECISION)) ||
      points.some((one) => isShown(one, ['text'])) ||
      crimes.some((one) => isShown(one, Object.keys(CRIME))) ||
      actions.some((one) => isShown(one, Object.keys(ACTION))),
  );
  const hasConditions = items.some(({ points, handling }) =>
    points.some(
      (point) =>
        isShown(point, ['text']) && handling.some((one) => one.id === point.contributionId && one.handling === 'C'),
    ),
  );
  return MARKINGS[hasConditions ? 2 : isSensitive ? 1 : 0];
}

const MINUTES: Labels = {
  reason: 'Why it was heard',
  text: 'What was said',
  voice: 'Voice of the person',
  riskFactors: 'Risk factors',
  protectiveFactors: 'Protective factors',
  disagreement: 'Disagreement',
  nextReviewOn: 'Next review',
};
const DECISION: Labels = { text: 'Decision', rationale: 'Rationale', dissent: 'Dissent' };
const ACTION: Labels = { description: 'Action', measure: 'Measure' };
const CRIME: Labels = {
  summary: 'What came to light',
  victimWishesReport: 'The victim wants it reported',
  reportedTo: 'Reported to',
  reference: 'Reference',
};
const POINT: Labels = { text: 'Information shared' };

const ATTENDED: [status: AttendanceStatus, label: string][] = [
  ['present', 'Present'],
  ['deputy', 'Present as deputies'],
  ['apologies', 'Apologies'],
  ['apologies_with_report', 'Apologies, with a report'],
  ['absent', 'Absent'],
];

export function paperOf(document: MinutesDocumentView): Paper {
  const { title, language, marking, madeFor, items, withheldCategories, scheduledAt, venueOrMode, quorate } = document;
  const agency = namesOf(document.agencies);
  const text = (label: string, value: string): Block => ({ kind: 'text', label, text: value });
  return {
    title,
    language,
    marking,
    madeFor: copyLabel(madeFor.name, madeFor.agency, madeFor.at, madeFor.serial),
    createdAt: madeFor.at,
    blocks: [
      CONFIDENTIAL,
      text('Held', londonTime(scheduledAt)),
      text('Where', venueOrMode),
      ...(quorate === null ? [] : [text('Quorate', quorate ? 'yes' : 'no')]),
      ...attendanceBlocks(document),
      ...(withheldCategories.length
        ? [text('Withheld from you by rule', withheldCategories.map(codeToWords).join(', '))]
        : []),
      ...items.map((one) => itemBlock(one, agency)),
    ],
  };
}

/**
 * Lists people by attendance status, each once. Apologies of people who attended after all are omitted. Source: MARAC
 * note, section 4.3 "Header".
 */
function attendanceBlocks({ attendances, practitioners, agencies }: MinutesDocumentView): Block[] {
  const agency = namesOf(agencies);
  const name = new Map(practitioners.map((one) => [one.id, one.name]));
  const came = new Set(attendances.filter((one) => isPresent(one.status)).map((one) => one.practitionerId));
  return ATTENDED.flatMap(([status, label]): Block[] => {
    const there = attendances
      .filter((one) => one.status === status && (isPresent(status) || !came.has(one.practitionerId)))
      .map((one) => `${name.get(one.practitionerId) ?? 'Somebody'} (${agency(one.agencyId)})`);
    return there.length ? [{ kind: 'text', label, text: [...new Set(there)].sort().join('; ') }] : [];
  });
}

function itemBlock({ item, case: about, ...parts }: MinutesItem, agency: (id: string) => string): Block {
  const { minutes, points, handling, decision, crimes, actions } = parts;
  return {
    kind: 'section',
    heading: `${about?.reference ?? 'Case'} (${item.kind})`,
    blocks: [
      { kind: 'text', label: 'Presented by', text: agency(item.presentedByAgencyId) },
      ...(item.outcome ? [{ kind: 'text' as const, label: 'Outcome', text: codeToWords(item.outcome) }] : []),
      ...partBlocks(minutes, MINUTES),
      ...points.flatMap((point) =>
        section(`${agency(point.agencyId)}: ${codeToWords(point.category)}`, [
          ...partBlocks(point, POINT),
          ...handling
            .filter(({ id }) => id === point.contributionId)
            .flatMap((one) => partBlocks(one, { conditions: 'Conditions' })),
        ]),
      ),
      ...crimes.flatMap((crime) =>
        section(`Crime disclosed, recorded by ${agency(crime.agencyId)}`, partBlocks(crime, CRIME)),
      ),
      ...section('Decision', partBlocks(decision, DECISION)),
      ...actions.flatMap((action) =>
        section(`Action for ${agency(action.ownerAgencyId)}`, [
          ...partBlocks(action, ACTION),
          { kind: 'text', label: 'Status', text: `${codeToWords(action.status)}, due on ${action.dueOn}` },
        ]),
      ),
    ],
  };
}
