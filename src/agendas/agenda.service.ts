import { Injectable } from '@nestjs/common';
import { IsNull } from 'typeorm';
import { Case } from '../cases/case.entity.js';
import { rulesInForce } from '../panels/panels.service.js';
import { Action, INCOMPLETE_STATUSES, OPEN_STATUSES } from '../plans/action.entity.js';
import { Actors, type Actor } from '../authentication/actor.js';
import type { RecordClass } from '../database/columns.js';
import type { Row, Where } from '../authorization/conditions.js';
import { conflict, notFound } from '../http/problems.js';
import { londonDay } from '../time/clock.js';
import type { PageOf, AuthorizedResponse } from '../records/authorized-response.js';
import { Records } from '../records/records.js';
import { after } from '../records/state-machine.js';
import { shapeOf, type ViewClass } from '../records/response-view.js';
import type { UnitOfWork } from '../records/unit-of-work.js';
import { AgendaEdition, AgendaItem } from './agenda.entity.js';
import {
  AgendaActionView,
  AgendaItemView,
  AgendaView,
  CirculatedItemView,
  DrawnAgendaView,
} from './agenda.response.js';
import { findOverflow, loadRankingFactors } from '../meetings/agenda-ranking.queries.js';
import { findCandidates } from './candidates.js';
import { MeetingHooks } from '../meetings/meeting.hooks.js';
import { requireUrgency } from '../meetings/emergency.js';
import { findAsInviter } from '../meetings/items.js';
import { addListing } from './add-listing.js';
import { isToBeHeld, Listing, Meeting, meetingMachine, type ListedCase } from '../meetings/meeting.entity.js';
import { MeetingView } from '../meetings/meeting.response.js';
import { sortByAgendaOrder, rankListings, mergeInAgendaOrder, sectionOf } from '../meetings/order-of-hearing.js';
import { sectionsOf } from './sections.js';

/** Agenda of a meeting: drawn up, circulated, and shown to each reader as far as permitted. */
@Injectable()
export class AgendaService {
  constructor(
    private readonly records: Records,
    private readonly actors: Actors,
    private readonly hooks: MeetingHooks,
  ) {}

  async get(actor: Actor, id: string, edition?: number): Promise<AuthorizedResponse> {
    const type = edition ? AgendaItem : Listing;
    const ofInviter = await findAsInviter(this.records, this.actors, actor, id, type, (work, filter) =>
      findRows(work, id, edition, filter),
    );
    return this.records.read(actor, async (work) => {
      const meeting = await work.records.find('read', Meeting, id);
      return work.respond.one(AgendaView, meeting, {
        extra: await (edition
          ? presentEdition(work, meeting, edition, ofInviter)
          : presentAgenda(work, meeting, ofInviter)),
      });
    });
  }

  /**
   * Adds waiting cases to the agenda and sorts it; removes nothing. The response is read afterwards, also for a
   * repeated request, as the reader may see the agenda then.
   */
  async draw(actor: Actor, id: string): Promise<AuthorizedResponse> {
    await this.records.change(actor, async (work) => {
      const meeting = await work.records.find('draw-agenda', Meeting, id, { lock: true });
      if (meeting.status !== 'scheduled')
        throw conflict(
          'agenda-locked',
          `The agenda of a meeting that is ${meeting.status} can no longer be drawn up. List urgent or late cases by hand; ` +
            'then circulate the agenda again.',
        );
      await addCandidates(work, meeting);
      await storeOrder(work, meeting);
      work.recordEvent('agenda.drawn', Meeting, meeting);
      return work.respond.one(MeetingView, meeting, { status: 201 });
    });
    return this.records.read(actor, async (work) => {
      const meeting = await work.records.find('read', Meeting, id);
      // the proposal uses kind and reason as shown to the reader
      const order = await loadRankingFactors(
        work,
        meeting,
        work.records.asShown(Listing, await findListedItems(work, id)),
      );
      const extra = { ...(await presentAgenda(work, meeting)), overflow: await findOverflow(work, meeting, order) };
      return work.respond.one(DrawnAgendaView, meeting, { status: 201, extra });
    });
  }

