import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { map, type Observable } from 'rxjs';
import { PUBLIC_KEY } from '../authorization/permission.guard.js';
import { AuthorizedResponse } from './authorized-response.js';

/**
 * Sends authorized responses and rejects every other return value of a controller as an internal error.
 *
 * Conditional GET is evaluated here, after the record was found and masked. A reader who has lost access therefore
 * never gets 304.
 */
@Injectable()
export class AuthorizedResponseInterceptor implements NestInterceptor {
  constructor(private readonly reflector: Reflector) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    if (this.reflector.get<string | undefined>(PUBLIC_KEY, context.getHandler())) return next.handle();
    const reply = context.switchToHttp().getResponse<FastifyReply>();
    const { method, headers } = context.switchToHttp().getRequest<FastifyRequest>();
    return next.handle().pipe(
      map((result: unknown) => {
        if (!(result instanceof AuthorizedResponse))
          throw new Error('a controller returned something that was not presented');
        const tag = result.headers['etag'];
        void reply.headers({ ...result.headers, 'content-type': result.contentType });
        if (method === 'GET' && tag && headers['if-none-match'] === tag) {
          void reply.status(304);
          return undefined;
        }
        void reply.status(result.status);
        return result.stream ?? result.text;
      }),
    );
  }
}
