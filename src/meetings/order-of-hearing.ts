/**
 * Order in which the cases of a meeting are heard. Criteria: section of the agenda; highest risk; agencies in common
 * with the preceding case, so that people need not come and go; oldest referral. The order is deterministic.
 */
import { AGENDA_SECTIONS, type AgendaSection } from '../panels/panel-rules.js';
import type { RecordClass } from '../database/columns.js';
import { asShown } from '../records/row-masks.js';
import type { Listing, ListedCase, ListingKind } from './meeting.entity.js';

export { AGENDA_SECTIONS as SECTIONS };
export type Section = AgendaSection;

const SECTION_OF_KIND: Record<ListingKind, Section> = {
  urgent: 'urgent',
  repeat: 'cases',
  new: 'cases',
  review: 'reviews',
  closure: 'closures',
};

export const sectionOf = ({ kind }: Pick<ListedCase, 'kind'>): Section => SECTION_OF_KIND[kind];
export const hasItems = (section: Section): boolean => Object.values(SECTION_OF_KIND).includes(section);

const sectionIndex = (item: Pick<ListedCase, 'kind'>): number => AGENDA_SECTIONS.indexOf(sectionOf(item));

/**
 * Sorts items by section and position, both as shown to the reader. Every order that is shown to a reader comes from
 * this function.
 */
export const sortByAgendaOrder = <T extends Pick<ListedCase, 'kind' | 'position' | 'caseId'>>(
  type: RecordClass<ListedCase>,
  items: readonly T[],
): T[] =>
  asShown(type, items).sort(
    (a, b) => sectionIndex(a) - sectionIndex(b) || a.position - b.position || (a.caseId < b.caseId ? -1 : 1),
  );

/** Merges two lists of items without duplicates, in the order of hearing. */
export function mergeInAgendaOrder<T extends Pick<ListedCase, 'id' | 'kind' | 'position' | 'caseId'>>(
  type: RecordClass<ListedCase>,
  items: readonly T[],
  others: readonly T[] | null,
): T[] {
  const here = new Set(items.map(({ id }) => id));
  return sortByAgendaOrder(type, [...items, ...(others ?? []).filter(({ id }) => !here.has(id))]);
}

/** Facts of a case by which the order is determined. */
export interface RankingFactors {
  caseId: string;
  /** Highest risk band in force, counted from 1; 0 if none is known. */
  risk: number;
  referredAt: Date;
  /** Agencies that must be present. */
  requiredAgencyIds: string[];
}

export interface RankedListing extends RankingFactors {
  listing: Listing;
}

const compareReferralTimes = (a: RankingFactors, b: RankingFactors): number =>
  a.referredAt.getTime() - b.referredAt.getTime() || (a.caseId < b.caseId ? -1 : 1);

/** Returns the proportion of agencies that both cases require, from 0 to 1. */
function shareOfCommonAgencies(
  { requiredAgencyIds: here }: RankingFactors,
  { requiredAgencyIds: there }: RankingFactors,
): number {
  const both = here.filter((one) => there.includes(one)).length;
  return both / (here.length + there.length - both || 1);
}

/** Sorts cases so that each shares as many agencies as possible with the preceding one. The oldest case is first. */
function sortByCommonAgencies(items: RankedListing[]): RankedListing[] {
  const left = [...items].sort(compareReferralTimes);
  const order = left.splice(0, 1);
  while (left.length) {
    const last = order.at(-1) as RankedListing;
    const nearest = Math.max(...left.map((one) => shareOfCommonAgencies(last, one)));
    order.push(
      ...left.splice(
        left.findIndex((one) => shareOfCommonAgencies(last, one) === nearest),
        1,
      ),
    );
  }
  return order;
}

export function rankListings(items: readonly RankedListing[]): RankedListing[] {
  const alike = new Map<string, RankedListing[]>();
  const rank = (one: RankedListing): number => sectionIndex(one.listing) * 10 - one.risk;
  for (const one of [...items].sort((a, b) => rank(a) - rank(b)))
    alike.set(String(rank(one)), [...(alike.get(String(rank(one))) ?? []), one]);
  return [...alike.values()].flatMap(sortByCommonAgencies);
}

/** Items that do not fit before the planned end. */
export interface Overflow {
  /** Minutes by which the items exceed the planned time. */
  minutes: number;
  /** Items that could move to another meeting. */
  proposal: string[];
}

/**
 * Proposes items to move so that the rest fits: lowest risk first, then latest in the order. Urgent items, repeats,
 * ratifications and items selected by `mustStay` are never proposed.
 */
export function proposeOverflow(
  order: readonly RankedListing[],
  minutes: number,
  mustStay: (one: RankedListing) => boolean,
): Overflow {
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
