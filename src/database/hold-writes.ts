/** Batches pipelined statements into one message to PostgreSQL. Each message costs as much as a small query. */
import type { Writable } from 'node:stream';
import type { PoolClient } from 'pg';

/** Returns the connection of a pool client, whose type in `@types/pg` lacks this property. */
export const connectionOf = (client: PoolClient): { stream: Writable } =>
  (client as PoolClient & { connection: { stream: Writable } }).connection;

/** Buffers the statements sent by the client until the returned function is called. */
export function holdWrites(client: PoolClient): () => void {
  const { stream } = connectionOf(client);
  stream.cork();
  return () => {
    stream.uncork();
  };
}
