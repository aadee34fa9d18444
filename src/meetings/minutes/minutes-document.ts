/** Minutes on paper: made of what was presented to one reader, and of nothing else. */
import { londonTime } from '../../records/london-day.js';
import type { Block, Paper } from '../../records/paper.js';
import { MARKINGS, type Marking } from './marking.js';
import type { MinutesDocumentView, MinutesItem } from './minutes-document.views.js';

export const DOCUMENT_FORMATS = ['json', 'pdf', 'docx'] as const;
export type DocumentFormat = (typeof DOCUMENT_FORMATS)[number];

const isShown = (part: object | null, fields: readonly string[]): boolean =>
  fields.some((field) => part && (part as Record<string, unknown>)[field] != null);

/** Follows from what is shown alone: a higher marking than that of what is there would tell of what is not. */
export function markingOf(items: readonly MinutesItem[]): Marking {
  const isSensitive = items.some(
    ({ minutes, points, decision, actions }) =>
      isShown(minutes, Object.keys(MINUTES)) ||
      isShown(decision, Object.keys(DECISION)) ||
      points.some((one) => isShown(one, ['text'])) ||
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

type Labels = Record<string, string>;

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
const POINT: Labels = { text: 'Information shared' };

const words = (code: string): string => code.replaceAll('_', ' ');

export function paperOf(document: MinutesDocumentView): Paper {
  const { title, language, marking, madeFor, items, withheldCategories, scheduledAt, venueOrMode, quorate } = document;
  const names = new Map(document.agencies.map(({ id, name }) => [id, name]));
  const agency = (id: string): string => names.get(id) ?? 'another agency';
  const text = (label: string, value: string): Block => ({ kind: 'text', label, text: value });
  return {
    title,
    language,
    marking,
    madeFor: `${madeFor.name}, ${madeFor.agency}, ${londonTime(madeFor.at)}`,
    blocks: [
      text('Held', londonTime(scheduledAt)),
      text('Where', venueOrMode),
      ...(quorate === null ? [] : [text('Quorate', quorate ? 'yes' : 'no')]),
      ...(withheldCategories.length
        ? [text('Withheld from you by rule', withheldCategories.map(words).join(', '))]
        : []),
      ...items.flatMap((one) => itemOf(one, agency)),
    ],
  };
}

function itemOf({ item, case: about, ...parts }: MinutesItem, agency: (id: string) => string): Block[] {
  const { minutes, points, handling, decision, actions } = parts;
  return [
    { kind: 'heading', level: 1, text: `${about?.reference ?? 'Case'} (${item.kind})` },
    { kind: 'text', label: 'Presented by', text: agency(item.presentedByAgencyId) },
    ...(item.outcome ? [{ kind: 'text' as const, label: 'Outcome', text: words(item.outcome) }] : []),
    ...partOf(minutes, MINUTES),
    ...points.flatMap((point) => [
      { kind: 'heading' as const, level: 2 as const, text: `${agency(point.agencyId)}: ${words(point.category)}` },
      ...partOf(point, POINT),
      ...handling
        .filter(({ id }) => id === point.contributionId)
        .flatMap((one) => partOf(one, { conditions: 'Conditions' })),
    ]),
    ...partOf(decision, DECISION),
    ...actions.flatMap((action) => [
      { kind: 'heading' as const, level: 2 as const, text: `Action for ${agency(action.ownerAgencyId)}` },
      ...partOf(action, ACTION),
      { kind: 'text' as const, label: 'Status', text: `${words(action.status)}, due on ${action.dueOn}` },
    ]),
  ];
}

/** What of a part is shown, and by name what is withheld. */
function partOf(part: { withheld: string[] } | null, labels: Labels): Block[] {
  if (!part) return [];
  const values = new Map<string, unknown>(Object.entries(part));
  const withheld = part.withheld.flatMap((field) => labels[field] ?? []);
  return [
    ...Object.entries(labels).flatMap(([field, label]): Block[] => {
      const value = values.get(field);
      return typeof value === 'string' && value ? [{ kind: 'text', label, text: value }] : [];
    }),
    ...(withheld.length
      ? [{ kind: 'text' as const, label: 'Withheld from you by rule', text: withheld.join(', ') }]
      : []),
  ];
}
