/** Prints the router's table as JSON, `GET /v1/cases/{id}` and so on: run in plain Node, where the built service lives. */
import process from 'node:process';
import type { RouteOptions } from 'fastify';

const { createApp } = await import('#built/app');
const app = await createApp();
const routes: string[] = [];
app
  .getHttpAdapter()
  .getInstance()
  .addHook('onRoute', ({ method, url }: RouteOptions) => {
    for (const one of [method].flat()) routes.push(`${one} ${url.replaceAll(/:([^/]+)/g, '{$1}')}`);
  });
await app.init();
await app.close();
process.stdout.write(JSON.stringify(routes));
process.exit(0);
