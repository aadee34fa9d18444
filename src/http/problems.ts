/**
 * Problem types of the API. `http/problem.filter.ts` converts each of them into an RFC 9457 response. A problem never
 * contains a value of a record: `detail` says how to resolve the problem.
 */
export interface FieldError {
  /** JSON Pointer into the request body, or `?name` for a query parameter. */
  pointer: string;
  detail: string;
  /** Identifier of the violated rule, set if one request can violate several. */
  code?: string;
}

/** Members of a problem beyond those of RFC 9457. The OpenAPI document declares each of them. */
export interface ProblemMembers {
  errors?: FieldError[];
  headers?: Record<string, string>;
  /** Name of the rule that refuses the request. */
  rule?: string;
  /** Scope that the machine client lacks. */
  requiredScope?: string;
  /** Present state of the record. */
  state?: string;
  /** Commands that the present state allows. */
  permitted?: readonly string[];
  /** Existing invitation that conflicts with the request. */
  invitationId?: string;
  /** Existing exclusion that says the same. */
  exclusionId?: string;
  /** Exclusions that would no longer apply. */
  exclusionIds?: string[];
}

export class Problem extends Error {
  constructor(
    readonly status: number,
    /** Stable identifier, lower-case and hyphenated; API clients branch on `code`. */
    readonly code: string,
    readonly title: string,
    readonly detail: string,
    readonly more: ProblemMembers = {},
  ) {
    super(`${code}: ${detail}`);
  }
}

/** Returns one identical problem for missing, hidden and never-existing records (design, principle 6). */
export const notFound = (): Problem =>
  new Problem(
    404,
    'not-found',
    'Not found',
    'There is nothing here that you may see. Check the identifier. Access to a case is asked for with POST /v1/access-requests.',
  );

/** Refusal that names its rule (403). Use only if the reader may know that the record, or the collection, exists. */
export const refused = (code: string, detail: string, more: Problem['more'] = {}): Problem =>
  new Problem(403, code, 'Refused', detail, more);

export const invalid = (detail: string, errors: FieldError[] = [], code = 'invalid'): Problem =>
  new Problem(400, code, 'Invalid request', detail, { errors });

/** Detail of a validation failure; `errors` lists the values. */
export const WRONG_VALUES = 'Some values are missing or wrong; see errors.';

/** Returns one identical problem for an unknown property and for a property that the sender may not see. */
export const notWritable = (properties: string[]): Problem =>
  invalid(
    WRONG_VALUES,
    properties.map((one) => ({ pointer: `/${one}`, detail: `property ${one} should not exist` })),
  );

/** Problem of a well-formed request that breaks a rule of the domain; `errors` point to the values to change. */
export const unacceptable = (code: string, detail: string, errors: FieldError[] = []): Problem =>
  new Problem(422, code, 'Rule not met', detail, errors.length ? { errors } : {});

export const conflict = (code: string, detail: string, more: Problem['more'] = {}): Problem =>
  new Problem(409, code, 'Conflict', detail, more);

export const unauthenticated = (detail: string): Problem =>
  new Problem(401, 'unauthenticated', 'Sign in first', detail, { headers: { 'www-authenticate': 'Bearer' } });
