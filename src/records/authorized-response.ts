import type { Readable } from 'node:stream';
import type { Withholding } from './response-view.js';

/**
 * The only thing a controller may return: a body that went through the policy. The interceptor refuses all else, so that
 * a record cannot be serialised by accident.
 */
export class AuthorizedResponse {
  constructor(
    readonly body: object,
    readonly status = 200,
    readonly headers: Record<string, string> = {},
    /** The body's exact text, where it was stored for a repeated call or is no JSON. */
    private readonly exact?: string,
    readonly contentType = 'application/json; charset=utf-8',
    /** The one record that the body shows, and by which view. */
    readonly shows: { view: string; id: string } | null = null,
    /** The body, where it is made while it is sent, or is no text. */
    readonly stream?: Readable | Buffer,
  ) {}

  get text(): string {
    return this.exact ?? JSON.stringify(this.body);
  }

  /** Identifiers that the body shows: of records themselves, and of those that they refer to. */
  get identifiers(): ReadonlySet<string> {
    return new Set(identifiersIn(this.body));
  }

  /** The same content in another form, made of the body and of nothing else. */
  as(contentType: string, form: string | Buffer, headers: Record<string, string> = {}): AuthorizedResponse {
    const [text, bytes] = typeof form === 'string' ? [form, undefined] : [undefined, form];
    return new AuthorizedResponse(this.body, this.status, headers, text, contentType, null, bytes);
  }

  /** A page without the records that do not meet the condition. */
  only<T>(keeps: (one: T) => boolean): AuthorizedResponse {
    const page = this.body as PageOf<T>;
    return new AuthorizedResponse({ ...page, data: page.data.filter(keeps) }, this.status, this.headers);
  }

  /** Several answers as one. */
  static together(parts: Record<string, AuthorizedResponse>): AuthorizedResponse {
    const bodies = Object.entries(parts).map(([name, { body }]): [string, object] => [name, body]);
    return new AuthorizedResponse({ ...Object.fromEntries(bodies), withheld: [] });
  }

  /** An answer too long to be held at once; whoever makes it takes each part through the policy. */
  static streamed(stream: Readable, contentType: string): AuthorizedResponse {
    return new AuthorizedResponse({}, 200, {}, '', contentType, null, stream);
  }
}

/** A list answers with its page and the cursor of the next one. */
export interface PageOf<T> extends Withholding {
  data: T[];
  next: string | null;
}

/** Properties that hold identifiers, by their name. */
const HOLDS_IDENTIFIERS = /^id$|Ids?$/;

function identifiersIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, one]): string[] =>
    HOLDS_IDENTIFIERS.test(key) ? [one].flat().filter((id) => typeof id === 'string') : identifiersIn(one),
  );
}
