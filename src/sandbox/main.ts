/** Entry point of the sandbox: the service with a synthetic BCU, where anybody signs in as anybody. */
import 'reflect-metadata';
import { config, findObstacles } from '../config.js';
import { start } from '../start.js';

const obstacles = findObstacles();
if (!config.sandbox) obstacles.push('The sandbox needs SANDBOX=on. Without the sandbox, run `node dist/main.js`.');
await start(obstacles, async () => [(await import('./sandbox.module.js')).SandboxModule]);
