/**
 * Circulation of papers, which requires an approved and current check. Source: law and standards note, section 1.8,
 * REQ-GM-07.
 */
import { Membership } from '../panels/panel.entity.js';
import { ruleNumber } from '../panels/panel-rules.js';
import { rulesInForce } from '../panels/panels.service.js';
import { conflict } from '../http/problems.js';
import { londonDay } from '../time/clock.js';
import type { UnitOfWork } from '../records/unit-of-work.js';
import { digestOf } from '../sharing/simulation.js';
import { Contribution } from '../cases/case.entity.js';
import { Invitation, Listing, type Meeting } from '../meetings/meeting.entity.js';
import { PackRecall } from './pack-recall.entity.js';
import { CirculationCheck, type Basis } from './circulation-check.entity.js';
import { countPeople } from './warnings.js';

type Counted = Pick<Listing, 'id' | 'version'>;
const versionsOf = (rows: Counted[]): string[] => rows.map(({ id, version }) => `${id} ${String(version)}`).sort();

/** Returns the current seats on the panel. */
export function findSeats(work: UnitOfWork, panelId: string): Promise<Membership[]> {
  const today = londonDay(work.now);
  const inOffice = { validFrom: { $lte: today }, $or: [{ validTo: null }, { validTo: { $gte: today } }] };
  return work.records.findMany('read', Membership, { panelId, ...inOffice });
}

/**
 * Returns the state on which a check is based, as far as the actor may see it. This includes seats of the panel, and
 * items with their invitations, recalls, people and the handling of contributions.
 */
export async function findBasis(work: UnitOfWork, { id: meetingId, panelId }: Meeting): Promise<Basis> {
  const seats = await findSeats(work, panelId);
  const listings = await work.records.findMany('read', Listing, { meetingId });
  const caseIds = listings.map(({ caseId }) => caseId);
  const invitations = await work.records.findMany('read', Invitation, {
    listingId: { $in: listings.map(({ id }) => id) },
  });
  const recalls = await work.records.findMany('read', PackRecall, { meetingId });
  const people = await findNamedPeople(work, caseIds);
  const contributions = await work.records.findMany('read', Contribution, { caseId: { $in: caseIds } });
  return {
    seats: digestOf(versionsOf(seats)),
    items: listings.map((listing) => {
      const invited = invitations.filter(({ listingId }) => listingId === listing.id);
      const recalled = recalls.filter(({ listingId }) => listingId === null || listingId === listing.id);
      const heard = contributions.filter(({ caseId }) => caseId === listing.caseId);
      return {
        listingId: listing.id,
        digest: digestOf([
          versionsOf([listing]),
          versionsOf(invited),
          versionsOf(recalled),
          people.get(listing.caseId) ?? [],
        ]),
        handling: Object.fromEntries(heard.map((one) => [one.id, digestOf(handlingOf(one))])),
      };
    }),
  };
}

/** Values of a contribution that determine who receives how much of it. */
const handlingOf = ({ handling, conditions, originatorControl, recalledAt, agencyOnly }: Contribution): unknown => [
  handling,
  conditions,
  originatorControl,
  recalledAt,
  agencyOnly,
];

/** Returns the people named in each case. Readers who may not see one of them cannot read the case. */
async function findNamedPeople(work: UnitOfWork, caseIds: string[]): Promise<Map<string, string[]>> {
  const named = await work.manager.query<{ caseId: string; personIds: string[] }[]>(
    `SELECT n.case_id AS "caseId", array_agg(n.person_id::text ORDER BY n.person_id) AS "personIds" FROM (
       SELECT id AS case_id, person_id FROM cases WHERE id = ANY ($1) AND person_id IS NOT NULL
       UNION SELECT case_id, person_id FROM case_people WHERE case_id = ANY ($1)) n GROUP BY n.case_id`,
    [caseIds],
  );
  return new Map(named.map(({ caseId, personIds }) => [caseId, personIds]));
}

/**
 * Returns whether the check is outdated, as far as the actor may know. Items hidden from the actor do not count.
 * Contributions count only if readable to the actor and to the maker; only the maker knows that a contribution was
 * readable before.
 */
function isOutdated({ actor }: UnitOfWork, now: Basis, { basis, madeById }: CirculationCheck): boolean {
  const earlier = new Map(basis.items.map((item) => [item.listingId, item]));
  return (
    now.seats !== basis.seats ||
    now.items.some(({ listingId, digest, handling = {} }) => {
      const known = earlier.get(listingId);
      if (known?.digest !== digest) return true;
      return Object.entries(known.handling ?? {}).some(([id, one]) =>
        id in handling ? handling[id] !== one : madeById === actor.id,
      );
    })
  );
}

export const isStale = async (work: UnitOfWork, meeting: Meeting, check: CirculationCheck): Promise<boolean> =>
  isOutdated(work, await findBasis(work, meeting), check);

export const staleProblem = (): Error =>
  conflict(
    'circulation-check-stale',
    'The check is out of date: the list, its invitations, the seats of the panel, the people named or the handling of a contribution changed, papers were recalled, or you see an item that the check did not cover. Check again: POST /v1/meetings/{id}/circulation-checks.',
  );

/** Returns the checks shown to the reader as needing a second approval, because the visible items name many people. */
export async function findChecksNamingMany(
  work: UnitOfWork,
  { panelId }: Meeting,
  checks: readonly CirculationCheck[],
): Promise<Set<string>> {
  const asked = checks.filter(({ needsSecondApproval }) => needsSecondApproval);
  if (!asked.length) return new Set();
  const most = ruleNumber((await rulesInForce(work, panelId))?.rules, 'circulationCheckNamedPeople');
  const items = asked.flatMap(({ named }) => named.map(({ listingId }) => listingId));
  const visible = new Set((await work.records.findMany('read', Listing, { id: { $in: items } })).map(({ id }) => id));
  const many = asked.filter(({ named }) => countPeople(named.filter(({ listingId }) => visible.has(listingId))) > most);
  return new Set(many.map(({ id }) => id));
}

/** Refuses circulation without an approved, current check, unless the panel’s rules say `circulationCheck: "off"`. */
export async function requireApprovedCheck(work: UnitOfWork, meeting: Meeting): Promise<void> {
  if ((await rulesInForce(work, meeting.panelId))?.rules['circulationCheck'] === 'off') return;
  const now = await findBasis(work, meeting);
  const checks = await work.records.findMany('read', CirculationCheck, { meetingId: meeting.id });
  const stillTrue = checks.filter((check) => !isOutdated(work, now, check));
  if (stillTrue.some(({ approvedAt }) => approvedAt)) return;
  if (!checks.length) throw circulationCheckMissing();
  if (!stillTrue.length) throw staleProblem();
  const shown = await findChecksNamingMany(work, meeting, stillTrue);
  throw conflict(
    'circulation-check-unapproved',
    stillTrue.every(({ id }) => shown.has(id))
      ? 'Many people are named, so another chair or coordinator than the maker must approve the check first: POST /v1/meetings/{id}/circulation-checks/{circulationCheckId}/approval.'
      : 'Approve the check first, or ask the chair to approve it: POST /v1/meetings/{id}/circulation-checks/{circulationCheckId}/approval.',
  );
}

const circulationCheckMissing = (): Error =>
  conflict(
    'circulation-check-missing',
    'The papers need an approved check before circulation. Make one: POST /v1/meetings/{id}/circulation-checks.',
  );
