/**
 * Papers as files: a PDF that assistive technology can read (every piece of text in the structure tree or an artifact, in the
 * order of reading, under headings that skip no level), and a DOCX under the same headings. What stands in them, for whom, is
 * for `packs.spec.ts` and `minutes.spec.ts`.
 *
 * Seen to fail: a block outside of the tree; a heading that skips a level; a heading left at the foot of a page; no language; a
 * title unescaped in the metadata; edges of a page that are no artifact; a bullet after its point; the moment of printing as that
 * of the document; headings of a DOCX that are all of one level; control characters let through.
 */
import { docxOf, pdfOf, taggedOf } from '../support/papers.ts';

let papers: typeof import('#built/documents/paper-pdf') & typeof import('#built/documents/paper-docx');
type Paper = Parameters<typeof papers.renderPdf>[0];
type Block = Paper['blocks'][number];

beforeAll(async () => {
  papers = { ...(await import('#built/documents/paper-pdf')), ...(await import('#built/documents/paper-docx')) };
});

const MADE_FOR = 'Delphine Ashwarren, Harbour Housing, 3 November 2026 at 14:05, copy 019a-4c1e';

/** Sentences that can be told from each other, so that a lost, doubled or moved one is found. */
const told = (about: string, sentences: number): string =>
  Array.from({ length: sentences }, (_, n) => `Sentence ${String(n)} about ${about} is efficient and naïve, ŵ ż.`).join(
    ' ',
  );

const section = (heading: string, ...blocks: Block[]): Block => ({ kind: 'section', heading, blocks });
const text = (words: string, label?: string): Block => ({ kind: 'text', text: words, ...(label ? { label } : {}) });

/** Several pages: paragraphs and points that go on overleaf, sections in sections, a heading at the foot of a page. */
const LONG: Paper = {
  title: 'Papers of Kent & Medway <JAG>, Tŷ Llan',
  language: 'en-GB',
  marking: 'OFFICIAL-SENSITIVE',
  madeFor: MADE_FOR,
  createdAt: new Date('2026-11-03T14:05:00Z'),
  blocks: [
    text('3 November 2026 at 10:00', 'Held'),
    section(
      'JAG-2026-00001 (review)',
      text(told('the stairwell', 120), 'What was said'),
      section('Housing: asb incident', text('One line,\nand a second one.'), {
        kind: 'list',
        points: ['A short point.', told('the bin store', 60), 'The last point.'],
      }),
      section('Police: police incident', text(told('the yard', 50)), section('Conditions', text('Not to be minuted.'))),
    ),
    ...Array.from({ length: 30 }, (_, n) => section(`Item ${String(n)}`, text(told(`item ${String(n)}`, 3)))),
  ],
};

/** What a reader hears of the paper, in order, heading by heading. */
const heard = (blocks: Block[]): string[] =>
  blocks.flatMap((block) =>
    block.kind === 'section'
      ? [block.heading, ...heard(block.blocks)]
      : block.kind === 'list'
        ? block.points.flatMap((point) => ['•', point])
        : [`${block.label ? `${block.label}: ` : ''}${block.text}`],
  );

/** Sentence by sentence, so that a difference is seen. */
const sentencesOf = (words: string): string[] =>
  words
    .replaceAll(/\s+/g, ' ')
    .trim()
    .split(/(?<=\.) /);