  /**
   * Circulates the agenda as another edition. It includes items hidden from the actor, for the people who may read
   * them.
   */
  circulate(actor: Actor, id: string): Promise<AuthorizedResponse> {
    return this.records.change(actor, async (work) => {
      const found = await work.records.findForUpdate('circulate', Meeting, MeetingView, id);
      const status = after(meetingMachine, found.status, 'circulation');
      await requireUrgency(work, found);
      await this.hooks.beforeCirculation(work, found);
      const edition = found.agendaEdition + 1;
      await work.write.insert(AgendaEdition, {
        meetingId: id,
        panelId: found.panelId,
        partnershipId: found.partnershipId,
        edition,
        scheduledAt: found.scheduledAt,
        endsAt: found.endsAt,
        circulatedAt: work.now,
        circulatedById: actor.id,
      });
      await work.asSystem(async () => {
        const listings = await work.manager.findBy(Listing, { meetingId: id, removedAt: IsNull() });
        await work.write.insertMany(
          AgendaItem,
          listings.map((listing) => copyToEdition(listing, edition)),
        );
      });
      const changed = await work.write.update(Meeting, found, {
        status,
        agendaEdition: edition,
        circulatedAt: work.now,
      });
      work.recordEvent('agenda.circulated', Meeting, changed, { edition });
      return work.respond.one(MeetingView, changed);
    });
  }
}

const copyToEdition = (listing: Listing, edition: number): Partial<AgendaItem> => {
  const { caseId, panelId, partnershipId, agencyId, contributingType } = listing;
  const { meetingId, kind, reason, position, timeboxMinutes, presentedByAgencyId } = listing;
  const inCase = { caseId, panelId, partnershipId, agencyId, contributingType };
  const asListed = { meetingId, kind, reason, position, timeboxMinutes, presentedByAgencyId };
  return { ...inCase, ...asListed, listingId: listing.id, edition };
};

/** Item of an agenda, in its present state or as circulated. */
type AgendaRow = ListedCase & { listingId: string };

const findListedItems = async (work: UnitOfWork, meetingId: string, filter: Where = {}): Promise<Listing[]> =>
  sortByAgendaOrder(
    Listing,
    await work.records.findMany('read', Listing, { $and: [{ meetingId, removedAt: null }, filter] }),
  );

async function addCandidates(work: UnitOfWork, meeting: Meeting): Promise<void> {
  const found = await work.asSystem(() => findCandidates(work, meeting));
  const cases = await work.records.findMany('add-to-list', Case, { id: { $in: found.map(({ caseId }) => caseId) } });
  const byId = new Map(cases.map((one) => [one.id, one]));
  for (const { caseId, ...values } of found) {
    const listed = byId.get(caseId);
    if (listed) await addListing(work, meeting, listed, values);
  }
}

async function storeOrder(work: UnitOfWork, meeting: Meeting): Promise<void> {
  const listed = await findListedItems(work, meeting.id);
  // the stored order applies to everybody, so it must not depend on the person who draws it up
  const order = rankListings(await work.asSystem(() => loadRankingFactors(work, meeting, listed)));
  await work.asSystem(() =>
    storePositions(
      work,
      meeting.id,
      order.map(({ listing }) => listing.id),
    ),
  );
}

/**
 * Stores the order of the visible items; hidden items keep their places between them. Neither version nor time of an
 * item changes, because they would reveal to its readers that a hidden item was added or removed.
 */
async function storePositions(work: UnitOfWork, meetingId: string, ordered: string[]): Promise<void> {
  await work.manager.query(
    `UPDATE listings l SET position = placed.position FROM (
       SELECT coalesce(v.id, a.id) AS id, a.place AS position FROM (
         SELECT id, row_number() OVER (ORDER BY position, case_id) AS place, id = ANY ($2) AS visible,
           row_number() OVER (PARTITION BY id = ANY ($2) ORDER BY position, case_id) AS nth
         FROM listings WHERE meeting_id = $1 AND removed_at IS NULL) a
       LEFT JOIN unnest($2::uuid[]) WITH ORDINALITY AS v (id, nth) ON a.visible AND v.nth = a.nth) placed
     WHERE l.id = placed.id AND l.position <> placed.position`,
    [meetingId, ordered],
  );
}

/** Returns the items in their present state, or of a circulated edition. */
const findRows = async (
  work: UnitOfWork,
  meetingId: string,
  edition?: number,
  filter: Where = {},
): Promise<AgendaRow[]> =>
  edition
    ? sortByAgendaOrder(
        AgendaItem,
        await work.records.findMany('read', AgendaItem, { $and: [{ meetingId, edition }, filter] }),
      )
    : (await findListedItems(work, meetingId, filter)).map((listing) => ({ ...listing, listingId: listing.id }));

