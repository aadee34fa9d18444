/** Runs a command and closes its resources in reverse order, whether it ends normally, with an error or by Ctrl-C. */
import { CannotStart, captureOutput, spawnHeld } from './lifeline.mjs';

/**
 * @typedef {object} Session
 * @property {<T extends { stop: () => Promise<unknown> }>(thing: T) => T} hold to be stopped at the end
 * @property {<T>(title: string, work: () => Promise<T>) => Promise<T>} phase a line with the time it took
 * @property {() => boolean} over whether the end has begun
 * @property {(args: string[], env?: NodeJS.ProcessEnv) => Promise<string>} node runs a script to its end, quietly
 *
 * @param {(session: Session) => Promise<number>} work answers the exit code
 */
export async function session(work) {
  /** @type {{ stop: () => Promise<unknown> }[]} */
  const open = [];
  let over = false;

  const interrupted = new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, resolve);
    // npm passes no signal on if it is killed
    const parent = process.ppid;
    if (process.env.npm_lifecycle_event)
      setInterval(() => process.ppid !== parent && resolve('orphaned'), 1000).unref();
  });

  /** @type {Session} */
  const self = {
    over: () => over,
    hold(thing) {
      if (over) void thing.stop();
      else open.push(thing);
      return thing;
    },
    async phase(title, act) {
      const started = performance.now();
      process.stdout.write(`${title} … `);
      try {
        const result = await act();
        process.stdout.write(`${((performance.now() - started) / 1000).toFixed(1)} s\n`);
        return result;
      } catch (error) {
        process.stdout.write('failed\n');
        throw error;
      }
    },
    async node(args, env = process.env) {
      const child = self.hold(spawnHeld(process.execPath, args, { env }));
      const output = captureOutput(child.process);
      const code = await child.ended;
      if (code !== 0) throw new CannotStart(output() || `${args.join(' ')} ended with code ${code}`);
      return output();
    },
  };

  let code = 1;
  try {
    code = await Promise.race([work(self), interrupted.then(() => 0)]);
  } catch (error) {
    console.error(error instanceof CannotStart ? `\n${error.message}` : error);
  }
  over = true;
  for (const thing of open.reverse()) await thing.stop();
  process.exit(code);
}
