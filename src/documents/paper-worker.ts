/**
 * Worker thread that renders one paper at a time. Receives plain data that the reader may see, and has no access to the
 * database, the policy or the configuration. Fonts are loaded once, when the thread starts.
 */
import os from 'node:os';
import { parentPort } from 'node:worker_threads';
import { renderDocx } from './paper-docx.js';
import { renderPdf } from './paper-pdf.js';
import type { Paper, PaperFormat } from './paper.js';

export interface PaperTask {
  format: PaperFormat;
  paper: Paper;
}

export type PaperResult = { bytes: Uint8Array<ArrayBuffer> } | { error: Error };

const RENDERERS: Record<PaperFormat, (paper: Paper) => Promise<Buffer>> = { pdf: renderPdf, docx: renderDocx };

/** Nice value of the thread. Linux sets priorities per thread: requests run before papers on a contended processor. */
const NICE = 10;

if (parentPort) {
  const port = parentPort;
  if (process.platform === 'linux') os.setPriority(NICE);
  port.on('message', ({ format, paper }: PaperTask) => {
    void RENDERERS[format](paper).then(
      (made) => {
        // copied, because a small buffer shares its memory with others and cannot be transferred
        const bytes = new Uint8Array(made);
        port.postMessage({ bytes } satisfies PaperResult, [bytes.buffer]);
      },
      (error: unknown) => {
        port.postMessage({ error: error as Error } satisfies PaperResult);
      },
    );
  });
}