async function presentAgenda(work: UnitOfWork, meeting: Meeting, ofInviter: AgendaRow[] | null = null): Promise<Row> {
  const items = await findRows(work, meeting.id);
  const actions = isToBeHeld(meeting.status) ? await findUnfinishedActions(work, meeting) : [];
  return { sections: await fillSections(work, meeting, AgendaItemView, { items, ofInviter }, actions) };
}

/**
 * Returns a circulated edition, as far as the reader may read it now. Actions are shown only in the present agenda,
 * because they continue.
 */
async function presentEdition(
  work: UnitOfWork,
  meeting: Meeting,
  edition: number,
  ofInviter: AgendaRow[] | null,
): Promise<Row> {
  const ofEdition = { meetingId: meeting.id, edition };
  const [found] = await work.records.findMany('read', AgendaEdition, ofEdition, 1);
  if (!found) throw notFound();
  const { scheduledAt, endsAt, circulatedAt } = found;
  const items = await findRows(work, meeting.id, edition);
  const sections = await fillSections(work, { ...meeting, scheduledAt }, CirculatedItemView, { items, ofInviter }, []);
  return { scheduledAt, endsAt, circulatedAt, agendaEdition: edition, sections };
}

/**
 * Returns open actions due by the day of the meeting, and actions that ended undone since the panel's previous meeting.
 * Sources: JAG note, section 1.7, item 3 "overdue first"; MARAC note, section 2.4 "Incomplete actions".
 */
async function findUnfinishedActions(work: UnitOfWork, { panelId, scheduledAt }: Meeting): Promise<Action[]> {
  const [before] = await work.manager.query<{ at: Date }[]>(
    `SELECT scheduled_at AS at FROM meetings WHERE panel_id = $1 AND status = 'held' AND scheduled_at < $2
     ORDER BY scheduled_at DESC LIMIT 1`,
    [panelId, scheduledAt],
  );
  const due = { status: { $in: [...OPEN_STATUSES] }, dueOn: { $lte: londonDay(scheduledAt) } };
  const ended = {
    status: { $in: [...INCOMPLETE_STATUSES] },
    ...(before ? { endedOn: { $gte: londonDay(before.at) } } : {}),
  };
  const found = await work.records.findMany('locate', Action, { panelId, $or: [due, ended] });
  return found.sort((a, b) => (a.dueOn < b.dueOn || (a.dueOn === b.dueOn && a.id < b.id) ? -1 : 1));
}

/**
 * Returns the sections with the content that the reader may see. Times are calculated from the beginning of the meeting
 * over the visible items, because a gap would reveal a hidden item. For a guest, items that the inviter may read count
 * too, unless a conflict hides them from the guest.
 */
async function fillSections(
  work: UnitOfWork,
  meeting: Meeting,
  view: ViewClass,
  { items: visible, ofInviter }: { items: AgendaRow[]; ofInviter: AgendaRow[] | null },
  actions: Action[],
): Promise<object[]> {
  const inForce = await rulesInForce(work, meeting.panelId);
  let at = meeting.scheduledAt.getTime();
  // section and time follow the kind as shown to the reader
  const starts = new Map<string, Date>();
  for (const { listingId, timeboxMinutes } of mergeInAgendaOrder(
    shapeOf(view).record as RecordClass<ListedCase>,
    visible,
    ofInviter,
  )) {
    starts.set(listingId, new Date(at));
    at += timeboxMinutes * 60_000;
  }
  const listed = visible.map((item) => ({ ...item, startsAt: starts.get(item.listingId) }));
  const shown = async (view: ViewClass, rows: object[], action?: string): Promise<object[]> =>
    ((await work.respond.list(view, rows, action ? { action } : {})).body as PageOf<object>).data;
  const cases = await shown(view, listed);
  const matters = await shown(AgendaActionView, actions, 'locate');
  return sectionsOf(meeting.kind, inForce?.rules).map(({ code, title }) => ({
    code,
    title,
    items: cases.filter((_, index) => sectionOf(listed[index] as ListedCase) === code),
    actions: code === 'matters_arising' ? matters : [],
  }));
}
