/**
 * Content that each recipient would receive. The rules for the recipient decide, limited to content that the maker of
 * the check may read.
 */
import { Practitioner } from '../agencies/agency.entity.js';
import { safeguardingLeadsOf } from '../panels/working-partnerships.js';
import type { Actor, Actors } from '../authentication/actor.js';
import type { Row } from '../authorization/conditions.js';
import type { ColumnClass } from '../authorization/classification.js';
import { subjectOf } from '../authorization/subjects.js';
import type { RecordClass } from '../database/columns.js';
import { readableBy, rowsWithRelationsOfAll } from '../records/rows-with-relations.js';
import { asKnownToAsker } from '../records/known-attributes.js';
import { inBatches } from '../records/batches.js';
import { shapeOf, type ViewClass } from '../records/response-view.js';
import type { UnitOfWork } from '../records/unit-of-work.js';
import { digestOf } from '../sharing/simulation.js';
import { findSeats } from './circulation.js';
import { Invitation, type Meeting } from '../meetings/meeting.entity.js';
import { findContent, PARTS, VIEWS, type RowFinder, type ItemContent } from './pack-content.js';
import type { Extent, NamedIn, ReceivedItem, Receiving, Recipient } from './circulation-check.entity.js';
import { categoryOf, fieldMask } from '../records/field-mask.js';

export const listingIdOf = (item: ItemContent): string => item.listing[0]?.['id'] as string;

/**
 * Returns the recipients: people with a seat, people invited to an item, and the safeguarding leads of invited
 * agencies.
 */
export async function findRecipients(
  work: UnitOfWork,
  actors: Actors,
  { panelId, partnershipId }: Meeting,
  content: ItemContent[],
): Promise<Recipient[]> {
  const seats = await findSeats(work, panelId);
  const listingIds = content.map(listingIdOf);
  const invited = await work.records.findMany('read', Invitation, {
    listingId: { $in: listingIds },
    opensAt: { $lte: work.now },
    closesAt: { $gt: work.now },
  });
  const agencyIds = invited.filter(({ practitionerId }) => !practitionerId).map(({ agencyId }) => agencyId);
  const leads = new Set(await safeguardingLeadsOf(work, agencyIds, partnershipId));
  const staff = await work.records.findMany('read', Practitioner, { id: { $in: [...leads] } });
  const ids = new Set([
    ...seats.map(({ practitionerId }) => practitionerId),
    ...invited.flatMap(({ practitionerId }) => practitionerId ?? []),
    ...staff.map(({ id }) => id),
  ]);
  const found = await actors.practitioners([...ids].sort(), { now: work.now, call: work.actor.call });
  // conflicts hidden from the actor are ignored, because a missing item would reveal them
  const readers = await asKnownToAsker(
    work,
    [...found.values()].sort((a, b) => (a.id < b.id ? -1 : 1)),
  );
  const known = await loadKnownRows(work, readers, content);
  const seated = new Set(seats.map(({ practitionerId }) => practitionerId));
  return inBatches(readers, async (reader) => ({
    ...(await findReceivedContent(work, reader, panelId, content, known)),
    isSeated: seated.has(reader.id),
    invitedTo: invited
      .filter(({ practitionerId, agencyId }) =>
        practitionerId ? practitionerId === reader.id : agencyId === reader.agencyId && leads.has(reader.id),
      )
      .map(({ listingId }) => listingId),
  }));
}

/** Rows of the content by type and identifier, with the relations needed by the rules of all readers. */
type KnownRows = Map<RecordClass, Map<string, Row>>;

async function loadKnownRows(work: UnitOfWork, readers: Actor[], content: ItemContent[]): Promise<KnownRows> {
  const known: KnownRows = new Map();
  for (const part of PARTS) {
    const { record } = shapeOf(VIEWS[part]);
    const ids = [...new Set(content.flatMap((item) => item[part].map((row) => row['id'] as string)))];
    const rows = ids.length ? await rowsWithRelationsOfAll(work.manager, readers, record, ['read'], ids) : [];
    known.set(record, new Map(rows.map((row) => [row['id'] as string, row])));
  }
  return known;
}

const receivesAnything = ({ agreements }: Actor, panelId: string): boolean =>
  agreements.some(({ panelIds, rows }) => panelIds.includes(panelId) && rows.some(({ level }) => level !== 'none'));

async function findReceivedContent(
  work: UnitOfWork,
  reader: Actor,
  panelId: string,
  content: ItemContent[],
  known: KnownRows,
): Promise<Recipient> {
  const items = await findContent(reader, createKnownRowFinder(work, reader, known, panelId), meetingOf(content));
  return {
    practitionerId: reader.id,
    agencyId: reader.agencyId,
    coordinates: reader.coordinatedPanelIds.includes(panelId),
    withinAgreement: receivesAnything(reader, panelId),
    items: await inBatches(items, (item) => summarizeItem(reader, item)),
  };
}

const meetingOf = (content: ItemContent[]): string =>
  (content[0]?.listing[0]?.['meetingId'] as string | undefined) ?? '';

/**
 * Returns a function that finds, among the known rows, those that the reader may read. People are read in the context
 * of the panel.
 */
function createKnownRowFinder(work: UnitOfWork, reader: Actor, known: KnownRows, panelId: string): RowFinder {
  return async (type, column, values) => {
    const wanted = new Set(values);
    const asked = [...(known.get(type)?.values() ?? [])].filter((row) => wanted.has(row[column] as string));
    return readableBy(work.manager, reader, type, asked, panelId);
  };
}

function summarizeItem(reader: Actor, item: ItemContent): ReceivedItem {
  const counted = new Map<string, Receiving>();
  const copy: string[] = [];
  for (const part of PARTS)
    for (const row of item[part]) {
      const view = VIEWS[part];
      const { shown } = fieldMask(reader, shapeOf(view), 'read', row);
      copy.push([subjectOf(shapeOf(view).record).name, row['id'], ...shown].join(' '));
      for (const [category, extent] of extentsByCategory(view, row, shown)) {
        const key = `${category} ${extent}`;
        const known = counted.get(key) ?? { category, extent, records: 0 };
        counted.set(key, { ...known, records: known.records + 1 });
      }
    }
  const receives = [...counted.values()].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
  return { listingId: listingIdOf(item), receives, copy: digestOf(copy.sort()) };
}

const keyOf = ({ category, extent }: Receiving): string => `${category} ${extent}`;

/** Returns the extent to which the view shows each category of the row. */
function extentsByCategory(view: ViewClass, row: Row, shown: string[]): [category: string, extent: Extent][] {
  const content = [...shapeOf(view).properties].filter(([, column]) => categoryOf(column, row) !== 'administrative');
  const byCategory = Map.groupBy(content, ([, column]) => categoryOf(column, row));
  return [...byCategory].map(([category, fields]) => {
    const contentFields = fields.filter(([, { from }]: [string, ColumnClass]) => from !== 'existence');
    const shownCount = contentFields.filter(([field]) => shown.includes(field)).length;
    return [category, shownCount === 0 ? 'existence' : shownCount === contentFields.length ? 'full' : 'part'];
  });
}

/** Returns the people named in each item. */
export const namedPeople = (content: ItemContent[]): NamedIn[] =>
  content.map((item) => ({ listingId: listingIdOf(item), personIds: item.persons.map((row) => row['id'] as string) }));
