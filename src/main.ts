import 'reflect-metadata';
import { config, findObstacles } from './config.js';
import { findObstaclesOfRole } from './database-role.js';

const found = findObstacles();
if (!config.sandbox) found.push(...(await findObstaclesOfRole(config.databaseUrl, config.ownerDatabaseUrl)));
if (found.length) {
  process.stderr.write(`Wardmote cannot start:\n${found.map((one) => `  - ${one}`).join('\n')}\n`);
  process.exit(1);
}
try {
  const { serve } = await import('./app.js');
  await serve();
  process.stdout.write(`Wardmote listens on http://${config.host}:${String(config.port)}\n`);
} catch (error) {
  const { code, message } = error as { code?: string; message?: string };
  process.stderr.write(
    code === 'EADDRINUSE'
      ? `Wardmote cannot start: port ${String(config.port)} is taken. Set PORT to a free one.\n`
      : `Wardmote cannot start: ${message ?? 'unknown fault'}\n`,
  );
  process.exit(1);
}
