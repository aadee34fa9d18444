/** Entry point of production. */
import 'reflect-metadata';
import { config, findObstacles } from './config.js';
import { findObstaclesOfRole } from './database-role.js';
import { start } from './start.js';

const SANDBOX_REFUSED =
  'SANDBOX=on is refused: the sandbox lets anybody sign in as anybody, and this build does not contain it. Remove SANDBOX.';

await start(
  config.sandbox
    ? [SANDBOX_REFUSED]
    : [...findObstacles(), ...(await findObstaclesOfRole(config.databaseUrl, config.ownerDatabaseUrl))],
);
