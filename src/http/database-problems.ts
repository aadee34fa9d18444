/**
 * Maps database errors that a request can cause to problems, by SQLSTATE. Accepts errors of TypeORM and of `pg` itself.
 */
import pg from 'pg';
import { QueryFailedError } from 'typeorm';
import { conflict, invalid, Problem } from './problems.js';

const busy = (): Problem =>
  conflict('busy', 'Somebody else is changing this record. Repeat the request shortly.', {
    headers: { 'retry-after': '1' },
  });
const tookTooLong = (): Problem =>
  new Problem(
    503,
    'took-too-long',
    'Took too long',
    'The database could not answer in time. Repeat the request after the time that Retry-After says, or ask for less at once.',
    { headers: { 'retry-after': '5' } },
  );
const unstorable = (): Problem =>
  invalid('A value has no such form as its field needs. Check dates, numbers and texts.');

/** Problems by SQLSTATE. Source: PostgreSQL documentation, appendix A "PostgreSQL Error Codes". */
const PROBLEMS: Record<string, () => Problem> = {
  '23505': () => conflict('already-exists', 'A record with these values exists already.'),
  '23P01': () => conflict('already-exists', 'A record of this time exists already.'),
  '23502': () => invalid('A value that is required is missing or null.', [], 'value-required'),
  '23503': () => invalid('A record that this request refers to does not exist.', [], 'unknown-reference'),
  '23514': () => invalid('A value breaks a rule of the record.', [], 'rule-of-record'),
  '22001': unstorable,
  '22003': () => invalid('A number is too large or too small.'),
  '22007': unstorable,
  '22008': unstorable,
  '22021': unstorable,
  '22P02': unstorable,
  '22P05': () => invalid('A text holds a character that cannot be stored.'),
  '55P03': busy,
  '40001': busy,
  '40P01': busy,
  // statement_timeout, or a statement cancelled by an operator
  '57014': tookTooLong,
  // no connection is free, or the database is starting up
  '53300': tookTooLong,
  '57P03': tookTooLong,
};

/** Transient problems: repeating the request may succeed. */
const TRANSIENT = new Set<(() => Problem) | undefined>([busy, tookTooLong]);

export function sqlStateOf(error: unknown): string | undefined {
  const cause: unknown = error instanceof QueryFailedError ? error.driverError : error;
  return cause instanceof pg.DatabaseError ? cause.code : undefined;
}

/** Returns the problem to report for a database error, or null for a fault of the service. */
export function databaseProblem(error: unknown): Problem | null {
  return PROBLEMS[sqlStateOf(error) ?? '']?.() ?? null;
}

/**
 * Wraps an error of a statement that the service writes on its own account. The caller's values did not cause the error
 * and cannot correct it. Transient errors are returned unchanged.
 */
export function ownFault(error: unknown): Error {
  const isTransient = error instanceof Error && TRANSIENT.has(PROBLEMS[sqlStateOf(error) ?? '']);
  return isTransient ? error : new Error('a record of the service could not be written', { cause: error });
}
