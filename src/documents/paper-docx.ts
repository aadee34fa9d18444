/** Renders a paper as a DOCX document. */
import { AlignmentType, Document, Footer, Header, HeadingLevel, Packer, Paragraph, TextRun } from 'docx';
import { linesOf, type Block, type Paper } from './paper.js';

const LEVELS = [HeadingLevel.HEADING_1, HeadingLevel.HEADING_2, HeadingLevel.HEADING_3, HeadingLevel.HEADING_4];

export function renderDocx({ title, language, marking, madeFor, blocks }: Paper): Promise<Buffer> {
  const edge = [
    new Paragraph({ alignment: AlignmentType.CENTER, children: [new TextRun({ text: marking, bold: true })] }),
    new Paragraph({ alignment: AlignmentType.CENTER, children: textRuns(madeFor, '595959') }),
  ];
  const document = new Document({
    title,
    creator: 'Wardmote',
    lastModifiedBy: 'Wardmote',
    styles: { default: { document: { run: { font: 'Arial', size: 20, language: { value: language } } } } },
    sections: [
      {
        headers: { default: new Header({ children: edge }) },
        footers: { default: new Footer({ children: edge }) },
        children: [
          new Paragraph({ children: textRuns(title), heading: HeadingLevel.TITLE }),
          ...blocks.flatMap((block) => paragraphsOf(block, 0)),
        ],
      },
    ],
  });
  return Packer.toBuffer(document);
}

function paragraphsOf(block: Block, depth: number): Paragraph[] {
  if (block.kind === 'section')
    return [
      new Paragraph({ children: textRuns(block.heading), heading: LEVELS[depth] ?? HeadingLevel.HEADING_5 }),
      ...block.blocks.flatMap((one) => paragraphsOf(one, depth + 1)),
    ];
  if (block.kind === 'list')
    return block.points.map((point) => new Paragraph({ children: textRuns(point), bullet: { level: 0 } }));
  const { label, text } = block;
  const name = label ? [new TextRun({ text: `${label}: `, bold: true })] : [];
  return [new Paragraph({ children: [...name, ...textRuns(text)] })];
}

const textRuns = (text: string, color?: string): TextRun[] =>
  linesOf(text).map((line, n) => new TextRun({ text: line, ...(n ? { break: 1 } : {}), ...(color ? { color } : {}) }));
