/**
 * In which order the cases of a meeting are heard: by the parts of the agenda; within a part those of the highest risk first;
 * among these so that whoever must be in the room for one stays for the next; and the oldest referral first. The same
 * cases always come in the same order.
 */
import { AGENDA_SECTIONS, type AgendaSection } from '../panels/panel-rules.js';
import type { RecordClass } from '../database/record-class.js';
import { asShown } from '../records/substitutes.js';
import type { Listing, ListedCase, ListingKind } from './meeting.entity.js';

export { AGENDA_SECTIONS as SECTIONS };
export type Section = AgendaSection;

const HEARD_IN: Record<ListingKind, Section> = {
  urgent: 'urgent',
  repeat: 'cases',
  new: 'cases',
  review: 'reviews',
  closure: 'closures',
};

export const sectionOf = ({ kind }: Pick<ListedCase, 'kind'>): Section => HEARD_IN[kind];
export const isHeard = (section: Section): boolean => Object.values(HEARD_IN).includes(section);

const part = (item: Pick<ListedCase, 'kind'>): number => AGENDA_SECTIONS.indexOf(sectionOf(item));

/**
 * As their reader is shown them, and by the places that they have then: in no other way are items brought into an order that
 * somebody reads.
 */
export const inOrder = <T extends Pick<ListedCase, 'kind' | 'position' | 'caseId'>>(
  type: RecordClass<ListedCase>,
  items: readonly T[],
): T[] =>
  asShown(type, items).sort((a, b) => part(a) - part(b) || a.position - b.position || (a.caseId < b.caseId ? -1 : 1));

/** The items of both, each once, in order. */
export function withAll<T extends Pick<ListedCase, 'id' | 'kind' | 'position' | 'caseId'>>(
  type: RecordClass<ListedCase>,
  items: readonly T[],
  others: readonly T[] | null,
): T[] {
  const here = new Set(items.map(({ id }) => id));
  return inOrder(type, [...items, ...(others ?? []).filter(({ id }) => !here.has(id))]);
}

/** What the order goes by. */
export interface Bearing {
  caseId: string;
  /** The highest band in force, counted from 1; 0 where none is known. */
  risk: number;
  referredAt: Date;
  /** Agencies that must be in the room. */
  room: string[];
}

export interface Weighed extends Bearing {
  listing: Listing;
}

const older = (a: Bearing, b: Bearing): number =>
  a.referredAt.getTime() - b.referredAt.getTime() || (a.caseId < b.caseId ? -1 : 1);

/** The share of agencies that are needed for both. */
function shared({ room: here }: Bearing, { room: there }: Bearing): number {
  const both = here.filter((one) => there.includes(one)).length;
  return both / (here.length + there.length - both || 1);
}

/** After each case the one that needs most of the same agencies; the oldest begins. */
function keepingTheRoom(items: Weighed[]): Weighed[] {
  const left = [...items].sort(older);
  const order = left.splice(0, 1);
  while (left.length) {
    const last = order.at(-1) as Weighed;
    const nearest = Math.max(...left.map((one) => shared(last, one)));
    order.push(
      ...left.splice(
        left.findIndex((one) => shared(last, one) === nearest),
        1,
      ),
    );
  }
  return order;
}

export function runningOrder(items: readonly Weighed[]): Weighed[] {
  const alike = new Map<string, Weighed[]>();
  const rank = (one: Weighed): number => part(one.listing) * 10 - one.risk;
  for (const one of [...items].sort((a, b) => rank(a) - rank(b)))
    alike.set(String(rank(one)), [...(alike.get(String(rank(one))) ?? []), one]);
  return [...alike.values()].flatMap(keepingTheRoom);
}

/** What does not fit before the end. */
export interface Overflow {
  /** Minutes too many. */
  minutes: number;
  /** Items that could be heard at another meeting. */
  proposal: string[];
}

/**
 * What could go elsewhere so that the rest fits: the lowest risk first, and the last in the order first; never what is
 * urgent, a repeat or to be ratified, and never what `mustStay` says.
 */
export function overflowOf(order: readonly Weighed[], minutes: number, mustStay: (one: Weighed) => boolean): Overflow {
  const over = Math.max(0, order.reduce((sum, { listing }) => sum + listing.timeboxMinutes, 0) - minutes);
  const movable = order
    .filter((one) => !['urgent', 'repeat'].includes(one.listing.kind) && one.listing.reason !== 'ratification')
    .filter((one) => !mustStay(one))
    .reverse()
    .sort((a, b) => a.risk - b.risk);
  const proposal: string[] = [];
  let freed = 0;
  for (const { listing } of movable) {
    if (freed >= over) break;
    proposal.push(listing.id);
    freed += listing.timeboxMinutes;
  }
  return { minutes: over, proposal };
}
