/** The application as it is served: used by `main.ts`, and by `openapi.ts` in preview (nothing is connected). */
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { LogController, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { AppModule } from './app.module.js';
import { config } from './config.js';
import { serveDocs } from './docs.js';
import { invalid } from './policy/problems.js';
import { limitRate } from './rate-limit.js';
import { correlationOf } from './records/call.js';
import { learnRoute } from './records/known-routes.js';
import { sendProblem } from './records/problem.filter.js';
import { RequestValidation } from './validation.js';

const MAX_BODY_BYTES = 1_048_576;
const MAX_DEPTH = 32;

export async function createApp({ preview = false } = {}): Promise<NestFastifyApplication> {
  const adapter = new FastifyAdapter({
    bodyLimit: MAX_BODY_BYTES,
    routerOptions: { maxParamLength: 200, caseSensitive: true, ignoreTrailingSlash: false },
    onProtoPoisoning: 'error',
    onConstructorPoisoning: 'error',
    requestTimeout: 30_000,
    forceCloseConnections: 'idle',
    trustProxy: config.trustProxy,
    // one line a request: the route's pattern, never an address, a header or a body
    logger: preview ? false : { level: config.logLevel, base: null },
    logController: new LogController({ disableRequestLogging: true }),
    frameworkErrors: (error: Error, request: FastifyRequest, reply: FastifyReply) => {
      sendProblem(error, request, reply);
    },
  });
  // the document describes production
  const composed = await AppModule.compose(preview ? { sandbox: false } : {});
  const app = await NestFactory.create<NestFastifyApplication>(composed, adapter, {
    preview,
    bufferLogs: false,
    logger: preview ? ['error'] : ['error', 'warn'],
    abortOnError: false,
    bodyParser: false,
  });
  app.useGlobalPipes(new RequestValidation());
  if (preview) return app;
  const fastify = adapter.getInstance<FastifyInstance>();
  fastify.removeContentTypeParser('text/plain');
  fastify.addHook('onRoute', learnRoute);
  fastify.addHook('onRequest', async (request, reply) => {
    void reply.headers({
      'cache-control': 'no-store',
      'access-control-allow-origin': config.allowedOrigin,
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'no-referrer',
      'strict-transport-security': 'max-age=31536000; includeSubDomains',
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
      'x-correlation-id': correlationOf(request),
    });
    limitRate(request, reply);
    await Promise.resolve();
  });
  fastify.addHook('onResponse', async (request, reply) => {
    request.log.info({
      correlationId: correlationOf(request),
      method: request.method,
      route: request.routeOptions.url ?? 'none',
      status: reply.statusCode,
      milliseconds: Math.round(reply.elapsedTime),
    });
    await Promise.resolve();
  });
  fastify.addHook('preValidation', async (request) => {
    refuseBrokenText(request.body, '');
    refuseBrokenText(request.query, '?');
    await Promise.resolve();
  });
  serveDocs(app, config.port);
  app.enableShutdownHooks([], { useProcessExit: true });
  return app;
}

export async function serve(): Promise<NestFastifyApplication> {
  const app = await createApp();
  await app.listen({ port: config.port, host: config.host });
  return app;
}

/** Text that PostgreSQL cannot hold, or that is no text: NUL and lone surrogates; and what is nested beyond all use. */
function refuseBrokenText(value: unknown, pointer: string, depth = 0): void {
  if (depth > MAX_DEPTH) throw invalid(`The body is nested deeper than ${String(MAX_DEPTH)} levels.`);
  if (typeof value === 'string') {
    if (value.includes('\0') || !value.isWellFormed())
      throw invalid('A text holds a NUL or half a surrogate pair. Remove it.', [
        { pointer, detail: 'not storable text' },
      ]);
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, one] of Object.entries(value)) {
      refuseBrokenText(key, pointer);
      refuseBrokenText(one, pointer === '?' ? `?${key}` : `${pointer}/${key}`, depth + 1);
    }
  }
}
