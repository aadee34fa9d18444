/**
 * Command that writes the OpenAPI document: `node dist/sandbox/openapi.js` writes `openapi/openapi.json`; `--check` only
 * compares. It belongs to the build of the sandbox, because the examples name seeded records.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { DOCUMENT_FILE } from '../docs.js';
import { buildDocument } from '../openapi.js';
import { applyExamples } from './examples/document.js';

const text = `${JSON.stringify(await buildDocument(applyExamples), null, 2)}\n`;
if (process.argv.includes('--check')) {
  const committed = await readFile(DOCUMENT_FILE, 'utf8').catch(() => '');
  if (committed !== text) {
    process.stderr.write('openapi/openapi.json differs from the build. Run `npm run openapi` and read the diff.\n');
    process.exit(1);
  }
} else {
  await mkdir(new URL('../../openapi/', import.meta.url), { recursive: true });
  await writeFile(DOCUMENT_FILE, text);
}
process.exit(0);
