import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { Agency, Practitioner } from '../agencies/agency.entity.js';
import { Case, Contribution } from '../cases/case.entity.js';
import { Panel } from '../panels/panel.entity.js';
import { Action } from '../plans/action.entity.js';
import type { Actor } from '../authentication/actor.js';
import { londonDay } from '../time/clock.js';
import { PaperMaker } from '../documents/paper-maker.js';
import type { AuthorizedResponse } from '../records/authorized-response.js';
import { Records } from '../records/records.js';
import type { UnitOfWork } from '../records/unit-of-work.js';
import { MeetingPanelView } from '../meetings/calendar.response.js';
import { renderDocument, prepareDocument } from '../packs/document.js';
import type { DocumentQuery } from '../packs/document.dto.js';
import { NamedAgencyView, NamedPractitionerView } from '../packs/document.response.js';
import { noteOpenedDocument, OPEN_DOCUMENT, presentRows, findAndPresent } from '../packs/presenting.js';
import { findItem, findItems } from '../meetings/items.js';
import { Decision, Meeting } from '../meetings/meeting.entity.js';
import { DecisionView } from '../meetings/meeting.response.js';
import { markingOf, paperOf } from './minutes-document.js';
import {
  HandlingView,
  MinutedActionView,
  MinutedAttendanceView,
  MinutedCaseView,
  MinutedItemView,
  MinutesDocumentView,
  type MinutesItem,
} from './minutes-document.response.js';
import { Attendance } from '../proceedings/attendance.entity.js';
import { DisclosedCrime } from '../proceedings/crime.entity.js';
import { DisclosedCrimeView } from '../proceedings/crime.response.js';
import { CapturedAction, Minute, MinutePoint, SHARED_STATUSES } from './minutes.entity.js';
import { MinutePointView, MinuteView } from './minutes.response.js';

/**
 * Minutes of a meeting for one reader, rendered at each request, so that content restricted later no longer appears.
 * Source: law and standards note, section 1.6, step 5 "only the per-agency minute view is distributed".
 */
@Injectable()
export class MinutesDocumentService {
  constructor(
    private readonly records: Records,
    private readonly papers: PaperMaker,
  ) {}

  async get(actor: Actor, id: string, { format = 'json', listingId }: DocumentQuery): Promise<AuthorizedResponse> {
    const minutes = await this.records.read(actor, async (work) =>
      prepareDocument(
        await presentDocument(work, await work.records.find('read', Meeting, id), listingId),
        format,
        paperOf,
      ),
    );
    const name = ({ panel, scheduledAt }: MinutesDocumentView): string =>
      ['minutes', panel?.type, londonDay(scheduledAt)].filter(Boolean).join('-');
    return renderDocument(this.papers, minutes, name);
  }
}

async function presentDocument(work: UnitOfWork, meeting: Meeting, only?: string): Promise<AuthorizedResponse> {
  const { id: meetingId, panelId } = meeting;
  if (only !== undefined) await findItem(work, 'read', meetingId, only);
  const [panel] = await findAndPresent<MeetingPanelView>(work, MeetingPanelView, Panel, { id: panelId });
  const items = await presentItems(work, meetingId, only);
  const { name: agency } = await work.records.find('read', Agency, work.actor.agencyId);
  const attendances = await findAndPresent<MinutedAttendanceView>(work, MinutedAttendanceView, Attendance, {
    meetingId,
  });
  const serial = uuidv7();
  const listingIds = items.map(({ item }) => item.id);
  noteOpenedDocument(work, 'minutes', serial, meeting, listingIds);
  const title = `Minutes of ${panel?.name ?? 'the panel'}, ${londonDay(meeting.scheduledAt)}`;
  return work.respond.one(MinutesDocumentView, meeting, {
    how: OPEN_DOCUMENT,
    extra: {
      title,
      language: 'en-GB',
      marking: markingOf(items),
      madeFor: { name: work.actor.name, agency, at: work.now, serial },
      panel: panel ?? null,
      attendances: attendances.sort(byId),
      practitioners: await findAndPresent(work, NamedPractitionerView, Practitioner, {
        id: { $in: attendances.map(({ practitionerId }) => practitionerId) },
      }),
      items,
      agencies: await findAndPresent(work, NamedAgencyView, Agency, {
        id: { $in: [...agencyIdsOf(items), ...attendances.map(({ agencyId }) => agencyId)] },
      }),
      withheldCategories: work.respond.withheldCategories(panelId),
    },
  });
}

