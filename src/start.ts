/** Start of the service, or the list of the obstacles to it. Shared by `main.ts` and `sandbox/main.ts`. */
import type { Type } from '@nestjs/common';
import { config } from './config.js';

/** Serves the application with these modules beside its own, unless an obstacle was found. */
export async function start(obstacles: string[], modules: () => Promise<Type[]> = async () => []): Promise<void> {
  if (obstacles.length) stop(`Wardmote cannot start:\n${obstacles.map((one) => `  - ${one}`).join('\n')}`);
  try {
    // loaded late, because these files need valid settings
    const { serve } = await import('./app.js');
    await serve(await modules());
    process.stdout.write(`Wardmote listens on http://${config.host}:${String(config.port)}\n`);
  } catch (error) {
    const { code, message } = error as { code?: string; message?: string };
    stop(
      code === 'EADDRINUSE'
        ? `Wardmote cannot start: port ${String(config.port)} is taken. Set PORT to a free one.`
        : `Wardmote cannot start: ${message ?? 'unknown fault'}`,
    );
  }
}

function stop(reason: string): never {
  process.stderr.write(`${reason}\n`);
  process.exit(1);
}
