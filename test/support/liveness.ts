/**
 * Whether the service goes on answering while it does something else: `GET /health/live` is sampled every 20 ms from another
 * process, and the longest time that an answer took is the longest time for which the service did nothing else.
 */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { willClose } from './opened.ts';

/** No request may keep `/health/live` from answering for longer. */
export const LONGEST_GAP_MS = 250;

export interface Gap {
  /** Milliseconds. */
  longest: number;
  samples: number;
}

export interface Liveness {
  /** Runs `does`, and answers with what it answered and the longest gap meanwhile. */
  during<T>(does: () => Promise<T>): Promise<Gap & { answer: T }>;
  /**
   * As `during`, up to three times until the gap is short enough: another process of this machine may delay one sample, but
   * what blocks the service does so each time. Answers with the shortest of the longest gaps.
   */
  best<T>(does: () => Promise<T>): Promise<Gap & { answer: T }>;
  stop(): Promise<void>;
}

export async function givenLiveness(url: string): Promise<Liveness> {
  const sampler = fork(path.resolve('test/support/liveness-sampler.mjs'), [`${url}/health/live`], { execArgv: [] });
  await once(sampler, 'message');
  const during = async <T>(does: () => Promise<T>): Promise<Gap & { answer: T }> => {
    await tell(sampler, 'reset');
    const answer = await does();
    const { longest, count } = (await tell(sampler, 'report')) as { longest: number; count: number };
    return { answer, longest, samples: count };
  };
  const best = async <T>(does: () => Promise<T>): Promise<Gap & { answer: T }> => {
    let found = await during(does);
    for (let again = 0; again < 2 && found.longest >= LONGEST_GAP_MS; again++) {
      const next = await during(does);
      if (next.longest < found.longest) found = next;
    }
    return found;
  };
  return willClose({
    during,
    best,
    stop: async () => {
      if (sampler.connected) sampler.disconnect();
      if (sampler.exitCode === null) await once(sampler, 'exit');
    },
  });
}

async function tell(sampler: ChildProcess, what: 'reset' | 'report'): Promise<unknown> {
  const answered = once(sampler, 'message');
  sampler.send(what);
  return ((await answered) as unknown[])[0];
}
