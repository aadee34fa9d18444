/** Failures of units of work: the error to respond with, and the audit entries of a refusal. */
import type { Actor } from '../authentication/actor.js';
import { Problem } from '../http/problems.js';
import type { AuditDraft } from './audit-recording.js';
import { Refusal } from './command-subject.js';
import { StaleActorError } from './database-session.js';
import type { UnitOfWork } from './unit-of-work.js';

export interface FailedWork {
  error: unknown;
  /** Entry of the refused command. */
  refusal: AuditDraft | null;
  /** Entries of the records that the refused request named. */
  namings: AuditDraft[];
}

/** Returns the outcome of a unit of work that was rolled back because of the error. */
export function failedWork({ actor, command }: UnitOfWork, thrown: unknown): FailedWork {
  const error = inOrder(actor, thrown);
  const refusal = command.refusalIn(error);
  const namings = command.refusedNamings(error);
  return { error: error instanceof Refusal ? error.problem : error, refusal, namings };
}

/** Statuses of authorization errors, which take precedence over validation errors. */
const OF_THE_POLICY = [401, 403, 404];

/**
 * Returns the error to respond with: deferred validation errors precede domain errors, but not authorization errors or
 * server errors.
 */
function inOrder({ call: { deferredProblem } }: Actor, error: unknown): unknown {
  if (!deferredProblem || error instanceof Refusal || error instanceof StaleActorError) return error;
  const isFirst = error instanceof Problem && (error.status >= 500 || OF_THE_POLICY.includes(error.status));
  return isFirst ? error : deferredProblem;
}

export const permissionsChanging = (): Problem =>
  new Problem(
    503,
    'permissions-changing',
    'Permissions are changing',
    'Who may read what is being changed at this moment. Repeat the request shortly.',
    { headers: { 'retry-after': '1' } },
  );
