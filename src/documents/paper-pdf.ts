/**
 * Renders a paper as tagged PDF. Every piece of text is either in the structure tree (Document, Sect, H1 and below, P,
 * L), in reading order, or an artifact. Artifacts are the marking, the name of the reader and the page number on each
 * page. Source: ISO 32000-1, sections 14.7 and 14.8; PDF/UA (ISO 14289-1), sections 7.1 to 7.6 "every piece of content
 * is marked".
 */
import fs from 'node:fs';
import { createRequire } from 'node:module';
import { buffer } from 'node:stream/consumers';
import PDFDocument from 'pdfkit';
import { linesOf, type Block, type Paper } from './paper.js';

type Pdf = PDFKit.PDFDocument;
type Element = PDFKit.PDFStructureElement;

/** Noto Sans, under the SIL Open Font License; a document embeds the glyphs that it uses. */
const fontOf = (face: string): Buffer =>
  fs.readFileSync(createRequire(import.meta.url).resolve(`@expo-google-fonts/noto-sans/${face}/NotoSans_${face}.ttf`));
const FONTS = { plain: fontOf('400Regular'), bold: fontOf('700Bold') };

const MARGINS = { left: 48, right: 48, top: 60, bottom: 66 };
const SIZE = 10;
/** Font sizes of headings, from the title down. */
const SIZES = [18, 14, 12, 10.5];
const INDENT = 14;

/**
 * Escapes the title for the XML metadata, where pdfkit inserts the title unescaped. Escaping is safe at this point,
 * because the title has been written everywhere else.
 */
class TitledDocument extends PDFDocument {
  override endMetadata(): void {
    this.info.Title = this.info.Title?.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
    super.endMetadata();
  }
}

export async function renderPdf(paper: Paper): Promise<Buffer> {
  const { title, language, createdAt, blocks } = paper;
  const pdf = new TitledDocument({
    size: 'A4',
    margins: MARGINS,
    pdfVersion: '1.7',
    lang: language,
    tagged: true,
    displayTitle: true,
    bufferPages: true,
    font: '',
    info: {
      Title: title,
      Creator: 'Wardmote',
      Producer: 'Wardmote',
      CreationDate: createdAt,
      ModDate: createdAt,
    },
  });
  const bytes = buffer(pdf);
  for (const [name, font] of Object.entries(FONTS)) pdf.registerFont(name, font);
  const whole = pdf.struct('Document');
  pdf.addStructure(whole);
  addHeading(pdf, whole, title, 1);
  for (const block of blocks) addBlock(pdf, whole, block, 2);
  drawMargins(pdf, paper);
  pdf.end();
  return bytes;
}

function addBlock(pdf: Pdf, within: Element, block: Block, level: number): void {
  if (block.kind === 'section') {
    const section = pdf.struct('Sect');
    within.add(section);
    addHeading(pdf, section, block.heading, level);
    for (const one of block.blocks) addBlock(pdf, section, one, level + 1);
  } else if (block.kind === 'list') addList(pdf, within, block.points);
  else addParagraph(pdf, within, block.text, block.label);
}

function addHeading(pdf: Pdf, within: Element, text: string, level: number): void {
  pdf.font('bold').fontSize(SIZES[level - 1] ?? SIZE);
  if (level > 1) pdf.y += level === 2 ? 10 : 6;
  // a heading is never the last line of a page
  ensureSpace(pdf, pdf.heightOfString(joinLines(text)) + 3 * SIZE * 1.4);
  within.add(pdf.struct(`H${String(level)}`, {}, () => pdf.text(joinLines(text))));
  pdf.y += 3;
}

function addParagraph(pdf: Pdf, within: Element, text: string, label?: string): void {
  pdf.fontSize(SIZE);
  ensureSpace(pdf, SIZE * 1.4);
  within.add(
    pdf.struct('P', {}, () => {
      if (label) pdf.font('bold').text(`${label}: `, { continued: true });
      pdf.font('plain').text(linesOf(text).join('\n'));
    }),
  );
  pdf.y += 3;
}

function addList(pdf: Pdf, within: Element, points: string[]): void {
  const items = pdf.struct('L');
  within.add(items);
  for (const point of points) {
    pdf.font('plain').fontSize(SIZE);
    ensureSpace(pdf, SIZE * 1.4);
    const item = pdf.struct('LI');
    items.add(item);
    const { left } = MARGINS;
    const top = pdf.y;
    item.add(pdf.struct('Lbl', {}, () => pdf.text('•', left, top, { lineBreak: false })));
    item.add(pdf.struct('LBody', {}, () => pdf.text(linesOf(point).join('\n'), left + INDENT, top)));
    pdf.x = left;
    pdf.y += 2;
  }
}

/** Adds a page if less than `height` is left on the current page. */
function ensureSpace(pdf: Pdf, height: number): void {
  if (pdf.y + height > pdf.page.maxY()) pdf.addPage();
}

/**
 * Draws marking, page number and owner of the copy on each page. The text is an artifact, so that screen readers do not
 * repeat it on every page.
 */
function drawMargins(pdf: Pdf, { marking, madeFor }: Paper): void {
  const { start, count } = pdf.bufferedPageRange();
  const owner = joinLines(madeFor);
  for (let page = start; page < start + count; page++) {
    pdf.switchToPage(page);
    const { width, height } = pdf.page;
    const line = { width: width - MARGINS.left - MARGINS.right, align: 'center', height: 11 } as const;
    pdf.markContent('Artifact', { type: 'Pagination' });
    pdf.font('bold').fontSize(8).text(marking, MARGINS.left, 28, line);
    pdf.text(marking, MARGINS.left, height - 54, line);
    pdf.font('plain').text(`Page ${String(page + 1)} of ${String(count)}`, MARGINS.left, height - 43, line);
    pdf.text(owner, MARGINS.left, height - 32, { ...line, height: 22 });
    drawWatermark(pdf, owner);
    pdf.endMarkedContent();
  }
}

function drawWatermark(pdf: Pdf, text: string): void {
  const { width, height } = pdf.page;
  const widest = Math.hypot(width, height) * 0.85;
  const size = Math.min(24, (widest / pdf.fontSize(24).widthOfString(text)) * 24);
  pdf
    .save()
    .fillOpacity(0.08)
    .rotate(-50, { origin: [width / 2, height / 2] });
  pdf.fontSize(size).text(text, (width - pdf.widthOfString(text)) / 2, height / 2, { lineBreak: false });
  pdf.restore();
}

const joinLines = (text: string): string => linesOf(text).join(' ');
