import { Injectable } from '@nestjs/common';
import { In, IsNull, Not } from 'typeorm';
import { v7 as uuidv7 } from 'uuid';
import { Agency } from '../agencies/agency.entity.js';
import type { Handling } from '../cases/case.entity.js';
import { Panel } from '../panels/panel.entity.js';
import type { Actor } from '../authentication/actor.js';
import type { Row } from '../authorization/conditions.js';
import { Problem } from '../http/problems.js';
import { subjectOf } from '../authorization/subjects.js';
import type { RecordClass } from '../database/columns.js';
import { londonDay } from '../time/clock.js';
import { conflictsOf } from '../records/known-attributes.js';
import { PaperMaker } from '../documents/paper-maker.js';
import type { AuthorizedResponse } from '../records/authorized-response.js';
import { Records } from '../records/records.js';
import { shapeOf } from '../records/response-view.js';
import type { UnitOfWork } from '../records/unit-of-work.js';
import { MeetingPanelView } from '../meetings/calendar.response.js';
import { renderDocument, prepareDocument } from './document.js';
import type { DocumentQuery } from './document.dto.js';
import { NamedAgencyView } from './document.response.js';
import { noteOpenedDocument, presentRows, findAndPresent, type OmittedItem } from './presenting.js';
import { findItem } from '../meetings/items.js';
import { Listing, Meeting } from '../meetings/meeting.entity.js';
import { findExcludingConflicts } from '../proceedings/excluding-conflicts.js';
import { paperOf } from './pack-document.js';
import { findContent, PARTS, VIEWS, type RowFinder, type ItemContent, type Part } from './pack-content.js';
import { PackRecall } from './pack-recall.entity.js';
import { findRecallsInForce } from './pack-recalls.service.js';
import { PackView, type PackItem, type PackMarking, type PackWatermark, type PackWithheld } from './pack.response.js';
import { withheldCategories } from '../authorization/withheld-categories.js';
import { withheldFieldsOf } from '../records/withheld-fields.js';

/** Fields of records that name agencies. */
const AGENCIES = ['agencyId', 'leadAgencyId', 'ownerAgencyId', 'presentedByAgencyId', 'askedAgencyId'];

const recalledProblem = (): Problem =>
  new Problem(
    410,
    'pack-recalled',
    'Recalled',
    'These papers were recalled. Destroy your copies. If you may know the reason, read it at GET /v1/meetings/{id}/pack-recalls.',
  );

/** Maximum number of rows of one type, more than any meeting has. */
const MAX_ROWS = 20_000;

/**
 * Packs of a meeting, made for each reader at the time of reading; one file is never shared between readers. Source:
 * law and standards note, section 1.8, REQ-GM-07.
 */
@Injectable()
export class PacksService {
  constructor(
    private readonly records: Records,
    private readonly papers: PaperMaker,
  ) {}

  async get(
    actor: Actor,
    meetingId: string,
    { format = 'json', listingId }: DocumentQuery,
  ): Promise<AuthorizedResponse> {
    const pack = await this.records.read(actor, async (work) =>
      prepareDocument(await this.presentPack(work, meetingId, listingId), format, paperOf),
    );
    const name = ({ panel, scheduledAt }: PackView): string =>
      ['pack', panel?.type, londonDay(scheduledAt)].filter(Boolean).join('-');
    return renderDocument(this.papers, pack, name);
  }

  /** Returns the actor's pack (`PackView`), or one item of it. */
  async presentPack(work: UnitOfWork, meetingId: string, only?: string): Promise<AuthorizedResponse> {
    const meeting = await work.records.find('read', Meeting, meetingId);
    const asked = only === undefined ? null : await findItem(work, 'read', meetingId, only);
    const recalled = (await findRecallsInForce(work, meeting)).filter(
      ({ listingId }) => !asked || !listingId || listingId === asked.id,
    );
    const whole = recalled.some(({ listingId }) => !listingId);
    if (whole) throw recalledProblem();
    const isRecalled = (item: ItemContent): boolean =>
      recalled.some(({ listingId }) => listingId === item.listing[0]?.['id']);
    const content = (await findContent(work.actor, createRowFinder(work, meeting), meetingId, asked?.id)).filter(
      (item) => !isRecalled(item),
    );
    const items = await presentItems(work, content);
    const watermark = await watermarkOf(work, meeting);
    const listingIds = items.map(({ listing }) => listing.id);
    const kept = asked ? [] : await findOmittedItems(work, meeting, listingIds);
    noteOpenedDocument(work, 'pack', watermark.serial, meeting, listingIds, kept);
    const manifest = {
      watermark,
      marking: markingOf(items),
      items: content.map((item) => ({
        listingId: item.listing[0]?.['id'],
        withheld: findWithheldFields(work.actor, item),
      })),
      categories: withheldCategories(work.actor, meeting.panelId),
      recalled: recalled.map(({ listingId, reason }) => ({ listingId, reason })),
    };
    const [panel = null] = await findAndPresent<MeetingPanelView>(work, MeetingPanelView, Panel, {
      id: meeting.panelId,
    });
    const agencies = await findAndPresent(work, NamedAgencyView, Agency, { id: { $in: agenciesIn(items) } });
    const title = `Papers of ${panel?.name ?? 'the panel'}, ${londonDay(meeting.scheduledAt)}`;
    return work.respond.one(PackView, meeting, {
      extra: { title, language: 'en-GB', panel, items, agencies, manifest },
    });
  }
}

