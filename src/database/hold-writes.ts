/** What is asked of the database in one breath leaves in one message: each message costs as much as a small question. */
import type { Writable } from 'node:stream';
import type { PoolClient } from 'pg';

/** What the client sends with: `pg` declares it for pools alone. */
export const connectionOf = (client: PoolClient): { stream: Writable } =>
  (client as PoolClient & { connection: { stream: Writable } }).connection;

/** Holds back what is asked of the client until the answer is called. */
export function holdWrites(client: PoolClient): () => void {
  const { stream } = connectionOf(client);
  stream.cork();
  return () => {
    stream.uncork();
  };
}
