/**
 * Wrong values in a request to one record, held back until the policy has answered: somebody without permission for a command
 * gets 404 or 403 whatever the body holds. The service runs with input that cannot be used, so its own order decides; the first
 * use of a value, or any end but a refusal, answers with the errors.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { tap, type Observable } from 'rxjs';
import type { Actor } from '../authentication/actor.js';
import type { RequestContext } from '../http/request-context.js';
import type { Problem } from '../http/problems.js';

const actors = new AsyncLocalStorage<Actor>();

/**
 * Returns input of which no value can be used but the caller's own identifier; outside a request to one record, throws the problem
 * at once. A comparison is no use that can be noticed, and services compare an identifier with the caller's to tell who acts for
 * somebody else.
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
        // a promise asks for `then` of what it resolves to
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
  // a service may take values out of the input before it looks for the record, and use none of them
  const value = unusable(refuse, refuse);
  return unusable(
    (property) => (typeof property !== 'string' ? refuse() : isOwn(property) ? actor.id : value),
    () => [],
  );
}

/** Throws what was held back: nothing is done, and nothing read, by a request with wrong values. */
export function throwDeferredProblem({ deferredProblem: deferredProblem }: RequestContext): void {
  if (deferredProblem) throw deferredProblem;
}

/** Holds back wrong values of requests whose address names a record. */
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
