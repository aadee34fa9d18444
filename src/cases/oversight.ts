/**
 * Whoever takes people out of a matter must leave somebody who watches over it: an auditor of the partnership, or of the
 * compartment, and a data protection officer. Source: docs/who-may-widen.md, "A compartment and its auditor".
 */
import { Actors, type Actor } from '../policy/actor.js';
import { unacceptable } from '../policy/problems.js';
import type { Work } from '../records/work.js';

/** Who holds an office for the partnership of a panel, now. $1 the panel, $2 now. */
const HOLDERS = `SELECT p.id, 'data_protection_officer' = ANY (p.roles) AS "isOfficer",
    'auditor' = ANY (p.roles) AND (NOT panel.compartment OR EXISTS (SELECT FROM compartment_auditors ca
      WHERE ca.practitioner_id = p.id AND ca.panel_id = panel.id AND ca.since <= $2 AND (ca.until IS NULL OR ca.until > $2)))
      AS "isAuditor"
  FROM panels panel JOIN agency_partnerships ap ON ap.partnership_id = panel.partnership_id
    JOIN practitioners p ON p.agency_id = ap.agency_id AND p.active
  WHERE panel.id = $1 AND p.roles && '{auditor,data_protection_officer}'`;

interface Holder {
  id: string;
  isOfficer: boolean;
  isAuditor: boolean;
}

const MISSING = {
  isAuditor: ['no-auditor-left', 'audits what happens in this matter'],
  isOfficer: ['no-officer-left', 'is data protection officer for this matter'],
} as const;

/** What decides of somebody whether they are taken out: by what is asked now, or by what was asked before. */
export interface TakenOut {
  now: (who: Actor) => boolean;
  before: (who: Actor) => boolean;
}

const MINUTE = 60_000;

/** A moment at which holds what another request began meanwhile, whose time may be later than that of this one. */
export const shortlyAfter = ({ now, call }: Actor): Pick<Actor, 'now' | 'call'> => ({
  now: new Date(now.getTime() + MINUTE),
  call,
});

export async function mustLeaveOversight(
  work: Work,
  actors: Actors,
  panelId: string,
  { now: isTakenOut, before: wasTakenOut }: TakenOut,
): Promise<void> {
  const holders = await work.asService(() => work.manager.query<Holder[]>(HOLDERS, [panelId, work.now]));
  const people = await Promise.all(
    holders.map(async (holder) => ({ ...holder, who: await actors.practitioner(holder.id, shortlyAfter(work.actor)) })),
  );
  for (const office of ['isAuditor', 'isOfficer'] as const) {
    const watching = people.flatMap((one) => (one[office] && one.who && !wasTakenOut(one.who) ? one.who : []));
    if (!watching.some(isTakenOut) || !watching.every(isTakenOut)) continue;
    const [code, does] = MISSING[office];
    throw unacceptable(
      code,
      `Nobody would be left who ${does}. Ask the operator of the service to give that role to somebody else first.`,
    );
  }
}