/** Returns a function that finds rows readable to the actor. People are read in the context of the panel. */
export const createRowFinder =
  (work: UnitOfWork, { panelId }: Meeting): RowFinder =>
  (type, column, values) =>
    work.records.findMany('read', type as RecordClass<Row>, { [column]: { $in: values } }, MAX_ROWS, panelId);

/** Presents each record by its view. Rows of one type are presented together and share an audit entry. */
async function presentItems(work: UnitOfWork, content: ItemContent[]): Promise<PackItem[]> {
  const bodies = new Map<object, object>();
  for (const part of PARTS) {
    // a person may occur in two items
    const rows = [...new Set(content.flatMap((item) => item[part]))];
    for (const [index, body] of (await presentRows<object>(work, VIEWS[part], rows)).entries())
      bodies.set(rows[index] as object, body);
  }
  return content.map((item) => {
    const shown = <P extends Part>(part: P): InstanceType<(typeof VIEWS)[P]>[] =>
      item[part].map((row) => bodies.get(row) as InstanceType<(typeof VIEWS)[P]>);
    const [listing] = shown('listing');
    if (!listing) throw new Error('a pack item must have a listing');
    return {
      listing,
      case: shown('case')[0] ?? null,
      people: shown('people'),
      persons: shown('persons'),
      contributions: shown('contributions'),
      assessments: shown('assessments'),
      plans: shown('plans'),
      actions: shown('actions'),
      decisions: shown('decisions'),
      research: shown('research'),
    };
  });
}

/** Returns the items omitted from the whole pack because of conflicts of its reader, with these conflicts. */
async function findOmittedItems(
  work: UnitOfWork,
  { id: meetingId, agendaEdition: edition }: Meeting,
  held: string[],
): Promise<OmittedItem[]> {
  const conflicts = work.actor.kind === 'practitioner' ? await conflictsOf(work, work.actor) : [];
  if (!conflicts.length) return [];
  const { listings, recalls } = await work.asSystem(async () => ({
    listings: await work.manager.findBy(Listing, { meetingId, removedAt: IsNull(), id: Not(In(held)) }),
    recalls: await work.manager.findBy(PackRecall, { meetingId, edition: edition ?? 0 }),
  }));
  const kept: OmittedItem[] = [];
  for (const listing of listings.filter(({ id }) => !recalls.some(({ listingId }) => listingId === id)))
    for (const byId of await findExcludingConflicts(work, work.actor, conflicts, listing))
      kept.push({ listingId: listing.id, byId });
  return kept;
}

/** Returns the agencies that the items name, as shown. */
const agenciesIn = (items: PackItem[]): string[] => [
  ...new Set(
    items
      .flatMap((item) => Object.values(item).flat() as (Row | null)[])
      .flatMap((record) => AGENCIES.flatMap((field) => (record?.[field] as string | null | undefined) ?? [])),
  ),
];

/** Returns the withheld fields of records that the reader may see. Hidden records are neither mentioned nor counted. */
function findWithheldFields(actor: Actor, item: ItemContent): PackWithheld[] {
  const found = new Map<string, PackWithheld>();
  for (const part of PARTS)
    for (const row of item[part]) {
      const shape = shapeOf(VIEWS[part]);
      const type = subjectOf(shape.record).name;
      for (const { field, category, step, rule } of withheldFieldsOf(actor, shape, 'read', row)) {
        const key = [type, category, step, rule].join(' ');
        const known = found.get(key) ?? { type, category, fields: [], step, rule };
        found.set(key, known);
        if (!known.fields.includes(field)) known.fields.push(field);
      }
    }
  return [...found.values()];
}

/**
 * Returns the marking: sensitive if the pack has any item. Source: law and standards note, section 5.2, REQ-MRK-03: the
 * marking of a document is the highest of its parts.
 */
function markingOf(items: PackItem[]): PackMarking {
  const handlings = items.flatMap(({ contributions }) => contributions.map(({ handling }) => handling));
  const has = (handling: Handling): boolean => handlings.includes(handling);
  return {
    classification: items.length ? 'OFFICIAL-SENSITIVE' : 'OFFICIAL',
    handling: has('C') ? 'C' : has('P') ? 'P' : null,
  };
}

async function watermarkOf(work: UnitOfWork, { panelId, scheduledAt }: Meeting): Promise<PackWatermark> {
  const agency = await work.records.findOrNull('read', Agency, work.actor.agencyId);
  const panel = await work.records.findOrNull('read', Panel, panelId);
  return {
    reader: work.actor.name,
    agency: agency?.name ?? '',
    renderedAt: work.now,
    meeting: [panel?.code, londonDay(scheduledAt)].filter(Boolean).join(' '),
    serial: uuidv7(),
  };
}
