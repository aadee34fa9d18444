/** Paper as a document of a word processor. */
import { AlignmentType, Document, Footer, Header, HeadingLevel, Packer, Paragraph, TextRun } from 'docx';
import type { Block, Paper } from './paper.js';

export const DOCX = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document';

const LEVELS = { 1: HeadingLevel.HEADING_1, 2: HeadingLevel.HEADING_2 };

export function docxOf({ title, language, marking, madeFor, blocks }: Paper): Promise<Buffer> {
  const edge = [
    new Paragraph({ alignment: AlignmentType.CENTER, children: [new TextRun({ text: marking, bold: true })] }),
    new Paragraph({ alignment: AlignmentType.CENTER, children: [new TextRun({ text: madeFor, color: '808080' })] }),
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
        children: [new Paragraph({ text: title, heading: HeadingLevel.TITLE }), ...blocks.map(paragraphOf)],
      },
    ],
  });
  return Packer.toBuffer(document);
}

function paragraphOf(block: Block): Paragraph {
  if (block.kind === 'heading') return new Paragraph({ text: block.text, heading: LEVELS[block.level] });
  if (block.kind === 'point') return new Paragraph({ text: block.text, bullet: { level: 0 } });
  const { label, text } = block;
  const name = label ? [new TextRun({ text: `${label}: `, bold: true })] : [];
  return new Paragraph({ children: [...name, new TextRun(text)] });
}
