import path from 'node:path';
import { freePort } from '../../tools/embedded-database.mjs';
import { spawnHeld } from '../../tools/lifeline.mjs';
import { givenDatabase, type TestDatabase } from './database.ts';
import { willClose } from './opened.ts';

export interface TestServer {
  url: string;
  databaseUrl: string;
  ownerUrl: string;
  database: TestDatabase;
  /** Everything the service has written so far. */
  logs(): string;
  /** Answers the service's exit code. */
  stop(): Promise<number>;
  /** As if the machine had failed: nothing is drained. */
  kill(): Promise<number>;
}

export interface ServerOptions {
  /** Another server's database, to run two on the same one. */
  database?: TestDatabase;
  env?: Record<string, string>;
}

/**
 * The built service in a plain Node process, on a database and a port of its own, with the sandbox on. The hour decides nothing
 * that a spec sees: jobs are done where the spec switches them on, or moves the clock.
 */
export async function givenServer({ database, env = {} }: ServerOptions = {}): Promise<TestServer> {
  const own = database ?? (await givenDatabase());
  const port = String(await freePort());
  const { NODE_ENV: _, ...inherited } = process.env;
  const service = spawnHeld(
    process.execPath,
    ['--enable-source-maps', path.resolve(env['SANDBOX'] === 'off' ? 'dist/main.js' : 'dist/sandbox/main.js')],
    {
      env: {
        ...inherited,
        DATABASE_URL: own.serviceUrl,
        HOST: '127.0.0.1',
        PORT: port,
        SANDBOX: 'on',
        JOBS: 'off',
        ...env,
      },
    },
  );
  let logs = '';
  for (const stream of [service.process.stdout, service.process.stderr]) {
    stream?.setEncoding('utf8').on('data', (part: string) => (logs += part));
  }
  const server = willClose({
    url: `http://127.0.0.1:${port}`,
    databaseUrl: own.serviceUrl,
    ownerUrl: own.ownerUrl,
    database: own,
    logs: () => logs,
    stop: () => service.stop(),
    kill: () => {
      if (service.process.pid) process.kill(-service.process.pid, 'SIGKILL');
      return service.ended;
    },
  });
  let ended: number | undefined;
  void service.ended.then((code) => (ended = code));
  for (const deadline = Date.now() + 25_000; ;) {
    const reply = await fetch(`${server.url}/health/ready`).catch(() => null);
    await reply?.body?.cancel();
    if (reply?.ok) return server;
    if (ended !== undefined) throw new Error(`the service ended with code ${ended} before it was ready:\n${logs}`);
    if (Date.now() > deadline) throw new Error(`the service was not ready in time:\n${logs}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
