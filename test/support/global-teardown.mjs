import fs from 'node:fs/promises';
import path from 'node:path';

/** @typedef {{ home: string, database: import('../../tools/embedded-database.mjs').EmbeddedDatabase }} TestRun */

export default async function tearDown() {
  const { home, database } = /** @type {{ wardmoteTestRun: TestRun }} */ (/** @type {unknown} */ (globalThis))
    .wardmoteTestRun;
  await database.stop();
  for (const folder of new Set([home, database.dataDir])) await fs.rm(folder, { recursive: true, force: true });
  // the folder that stood in for an unreachable one
  if (database.dataDir !== home) await fs.rmdir(path.dirname(database.dataDir)).catch(() => undefined);
}
