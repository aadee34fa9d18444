/**
 * The text of documents as a reader of them meets it: of a PDF page by page, of a DOCX its body and its edges. And a PDF as
 * assistive technology meets it: the elements of its structure tree, each with its text, and what stands outside of it.
 */
import JSZip from 'jszip';
import type { PDFDocumentProxy } from 'pdfjs-dist';
import type { StructTreeContent, StructTreeNode } from 'pdfjs-dist/types/src/display/api.js';
import type { Response, Test } from 'supertest';

interface Info {
  Title?: string;
  Language?: string;
}

/** As pdfjs-dist gives it, with the tag that its types leave out. */
interface Mark {
  type: string;
  id: string | null;
  tag?: string;
}

export interface Read {
  text: string;
  info: Info;
  /** As the metadata have it. */
  title: unknown;
  /** A reader shows the title instead of the name of the file. */
  displaysTitle: boolean;
  isMarked: boolean;
  pages: number;
}

async function opened<T>(bytes: Buffer, does: (document: PDFDocumentProxy) => Promise<T>): Promise<T> {
  const { getDocument } = await import('pdfjs-dist/legacy/build/pdf.mjs');
  const document = await getDocument({ data: new Uint8Array(bytes), verbosity: 0 }).promise;
  const done = await does(document);
  await document.destroy();
  return done;
}

export const pdfOf = (bytes: Buffer): Promise<Read> =>
  opened(bytes, async (document) => {
    let text = '';
    for (let number = 1; number <= document.numPages; number++) {
      const { items } = await (await document.getPage(number)).getTextContent();
      for (const one of items) if ('str' in one) text += one.str + (one.hasEOL ? ' ' : '');
      text += ' ';
    }
    const { info, metadata } = await document.getMetadata();
    const preferences = new Map(Object.entries((await document.getViewerPreferences()) ?? {}));
    const marked = await document.getMarkInfo();
    return {
      text: text.replaceAll(/\s+/g, ' '),
      info,
      title: metadata?.get('dc:title'),
      displaysTitle: preferences.get('DisplayDocTitle') === true,
      isMarked: marked?.Marked ?? false,
      pages: document.numPages,
    };
  });

/** An element of the tree that holds text, with the elements in which it stands. */
export interface Element {
  /** Such as `Document Sect H2`. */
  path: string;
  text: string;
  /** From 1. */
  page: number;
}

export interface Tagged {
  /** In the order of the tree, which is that of reading. */
  elements: Element[];
  /** Of each page. */
  artifacts: string[];
  /** Text that is neither in the tree nor an artifact. */
  outside: string[];
  /** Elements of the tree that name content which is not there. */
  empty: string[];
}

interface Marked {
  tag: string;
  id: string | null;
}

/** What assistive technology reads. */
export const taggedOf = (bytes: Buffer): Promise<Tagged> =>
  opened(bytes, async (document) => {
    const found: Tagged = { elements: [], artifacts: [], outside: [], empty: [] };
    for (let number = 1; number <= document.numPages; number++) {
      const page = await document.getPage(number);
      const texts = new Map<string, string>();
      const within: Marked[] = [];
      let artifacts = '';
      const { items } = await page.getTextContent({ includeMarkedContent: true });
      for (const item of items) {
        if ('str' in item) {
          const inTree = within.findLast(({ id }) => id)?.id;
          const said = item.str + (item.hasEOL ? ' ' : '');
          if (within.some(({ tag }) => tag === 'Artifact')) artifacts += said;
          else if (inTree) texts.set(inTree, (texts.get(inTree) ?? '') + said);
          else if (said.trim()) found.outside.push(said);
          continue;
        }
        const { type, id, tag = '' } = item as Mark;
        if (type === 'endMarkedContent') within.pop();
        else within.push({ tag, id: type === 'beginMarkedContentProps' ? id : null });
      }
      found.artifacts.push(artifacts);
      const into = (node: StructTreeNode | StructTreeContent, path: string[]): void => {
        if ('role' in node) {
          const deeper = node.role === 'Root' ? path : [...path, node.role];
          for (const child of node.children) into(child, deeper);
          return;
        }
        const text = texts.get(node.id);
        texts.delete(node.id);
        if (text === undefined) found.empty.push(`${String(number)}: ${path.join(' ')}`);
        else found.elements.push({ path: path.join(' '), text: text.replaceAll(/\s+/g, ' ').trim(), page: number });
      };
      const tree = await page.getStructTree();
      if (tree) into(tree, []);
      // marked as content of the tree, and not in it
      for (const text of texts.values()) if (text.trim()) found.outside.push(text);
    }
    return found;
  });

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
  const plain = (parts['word/document.xml'] ?? '').replaceAll(/<\/w:p>|<w:br\/>/g, ' ').replaceAll(/<[^>]*>/g, '');
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
