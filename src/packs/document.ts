/** Documents of a meeting in all formats. Content comes only from the response to one reader. */
import { londonTime } from '../time/clock.js';
import { refuseTooLarge, type PaperMaker } from '../documents/paper-maker.js';
import { DOCX, PDF, type Block, type Paper, type PaperFormat } from '../documents/paper.js';
import type { AuthorizedResponse } from '../records/authorized-response.js';
import type { DocumentFormat } from './document.dto.js';

const TYPES = { pdf: PDF, docx: DOCX };

/** Response of a document, and the paper to render; null for JSON. */
interface PreparedDocument<T> {
  presented: AuthorizedResponse;
  body: T;
  print: { paper: Paper; format: PaperFormat } | null;
}

/** Prepares the paper, and refuses an oversized one before the audit log records a reading. */
export function prepareDocument<T extends object>(
  presented: AuthorizedResponse,
  format: DocumentFormat,
  paperOf: (body: T) => Paper,
): PreparedDocument<T> {
  const body = presented.body as T;
  if (format === 'json') return { presented, body, print: null };
  const paper = paperOf(body);
  refuseTooLarge(paper);
  return { presented, body, print: { paper, format } };
}

/** Renders the document in the requested format. */
export async function renderDocument<T extends object>(
  papers: PaperMaker,
  { presented, body, print }: PreparedDocument<T>,
  name: (body: T) => string,
): Promise<AuthorizedResponse> {
  if (!print) return presented;
  const { paper, format } = print;
  const file = await papers.make(paper, format);
  return presented.as(TYPES[format], file, {
    'content-disposition': `attachment; filename="${name(body)}.${format}"`,
  });
}

/**
 * Notice of confidentiality. Source: MARAC note, section 6.1, A4 and A6 "Minutes kept confidential, appropriately
 * restricted; no copying".
 */
export const CONFIDENTIAL: Block = {
  kind: 'text',
  text: 'Confidential. This copy is its reader’s alone: it is not to be copied or passed on, and is destroyed when it is recalled.',
};

/** Returns the label of a copy: reader, agency, time and serial number. */
export const copyLabel = (reader: string, agency: string, at: Date, serial: string): string =>
  `${reader}, ${agency}, ${londonTime(at)}, copy ${serial}`;

/** Labels of fields on paper, in order. */
export type Labels = Record<string, string>;

const CODE = /^[a-z0-9]+(_[a-z0-9]+)+$/;

/** Returns a code as words. */
export const codeToWords = (code: string): string => code.replaceAll('_', ' ');

/** Formats a value; empty if there is none. */
function formatValue(value: unknown): string {
  if (typeof value === 'string') return CODE.test(value) ? codeToWords(value) : value;
  if (typeof value === 'number') return String(value);
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (value instanceof Date) return londonTime(value);
  const parts = Object.values(value ?? {})
    .map(formatValue)
    .filter(Boolean);
  return parts.join(Array.isArray(value) ? '; ' : ': ');
}

const WITHHELD = 'Withheld from you by rule';

const shownLabels = (part: object, labels: Labels): [label: string, text: string][] => {
  const values = new Map<string, unknown>(Object.entries(part));
  return Object.entries(labels).flatMap(([field, label]): [string, string][] => {
    const text = formatValue(values.get(field));
    return text ? [[label, text]] : [];
  });
};

const withheldLabels = ({ withheld }: { withheld: string[] }, labels: Labels): string =>
  withheld.flatMap((field) => labels[field] ?? []).join(', ');

/** Returns the shown fields of a record, and the labels of withheld fields. */
export function partBlocks(part: { withheld: string[] } | null, labels: Labels): Block[] {
  if (!part) return [];
  const withheld = withheldLabels(part, labels);
  return [
    ...shownLabels(part, labels).map(([label, text]): Block => ({ kind: 'text', label, text })),
    ...(withheld ? [{ kind: 'text' as const, label: WITHHELD, text: withheld }] : []),
  ];
}

/** Returns the shown fields and the labels of withheld fields in one line. */
export function partLine(part: { withheld: string[] }, labels: Labels): string {
  const withheld = withheldLabels(part, labels);
  const shown = shownLabels(part, labels).map(([label, text]) => `${label}: ${text}`);
  return [...shown, ...(withheld ? [`${WITHHELD}: ${withheld}`] : [])].join('; ');
}

/** Returns a section, or nothing if it would be empty. */
export const section = (heading: string, blocks: Block[]): Block[] =>
  blocks.length ? [{ kind: 'section', heading, blocks }] : [];

/** Returns a list, or nothing if it would be empty. */
export const list = (points: string[]): Block[] => (points.length ? [{ kind: 'list', points }] : []);

/** Returns a function that finds the name of an agency by identifier. */
export function namesOf(agencies: readonly { id: string; name: string }[]): (id: string | null | undefined) => string {
  const names = new Map(agencies.map(({ id, name }) => [id, name]));
  return (id) => names.get(id ?? '') ?? 'another agency';
}
