import { Injectable } from '@nestjs/common';
import type { Actor } from '../authentication/actor.js';
import type { Row } from '../authorization/conditions.js';
import { conflict } from '../http/problems.js';
import { typeNamed } from '../authorization/subjects.js';
import { londonDay } from '../time/clock.js';
import type { PageQuery } from '../http/page-query.dto.js';
import type { AuthorizedResponse } from '../records/authorized-response.js';
import { Records } from '../records/records.js';
import type { UnitOfWork } from '../records/unit-of-work.js';
import { findItem } from '../meetings/items.js';
import { Listing, Meeting } from '../meetings/meeting.entity.js';
import { DocumentCopy } from './document-copy.entity.js';
import { DocumentCopyView } from './document.response.js';
import { presentRows } from './presenting.js';
import { findKnownConflicts } from '../proceedings/known-conflicts.js';
import { PackRecall } from './pack-recall.entity.js';
import type { PackRecallRequest } from './pack-recall.dto.js';
import { PackRecallView } from './pack-recall.response.js';

/** Recalls of papers. Source: law and standards note, section 4, REQ-LOG-03. */
@Injectable()
export class PackRecallsService {
  constructor(private readonly records: Records) {}

  list(actor: Actor, meetingId: string, query: PageQuery): Promise<AuthorizedResponse> {
    return this.records.read(actor, async (work) => {
      const meeting = await work.records.find('read', Meeting, meetingId);
      const given = (rows: PackRecall[]): Promise<Row> => findRecipients(work, meeting, rows);
      return work.respond.page(PackRecallView, { meetingId }, query, { given });
    });
  }

  /**
   * Recalls papers. The response is read afterwards, also for a repeated request, with the copies that the reader may
   * know of then.
   */
  async recall(
    actor: Actor,
    meetingId: string,
    { reason, listingId = null }: PackRecallRequest,
  ): Promise<AuthorizedResponse> {
    const { body } = await this.records.change(actor, async (work) => {
      const meeting = await work.records.find('recall', Meeting, meetingId, { lock: true });
      const { circulatedAt } = meeting;
      if (!meeting.agendaEdition || !circulatedAt)
        throw conflict('not-circulated', 'The papers were not circulated, so there is nothing to recall.');
      const item = listingId ? await findItem(work, 'read', meetingId, listingId) : null;
      const before = await findRecallsInForce(work, meeting);
      if (before.some((one) => one.listingId === null || one.listingId === listingId))
        throw conflict('recalled-already', 'These papers are already recalled, until the agenda is circulated again.');
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
      return work.respond.one(PackRecallView, made, { status: 201, given: { [made.id]: NO_RECIPIENTS } });
    });
    return this.records.read(actor, async (work) => {
      const meeting = await work.records.find('read', Meeting, meetingId);
      const found = await work.records.find('read', PackRecall, (body as PackRecallView).id);
      return work.respond.one(PackRecallView, found, {
        status: 201,
        given: await findRecipients(work, meeting, [found]),
      });
    });
  }
}

/** Placeholder values of a new recall, before its recipients are read. */
const NO_RECIPIENTS = { receivedByAgencyIds: [], openedBy: null };

/** Returns, by recall, the agencies to inform and, for readers who may recall, the opened copies. */
async function findRecipients(work: UnitOfWork, meeting: Meeting, recalls: PackRecall[]): Promise<Row> {
  const agencies = await findAgenciesToInform(work, meeting, recalls);
  const copies = await findCopies(work, meeting);
  return Object.fromEntries(
    recalls.map(({ id, listingId, circulatedAt, createdAt }) => {
      const held = copies?.filter(
        ({ row, heldIds }) => row.openedAt <= createdAt && (!listingId || heldIds.includes(listingId)),
      );
      // includes agencies without a disclosure, whose absence would reveal a conflict of the person named as reader of
      // a copy
      const since = held?.filter(({ row }) => londonDay(row.openedAt) >= londonDay(circulatedAt)) ?? [];
      const received = new Set([...(agencies.get(id) ?? []), ...since.map(({ shown }) => shown.agencyId)]);
      return [id, { receivedByAgencyIds: [...received].sort(), openedBy: held?.map(({ shown }) => shown) ?? null }];
    }),
  );
}

interface Copy {
  row: DocumentCopy;
  shown: DocumentCopyView;
  /** Items in the copy, as far as the actor may know. */
  heldIds: string[];
}

/** Returns the copies of the packs in the order of opening; null for people who may not recall them. */
async function findCopies(work: UnitOfWork, { id: meetingId }: Meeting): Promise<Copy[] | null> {
  if (!(await work.records.findOrNull('recall', Meeting, meetingId))) return null;
  const rows = await work.records.findMany('read', DocumentCopy, { meetingId, document: 'pack' });
  rows.sort((one, other) => one.openedAt.getTime() - other.openedAt.getTime());
  const shown = await presentRows<DocumentCopyView>(work, DocumentCopyView, rows);
  const known = await findKnownConflicts(
    work,
    rows.flatMap(({ keptOutByIds }) => keptOutByIds),
  );
  return rows.map((row, n) => ({ row, shown: shown[n] as DocumentCopyView, heldIds: itemsInCopy(row, known) }));
}

/** Returns the items in the copy, including items omitted because of conflicts of which the actor knows none. */
function itemsInCopy({ listingIds, keptListingIds, keptOutByIds }: DocumentCopy, known: ReadonlySet<string>): string[] {
  const knownToBeKept = new Set(keptListingIds.filter((_, n) => known.has(keptOutByIds[n] as string)));
  return [...listingIds, ...keptListingIds.filter((id) => !knownToBeKept.has(id))];
}

/** Returns the recalls in force. Circulating the agenda again ends all earlier ones. */
export const findRecallsInForce = (work: UnitOfWork, { id, agendaEdition }: Meeting): Promise<PackRecall[]> =>
  work.records.findMany('read', PackRecall, { meetingId: id, edition: agendaEdition });

/**
 * Returns, by recall, the agencies that received content of its cases from the day of circulation until the recall. The
 * agency of each reader at the time of reading counts. Later circulations, lists and seats change nothing.
 */
async function findAgenciesToInform(
  work: UnitOfWork,
  meeting: Meeting,
  recalls: PackRecall[],
): Promise<Map<string, string[]>> {
  const [first] = recalls.map((one) => londonDay(one.circulatedAt)).sort();
  if (!first) return new Map();
  const listings = await work.records.findMany('read', Listing, { meetingId: meeting.id });
  const caseIds = listings.map(({ caseId }) => caseId);
  // found by name, because this module may not depend on the module of disclosures
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
