/**
 * Worker thread that turns one paper at a time into a file. It is given plain data that its reader may see, and nothing else:
 * no database, no policy, no configuration. Fonts are loaded once, when the thread starts.
 */
import os from 'node:os';
import { parentPort } from 'node:worker_threads';
import { docxOf } from './paper-docx.js';
import { pdfOf } from './paper-pdf.js';
import type { Paper, PaperFormat } from './paper.js';

export interface PaperTask {
  format: PaperFormat;
  paper: Paper;
}

export type PaperResult = { bytes: Uint8Array<ArrayBuffer> } | { error: Error };

const MAKERS: Record<PaperFormat, (paper: Paper) => Promise<Buffer>> = { pdf: pdfOf, docx: docxOf };

/** On Linux a priority belongs to the thread: requests go before papers on a processor that both want. */
const NICE = 10;

if (parentPort) {
  const port = parentPort;
  if (process.platform === 'linux') os.setPriority(NICE);
  port.on('message', ({ format, paper }: PaperTask) => {
    void MAKERS[format](paper).then(
      (made) => {
        // a copy: a small buffer shares its memory with others and cannot be handed over
        const bytes = new Uint8Array(made);
        port.postMessage({ bytes } satisfies PaperResult, [bytes.buffer]);
      },
      (error: unknown) => {
        port.postMessage({ error: error as Error } satisfies PaperResult);
      },
    );
  });
}
