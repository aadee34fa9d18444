import { Injectable } from '@nestjs/common';
import type { Actor } from '../authentication/actor.js';
import type { Row } from '../authorization/conditions.js';
import { conflict } from '../http/problems.js';
import { typeNamed } from '../authorization/subjects.js';
import { londonDay } from '../time/london-day.js';
import type { PageQuery } from '../http/page-query.dto.js';
import type { AuthorizedResponse } from '../records/authorized-response.js';
import { Records } from '../records/records.js';
import type { UnitOfWork } from '../records/unit-of-work.js';
import { itemOf } from '../meetings/items.js';
import { Listing, Meeting } from '../meetings/meeting.entity.js';
import { DocumentCopy } from './document-copy.entity.js';
import { DocumentCopyView } from './document.response.js';
import { presentedRows } from './presenting.js';
import { knownConflicts } from '../proceedings/known-conflicts.js';
import { PackRecall } from './pack-recall.entity.js';
import type { PackRecallRequest } from './pack-recall.dto.js';
import { PackRecallView } from './pack-recall.response.js';

/** Papers that are taken back. Source: law and standards note, section 4, REQ-LOG-03. */
@Injectable()
export class PackRecallsService {
  constructor(private readonly records: Records) {}

  list(actor: Actor, meetingId: string, query: PageQuery): Promise<AuthorizedResponse> {
    return this.records.read(actor, async (work) => {
      const meeting = await work.records.find('read', Meeting, meetingId);
      const given = (rows: Row[]): Promise<Row> => receivers(work, meeting, rows as Row[] & PackRecall[]);
      return work.respond.page(PackRecallView, { meetingId }, query, { given });
    });
  }

  /** The answer is read anew, also where the call is repeated: it tells of the copies that its reader may know of then. */
  async recall(
    actor: Actor,
    meetingId: string,
    { reason, listingId = null }: PackRecallRequest,
  ): Promise<AuthorizedResponse> {
    const { body } = await this.records.change(actor, async (work) => {
      const meeting = await work.records.find('recall', Meeting, meetingId, { lock: true });
      const { circulatedAt } = meeting;
      if (!meeting.agendaEdition || !circulatedAt)
        throw conflict('not-circulated', 'Only papers that went out are recalled.');
      const item = listingId ? await itemOf(work, 'read', meetingId, listingId) : null;
      const before = await inForce(work, meeting);
      if (before.some((one) => one.listingId === null || one.listingId === listingId))
        throw conflict('recalled-already', 'These papers are recalled already, until the agenda is circulated again.');
      const made = await work.write.insert(PackRecall, {
        meetingId,
        panelId: meeting.panelId,
        partnershipId: meeting.partnershipId,
        listingId,
        caseId: item?.caseId ?? null,
        edition: meeting.agendaEdition,
        circulatedAt,
        reason,
        madeById: actor.id,
      });
      work.recordEvent('pack.recalled', PackRecall, made, { edition: made.edition });
      return work.respond.one(PackRecallView, made, { status: 201, given: { [made.id]: NOBODY } });
    });
    return this.records.read(actor, async (work) => {
      const meeting = await work.records.find('read', Meeting, meetingId);
      const found = await work.records.find('read', PackRecall, (body as PackRecallView).id);
      return work.respond.one(PackRecallView, found, { status: 201, given: await receivers(work, meeting, [found]) });
    });
  }
}

/** Of a recall that is just made, before it is read. */
const NOBODY = { receivedByAgencyIds: [], openedBy: null };

