/**
 * The matter of a case: the case and the cases that repeat it, directly or through other repeats, also those that repeat it
 * only for people of an agency that removed a person.
 */
import type { UnitOfWork } from '../records/unit-of-work.js';

/** Selects the matter. $1 the case, $2 cases that are left out with what repeats only them. */
const MATTER = 'SELECT matter_of($1, NULL, true, $2::uuid[]) AS ids';

/** Returns the identifiers of the matter, including cases hidden from the actor. */
export const matterOf = (work: UnitOfWork, caseId: string): Promise<string[]> => matterWithout(work, caseId, []);

/** Returns the identifiers of the matter without cases from which the actor is excluded, and what repeats only these. */
export const matterKnownToActor = (work: UnitOfWork, caseId: string): Promise<string[]> =>
  matterWithout(work, caseId, work.actor.excludedCaseIds);

async function matterWithout(work: UnitOfWork, caseId: string, without: readonly string[]): Promise<string[]> {
  const [{ ids }] = await work.asSystem(() => work.manager.query<[{ ids: string[] }]>(MATTER, [caseId, without]));
  return ids;
}