/** Returns the items that the reader may see, in the order of hearing, with their readable content. */
async function presentItems(work: UnitOfWork, meetingId: string, only?: string): Promise<MinutesItem[]> {
  const listings = (await findItems(work, meetingId)).filter(
    ({ id, removedAt }) => !removedAt && (only === undefined || id === only),
  );
  const listingId = { $in: listings.map(({ id }) => id) };
  const minutes = latestEditions(
    await work.records.findMany('read', Minute, { listingId, status: { $in: [...SHARED_STATUSES] } }),
  );
  const of = await findCapturedActions(work, listingId.$in);

  const heard = await presentRows<MinutedItemView>(work, MinutedItemView, listings);
  const edited = await presentRows<MinuteView>(work, MinuteView, minutes);
  const caseIds = { $in: listings.map(({ caseId }) => caseId) };
  const cases = await findAndPresent<MinutedCaseView>(work, MinutedCaseView, Case, { id: caseIds });
  const points = await findAndPresent<MinutePointView>(work, MinutePointView, MinutePoint, {
    minuteId: { $in: minutes.map(({ id }) => id) },
  });
  const repeated = { $in: points.flatMap(({ contributionId }) => contributionId ?? []) };
  const handling = await findAndPresent<HandlingView>(work, HandlingView, Contribution, { id: repeated });
  const decisions = await findAndPresent<DecisionView>(work, DecisionView, Decision, {
    listingId,
    correctedAt: null,
  });
  const crimes = await findAndPresent<DisclosedCrimeView>(work, DisclosedCrimeView, DisclosedCrime, {
    listingId,
    amendedAt: null,
  });
  const actions = await findAndPresent<MinutedActionView>(work, MinutedActionView, Action, {
    id: { $in: [...of.keys()] },
  });
  return heard.map((item) => {
    const mine = points.filter((one) => one.listingId === item.id).sort(byId);
    return {
      item,
      case: cases.find(({ id }) => id === item.caseId) ?? null,
      minutes: edited.find((one) => one.listingId === item.id) ?? null,
      points: mine,
      handling: handling.filter(({ id }) => mine.some(({ contributionId }) => contributionId === id)),
      decision: decisions.find((one) => one.listingId === item.id) ?? null,
      crimes: crimes.filter((one) => one.listingId === item.id).sort(byId),
      actions: actions.filter(({ id }) => of.get(id) === item.id).sort(byId),
    };
  });
}

/** Compares by identifier, which is the order of creation (UUID version 7). */
const byId = (a: { id: string }, b: { id: string }): number => (a.id < b.id ? -1 : 1);

const latestEditions = (minutes: Minute[]): Minute[] =>
  minutes.filter(
    (one) => !minutes.some(({ listingId, edition }) => listingId === one.listingId && edition > one.edition),
  );

/** Returns the item in which each action was taken on. */
async function findCapturedActions(work: UnitOfWork, listingIds: string[]): Promise<Map<string, string>> {
  const found = await work.manager.query<CapturedAction[]>(
    'SELECT action_id AS "actionId", listing_id AS "listingId" FROM captured_actions WHERE listing_id = ANY ($1)',
    [listingIds],
  );
  return new Map(found.map(({ actionId, listingId }) => [actionId, listingId]));
}

function agencyIdsOf(items: readonly MinutesItem[]): Set<string> {
  return new Set(
    items.flatMap(({ item, points, crimes, actions }) => [
      item.presentedByAgencyId,
      ...[...points, ...crimes].map(({ agencyId }) => agencyId),
      ...actions.map(({ ownerAgencyId }) => ownerAgencyId),
    ]),
  );
}
