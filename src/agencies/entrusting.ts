/** Limit on the newly registered people to whom an agency itself gives a right over records. */
import { DateTime } from 'luxon';
import { conflict } from '../http/problems.js';
import type { UnitOfWork } from '../records/unit-of-work.js';
import { Practitioner } from './agency.entity.js';

/**
 * Most registrations that an agency may entrust within some days, if they or their names are not older. A registration
 * is entrusted when somebody of its own agency first gives it a right over records: the role of safeguarding lead, an
 * action, a seat, an invitation or access to a case. The database keeps the time (`entrusted_at`).
 */
const NEWLY_ENTRUSTED = { most: 5, days: 30 };

/** Condition on a registration `p`: it has a name that was not older than `$3` days at the time `at`. */
const isNewAt = (at: string): string => `EXISTS (SELECT FROM practitioner_names n WHERE n.practitioner_id = p.id
  AND n.created_at > ${at} - make_interval(days => $3) AND n.created_at <= ${at})`;

/**
 * Refuses a right over records for a sixth new registration of the actor's own agency within 30 days. A right shows
 * records, except to people whose names a panel excludes: giving rights to many names would show which. The refusal
 * does not depend on exclusions.
 */
export async function mustEntrustSeldom(work: UnitOfWork, practitionerId: string): Promise<void> {
  const { agencyId, id: actorId } = work.actor;
  const person = await work.manager.findOneBy(Practitioner, { id: practitionerId, agencyId });
  if (!person || person.entrustedAt || practitionerId === actorId) return;
  const [{ isNew } = { isNew: false }] = await work.manager.query<{ isNew: boolean }[]>(
    `SELECT ${isNewAt('$2::timestamptz')} AS "isNew" FROM practitioners p WHERE p.id = $1`,
    [practitionerId, work.now, NEWLY_ENTRUSTED.days],
  );
  if (isNew) await mustEntrustNewSeldom(work, agencyId);
}

/** Refuses a right over records for a registration that the agency is about to make, as `mustEntrustSeldom` does. */
export async function mustEntrustNewSeldom(work: UnitOfWork, agencyId: string): Promise<void> {
  const { most, days } = NEWLY_ENTRUSTED;
  // serialized, so that each of two concurrent requests counts the other's
  await work.lock(`entrust ${agencyId}`);
  const since = DateTime.fromJSDate(work.now).minus({ days }).toJSDate();
  const entrusted = await work.manager.query<unknown[]>(
    `SELECT FROM practitioners p WHERE p.agency_id = $1 AND p.entrusted_at > $2 AND ${isNewAt('p.entrusted_at')}`,
    [agencyId, since, days],
  );
  if (entrusted.length < most) return;
  throw conflict(
    'entrusted-often',
    `Within ${String(days)} days your agency gave a role, seat, invitation or action to ${String(most)} people who were registered or renamed less than ${String(days)} days before. That is the limit. Leave the action with the agency, or name somebody who has been registered for longer or had such a right before.`,
  );
}

/** Notes that a colleague gave a registration access to a case. Triggers note the other rights. */
export async function noteEntrusted(work: UnitOfWork, practitionerId: string): Promise<void> {
  await work.manager.query(
    'UPDATE practitioners SET entrusted_at = $3 WHERE id = $1 AND agency_id = $2 AND entrusted_at IS NULL',
    [practitionerId, work.actor.agencyId, work.now],
  );
}
