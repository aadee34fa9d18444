/**
 * Renders papers (PDF, DOCX) in worker threads, so that layout blocks no request. At most `config.paperThreads` papers
 * are rendered at once; further papers wait in a queue. Paper size and queue length are limited.
 *
 * Uses plain `worker_threads`: piscina 5.3.2 does not count tasks that can be aborted against its `maxQueue`.
 */
import { Worker } from 'node:worker_threads';
import { Logger, type OnApplicationShutdown } from '@nestjs/common';
import { config } from '../config.js';
import { Problem, unacceptable } from '../http/problems.js';
import type { PaperResult, PaperTask } from './paper-worker.js';
import { measurePaper, type Paper, type PaperFormat } from './paper.js';

/**
 * Maximum number of characters: about 1,500 pages, rendered in some 6 seconds. A pack of 40 cases with 10 contributions
 * of 5,000 characters has 2,000,000.
 */
export const MAX_CHARACTERS = 3_000_000;
/** Maximum number of paragraphs, list items and headings. */
export const MAX_BLOCKS = 50_000;
/**
 * Heap limit of a worker thread. The largest paper takes about 250 MB. A thread that exceeds the limit ends, and its
 * paper fails.
 */
const MAX_MEMORY_MB = 512;
const MAX_MILLISECONDS = 60_000;
const MAX_WAITING = 32;

/** Limits of threads and queue. Tests set lower values. */
export interface PaperLimits {
  threads: number;
  memoryMb: number;
  /** Time limit for one paper. */
  milliseconds: number;
  /** Maximum number of queued papers. */
  waiting: number;
}

const LIMITS: PaperLimits = {
  threads: config.paperThreads,
  memoryMb: MAX_MEMORY_MB,
  milliseconds: MAX_MILLISECONDS,
  waiting: MAX_WAITING,
};

const RETRY_AFTER_SECONDS = 10;

interface Job {
  task: PaperTask;
  resolve: (bytes: Buffer) => void;
  reject: (reason: Error) => void;
}

interface Thread {
  worker: Worker;
  job: Job | null;
  timer?: NodeJS.Timeout;
}

const tooLargeProblem = (): Problem =>
  unacceptable(
    'paper-too-large',
    'The document is too large to be rendered as one file. Request one item of the meeting with `listingId`, or JSON.',
  );

/**
 * Throws if a paper exceeds the size limits. Call before recording a paper as read, because such a paper is never
 * rendered.
 */
export function refuseTooLarge(paper: Paper): void {
  const { characters, blocks } = measurePaper(paper);
  if (characters > MAX_CHARACTERS || blocks > MAX_BLOCKS) throw tooLargeProblem();
}

const busyProblem = (): Problem =>
  new Problem(
    503,
    'papers-busy',
    'Too many documents at once',
    'Repeat the request after the time in the header Retry-After.',
    {
      headers: { 'retry-after': String(RETRY_AFTER_SECONDS) },
    },
  );

const log = new Logger('papers');

export class PaperMaker implements OnApplicationShutdown {
  private readonly limits: PaperLimits;
  private readonly threads = new Set<Thread>();
  private readonly waiting: Job[] = [];
  private isStopping = false;

  constructor(limits: Partial<PaperLimits> = {}) {
    this.limits = { ...LIMITS, ...limits };
  }

  /** Renders a paper as a file. The content must already have passed the policy for its reader. */
  async make(paper: Paper, format: PaperFormat): Promise<Buffer> {
    refuseTooLarge(paper);
    if (this.isStopping || this.waiting.length >= this.limits.waiting) throw busyProblem();
    return new Promise((resolve, reject) => {
      this.waiting.push({ task: { format, paper }, resolve, reject });
      this.next();
    });
  }

  async onApplicationShutdown(): Promise<void> {
    this.isStopping = true;
    for (const { reject } of this.waiting.splice(0)) reject(busyProblem());
    await Promise.all([...this.threads].map(({ worker }) => worker.terminate()));
  }

  private next(): void {
    while (this.waiting.length) {
      const thread = [...this.threads].find(({ job }) => !job) ?? this.startThread();
      if (!thread) return;
      const job = this.waiting.shift() as Job;
      thread.job = job;
      thread.timer = setTimeout(() => {
        this.end(thread, tooLargeProblem());
      }, this.limits.milliseconds);
      thread.worker.postMessage(job.task);
    }
  }

  /** Starts a worker thread; returns null at the thread limit and during shutdown. */
  private startThread(): Thread | null {
    if (this.isStopping || this.threads.size >= this.limits.threads) return null;
    const worker = new Worker(new URL('./paper-worker.js', import.meta.url), {
      name: 'papers',
      env: {},
      resourceLimits: { maxOldGenerationSizeMb: this.limits.memoryMb },
    });
    worker.unref();
    const thread: Thread = { worker, job: null };
    this.threads.add(thread);
    worker.on('message', (result: PaperResult) => {
      this.settle(thread, result);
      this.next();
    });
    worker.on('error', (error: Error & { code?: string }) => {
      log.warn({ code: error.code ?? error.name }, 'a thread that rendered a paper ended');
      this.end(thread, error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? tooLargeProblem() : error);
    });
    worker.on('exit', () => {
      this.end(thread, new Error('a thread that rendered a paper ended'));
    });
    return thread;
  }

  /** Terminates a worker thread and rejects the paper that the thread was rendering. */
  private end(thread: Thread, error: Error): void {
    if (!this.threads.delete(thread)) return;
    this.settle(thread, { error });
    void thread.worker.terminate();
    this.next();
  }

  private settle(thread: Thread, result: PaperResult): void {
    const { job } = thread;
    clearTimeout(thread.timer);
    thread.job = null;
    if ('bytes' in result) job?.resolve(Buffer.from(result.bytes.buffer));
    else job?.reject(result.error);
  }
}
