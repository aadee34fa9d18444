import type { Readable } from 'node:stream';
import type { Withholding } from './response-view.js';
import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { map, type Observable } from 'rxjs';
import { PUBLIC_KEY } from '../authorization/permission.guard.js';

/**
 * Body that passed the policy, and the only type a controller may return. The interceptor rejects every other return
 * value, so that a record cannot be serialised by accident.
 */
export class AuthorizedResponse {
  constructor(
    readonly body: object,
    readonly status = 200,
    readonly headers: Record<string, string> = {},
    /** Exact text of the body, if stored for an idempotent retry or not JSON. */
    private readonly exact?: string,
    readonly contentType = 'application/json; charset=utf-8',
    /** Record shown by the body, and the name of its view. */
    readonly shows: { view: string; id: string } | null = null,
    /** Content that is streamed, or binary. */
    readonly stream?: Readable | Buffer,
  ) {}

  get text(): string {
    return this.exact ?? JSON.stringify(this.body);
  }

  /** Identifiers in the body: of the records shown and of the records that these refer to. */
  get identifiers(): ReadonlySet<string> {
    return new Set(identifiersIn(this.body));
  }

  /** Returns the same content in another media type, made only from the body. */
  as(contentType: string, form: string | Buffer, headers: Record<string, string> = {}): AuthorizedResponse {
    const [text, bytes] = typeof form === 'string' ? [form, undefined] : [undefined, form];
    return new AuthorizedResponse(this.body, this.status, headers, text, contentType, null, bytes);
  }

  /** Returns the page without the records that do not meet the condition. */
  only<T>(keeps: (one: T) => boolean): AuthorizedResponse {
    const page = this.body as PageOf<T>;
    return new AuthorizedResponse({ ...page, data: page.data.filter(keeps) }, this.status, this.headers);
  }

  /** Combines several responses into one. */
  static together(parts: Record<string, AuthorizedResponse>): AuthorizedResponse {
    const bodies = Object.entries(parts).map(([name, { body }]): [string, object] => [name, body]);
    return new AuthorizedResponse({ ...Object.fromEntries(bodies), withheld: [] });
  }

  /** Creates a response too long to hold in memory; the caller must authorize each part of the stream. */
  static streamed(stream: Readable, contentType: string): AuthorizedResponse {
    return new AuthorizedResponse({}, 200, {}, '', contentType, null, stream);
  }
}

/** Page of a list and the cursor of the next page. */
export interface PageOf<T> extends Withholding {
  data: T[];
  next: string | null;
}

/** Names of properties that hold identifiers. */
const HOLDS_IDENTIFIERS = /^id$|Ids?$/;

function identifiersIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, one]): string[] =>
    HOLDS_IDENTIFIERS.test(key) ? [one].flat().filter((id) => typeof id === 'string') : identifiersIn(one),
  );
}

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
        const isUnchanged = method === 'GET' && tag !== undefined && tag !== '' && headers['if-none-match'] === tag;
        void reply.headers({ ...result.headers, 'content-type': result.contentType });
        void reply.status(isUnchanged ? 304 : result.status);
        return isUnchanged ? undefined : (result.stream ?? result.text);
      }),
    );
  }
}
