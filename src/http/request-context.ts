import { hash, randomUUID } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { invalid, type Problem } from './problems.js';

/**
 * Metadata of a request: trace id, idempotency key, preconditions. Jobs and exports leave most properties undefined.
 */
export interface RequestContext {
  /** W3C trace id that joins the audit entries, events and log lines of one request. */
  correlationId: string;
  /** Method and route pattern, e.g. `POST /v1/referrals`. */
  route: string;
  idempotencyKey?: string;
  ifMatch?: string;
  ifNoneMatch?: string;
  /** Returns the SHA-256 of path and body: two calls with one idempotency key must agree on it. */
  fingerprint?: () => string;
  /** Validation error, thrown only if the policy does not refuse the request (`records/deferred-validation.ts`). */
  deferredProblem?: Problem;
}

const TRACEPARENT = /^(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;
const correlations = new WeakMap<FastifyRequest['raw'], string>();

/** Returns the trace id of `traceparent` (W3C Trace Context), or generates one. */
export function correlationIdOf(request: FastifyRequest): string {
  let id = correlations.get(request.raw);
  if (!id) {
    id = TRACEPARENT.exec(String(request.headers.traceparent))?.[1] ?? randomUUID().replaceAll('-', '');
    correlations.set(request.raw, id);
  }
  return id;
}

function header(request: FastifyRequest, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value[0] : value;
}

export function requestContextOf(request: FastifyRequest): RequestContext {
  const idempotencyKey = header(request, 'idempotency-key');
  const isWrong = idempotencyKey !== undefined && !/^[\x21-\x7e]{1,128}$/.test(idempotencyKey);
  const wrong = isWrong ? invalid('Idempotency-Key must be 1 to 128 visible ASCII characters.') : undefined;
  const isOfRecord = Object.keys(request.params as object).length > 0;
  if (wrong && !isOfRecord) throw wrong;
  return {
    ...(wrong ? { deferredProblem: wrong } : {}),
    correlationId: correlationIdOf(request),
    route: `${request.method} ${request.routeOptions.url ?? request.url}`,
    ...(request.method === 'POST' && idempotencyKey && !wrong
      ? {
          idempotencyKey,
          // computed on demand: authentication creates this context before the body is read, idempotency uses the hash
          // afterwards
          fingerprint: () => hash('sha256', JSON.stringify([request.method, request.url, request.body ?? null])),
        }
      : {}),
    ifMatch: header(request, 'if-match'),
    ifNoneMatch: header(request, 'if-none-match'),
  };
}

/** Throws the deferred validation errors, so that a request with invalid values neither changes nor reads anything. */
export function throwDeferredProblem({ deferredProblem }: RequestContext): void {
  if (deferredProblem) throw deferredProblem;
}
