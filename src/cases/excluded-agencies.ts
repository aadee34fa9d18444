import { MOST_COUNTED } from '../records/authorized-repository.js';
import type { UnitOfWork } from '../records/unit-of-work.js';
import { Exclusion } from '../sharing/exclusion.entity.js';
import { Case, CasePerson } from './case.entity.js';

/**
 * Selects exclusions that apply to a case by its matter or after a removal. Cases hidden from the actor lead to none.
 * $1 the exclusions, $2 the hidden cases, $3 the case.
 */
const APPLIED = `SELECT e.id FROM exclusions e
  WHERE e.id = ANY ($1::uuid[]) AND $3 IN (SELECT one.case_id FROM excluded_cases(ARRAY[e.id], e.agency_id, $2::uuid[]) one)`;

/**
 * Returns the agencies excluded from the case. Counts only exclusions and people that the actor may read; otherwise the
 * consequences would reveal a hidden exclusion.
 */
export async function findExcludedAgencies(work: UnitOfWork, caseId: string, panelId: string): Promise<string[]> {
  const running = {
    agencyId: { $ne: null },
    since: { $lte: work.now },
    $or: [{ until: null }, { until: { $gt: work.now } }],
  };
  const exclusions = await work.records.findMany('read', Exclusion, running, MOST_COUNTED);
  if (!exclusions.length) return [];
  const about = await work.records.findOrNull('read', Case, caseId);
  const named = await work.records.findMany('read', CasePerson, { caseId }, MOST_COUNTED);
  const people = new Set([about?.personId, ...named.map((one) => one.personId)]);
  const ids = exclusions.map(({ id }) => id);
  const applied = await work.asSystem(() =>
    work.manager.query<{ id: string }[]>(APPLIED, [ids, work.actor.excludedCaseIds, caseId]),
  );
  const applicable = new Set(applied.map(({ id }) => id));
  const isOfCase = ({ id, personId, ...one }: Exclusion): boolean =>
    applicable.has(id) ||
    (personId !== null && people.has(personId) && (one.reach === 'partnership' || one.panelId === panelId));
  return exclusions.filter(isOfCase).flatMap((one) => one.agencyId ?? []);
}
