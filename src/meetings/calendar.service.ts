import { Injectable } from '@nestjs/common';
import { Panel } from '../panels/panel.entity.js';
import type { Actor } from '../authentication/actor.js';
import type { PageOf, AuthorizedResponse } from '../records/authorized-response.js';
import { Records } from '../records/records.js';
import type { UnitOfWork } from '../records/unit-of-work.js';
import { CALENDAR_TYPE, formatCalendar, type Appointment } from './calendar.js';
import { AppointmentView, MeetingPanelView } from './calendar.response.js';
import { Meeting } from './meeting.entity.js';

/** Maximum number of meetings in a calendar: a year's meetings of a person on every panel. */
const MAX_MEETINGS = 500;

/** Meetings in iCalendar format. */
@Injectable()
export class CalendarService {
  constructor(private readonly records: Records) {}

  get(actor: Actor, id: string): Promise<AuthorizedResponse> {
    return this.records.read(actor, async (work) => {
      const meeting = await work.records.find('read', Meeting, id);
      return respondWithCalendar(work, [meeting], { isOne: true });
    });
  }

  /** Returns the calendar of coming meetings, including cancelled ones, which calendars show as cancelled. */
  listUpcoming(actor: Actor): Promise<AuthorizedResponse> {
    return this.records.read(actor, async (work) => {
      const meetings = await work.records.findMany('read', Meeting, { scheduledAt: { $gte: work.now } }, MAX_MEETINGS);
      return respondWithCalendar(work, meetings);
    });
  }
}

async function respondWithCalendar(work: UnitOfWork, meetings: Meeting[], options = {}): Promise<AuthorizedResponse> {
  const id = { $in: [...new Set(meetings.map(({ panelId }) => panelId))] };
  const panels = rowsOf<MeetingPanelView>(
    await work.respond.list(MeetingPanelView, await work.records.findMany('read', Panel, { id })),
  );
  const named = new Map(panels.filter((one) => !one.compartment).map((one) => [one.id, one]));
  const presented = await work.respond.list(AppointmentView, meetings);
  const appointments = rowsOf<AppointmentView>(presented)
    .map((one): Appointment => ({ ...one, panel: named.get(one.panelId) ?? null }))
    .sort((a, b) => a.scheduledAt.getTime() - b.scheduledAt.getTime() || (a.id < b.id ? -1 : 1));
  return presented.as(`${CALENDAR_TYPE}; charset=utf-8`, formatCalendar(appointments, options));
}

const rowsOf = <T>({ body }: AuthorizedResponse): T[] => (body as PageOf<T>).data;
