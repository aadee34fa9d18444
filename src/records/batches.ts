import { setImmediate } from 'node:timers/promises';

/** Longest time in milliseconds for which a batch blocks the event loop. */
const SLICE_MS = 10;

/** Maps items one after the other without blocking other requests: yields to the event loop after each slice of work. */
export async function inBatches<T, R>(items: Iterable<T>, does: (item: T) => R | Promise<R>): Promise<R[]> {
  const done: R[] = [];
  let began = performance.now();
  for (const item of items) {
    const result = does(item);
    done.push(result instanceof Promise ? await result : result);
    if (performance.now() - began < SLICE_MS) continue;
    await setImmediate();
    began = performance.now();
  }
  return done;
}
