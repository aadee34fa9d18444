/** Paper as PDF. pdfmake changes what it is given, so that all of it is made anew here. */
import { createRequire } from 'node:module';
import pdfmake from 'pdfmake';
import type { Content, TDocumentDefinitions, TFontDictionary } from 'pdfmake/interfaces.js';
import type { Block, Paper } from './paper.js';

export const PDF = 'application/pdf';

pdfmake.setFonts(createRequire(import.meta.url)('pdfmake/fonts/Roboto.js') as TFontDictionary);
// nothing is fetched, and of the disk only the fonts are read
pdfmake.setUrlAccessPolicy(() => false);
pdfmake.setLocalAccessPolicy((path) => /[\\/]pdfmake[\\/]fonts[\\/]Roboto[\\/][A-Za-z-]+\.ttf$/.test(path));

const SIZES = { 1: 14, 2: 11 };

export async function pdfOf({ title, language, marking, madeFor, blocks }: Paper): Promise<Buffer> {
  const edge = (more: Content = ''): Content => ({
    stack: [{ text: marking, bold: true }, more],
    alignment: 'center',
    fontSize: 8,
    margin: [40, 16, 40, 0],
  });
  const definition: TDocumentDefinitions & { tagged: boolean; displayTitle: boolean } = {
    pageSize: 'A4',
    pageMargins: [48, 56, 48, 56],
    language,
    version: '1.7',
    tagged: true,
    displayTitle: true,
    info: { title, creator: 'Wardmote', producer: 'Wardmote' },
    defaultStyle: { font: 'Roboto', fontSize: 10, lineHeight: 1.15 },
    header: () => edge(),
    footer: (page, pages) => edge(`${madeFor}. Page ${String(page)} of ${String(pages)}`),
    watermark: { text: madeFor, opacity: 0.08, angle: -50, fontSize: 24 },
    content: [{ text: title, fontSize: 18, bold: true, margin: [0, 0, 0, 8] }, ...blocks.map(contentOf)],
  };
  return pdfmake.createPdf(definition).getBuffer();
}

function contentOf(block: Block): Content {
  if (block.kind === 'heading')
    return {
      text: block.text,
      fontSize: SIZES[block.level],
      bold: true,
      margin: [0, 8, 0, 2],
      headlineLevel: block.level,
    };
  if (block.kind === 'point') return { ul: [block.text], margin: [0, 0, 0, 2] };
  const { label, text } = block;
  return { text: [...(label ? [{ text: `${label}: `, bold: true }] : []), { text }], margin: [0, 0, 0, 2] };
}
