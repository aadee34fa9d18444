/**
 * The kinds of answer that are not the thing asked for. Each becomes an RFC 9457 problem in one place
 * (`http/problem.filter.ts`). A problem never carries a value of a record: `detail` says what to do about it.
 */
export interface FieldError {
  /** JSON Pointer into the request body, or `?name` for a query parameter. */
  pointer: string;
  detail: string;
  /** The rule that this place breaks, where the request breaks several. */
  code?: string;
}

export class Problem extends Error {
  constructor(
    readonly status: number,
    /** Stable, lower-case, hyphenated: integrators branch on it. */
    readonly code: string,
    readonly title: string,
    readonly detail: string,
    readonly more: { errors?: FieldError[]; headers?: Record<string, string>; [member: string]: unknown } = {},
  ) {
    super(`${code}: ${detail}`);
  }
}

/** Missing, hidden and never-existing are one and the same answer (design, principle 4). */
export const notFound = (): Problem =>
  new Problem(
    404,
    'not-found',
    'Not found',
    'There is nothing here that you may see. Check the identifier. Access to a case is asked for with POST /v1/access-requests.',
  );

/** The reader may know that the thing exists, or that the collection does; the rule that refuses is named. */
export const refused = (code: string, detail: string, more: Problem['more'] = {}): Problem =>
  new Problem(403, code, 'Refused', detail, more);

export const invalid = (detail: string, errors: FieldError[] = [], code = 'invalid'): Problem =>
  new Problem(400, code, 'Invalid request', detail, { errors });

/** What a request with wrong values is told; `errors` says which. */
export const WRONG_VALUES = 'Some values are missing or wrong; see errors.';

/** The answer for a property that a request may not have, and for one that its sender may not see. */
export const notWritable = (properties: string[]): Problem =>
  invalid(
    WRONG_VALUES,
    properties.map((one) => ({ pointer: `/${one}`, detail: `property ${one} should not exist` })),
  );

/** The request is well formed but breaks a rule of the field; `errors` point at what to change. */
export const unacceptable = (code: string, detail: string, errors: FieldError[] = []): Problem =>
  new Problem(422, code, 'Rule not met', detail, errors.length ? { errors } : {});

export const conflict = (code: string, detail: string, more: Problem['more'] = {}): Problem =>
  new Problem(409, code, 'Conflict', detail, more);

export const unauthenticated = (detail: string): Problem =>
  new Problem(401, 'unauthenticated', 'Sign in first', detail, { headers: { 'www-authenticate': 'Bearer' } });
