/**
 * Content of a document, independent of the format. PDF and DOCX are rendered from the same paper, so that both have
 * the same content. The nesting depth of a section determines its heading level: no heading can skip a level.
 */
export type Block =
  | { kind: 'text'; label?: string; text: string }
  | { kind: 'list'; points: string[] }
  | { kind: 'section'; heading: string; blocks: Block[] };

export interface Paper {
  title: string;
  /** Language tag, e.g. `en-GB`. */
  language: string;
  /** Marking printed at the top and bottom of each page. */
  marking: string;
  /** Owner of the copy, creation time and serial number, printed on each page. */
  madeFor: string;
  /** Creation time of the document, written into the PDF: the same paper gives the same PDF. */
  createdAt: Date;
  blocks: Block[];
}

export const PDF = 'application/pdf';
export const DOCX = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document';
export type PaperFormat = 'pdf' | 'docx';

/** Size of a paper, which determines the rendering time. */
export interface PaperSize {
  characters: number;
  /** Number of paragraphs, list items and headings. */
  blocks: number;
}

export function measurePaper({ blocks }: Pick<Paper, 'blocks'>): PaperSize {
  const size: PaperSize = { characters: 0, blocks: 0 };
  const add = (...texts: (string | undefined)[]): void => {
    size.blocks += 1;
    for (const text of texts) size.characters += text?.length ?? 0;
  };
  const visit = (block: Block): void => {
    if (block.kind === 'text') add(block.label, block.text);
    else if (block.kind === 'list') for (const point of block.points) add(point);
    else {
      add(block.heading);
      for (const one of block.blocks) visit(one);
    }
  };
  for (const block of blocks) visit(block);
  return size;
}

/** Characters that no document format may contain, and the carriage returns of CRLF line ends. */
const UNPRINTABLE = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\r(?=\n)/g;

/** Splits text into lines, without characters that a document cannot contain. */
export const linesOf = (text: string): string[] =>
  text
    .replaceAll(UNPRINTABLE, '')
    .replaceAll('\t', ' ')
    .split(/[\r\n]/);
