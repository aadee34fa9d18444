/**
 * Meetings as appointments (RFC 5545). A calendar leaves for devices and servers of which nothing is known: it names the panel
 * and its kind, never a person, a case or what is written about the meeting; of a compartment not even that.
 */
import { DateTime } from 'luxon';
import ical, { ICalCalendarMethod, ICalEventStatus } from 'ical-generator';
import type { PanelType } from '../panels/panel.entity.js';
import type { MeetingStatus } from './meeting.entity.js';

export const CALENDAR = 'text/calendar';
const LONDON = 'Europe/London';
const UID_DOMAIN = 'wardmote.example';

/** What of a meeting stands in a calendar. */
export interface Appointment {
  id: string;
  /** Counts the changes of the meeting: a calendar keeps the highest. */
  version: number;
  status: MeetingStatus;
  scheduledAt: Date;
  endsAt: Date | null;
  updatedAt: Date;
  /** The panel, where it may be named. */
  panel: { name: string; type: PanelType } | null;
}

const KINDS: Record<PanelType, string> = {
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
  panel ? `${panel.name} (${KINDS[panel.type]} meeting)` : 'Panel meeting';

const inLondon = (moment: Date): DateTime => DateTime.fromJSDate(moment, { zone: LONDON });

/** `isOne`: an invitation to one meeting, which is called off by a method of its own. */
export function calendarOf(appointments: readonly Appointment[], { isOne = false } = {}): string {
  const isCancelled = isOne && appointments.every(({ status }) => status === 'cancelled');
  const calendar = ical({
    name: 'Panel meetings',
    prodId: { company: 'Wardmote', product: 'Meetings', language: 'EN' },
    method: isCancelled ? ICalCalendarMethod.CANCEL : ICalCalendarMethod.PUBLISH,
    // not of the calendar: DTSTAMP, which is UTC by RFC 5545 (3.8.7.2), would be written in it
    timezone: { name: null, generator: () => LONDON_TIME },
  });
  for (const one of appointments)
    calendar.createEvent({
      id: `${one.id}@${UID_DOMAIN}`,
      sequence: one.version,
      stamp: DateTime.fromJSDate(one.updatedAt, { zone: 'utc' }),
      start: inLondon(one.scheduledAt),
      end: one.endsAt && inLondon(one.endsAt),
      timezone: LONDON,
      summary: titleOf(one),
      status: one.status === 'cancelled' ? ICalEventStatus.CANCELLED : ICalEventStatus.CONFIRMED,
    });
  return calendar.toString();
}

/** The clock of London as it has been set since 1996. */
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
