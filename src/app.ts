/** Application as served by `main.ts`. `openapi.ts` uses it in preview mode, without any connection. */
import type { Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { LogController, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { AppModule } from './app.module.js';
import { config } from './config.js';
import { serveDocs } from './docs.js';
import { JwtAuthGuard } from './authentication/jwt-auth.guard.js';
import { RateLimits } from './rate-limit.js';
import { secureForBrowsers } from './browsers.js';
import { USUAL_BODY_BYTES } from './http/body-limit.js';
import { correlationIdOf } from './http/request-context.js';
import { registerRoute } from './http/known-routes.js';
import { sendProblem } from './http/problem.filter.js';
import { registerBodyParser } from './request-body.js';
import { registerValueChecks } from './request-values.js';
import { RequestValidation } from './validation.js';

/** Creates the application with its own modules and `modules`. A preview opens no connection. */
export async function createApp({
  preview = false,
  modules = [],
}: { preview?: boolean; modules?: Type[] } = {}): Promise<NestFastifyApplication> {
  const adapter = new FastifyAdapter({
    bodyLimit: USUAL_BODY_BYTES,
    routerOptions: { maxParamLength: 200, caseSensitive: true, ignoreTrailingSlash: false },
    onProtoPoisoning: 'error',
    onConstructorPoisoning: 'error',
    requestTimeout: 30_000,
    forceCloseConnections: 'idle',
    trustProxy: config.trustProxy,
    // one log line per request with the pattern of the route; never a URL, header or body
    logger: preview ? false : { level: config.logLevel, base: null },
    logController: new LogController({ disableRequestLogging: true }),
    frameworkErrors: (error: Error, request: FastifyRequest, reply: FastifyReply) => {
      sendProblem(error, request, reply);
    },
  });
  const app = await NestFactory.create<NestFastifyApplication>(AppModule.compose(modules), adapter, {
    preview,
    bufferLogs: false,
    logger: preview ? ['error'] : ['error', 'warn'],
    abortOnError: false,
    bodyParser: false,
  });
  app.useGlobalPipes(new RequestValidation());
  if (preview) return app;
  const fastify = adapter.getInstance<FastifyInstance>();
  registerBodyParser(fastify);
  registerValueChecks(fastify);
  const authentication = app.get(JwtAuthGuard);
  // before authentication: a pre-flight request of a browser has no token
  await secureForBrowsers(app);
  const limits = await RateLimits.register(app, fastify);
  fastify.addHook('onRoute', registerRoute);
  fastify.addHook('onRequest', async (request, reply) => {
    void reply.headers({ 'cache-control': 'no-store', 'x-correlation-id': correlationIdOf(request) });
    await limits.authenticateAndCount(request, reply, () => authentication.authenticate(request, reply));
  });
  // connections kept alive after their last response would delay the shutdown
  let isEnding = false;
  fastify.addHook('preClose', async () => {
    isEnding = true;
    await Promise.resolve();
  });
  fastify.addHook('onSend', async (_request, reply) => {
    if (isEnding) void reply.header('connection', 'close');
    await Promise.resolve();
  });
  fastify.addHook('onResponse', async (request, reply) => {
    request.log.info({
      correlationId: correlationIdOf(request),
      method: request.method,
      route: request.routeOptions.url ?? 'none',
      status: reply.statusCode,
      milliseconds: Math.round(reply.elapsedTime),
    });
    await Promise.resolve();
  });
  serveDocs(app, fastify, config.port);
  app.enableShutdownHooks([], { useProcessExit: true });
  return app;
}

export async function serve(modules: Type[]): Promise<NestFastifyApplication> {
  const app = await createApp({ modules });
  await app.listen({ port: config.port, host: config.host });
  return app;
}
