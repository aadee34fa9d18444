/**
 * TCP proxy on loopback between a service and its database. Counts the statements and the round trips of the PostgreSQL
 * protocol, on all connections of the service.
 *
 * The proxy delivers the results of a connection only when the database has answered everything that was sent on it.
 * Statements that the service sends without waiting for results (pipelining) therefore always share one round trip,
 * however fast the machines are.
 */
import net from 'node:net';
import { willClose } from './opened.ts';

export interface DatabaseWork {
  /** Statements that the database completed, including BEGIN and COMMIT. */
  statements: number;
  /** Deliveries of results for which the service waited, summed over its connections. */
  roundTrips: number;
  /** SQL as sent, shortened, in the order of sending. One simple query may contain several statements. */
  sql: string[];
}

export interface DatabaseProxy {
  /** URL of the database through the proxy. */
  url: string;
  /** Returns the work since the last call. */
  take(): DatabaseWork;
}

/** Time in which a pipelining client has sent all statements of one turn of its event loop. */
const QUIET_MILLISECONDS = 8;
const SQL_LENGTH = 100;

export async function givenDatabaseProxy(databaseUrl: string): Promise<DatabaseProxy> {
  const target = new URL(databaseUrl);
  let work: DatabaseWork = { statements: 0, roundTrips: 0, sql: [] };
  const sockets = new Set<net.Socket>();
  const server = net.createServer((client) => {
    const database = net.connect(Number(target.port), target.hostname);
    for (const socket of [client, database]) {
      socket.setNoDelay(true);
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.once('close', () => {
        sockets.delete(socket);
        client.destroy();
        database.destroy();
      });
    }
    countExchanges(client, database, {
      onSent: (sql) => work.sql.push(sql.replace(/\s+/g, ' ').trim().slice(0, SQL_LENGTH)),
      onCompleted: () => (work.statements += 1),
      onRoundTrip: () => (work.roundTrips += 1),
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  willClose({
    stop: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  });
  const url = new URL(databaseUrl);
  url.hostname = '127.0.0.1';
  url.port = String((server.address() as net.AddressInfo).port);
  return {
    url: url.href,
    take: () => {
      const taken = work;
      work = { statements: 0, roundTrips: 0, sql: [] };
      return taken;
    },
  };
}

interface Counters {
  onSent: (sql: string) => void;
  onCompleted: () => void;
  onRoundTrip: () => void;
}

/** Forwards both directions of one connection, and counts after the client has signed in. */
function countExchanges(
  client: net.Socket,
  database: net.Socket,
  { onSent, onCompleted, onRoundTrip }: Counters,
): void {
  let isSignedIn = false;
  /** Requests that the database has not answered: each ends with ReadyForQuery. */
  let unanswered = 0;
  let held: Buffer[] = [];
  let timer: NodeJS.Timeout | undefined;
  const prepared = new Map<string, string>();
  let bound = '';

  const deliverWhenQuiet = (): void => {
    clearTimeout(timer);
    if (unanswered || !held.length) return;
    timer = setTimeout(() => {
      onRoundTrip();
      client.write(Buffer.concat(held));
      held = [];
    }, QUIET_MILLISECONDS);
  };

  const fromClient = messages((type, body) => {
    const first = (): string => textAt(body, 0);
    const second = (): string => textAt(body, Buffer.byteLength(first()) + 1);
    // Query, Sync
    if (type === 'Q' || type === 'S') unanswered += 1;
    if (type === 'Q') onSent(first());
    // Parse (name, SQL), Bind (portal, name), Execute
    if (type === 'P') prepared.set(first(), second());
    if (type === 'B') bound = second();
    if (type === 'E') onSent(prepared.get(bound) ?? bound);
  });
  const fromDatabase = messages((type) => {
    // CommandComplete
    if (type === 'C') onCompleted();
    // ReadyForQuery
    if (type !== 'Z') return;
    if (isSignedIn) unanswered -= 1;
    isSignedIn = true;
  });

  client.on('data', (data) => {
    // the start-up message has no type, and the messages of the sign-in are not statements
    if (isSignedIn) fromClient(data);
    database.write(data);
    deliverWhenQuiet();
  });
  database.on('data', (data) => {
    const wasSignedIn = isSignedIn;
    fromDatabase(data);
    if (!wasSignedIn) {
      client.write(data);
      return;
    }
    held.push(data);
    deliverWhenQuiet();
  });
}

/** Returns a function that splits a byte stream into messages of the protocol. */
function messages(onMessage: (type: string, body: Buffer) => void): (data: Buffer) => void {
  let rest: Buffer = Buffer.alloc(0);
  return (data) => {
    rest = rest.length ? Buffer.concat([rest, data]) : data;
    while (rest.length >= 5) {
      const end = 1 + rest.readUInt32BE(1);
      if (rest.length < end) return;
      onMessage(String.fromCharCode(rest[0] as number), rest.subarray(5, end));
      rest = rest.subarray(end);
    }
  };
}

/** Returns the text that begins at `start` and ends with a zero byte. */
const textAt = (body: Buffer, start: number): string => body.toString('utf8', start, body.indexOf(0, start));
