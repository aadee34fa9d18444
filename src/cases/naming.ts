/**
 * Naming a person, place or group in a case or referral puts the record before the panel: a disclosure, authorized as one.
 * Knowing the record through another panel is no right to name it. Source: docs/who-may-widen.md, row 12.
 */
import type { RecordClass } from '../database/record-class.js';
import type { UnitOfWork } from '../records/unit-of-work.js';
import type { Group, Person, Place } from '../subjects/subject.entity.js';
import { mayPutBefore } from './cases.policy.js';

export const NOT_NAMEABLE = 'unknown, or not one that you may name here';
export const NAME_YOUR_OWN =
  'You may name whom or what you recorded; what your agency recorded, as its safeguarding lead or with a case about it on a ' +
  'panel of yours; and what a case of this panel names already. Otherwise record it from what your own agency knows, or ask the ' +
  'agency that recorded it to name it here.';

/** Where a record is named: in a case or referral, or in one that is about to be made. */
export interface NamedIn {
  panelId: string;
  partnershipId: string;
  caseId?: string;
  referralId?: string;
}

/**
 * Returns the record, if the actor may put it before the panel that receives it; else null. A refusal is logged with its
 * identifier, and read as what receives the naming is.
 */
export async function nameable<T extends Person | Place | Group>(
  work: UnitOfWork,
  type: RecordClass<T> & (typeof Person | typeof Place | typeof Group),
  id: string,
  { panelId, partnershipId, caseId, referralId }: NamedIn,
): Promise<T | null> {
  const filter = { id, partnershipId, ...mayPutBefore(work.actor, type, panelId) };
  const [row] = await work.records.findMany<T>('name', type, filter, 1);
  work.command.noteNaming(type, id, row, { panelId, caseId, referralId });
  return row ?? null;
}
