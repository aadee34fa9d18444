/** Checks the comments of `src` against the rules of prose that a machine can check. */
import fs from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { CannotStart } from './lifeline.mjs';

const project = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

const MAX_WORDS = 20;
const FIRST_WORDS = /^(What|Who|Whoever|Where|That|Of|Also|The same)\b/;
const BANNED = /\b(whoever|anew|tells? of|told of|in the same breath|stands for itself|the like)\b/i;

/** Throws if a documentation comment has a long first sentence, or a comment has a word that is not plain. */
export async function checkProse() {
  /** @type {string[]} */
  const faults = [];
  for (const file of await sourceFiles('src')) {
    for (const { line, text, isDocumentation } of commentsIn(await fs.readFile(path.join(project, file), 'utf8'))) {
      const say = (/** @type {string} */ what) => void faults.push(`${file}:${line}: ${what}: ${text.slice(0, 90)}`);
      const first = (text.split(/(?<=[.!?:;])\s/)[0] ?? '').replace(/`[^`]*`/g, 'code');
      const words = first.split(/\s+/).length;
      if (isDocumentation && words > MAX_WORDS) say(`first sentence of ${words} words`);
      if (isDocumentation && FIRST_WORDS.test(text)) say('begins with a word that names nothing');
      if (BANNED.test(text)) say(`"${BANNED.exec(text)?.[0]}"`);
    }
  }
  if (faults.length) throw new CannotStart(faults.join('\n'));
}

/** @param {string} source */
function commentsIn(source) {
  const file = ts.createSourceFile('x.ts', source, ts.ScriptTarget.Latest, true);
  /** @type {Map<number, { line: number, text: string, isDocumentation: boolean }>} */
  const found = new Map();
  const add = (/** @type {readonly ts.CommentRange[]} */ ranges) => {
    for (const { pos, end } of ranges) {
      const raw = source.slice(pos, end);
      const text = raw
        .replace(/^\/\*\*?|\*\/$/g, '')
        .split('\n')
        .map((one) => one.replace(/^\s*(\*|\/\/)\s?/, ''))
        .join(' ')
        .replace(/\s+/g, ' ')
        .trim();
      if (/^(eslint|@ts-)/.test(text)) continue;
      const line = file.getLineAndCharacterOfPosition(pos).line + 1;
      found.set(pos, { line, text, isDocumentation: raw.startsWith('/**') });
    }
  };
  const visit = (/** @type {ts.Node} */ node) => {
    add(ts.getLeadingCommentRanges(source, node.getFullStart()) ?? []);
    ts.forEachChild(node, visit);
  };
  visit(file);
  return [...found.values()];
}

/** @param {string} folder */
async function sourceFiles(folder) {
  const entries = await fs.readdir(path.join(project, folder), { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => path.relative(project, path.join(entry.parentPath, entry.name)));
}
