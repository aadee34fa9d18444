/**
 * Quorum of a meeting and of its items. No number is published anywhere: the panel's rules set the quorum, and a panel
 * without such a rule is always quorate. Without quorum a meeting may note, but not agree a plan or close a case,
 * unless the rules say that a missed quorum only warns, or that the item may only be deferred.
 *
 * People count if they are present at the item (or at the end of the meeting), confirmed by the chair or coordinator,
 * and not recused. Guests count only at the items of their invitation: counted elsewhere, or for the meeting, they
 * would reveal a hidden item. Recusals reduce the count as far as the person who decides may read them.
 * Exclusions do not, because they can be hidden from people who decide.
 *
 * Source: JAG note, section 1.2 "Quoracy"; MARAC note, section 3.4, `quorumRule`.
 */
import { rulesInForce } from '../panels/panels.service.js';
import type { Actors } from '../authentication/actor.js';
import type { UnitOfWork } from '../records/unit-of-work.js';
import { findContributingAgencies } from '../meetings/in-writing.js';
import { recusedItemsOfMeeting } from '../cases/recusal-facts.js';
import { PRESENT_STATUSES } from './attendance.entity.js';
import { Recusal } from './recusal.entity.js';
import { DECISION_KINDS, type DecisionKind, type Listing, type Meeting } from '../meetings/meeting.entity.js';

export interface QuorumRule {
  minAgencies: number;
  /** Types of agency that must be present. */
  mandatory: string[];
  chairRequired: boolean;
  /**
   * Effect of a missed quorum. `warn`: recorded only; `block`: no decisions that settle a case; `defer`: the item may
   * only be deferred.
   */
  onFail: 'warn' | 'block' | 'defer';
}

/** Reads `quorum` of the panel's rules. Invalid values are ignored. */
export function readQuorumRule(rules: Record<string, unknown> = {}): QuorumRule {
  const { minAgencies, mandatory, chairRequired, chairPresent, onFail } = Object(rules['quorum']) as Record<
    string,
    unknown
  >;
  return {
    minAgencies: typeof minAgencies === 'number' ? minAgencies : 0,
    mandatory: Array.isArray(mandatory) ? mandatory.filter((type) => typeof type === 'string') : [],
    chairRequired: chairRequired === true || chairPresent === true,
    onFail: onFail === 'warn' || onFail === 'defer' ? onFail : 'block',
  };
}

export interface Present {
  agencies: number;
  agencyTypes: string[];
  chaired: boolean;
}

/** Returns the unmet requirements as text; empty if the quorum is met. */
export function findShortfalls(rule: QuorumRule, present: Present): string[] {
  const { minAgencies, mandatory, chairRequired } = rule;
  return [
    ...(present.agencies < minAgencies ? [`${String(minAgencies)} agencies must be present`] : []),
    ...mandatory.filter((type) => !present.agencyTypes.includes(type)).map((type) => `${type} must be present`),
    ...(chairRequired && !present.chaired ? ['the chair must be present'] : []),
  ];
}

const HINT_FOR_MEETINGS = 'Open the meeting, and have the chair or coordinator record who is present.';
const HINT_IN_WRITING =
  'Agencies count that answered their research request, or made a contribution that each member of the panel may know of.';

/** Decisions allowed without quorum, and their description. */
const ALLOWED_WITHOUT_QUORUM: Record<QuorumRule['onFail'], { kinds: readonly DecisionKind[]; allows: string }> = {
  warn: { kinds: DECISION_KINDS, allows: 'Without quorum every decision is allowed.' },
  block: {
    kinds: ['note', 'continue', 'defer', 'escalate'],
    allows: 'Without quorum a meeting may note, continue, defer or escalate, but not agree a plan or close a case.',
  },
  defer: {
    kinds: ['defer'],
    allows: 'On this panel an item without quorum may only be deferred.',
  },
};

export interface Quorum {
  missing: string[];
  rulesEdition: number | null;
  /** Returns whether the missing quorum forbids this kind of decision. */
  forbids(kind: DecisionKind): boolean;
  /** Description of the decisions that are still allowed. */
  allows: string;
}

