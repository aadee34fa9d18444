/**
 * Deferred validation of requests to one record: validation errors are reported only after the policy has permitted the
 * command. Without permission, the response is 404 or 403 whatever the body contains.
 *
 * The service runs with unusable input, so that the order of its own checks decides. The first use of an input value,
 * and every outcome except a refusal, is answered with the validation errors.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { tap, type Observable } from 'rxjs';
import type { Actor } from '../authentication/actor.js';
import { throwDeferredProblem } from '../http/request-context.js';
import type { Problem } from '../http/problems.js';

const actors = new AsyncLocalStorage<Actor>();

/**
 * Returns input whose values throw the validation errors when used, except values equal to the caller's own identifier.
 * Throws at once outside a request to one record.
 *
 * Own identifiers are exempt because a comparison cannot be intercepted, and services compare an identifier with the
 * caller's to detect actions on behalf of another person.
 */
export function deferProblem(problem: Problem, sent: unknown): object {
  const actor = actors.getStore();
  if (!actor) throw problem;
  actor.call.deferredProblem ??= problem;
  const own = Object.entries({ ...(sent as object) }).filter(([, one]) => one === actor.id);
  const isOwn = (property: string): boolean => own.some(([name]) => name === property);
  const refuse = (): never => {
    throw problem;
  };
  const unusable = (of: (property: string | symbol) => unknown, ownKeys: () => string[]): object =>
    new Proxy(
      {},
      {
        // `await` reads `then` from the value
        get: (_, property) => (property === 'then' ? undefined : of(property)),
        has: refuse,
        set: refuse,
        ownKeys,
        getOwnPropertyDescriptor: refuse,
        getPrototypeOf: refuse,
        defineProperty: refuse,
        deleteProperty: refuse,
      },
    );
  // services may destructure input before they look for the record: throw on use, not on access
  const value = unusable(refuse, refuse);
  return unusable(
    (property) => (typeof property !== 'string' ? refuse() : isOwn(property) ? actor.id : value),
    () => [],
  );
}

/** Defers validation errors of requests whose path has parameters, i.e. names a record. */
@Injectable()
export class DeferredValidationInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const { user, params } = context
      .switchToHttp()
      .getRequest<FastifyRequest<{ Params: Record<string, string> }> & { user?: Actor }>();
    if (!user || !Object.keys(params).length) return next.handle();
    return actors
      .run(user, () => next.handle())
      .pipe(
        tap(() => {
          throwDeferredProblem(user.call);
        }),
      );
  }
}
