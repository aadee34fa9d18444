/** The part of the seed that the jobs told: a notice of each way in which one is read, and the runs that made them. */
import { JobRun } from '../jobs/job-run.entity.js';
import { Notice, NOTICES, type NoticeKind } from '../jobs/notice.entity.js';
import { SWEEP } from '../jobs/sweep.js';
import { deadlinesOf } from '../meetings/deadlines.js';
import { workingDaysAfter } from '../panels/working-days.js';
import { isOpen } from '../plans/action.entity.js';
import { CAST } from './content/cast.js';
import { PANELS } from './content/panels.js';
import { BOROUGH_CODES, PARTNERSHIPS, type BoroughCode, type PartnershipCode } from './content/places-and-agencies.js';
import { COORDINATORS } from './seed-cycles.js';
import { meetingKey } from './content/schedule.js';
import { EMERGENCY } from './content/ways-in.js';
import type { Seeding } from './seeding.js';

interface Told {
  partnership: PartnershipCode;
  kind: NoticeKind;
  subjectId: string;
  dueOn: string;
  agency: string;
  panel: string;
  case?: string;
}

const agencyOf = (person: string): string => CAST.find(({ id }) => id === person)!.agency;

export async function jobs(seeding: Seeding): Promise<void> {
  const told = [...BOROUGH_CODES.flatMap((code) => inBorough(seeding, code)), emergency(seeding)];
  const day = seeding.day(-1);
  await seeding.put(
    Notice,
    told.map((one) => ({
      id: seeding.id('notice', `${one.kind}-${one.subjectId}`),
      at: day,
      partnershipId: seeding.id('partnership', one.partnership),
      agencyId: seeding.id('agency', one.agency),
      kind: one.kind,
      subjectType: NOTICES[one.kind].about,
      subjectId: one.subjectId,
      caseId: one.case ? seeding.id('case', one.case) : null,
      panelId: seeding.id('panel', one.panel),
      dueOn: one.dueOn,
      level: NOTICES[one.kind].level,
    })),
  );
  await seeding.put(
    JobRun,
    PARTNERSHIPS.map(({ code }) => ({
      id: seeding.id('job-run', code),
      at: day,
      partnershipId: seeding.id('partnership', code),
      task: SWEEP,
      startedAt: seeding.at(day),
      endedAt: seeding.at(day),
      notices: told.filter(({ partnership }) => partnership === code).length,
      error: null,
    })),
  );
}

function inBorough(seeding: Seeding, partnership: BoroughCode): Told[] {
  const { caseload } = seeding;
  const panel = PANELS.find(({ boroughCode, type }) => boroughCode === partnership && type === 'jag')!;
  const cases = new Set(caseload.cases.filter((one) => one.panel === panel.code).map(({ key }) => key));
  const action = caseload.actions.find((one) => cases.has(one.case) && isOpen(one.status))!;
  const meeting = caseload.meetings.find(({ key }) => key === meetingKey(panel, 0))!;
  const within = { partnership, panel: panel.code };
  return [
    {
      ...within,
      kind: 'action_due_soon',
      subjectId: seeding.id('action', action.key),
      dueOn: action.dueOn,
      agency: action.ownerAgency,
      case: action.case,
    },
    {
      ...within,
      kind: 'papers_due',
      subjectId: seeding.id('meeting', meeting.key),
      dueOn: deadlinesOf(new Date(meeting.startsAt), { ...panel.rules }).papersDueOn,
      agency: agencyOf(COORDINATORS[partnership]),
    },
  ];
}

/** Told on the day on which it was to be reviewed. */
function emergency(seeding: Seeding): Told {
  const opened = seeding.caseload.cases.find(({ panel }) => panel === EMERGENCY.panel)!;
  return {
    partnership: opened.borough,
    kind: 'emergency_review_due',
    subjectId: seeding.id('emergency-access', EMERGENCY.key),
    dueOn: workingDaysAfter(seeding.day(-EMERGENCY.daysAgo), 2),
    agency: agencyOf(EMERGENCY.reviewer),
    panel: EMERGENCY.panel,
    case: opened.key,
  };
}
