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