/** Returns the quorum of a meeting with people present, or of one of its items. */
export async function evaluateQuorum(work: UnitOfWork, meeting: Meeting, item?: Listing): Promise<Quorum> {
  const inForce = await rulesInForce(work, meeting.panelId);
  const rule = readQuorumRule(inForce?.rules);
  const { id, status, closedAt } = meeting;
  const at = item?.endedAt ?? closedAt ?? (status === 'in_session' ? work.now : null);
  const [present] = await work.manager.query<[Present]>(
    `SELECT count(DISTINCT a.agency_id)::int AS agencies, coalesce(jsonb_agg(DISTINCT g.type), '[]') AS "agencyTypes",
       coalesce(bool_or(m.id IS NOT NULL), false) AS chaired
     FROM attendances a JOIN agencies g ON g.id = a.agency_id
     LEFT JOIN memberships m ON m.panel_id = a.panel_id AND m.practitioner_id = a.practitioner_id
       AND m.role IN ('chair', 'co_chair') AND m.valid_from <= ($2::timestamptz AT TIME ZONE 'Europe/London')::date
       AND (m.valid_to IS NULL OR m.valid_to >= ($2::timestamptz AT TIME ZONE 'Europe/London')::date)
     WHERE a.meeting_id = $1 AND a.status = ANY($3) AND a.confirmed_at IS NOT NULL
       AND ($4::timestamptz IS NULL OR (a.arrived_at <= $4 AND (a.left_at IS NULL OR a.left_at > $4)))
       AND (a.listing_ids IS NULL OR $5 = ANY (a.listing_ids))
       AND a.practitioner_id <> ALL ($6)`,
    [id, work.now, PRESENT_STATUSES, at, item?.id ?? null, item ? await findRecused(work, item) : []],
  );
  return buildQuorum(rule, inForce?.edition, present, HINT_FOR_MEETINGS);
}

/** Returns the registrations that running recusals keep from the item, as far as the actor may read the recusals. */
async function findRecused(work: UnitOfWork, { id: listingId, meetingId }: Listing): Promise<string[]> {
  const items = await recusedItemsOfMeeting(work, meetingId);
  const ids = items.filter((one) => one.listingId === listingId && one.isSameOrDirectRepeat).map(({ id }) => id);
  const known = await work.records.findMany('read', Recusal, { id: { $in: ids }, endedAt: null });
  const [{ recused }] = await work.manager.query<[{ recused: string[] }]>(
    `SELECT ARRAY(SELECT unnest(login_registrations_of(one)) FROM unnest($1::uuid[]) one UNION SELECT unnest(registrations_of(one)) FROM unnest($2::uuid[]) one) AS recused`,
    [
      known.filter(({ declared }) => declared).map(({ practitionerId }) => practitionerId),
      known.filter(({ declared }) => !declared).map(({ practitionerId }) => practitionerId),
    ],
  );
  return recused;
}

/**
 * Returns the quorum of an item decided in writing. Agencies that contributed and the deciding chair count as present.
 */
export async function evaluateQuorumInWriting(
  work: UnitOfWork,
  actors: Actors,
  meeting: Meeting,
  item: Listing,
): Promise<Quorum> {
  const inForce = await rulesInForce(work, meeting.panelId);
  const agencyIds = await findContributingAgencies(work, actors, meeting, item);
  const [{ agencyTypes }] = await work.manager.query<[Pick<Present, 'agencyTypes'>]>(
    `SELECT coalesce(jsonb_agg(DISTINCT type), '[]') AS "agencyTypes" FROM agencies WHERE id = ANY ($1)`,
    [agencyIds],
  );
  const present = { agencies: agencyIds.length, agencyTypes, chaired: true };
  return buildQuorum(readQuorumRule(inForce?.rules), inForce?.edition, present, HINT_IN_WRITING);
}

function buildQuorum(rule: QuorumRule, edition: number | undefined, present: Present, how: string): Quorum {
  const missing = findShortfalls(rule, present);
  return {
    missing,
    rulesEdition: edition ?? null,
    forbids: (kind) => missing.length > 0 && !ALLOWED_WITHOUT_QUORUM[rule.onFail].kinds.includes(kind),
    allows: `${ALLOWED_WITHOUT_QUORUM[rule.onFail].allows} ${how}`,
  };
}
