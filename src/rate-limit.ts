/**
 * A fair share a minute: per token where there is one, else per address. Every answer says what is left
 * (`RateLimit`, `RateLimit-Policy`), a refusal says when to come back.
 */
import { hash } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { config } from './config.js';
import { Problem } from './http/problems.js';

const WINDOW_SECONDS = 60;
let windowStart = 0;
let used = new Map<string, number>();

export function limitRate(request: FastifyRequest, reply: FastifyReply): void {
  const seconds = Math.floor(Date.now() / 1000);
  if (seconds - windowStart >= WINDOW_SECONDS) {
    windowStart = seconds;
    used = new Map();
  }
  const { authorization } = request.headers;
  const who = authorization ? hash('sha256', authorization, 'base64url') : request.ip;
  const count = (used.get(who) ?? 0) + 1;
  used.set(who, count);
  const reset = WINDOW_SECONDS - (seconds - windowStart);
  const remaining = Math.max(0, config.rateLimit - count);
  void reply.headers({
    'ratelimit-policy': `"default";q=${String(config.rateLimit)};w=${String(WINDOW_SECONDS)}`,
    ratelimit: `"default";r=${String(remaining)};t=${String(reset)}`,
  });
  if (count > config.rateLimit)
    throw new Problem(429, 'too-many-requests', 'Too many requests', 'Wait as long as Retry-After says.', {
      headers: { 'retry-after': String(reset) },
    });
}
