import { MOST_COUNTED } from '../records/authorized-repository.js';
import type { UnitOfWork } from '../records/unit-of-work.js';
import { Exclusion } from '../sharing/exclusion.entity.js';
import { Case, CasePerson } from './case.entity.js';

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
  const isOfCase = (one: Exclusion): boolean =>
    one.caseId === caseId ||
    (one.personId !== null && people.has(one.personId) && (one.reach === 'partnership' || one.panelId === panelId));
  return exclusions.filter(isOfCase).flatMap((one) => one.agencyId ?? []);
}
