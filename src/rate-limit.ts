/**
 * Rate limits per minute: one for each signed-in principal, and one for each address, which counts requests without a
 * valid token. An invented token therefore has no limit of its own. Every response states the rest (`RateLimit`,
 * `RateLimit-Policy`); a refusal states when to retry.
 */
import fastifyRateLimit from '@fastify/rate-limit';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Actor } from './authentication/actor.js';
import { config } from './config.js';
import { Problem } from './http/problems.js';

const WINDOW_SECONDS = 60;
/** Maximum number of principals and addresses counted at once. The least recently seen is dropped. */
const MOST_KEYS = 50_000;

type RateLimited = FastifyRequest & { user?: Actor };
type Limit = ReturnType<FastifyInstance['createRateLimit']>;

export class RateLimits {
  private constructor(
    private readonly ofAddress: Limit,
    private readonly ofPrincipal: Limit,
  ) {}

  static async register(app: NestFastifyApplication, fastify: FastifyInstance): Promise<RateLimits> {
    await app.register(fastifyRateLimit, { global: false, cache: MOST_KEYS });
    const options = { max: config.rateLimit, timeWindow: WINDOW_SECONDS * 1000 };
    return new RateLimits(
      fastify.createRateLimit({ ...options, keyGenerator: ({ ip }) => ip }),
      fastify.createRateLimit({
        ...options,
        keyGenerator: ({ user }: RateLimited) => `${String(user?.kind)} ${String(user?.id)}`,
      }),
    );
  }

  /** Authenticates, then counts the request for the principal, or for the address if authentication failed. */
  async authenticateAndCount(
    request: RateLimited,
    reply: FastifyReply,
    authenticate: () => Promise<void>,
  ): Promise<void> {
    // a valid token is not refused because of other callers at its address, which may be an agency's proxy
    try {
      await authenticate();
    } catch (error) {
      await countRequest(this.ofAddress, request, reply);
      throw error;
    }
    await countRequest(request.user ? this.ofPrincipal : this.ofAddress, request, reply);
  }
}

/** Counts the request and throws if the limit is exceeded. */
async function countRequest(limit: Limit, request: FastifyRequest, reply: FastifyReply): Promise<void> {
  const state = await limit(request);
  if (state.isAllowed) return;
  const { max, remaining, ttlInSeconds } = state;
  void reply.headers({
    'ratelimit-policy': `"default";q=${String(max)};w=${String(WINDOW_SECONDS)}`,
    ratelimit: `"default";r=${String(remaining)};t=${String(ttlInSeconds)}`,
  });
  if (state.isExceeded) throw tooManyRequests(ttlInSeconds);
}

const tooManyRequests = (ttlInSeconds: number): Problem =>
  new Problem(
    429,
    'too-many-requests',
    'Too many requests',
    'Wait for the number of seconds in Retry-After, then repeat the request.',
    { headers: { 'retry-after': String(ttlInSeconds) } },
  );
