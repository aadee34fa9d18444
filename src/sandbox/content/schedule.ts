/**
 * Seven meetings of every panel: six held, one to come.
 *
 * All panels share the phase of one four-week cycle, so that what a JAG agrees can be bid for at Tasking a week later and
 * at the TTCG the week after (note on JAG and the cycle, section 3.1). The upcoming cycle begins in the week after `now`;
 * by then its referral cut-off has usually passed, as in real life on the day somebody asks.
 */
import type { SandboxMeeting } from './caseload.js';
import { MEMBERSHIPS, PANELS, type Panel } from './panels.js';
import { areaOf, type PartnershipCode } from './places-and-agencies.js';
import { addDays, atLondonTime, nextMonday, weekdaysBefore, type IsoDate } from './seeded.js';

export const MEETINGS_HELD = 6;

/** Meeting that was cancelled. */
const CANCELLED = 'dun-tasking-m4';

/** The date of a panel's meeting; `cyclesAgo` 0 is the upcoming one. */
export function meetingDate({ cycle }: Panel, cyclesAgo: number, now: Date): IsoDate {
  return addDays(nextMonday(now), 7 * cycle.week + cycle.weekday - 1 - cycle.lengthDays * cyclesAgo);
}

export function meetingKey(panel: Panel, cyclesAgo: number): string {
  return `${panel.code}-m${MEETINGS_HELD + 1 - cyclesAgo}`;
}

const venueOf = (borough: PartnershipCode): string =>
  borough === 'BCU'
    ? 'Police headquarters, briefing room, and by video'
    : `${areaOf(borough)} Civic Offices, room 2, and by video`;

function meeting(panel: Panel, cyclesAgo: number, now: Date): SandboxMeeting {
  const date = meetingDate(panel, cyclesAgo, now);
  const key = meetingKey(panel, cyclesAgo);
  const { rules, cycle } = panel;
  return {
    key,
    borough: panel.boroughCode,
    panel: panel.code,
    number: MEETINGS_HELD + 1 - cyclesAgo,
    startsAt: atLondonTime(date, cycle.startTime),
    endsAt: atLondonTime(date, cycle.startTime, 150),
    venue: venueOf(panel.boroughCode),
    status: key === CANCELLED ? 'cancelled' : cyclesAgo === 0 ? 'scheduled' : 'held',
    chair: MEMBERSHIPS.find((seat) => seat.panel === panel.code && seat.role === 'chair')?.person ?? null,
    referralCutOff: weekdaysBefore(date, rules.referralCutOffWorkingDays),
    caseListDue: weekdaysBefore(date, rules.caseListWorkingDays),
    researchDue: weekdaysBefore(date, rules.researchDueWorkingDays),
    minutesDue: addDays(date, rules.minutesDueWorkingDays + 2),
  };
}

export function buildMeetings(now: Date): SandboxMeeting[] {
  return PANELS.flatMap((panel) =>
    Array.from({ length: MEETINGS_HELD + 1 }, (_, at) => meeting(panel, MEETINGS_HELD - at, now)),
  );
}
