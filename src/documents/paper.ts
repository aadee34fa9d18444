/**
 * A document before it has a form: what stands in it, in order. PDF and DOCX are made of the same paper, so that neither holds
 * what the other does not. How deep a section stands is how far its heading is down: no heading can skip a level.
 */
export type Block =
  | { kind: 'text'; label?: string; text: string }
  | { kind: 'list'; points: string[] }
  | { kind: 'section'; heading: string; blocks: Block[] };

export interface Paper {
  title: string;
  /** Such as `en-GB`. */
  language: string;
  /** Stands above and below each page. */
  marking: string;
  /** Whose copy it is, when it was made, and under which serial: on each page. */
  madeFor: string;
  /** When it was made: the document is as old as that, and the same paper makes the same PDF. */
  createdAt: Date;
  blocks: Block[];
}

export const PDF = 'application/pdf';
export const DOCX = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document';
export type PaperFormat = 'pdf' | 'docx';

/** The size of a paper: how long it takes to be made follows from it. */
export interface PaperSize {
  characters: number;
  /** Paragraphs, points of lists and headings. */
  blocks: number;
}

export function measure({ blocks }: Pick<Paper, 'blocks'>): PaperSize {
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

/** Characters that no form of a document may hold, and ends of lines of other systems. */
const UNPRINTABLE = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\r(?=\n)/g;

/** Text as a document can hold it, line by line. */
export const linesOf = (text: string): string[] =>
  text
    .replaceAll(UNPRINTABLE, '')
    .replaceAll('\t', ' ')
    .split(/[\r\n]/);
