import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { map, type Observable } from 'rxjs';
import { PUBLIC_KEY } from '../authorization/permission.guard.js';
import { AuthorizedResponse } from './authorized-response.js';

/**
 * The last hop: only what was presented leaves. Anything else that a controller returns is a fault of ours and is never
 * sent. A reader's 304 is decided here, after the record was found and masked: never after access was lost.
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
