/** Security headers of every response, and CORS: the pages of one other origin may call the API. */
import cors from '@fastify/cors';
import helmet from '@fastify/helmet';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { config } from './config.js';

const YEAR_SECONDS = 31_536_000;
/** Seconds for which a browser keeps the answer to a pre-flight request. */
const PREFLIGHT_SECONDS = 600;

/** Headers that a page may send. */
const REQUEST_HEADERS = ['Authorization', 'Content-Type', 'Idempotency-Key', 'If-Match', 'Purpose', 'X-Correlation-Id'];
/** Headers that a page may read. */
const RESPONSE_HEADERS = ['ETag', 'Link', 'RateLimit', 'RateLimit-Policy', 'Retry-After', 'X-Correlation-Id'];

export async function secureForBrowsers(app: NestFastifyApplication): Promise<void> {
  await app.register(helmet, {
    contentSecurityPolicy: { useDefaults: false, directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] } },
    frameguard: { action: 'deny' },
    hsts: { maxAge: YEAR_SECONDS, includeSubDomains: true },
  });
  await app.register(cors, {
    origin: config.allowedOrigin,
    methods: ['GET', 'HEAD', 'POST', 'PATCH', 'PUT', 'DELETE'],
    allowedHeaders: REQUEST_HEADERS,
    exposedHeaders: RESPONSE_HEADERS,
    maxAge: PREFLIGHT_SECONDS,
    strictPreflight: false,
  });
}
