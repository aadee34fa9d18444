/** The text of documents as a reader of them meets it: of a PDF page by page, of a DOCX its body and its edges. */
import JSZip from 'jszip';
import type { Response, Test } from 'supertest';

interface Info {
  Title?: string;
  Language?: string;
}

export async function pdfOf(bytes: Buffer): Promise<{ text: string; info: Info; isMarked: boolean }> {
  const { getDocument } = await import('pdfjs-dist/legacy/build/pdf.mjs');
  const document = await getDocument({ data: new Uint8Array(bytes), verbosity: 0 }).promise;
  let text = '';
  for (let number = 1; number <= document.numPages; number++) {
    const { items } = await (await document.getPage(number)).getTextContent();
    for (const one of items) if ('str' in one) text += one.str + (one.hasEOL ? ' ' : '');
    text += ' ';
  }
  const { info } = await document.getMetadata();
  const marked = await document.getMarkInfo();
  await document.destroy();
  return { text: text.replaceAll(/\s+/g, ' '), info, isMarked: marked?.Marked ?? false };
}

const AMPERSANDS: [RegExp, string][] = [
  [/&lt;/g, '<'],
  [/&gt;/g, '>'],
  [/&quot;/g, '"'],
  [/&apos;/g, "'"],
  [/&amp;/g, '&'],
];

/** All its parts, so that nothing hides in one that is not shown. */
export async function docxOf(bytes: Buffer): Promise<{ text: string; parts: Record<string, string> }> {
  const { files } = await JSZip.loadAsync(bytes);
  const parts: Record<string, string> = {};
  for (const [name, file] of Object.entries(files)) if (!file.dir) parts[name] = await file.async('text');
  const plain = (parts['word/document.xml'] ?? '').replaceAll('</w:p>', ' ').replaceAll(/<[^>]*>/g, '');
  return {
    text: AMPERSANDS.reduce((text, [from, to]) => text.replaceAll(from, to), plain).replaceAll(/\s+/g, ' '),
    parts,
  };
}

/** An answer whose body is not text. */
export const binary = (test: Test): Promise<Response> =>
  test.buffer(true).parse((response, done) => {
    const parts: Buffer[] = [];
    response.on('data', (part: Buffer) => parts.push(part));
    response.on('end', () => {
      done(null, Buffer.concat(parts));
    });
  });