/** By recall, who is to be told: agencies, and to whoever may recall the copies that were opened. */
async function receivers(work: UnitOfWork, meeting: Meeting, recalls: PackRecall[]): Promise<Row> {
  const agencies = await agenciesToTell(work, meeting, recalls);
  const copies = await copiesOf(work, meeting);
  return Object.fromEntries(
    recalls.map(({ id, listingId, circulatedAt, createdAt }) => {
      const held = copies?.filter(
        ({ row, heldIds }) => row.openedAt <= createdAt && (!listingId || heldIds.includes(listingId)),
      );
      // an agency without a disclosure would tell of a conflict of the person who is named as holding a copy
      const since = held?.filter(({ row }) => londonDay(row.openedAt) >= londonDay(circulatedAt)) ?? [];
      const received = new Set([...(agencies.get(id) ?? []), ...since.map(({ shown }) => shown.agencyId)]);
      return [id, { receivedByAgencyIds: [...received].sort(), openedBy: held?.map(({ shown }) => shown) ?? null }];
    }),
  );
}

interface Copy {
  row: DocumentCopy;
  shown: DocumentCopyView;
  /** The items that it held, as far as the reader of the list may know. */
  heldIds: string[];
}

/** Copies of its packs, in the order in which they were opened; null for whoever may not recall them. */
async function copiesOf(work: UnitOfWork, { id: meetingId }: Meeting): Promise<Copy[] | null> {
  if (!(await work.records.findOrNull('recall', Meeting, meetingId))) return null;
  const rows = await work.records.findMany('read', DocumentCopy, { meetingId, document: 'pack' });
  rows.sort((one, other) => one.openedAt.getTime() - other.openedAt.getTime());
  const shown = await presentedRows<DocumentCopyView>(work, DocumentCopyView, rows);
  const known = await knownConflicts(
    work,
    rows.flatMap(({ keptOutByIds }) => keptOutByIds),
  );
  return rows.map((row, n) => ({ row, shown: shown[n] as DocumentCopyView, heldIds: heldIn(row, known) }));
}

/** Items that the copy held; an item counts that was kept from its reader by conflicts alone of which none is known. */
function heldIn({ listingIds, keptListingIds, keptOutByIds }: DocumentCopy, known: ReadonlySet<string>): string[] {
  const knownToBeKept = new Set(keptListingIds.filter((_, n) => known.has(keptOutByIds[n] as string)));
  return [...listingIds, ...keptListingIds.filter((id) => !knownToBeKept.has(id))];
}

/** Recalls that hold: none does any more when the agenda was circulated again. */
export const inForce = (work: UnitOfWork, { id, agendaEdition }: Meeting): Promise<PackRecall[]> =>
  work.records.findMany('read', PackRecall, { meetingId: id, edition: agendaEdition });

/**
 * By recall, the agencies to which content of its cases was disclosed from the day on which the papers went out until they were
 * recalled, for the agency of each reader then. A later circulation, list or seat changes nothing of it.
 */
async function agenciesToTell(
  work: UnitOfWork,
  meeting: Meeting,
  recalls: PackRecall[],
): Promise<Map<string, string[]>> {
  const [first] = recalls.map((one) => londonDay(one.circulatedAt)).sort();
  if (!first) return new Map();
  const listings = await work.records.findMany('read', Listing, { meetingId: meeting.id });
  const caseIds = listings.map(({ caseId }) => caseId);
  // a record of an area above, which meetings do not know
  const type = typeNamed<{ caseId: string; recipientAgencyId: string; day: string; at: Date }>('Disclosure');
  const disclosed = await work.records.findMany(
    'read',
    type,
    { caseId: { $in: caseIds }, day: { $gte: first } },
    50_000,
  );
  return new Map(
    recalls.map(({ id, caseId, circulatedAt, createdAt }) => {
      const since = londonDay(circulatedAt);
      const listed = listings.filter((one) => (caseId ? one.caseId === caseId : one.createdAt <= createdAt));
      const recalled = new Set(listed.map((one) => one.caseId));
      const concerned = disclosed.filter((one) => recalled.has(one.caseId) && one.day >= since && one.at <= createdAt);
      return [id, [...new Set(concerned.map(({ recipientAgencyId }) => recipientAgencyId))].sort()];
    }),
  );
}
