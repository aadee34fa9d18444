/** What is asked of the database in one breath leaves in one message: each message costs as much as a small question. */
import type { Writable } from 'node:stream';
import type { PoolClient } from 'pg';

const streamOf = (client: PoolClient): Writable =>
  (client as unknown as { connection: { stream: Writable } }).connection.stream;

/** Holds back what is asked of the client until the answer is called. */
export function together(client: PoolClient): () => void {
  const stream = streamOf(client);
  stream.cork();
  return () => {
    stream.uncork();
  };
}

const MOST_MILLISECONDS = 1;
const ending = new WeakMap<PoolClient, () => void>();

/**
 * Ends a transaction that only read. Nobody waits for that: it leaves with the next question to the same client, or in a
 * moment.
 */
export function endSoon(client: PoolClient): void {
  const send = together(client);
  client.query('COMMIT').catch(() => undefined); // a connection that is lost is found lost by whoever asks next
  const timer = setTimeout(() => {
    ending.delete(client);
    send();
  }, MOST_MILLISECONDS);
  ending.set(client, () => {
    clearTimeout(timer);
    ending.delete(client);
    send();
  });
}

/** Whatever waits to be sent leaves with what comes now. */
export const endedBy = (client: PoolClient): void => ending.get(client)?.();
