/** Conditions of removing a person who was named in error, and of putting one back. Source: docs/decisions/0063. */
import { isDeepStrictEqual } from 'node:util';
import { instantAfter } from '../panels/limits.js';
import { conflict } from '../http/problems.js';
import { MOST_COUNTED } from '../records/authorized-repository.js';
import type { UnitOfWork } from '../records/unit-of-work.js';
import { exclusionsApplyingTo } from './applying-exclusions.js';
import { matterOf } from './matter.js';
import { Exclusion } from '../sharing/exclusion.entity.js';

/** Days within which a removal is reversed. Later, the agency that recorded the person decides whether to name them. */
const PUT_BACK_WITHIN_DAYS = 28;

/** Correction of a role in a case or referral. */
interface Correction {
  roleId: string;
  kind: string;
  correctedById: string;
  correctedAt: Date;
}

/**
 * Throws unless the correction is a removal that can still be reversed. `ofPerson` holds all corrections of the person in the case or
 * referral. Codes `not-removed`, `too-late`, `named-already`, `put-back-already` and `removed-again`.
 */
export function mustBeReversible(
  removal: Correction,
  { isNamed, ofPerson }: { isNamed: boolean; ofPerson: readonly Correction[] },
  now: Date,
): void {
  const { roleId, kind, correctedById, correctedAt } = removal;
  if (kind !== 'entered_in_error')
    throw conflict(
      'not-removed',
      'Only a correction of kind entered_in_error can be reversed: this one removed nobody.',
    );
  if (now > instantAfter(correctedAt, PUT_BACK_WITHIN_DAYS))
    throw conflict(
      'too-late',
      `A removal can be reversed for ${String(PUT_BACK_WITHIN_DAYS)} days. Ask the agency that recorded the person to name them again.`,
    );
  if (isNamed)
    throw conflict('named-already', 'The person is named in this role again, so there is nothing to put back.');
  // a second absence would overwrite the first
  if (ofPerson.some((one) => one.kind === 'put_back' && one.roleId === roleId))
    throw conflict(
      'put-back-already',
      'The role was put back once before. Ask the agency that recorded the person to name them again.',
    );
  const isByAnother = (one: Correction): boolean =>
    one.kind === 'entered_in_error' && one.correctedById !== correctedById && one.correctedAt >= correctedAt;
  if (ofPerson.some(isByAnother))
    throw conflict(
      'removed-again',
      'Somebody else removed the person after you did, and decides. Ask them, or the agency that recorded the person.',
    );
}

const OPENS =
  'With this removal, somebody who is excluded can read the record, or one that repeats it. Exclude them from the case first (POST /v1/exclusions with caseId) if they should stay excluded. Then send the request again with opensToExcluded: true.';

/**
 * Throws if exclusions from the person on the panel are in force: after a removal the excluded people can read the record.
 * Counts only exclusions that the actor may read, so that the refusal reveals none.
 */
export async function refuseIfExclusionExists(
  work: UnitOfWork,
  { personId, panelId }: { personId: string; panelId: string },
): Promise<void> {
  const running = { since: { $lte: work.now }, $or: [{ until: null }, { until: { $gt: work.now } }] };
  const found = await work.records.findMany('read', Exclusion, { personId, ...running }, MOST_COUNTED);
  const exclusionIds = found
    .filter((one) => one.reach === 'partnership' || one.panelId === panelId)
    .map(({ id }) => id);
  if (exclusionIds.length) throw conflict('opens-to-excluded', OPENS, { exclusionIds });
}

/**
 * Collects the exclusions that apply to the matter of the case. The function returned is called after a removal, and throws if one
 * of them no longer applies to one of its cases. Counts only exclusions that the actor may read, so that the refusal reveals none.
 */
export async function watchExclusions(work: UnitOfWork, caseId: string): Promise<() => Promise<void>> {
  const caseIds = await matterOf(work, caseId);
  const before = await exclusionsApplyingTo(work, caseIds);
  return async () => {
    const after = await exclusionsApplyingTo(work, caseIds);
    const ended = before.filter((one) => !after.some((other) => isDeepStrictEqual(one, other)));
    const ids = [...new Set(ended.map(({ id }) => id))];
    const known = ids.length ? await work.records.findMany('read', Exclusion, { id: { $in: ids } }, ids.length) : [];
    if (known.length) throw conflict('opens-to-excluded', OPENS, { exclusionIds: known.map(({ id }) => id) });
  };
}

/**
 * Restores the time of naming of a role that was put back, and sets the time of its absence. Declared conflicts hide people
 * named before the declaration, and an emergency access shows people named before it in full. The version is one that no
 * earlier ETag names, because each change of a role left a correction.
 */
export async function restoreHistory(
  work: UnitOfWork,
  table: 'case_people' | 'referral_people',
  { roleId, namedAt, correctedAt }: { roleId: string; namedAt: Date; correctedAt: Date },
): Promise<void> {
  const corrections = table === 'case_people' ? 'case_person_corrections' : 'referral_person_corrections';
  await work.manager.query(
    `UPDATE ${table} SET created_at = $2, absent_from = $3, absent_until = $4,
       version = 1 + (SELECT count(*) FROM ${corrections} k WHERE k.role_id = $1) WHERE id = $1`,
    [roleId, namedAt, correctedAt, work.now],
  );
}
