/**
 * Concurrency limit of routes that take much time or many statements: limits running and queued requests per route. One
 * principal can hold at most half of the places and half of the queue. A limit on all such routes together reserves
 * connections of the pool for the other routes. Limits apply per process; `rate-limit.ts` limits requests per minute.
 */
import { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import {
  applyDecorators,
  Injectable,
  SetMetadata,
  UseInterceptors,
  type CallHandler,
  type ExecutionContext,
  type NestInterceptor,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { ApiExtension } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { from, lastValueFrom, type Observable } from 'rxjs';
import { config } from '../config.js';
import type { Actor } from '../authentication/actor.js';
import { Problem } from '../http/problems.js';
import { Clock } from '../time/clock.js';
import { AuthorizedResponse } from './authorized-response.js';

const EXPENSIVE = 'wardmote:expensive';
/** Name of the OpenAPI extension that documents the limit of a route. */
export const CONCURRENCY = 'x-concurrency';

export interface ExpensiveLimit {
  /** Maximum number of running requests of this route. */
  concurrent: number;
  /** Maximum number of queued requests of this route. */
  queue: number;
  /**
   * Exempts the route from the limit on all expensive routes. For requests that hold no database connection most of the
   * time.
   */
  offDatabase?: boolean;
}

/**
 * Running requests of all expensive routes that use the database. Two connections of the pool remain for other routes.
 */
const MOST_AT_ONCE = Math.max(1, config.databasePool - 2);
const MOST_WAITING_MS = 30_000;
const MOST_RETRY_AFTER_SECONDS = 60;

interface Place {
  route: string;
  limit: ExpensiveLimit;
  principal: string;
}

interface Waiting extends Place {
  enter: () => void;
}

const half = (places: number): number => Math.max(1, Math.floor(places / 2));

/** Semaphore with a queue for expensive routes. */
export class ExpensivePlaces {
  private readonly taken = new Set<Place>();
  private readonly waiting = new Set<Waiting>();
  /** Moving average of response times by route, for `Retry-After`. */
  private readonly milliseconds = new Map<string, number>();

  constructor(
    private readonly mostAtOnce = MOST_AT_ONCE,
    private readonly mostWaitingMs = MOST_WAITING_MS,
  ) {}

  /**
   * Acquires a place, waiting if necessary. Returns a function that releases the place, and whether there was a wait.
   * Throws 429 if the principal's share of the queue is full, 503 if the queue is full or the wait times out.
   */
  async enter(place: Place, left?: AbortSignal): Promise<{ leave: () => void; waited: boolean }> {
    if (this.isFree(place)) return { leave: this.take(place), waited: false };
    const inLine = [...this.waiting].filter(({ route }) => route === place.route);
    if (inLine.filter(({ principal }) => principal === place.principal).length >= half(place.limit.queue))
      throw new Problem(
        429,
        'too-many-at-once',
        'Too many requests at once',
        'You have as many requests of this kind under way as one user may have. Wait for one, or as long as Retry-After says.',
        { headers: this.retryAfter(place) },
      );
    if (inLine.length >= place.limit.queue) throw this.busy(place);
    return { leave: await this.wait(place, left), waited: true };
  }

  private wait(place: Place, left?: AbortSignal): Promise<() => void> {
    return new Promise((resolve, reject) => {
      const giveUp = (): void => {
        stop();
        reject(this.busy(place));
      };
      const timer = setTimeout(giveUp, this.mostWaitingMs).unref();
      const stop = (): void => {
        clearTimeout(timer);
        left?.removeEventListener('abort', giveUp);
        this.waiting.delete(waiting);
      };
      const waiting: Waiting = {
        ...place,
        enter: () => {
          stop();
          resolve(this.take(place));
        },
      };
      left?.addEventListener('abort', giveUp);
      this.waiting.add(waiting);
    });
  }

  private isFree({ route, limit, principal }: Place): boolean {
    const taken = [...this.taken];
    const here = taken.filter((one) => one.route === route);
    return (
      (limit.offDatabase || taken.filter((one) => !one.limit.offDatabase).length < this.mostAtOnce) &&
      here.length < limit.concurrent &&
      here.filter((one) => one.principal === principal).length < half(limit.concurrent)
    );
  }

  private take(place: Place): () => void {
    const own = { ...place };
    const began = performance.now();
    this.taken.add(own);
    return () => {
      if (!this.taken.delete(own)) return;
      const took = performance.now() - began;
      this.milliseconds.set(place.route, 0.7 * (this.milliseconds.get(place.route) ?? took) + 0.3 * took);
      for (const one of this.waiting) if (this.isFree(one)) one.enter();
    };
  }

  private busy(place: Place): Problem {
    return new Problem(
      503,
      'too-many-at-once',
      'Too many requests at once',
      'Too many requests of this kind are under way. Repeat the request after as long as Retry-After says.',
      { headers: this.retryAfter(place) },
    );
  }

  /** Estimates the time until the requests already queued are finished. */
  private retryAfter({ route, limit }: Place): { 'retry-after': string } {
    const inLine = [...this.waiting].filter((one) => one.route === route).length + 1;
    const seconds = ((this.milliseconds.get(route) ?? 1000) * inLine) / half(limit.concurrent) / 1000;
    return { 'retry-after': String(Math.min(MOST_RETRY_AFTER_SECONDS, Math.max(1, Math.ceil(seconds)))) };
  }
}

/** Makes requests to routes with `@Expensive` wait for one of the places that all these routes share. */
@Injectable()
export class ExpensiveInterceptor implements NestInterceptor {
  constructor(
    private readonly reflector: Reflector,
    private readonly clock: Clock,
    private readonly places: ExpensivePlaces,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const limit = this.reflector.get<ExpensiveLimit | undefined>(EXPENSIVE, context.getHandler());
    const http = context.switchToHttp();
    const { user } = http.getRequest<FastifyRequest & { user?: Actor }>();
    if (!limit || !user) return next.handle();
    const route = `${context.getClass().name}.${context.getHandler().name}`;
    const gone = new AbortController();
    const { raw } = http.getResponse<FastifyReply>();
    raw.once('close', () => {
      gone.abort();
    });
    return from(this.answer({ route, limit, principal: user.id }, user, next, gone.signal));
  }

  private async answer(place: Place, actor: Actor, next: CallHandler, gone: AbortSignal): Promise<unknown> {
    const { leave, waited } = await this.places.enter(place, gone);
    let stream: Readable | undefined;
    try {
      // the actor's permissions may have changed while the request waited
      if (waited) await actor.cache?.reload(this.clock.now());
      const answer: unknown = await lastValueFrom(next.handle());
      if (answer instanceof AuthorizedResponse && answer.stream instanceof Readable) ({ stream } = answer);
      return answer;
    } finally {
      // a streamed response holds its place until the stream ends
      if (stream)
        void finished(stream)
          .catch(() => undefined)
          .finally(leave);
      else leave();
    }
  }
}

/** Limits the running and queued requests of a route, in total and per principal. */
export const Expensive = (limit: ExpensiveLimit): MethodDecorator =>
  applyDecorators(
    SetMetadata(EXPENSIVE, limit),
    UseInterceptors(ExpensiveInterceptor),
    ApiExtension(CONCURRENCY, { concurrent: limit.concurrent, queue: limit.queue }),
  );