describe('a PDF', () => {
  test('has every piece of its text in the structure tree, in the order of reading, on every page', async () => {
    const bytes = await papers.renderPdf(LONG);
    const { elements, outside, empty, artifacts } = await taggedOf(bytes);
    expect(artifacts.length).toBeGreaterThan(4);
    expect(outside).toEqual([]);
    expect(empty).toEqual([]);
    expect(sentencesOf(elements.map((one) => one.text).join(' '))).toEqual(
      sentencesOf([LONG.title, ...heard(LONG.blocks)].join(' ')),
    );
    // what goes on overleaf is one element, on both pages
    const overleaf = elements.filter(({ text: words }) => words.includes('the stairwell'));
    expect(overleaf.map(({ path }) => path)).toEqual(['Document Sect P', 'Document Sect P']);
    expect(overleaf.map(({ page }) => page)).toEqual([1, 2]);
  });

  test('says of each piece what it is', async () => {
    const { elements } = await taggedOf(await papers.renderPdf(LONG));
    const pathOf = (words: string): string | undefined => elements.find((one) => one.text.startsWith(words))?.path;
    expect(pathOf('Papers of')).toBe('Document H1');
    expect(pathOf('Held:')).toBe('Document P');
    expect(pathOf('JAG-2026')).toBe('Document Sect H2');
    expect(pathOf('Housing:')).toBe('Document Sect Sect H3');
    expect(pathOf('•')).toBe('Document Sect Sect L LI Lbl');
    expect(pathOf('A short point')).toBe('Document Sect Sect L LI LBody');
    expect(pathOf('Conditions')).toBe('Document Sect Sect Sect H4');
  });

  test('has one first heading, and none that skips a level or stands alone at the foot of a page', async () => {
    const { elements } = await taggedOf(await papers.renderPdf(LONG));
    const headings = elements.filter(({ path }) => /H\d$/.test(path));
    const levels = headings.map(({ path }) => Number(path.at(-1)));
    expect(levels.filter((level) => level === 1)).toHaveLength(1);
    expect(levels[0]).toBe(1);
    expect(levels.length).toBe(35);
    for (const [n, level] of levels.entries()) expect(level - (levels[n - 1] ?? 0)).toBeLessThanOrEqual(1);
    for (const { path, page, text: words } of headings) {
      // as deep as the sections in which it stands
      expect(Number(path.at(-1))).toBe(path.split(' ').filter((one) => one === 'Sect').length + 1);
      const next = elements[elements.findIndex((one) => one.text === words) + 1];
      expect([words, next?.page]).toEqual([words, page]);
    }
  });

  test('says its title and language, and whose copy it is and how it is marked on each page, as artifacts', async () => {
    const bytes = await papers.renderPdf(LONG);
    const { info, isMarked, pages, text: words, title, displaysTitle } = await pdfOf(bytes);
    expect(isMarked).toBe(true);
    expect(info).toMatchObject({ Title: LONG.title, Language: 'en-GB' });
    expect([title, displaysTitle]).toEqual([LONG.title, true]);
    const { artifacts } = await taggedOf(bytes);
    for (const [n, page] of artifacts.entries()) {
      expect(page.split('OFFICIAL-SENSITIVE')).toHaveLength(3);
      expect(page.split(MADE_FOR)).toHaveLength(3);
      expect(page).toContain(`Page ${String(n + 1)} of ${String(pages)}`);
    }
    expect(words).toContain('efficient');
  });

  test('embeds what it uses of its fonts, and is the same for the same paper', async () => {
    const bytes = await papers.renderPdf(LONG);
    expect(bytes.equals(await papers.renderPdf(LONG))).toBe(true);
    expect(bytes.equals(await papers.renderPdf({ ...LONG, madeFor: 'Somebody else' }))).toBe(false);
    const plain = bytes.toString('latin1');
    const fonts = [...plain.matchAll(/\/BaseFont \/([^\s/]+)/g)].map(([, name]) => name);
    expect([...new Set(fonts)].sort()).toEqual([
      expect.stringMatching(/^[A-Z]{6}\+NotoSans-Bold$/),
      expect.stringMatching(/^[A-Z]{6}\+NotoSans-Regular$/),
    ]);
    expect(plain.match(/\/FontFile2 /g)).toHaveLength(2);
    expect(bytes.length).toBeLessThan(150_000);
  });

  test('takes text that no page can hold', async () => {
    const odd = {
      ...LONG,
      blocks: [text('Before\u0000\u000b\u001b,\r\nafter\ttab. '), text(''), section('', text('x'.repeat(900)))],
    };
    const { text: words } = await pdfOf(await papers.renderPdf(odd));
    expect(words).toContain('Before, after tab.');
    const { parts } = await docxOf(await papers.renderDocx(odd));

    expect(parts['word/document.xml']).not.toMatch(/[\u0000-\u0008\u000b\u001b]/);
  });
});

test('a DOCX holds what the PDF holds, under the same headings', async () => {
  const { text: words, parts } = await docxOf(await papers.renderDocx(LONG));
  const expected = [LONG.title, ...heard(LONG.blocks).filter((one) => one !== '•')].join(' ');
  expect(sentencesOf(words)).toEqual(sentencesOf(expected));
  const styles = [...(parts['word/document.xml'] ?? '').matchAll(/<w:pStyle w:val="(Title|Heading\d)"\/>/g)].map(
    ([, one]) => one,
  );
  const { elements } = await taggedOf(await papers.renderPdf(LONG));
  const levels = elements.flatMap(({ path }) => /H(\d)$/.exec(path)?.[1] ?? []);
  expect(styles).toEqual(levels.map((level) => (level === '1' ? 'Title' : `Heading${String(Number(level) - 1)}`)));
});
