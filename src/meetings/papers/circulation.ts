/** Papers go out only after a check that is approved and still true. Source: law and standards note, section 1.8, REQ-GM-07. */
import { Membership } from '../../panels/panel.entity.js';
import { ruleNumber } from '../../panels/panel-rules.js';
import { rulesInForce } from '../../panels/panels.service.js';
import { conflict } from '../../policy/problems.js';
import { londonDay } from '../../records/london-day.js';
import type { Work } from '../../records/work.js';
import { digestOf } from '../../sharing/simulation.js';
import { Invitation, Listing, type Meeting } from '../meeting.entity.js';
import { PreFlight, type Basis } from './pre-flight.entity.js';
import { peopleIn } from './warnings.js';

type Counted = Pick<Listing, 'id' | 'version'>;
const editionsOf = (rows: Counted[]): string[] => rows.map(({ id, version }) => `${id} ${String(version)}`).sort();

/** Who sits on the panel today. */
export function seatsOf(work: Work, panelId: string): Promise<Membership[]> {
  const today = londonDay(work.now);
  const inOffice = { validFrom: { $lte: today }, $or: [{ validTo: null }, { validTo: { $gte: today } }] };
  return work.rows('read', Membership, { panelId, ...inOffice });
}

/** On what a check rests, as far as whoever works may see it: seats of the panel, and items with their invitations. */
export async function basisOf(work: Work, { id: meetingId, panelId }: Meeting): Promise<Basis> {
  const seats = await seatsOf(work, panelId);
  const listings = await work.rows('read', Listing, { meetingId });
  const invitations = await work.rows('read', Invitation, { listingId: { $in: listings.map(({ id }) => id) } });
  return {
    seats: digestOf(editionsOf(seats)),
    items: listings.map((listing) => {
      const invited = invitations.filter(({ listingId }) => listingId === listing.id);
      return { listingId: listing.id, digest: digestOf([editionsOf([listing]), editionsOf(invited)]) };
    }),
  };
}

/** Of an item that is hidden from whoever works nothing follows: it must not be known that it changed. */
function differs(now: Basis, before: Basis): boolean {
  const digests = new Map(before.items.map(({ listingId, digest }) => [listingId, digest]));
  return now.seats !== before.seats || now.items.some(({ listingId, digest }) => digests.get(listingId) !== digest);
}

export const isStale = async (work: Work, meeting: Meeting, { basis }: PreFlight): Promise<boolean> =>
  differs(await basisOf(work, meeting), basis);

export const stale = (): Error =>
  conflict(
    'pre-flight-stale',
    'The list, its invitations or the seats of the panel changed since the check, or you see an item that it did not cover. Check again: POST /v1/meetings/{id}/pre-flights.',
  );

/** The checks of which the reader is shown that they need a second approval: the items that the reader sees name so many. */
export async function manyNamedTo(
  work: Work,
  { panelId }: Meeting,
  checks: readonly PreFlight[],
): Promise<Set<string>> {
  const asked = checks.filter(({ needsSecondApproval }) => needsSecondApproval);
  if (!asked.length) return new Set();
  const most = ruleNumber((await rulesInForce(work, panelId))?.rules, 'preFlightNamedPeople');
  const items = asked.flatMap(({ named }) => named.map(({ listingId }) => listingId));
  const visible = new Set((await work.rows('read', Listing, { id: { $in: items } })).map(({ id }) => id));
  const many = asked.filter(({ named }) => peopleIn(named.filter(({ listingId }) => visible.has(listingId))) > most);
  return new Set(many.map(({ id }) => id));
}

/** Unless the panel’s rules say `preFlight: "off"`. */
export async function mustBeChecked(work: Work, meeting: Meeting): Promise<void> {
  if ((await rulesInForce(work, meeting.panelId))?.rules['preFlight'] === 'off') return;
  const now = await basisOf(work, meeting);
  const checks = await work.rows('read', PreFlight, { meetingId: meeting.id });
  const stillTrue = checks.filter(({ basis }) => !differs(now, basis));
  if (stillTrue.some(({ approvedAt }) => approvedAt)) return;
  if (!checks.length)
    throw conflict(
      'pre-flight-missing',
      'Check first who would receive what, and have it approved: POST /v1/meetings/{id}/pre-flights.',
    );
  if (!stillTrue.length) throw stale();
  const shown = await manyNamedTo(work, meeting, stillTrue);
  throw conflict(
    'pre-flight-unapproved',
    stillTrue.every(({ id }) => shown.has(id))
      ? 'Many people are named: somebody else of the coordination than the maker of the check approves it first.'
      : 'Approve the check first, or have the chair approve it: POST /v1/meetings/{id}/pre-flights/{preFlightId}/approval.',
  );
}
