/**
 * Meetings as appointments in iCalendar format (RFC 5545). Calendars are copied to unknown devices and servers. They
 * therefore name the panel and its kind, never a person, a case or a text about the meeting; a compartment is not
 * named.
 */
import { DateTime } from 'luxon';
import ical, { ICalCalendarMethod, ICalEventStatus } from 'ical-generator';
import type { PanelType } from '../panels/panel.entity.js';
import type { MeetingStatus } from './meeting.entity.js';

export const CALENDAR_TYPE = 'text/calendar';
const LONDON = 'Europe/London';
const UID_DOMAIN = 'wardmote.example';

/** Meeting as an appointment. */
export interface Appointment {
  id: string;
  /** Version of the meeting, sent as SEQUENCE: a calendar application shows the highest. */
  version: number;
  status: MeetingStatus;
  scheduledAt: Date;
  endsAt: Date | null;
  updatedAt: Date;
  /** Panel; null if it may not be named. */
  panel: { name: string; type: PanelType } | null;
}

const PANEL_KIND_NAMES: Record<PanelType, string> = {
  jag: 'JAG',
  marac: 'MARAC',
  community_marac: 'Community MARAC',
  syv: 'Serious Youth Violence panel',
  tasking: 'Tasking',
  ttcg: 'TTCG',
  channel: 'Panel',
  steering_group: 'Steering group',
};

const titleOf = ({ panel }: Appointment): string =>
  panel ? `${panel.name} (${PANEL_KIND_NAMES[panel.type]} meeting)` : 'Panel meeting';

const toLondonTime = (moment: Date): DateTime => DateTime.fromJSDate(moment, { zone: LONDON });

/** Formats appointments. `isOne`: invitation to one meeting, whose cancellation is sent as METHOD:CANCEL. */
export function formatCalendar(appointments: readonly Appointment[], { isOne = false } = {}): string {
  const isCancelled = isOne && appointments.every(({ status }) => status === 'cancelled');
  const calendar = ical({
    name: 'Panel meetings',
    prodId: { company: 'Wardmote', product: 'Meetings', language: 'EN' },
    method: isCancelled ? ICalCalendarMethod.CANCEL : ICalCalendarMethod.PUBLISH,
    // time zone of the events only; with one for the calendar, DTSTAMP would use it. RFC 5545 (3.8.7.2) requires UTC
    timezone: { name: null, generator: () => LONDON_TIME },
  });
  for (const one of appointments)
    calendar.createEvent({
      id: `${one.id}@${UID_DOMAIN}`,
      sequence: one.version,
      stamp: DateTime.fromJSDate(one.updatedAt, { zone: 'utc' }),
      start: toLondonTime(one.scheduledAt),
      end: one.endsAt && toLondonTime(one.endsAt),
      timezone: LONDON,
      summary: titleOf(one),
      status: one.status === 'cancelled' ? ICalEventStatus.CANCELLED : ICalEventStatus.CONFIRMED,
    });
  return calendar.toString();
}

/** Time zone rules of London since 1996. */
const LONDON_TIME = [
  'BEGIN:VTIMEZONE',
  `TZID:${LONDON}`,
  'BEGIN:DAYLIGHT',
  'TZNAME:BST',
  'TZOFFSETFROM:+0000',
  'TZOFFSETTO:+0100',
  'DTSTART:19960331T010000',
  'RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU',
  'END:DAYLIGHT',
  'BEGIN:STANDARD',
  'TZNAME:GMT',
  'TZOFFSETFROM:+0100',
  'TZOFFSETTO:+0000',
  'DTSTART:19961027T020000',
  'RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU',
  'END:STANDARD',
  'END:VTIMEZONE',
].join('\r\n');
