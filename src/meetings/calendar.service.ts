import { Injectable } from '@nestjs/common';
import { Panel } from '../panels/panel.entity.js';
import type { Actor } from '../authentication/actor.js';
import type { PageOf, AuthorizedResponse } from '../records/authorized-response.js';
import { Records } from '../records/records.js';
import type { UnitOfWork } from '../records/unit-of-work.js';
import { CALENDAR, calendarOf, type Appointment } from './calendar.js';
import { AppointmentView, MeetingPanelView } from './calendar.response.js';
import { Meeting } from './meeting.entity.js';

/** Maximum number of meetings in a calendar: a year's meetings of a person on every panel. */
const MOST = 500;

/** Meetings in iCalendar format. */
@Injectable()
export class CalendarService {
  constructor(private readonly records: Records) {}

  of(actor: Actor, id: string): Promise<AuthorizedResponse> {
    return this.records.read(actor, async (work) => {
      const meeting = await work.records.find('read', Meeting, id);
      return calendar(work, [meeting], { isOne: true });
    });
  }

  /** Returns the calendar of coming meetings, including cancelled ones, which calendars show as cancelled. */
  toCome(actor: Actor): Promise<AuthorizedResponse> {
    return this.records.read(actor, async (work) => {
      const meetings = await work.records.findMany('read', Meeting, { scheduledAt: { $gte: work.now } }, MOST);
      return calendar(work, meetings);
    });
  }
}

async function calendar(work: UnitOfWork, meetings: Meeting[], options = {}): Promise<AuthorizedResponse> {
  const id = { $in: [...new Set(meetings.map(({ panelId }) => panelId))] };
  const panels = shown<MeetingPanelView>(
    await work.respond.list(MeetingPanelView, await work.records.findMany('read', Panel, { id })),
  );
  const named = new Map(panels.filter((one) => !one.compartment).map((one) => [one.id, one]));
  const presented = await work.respond.list(AppointmentView, meetings);
  const appointments = shown<AppointmentView>(presented)
    .map((one): Appointment => ({ ...one, panel: named.get(one.panelId) ?? null }))
    .sort((a, b) => a.scheduledAt.getTime() - b.scheduledAt.getTime() || (a.id < b.id ? -1 : 1));
  return presented.as(`${CALENDAR}; charset=utf-8`, calendarOf(appointments, options));
}

const shown = <T>({ body }: AuthorizedResponse): T[] => (body as PageOf<T>).data;
