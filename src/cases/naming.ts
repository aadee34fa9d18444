/**
 * Authorization to name a person, place or group in a case or referral, which discloses the record to the panel. Access
 * to the record through another panel does not permit naming it. Source: docs/who-may-widen.md, row 12.
 */
import type { RecordClass } from '../database/columns.js';
import type { UnitOfWork } from '../records/unit-of-work.js';
import type { Group, Person, Place } from '../subjects/subject.entity.js';
import { mayPutBefore } from './cases.policy.js';
import type { Where } from '../authorization/conditions.js';

export const NOT_NAMEABLE = 'is unknown, or you may not name it here';
export const NAMING_HINT =
  'You may name records that you made; records of your agency, if you are its safeguarding lead or a panel of yours has a case ' +
  'about them; and records that a case of this panel already names, unless it was closed as referred in error. Otherwise make a record from the information of your own ' +
  'agency, or ask the agency that holds the record to name it here.';

/** Context in which a record is named: a case or referral, or one that is about to be created. */
export interface NamedIn {
  panelId: string;
  partnershipId: string;
  caseId?: string;
  referralId?: string;
}

/**
 * Returns the record if the actor may disclose it to the panel, else null. Logs a refusal with the identifier; the
 * entry can be read by those who may read the case or referral.
 */
export async function findNameable<T extends Person | Place | Group>(
  work: UnitOfWork,
  type: RecordClass<T> & (typeof Person | typeof Place | typeof Group),
  id: string,
  { panelId, partnershipId, caseId, referralId }: NamedIn,
): Promise<T | null> {
  const filter: Where = { id, partnershipId, ...mayPutBefore(work.actor, type, panelId) };
  const nameable: RecordClass<T> = type;
  const [row] = await work.records.findMany('name', nameable, filter, 1);
  work.command.noteNaming(type, id, row, { panelId, caseId, referralId });
  return row ?? null;
}
