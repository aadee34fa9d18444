/** Seeds notices, one for each way in which a notice can be read, and the job runs that made them. */
import { Escalation } from '../escalations/escalation.entity.js';
import { JobRun } from '../jobs/job-run.entity.js';
import { Notice, NOTICES, type NoticeKind } from '../jobs/notice.entity.js';
import { DEADLINE_JOB } from '../jobs/deadline-notices.job.js';
import { deadlinesOf } from '../meetings/deadlines.js';
import { workingDaysAfter } from '../panels/working-days.js';
import { isAccepted, isOpen } from '../plans/action.entity.js';
import { CAST } from './content/cast.js';
import { PANELS } from './content/panels.js';
import { BOROUGH_CODES, PARTNERSHIPS, type BoroughCode, type PartnershipCode } from './content/places-and-agencies.js';
import { COORDINATORS } from './seed-cycles.js';
import { meetingKey } from './content/schedule.js';
import { EMERGENCY } from './content/ways-in.js';
import { capturedIn } from './seed-casework.js';
import type { Seeding } from './seeding.js';

interface Told {
  partnership: PartnershipCode;
  kind: NoticeKind;
  subjectId: string;
  dueOn: string;
  agency: string;
  panel: string;
  case?: string;
  /** The item in which the action was taken on that it is about. */
  listing?: string;
}

/** Calendar days in which five working days are certainly over. */
const ESCALATED_AFTER = 14;

const agencyOf = (person: string): string => CAST.find(({ id }) => id === person)!.agency;

export async function jobs(seeding: Seeding): Promise<void> {
  const day = seeding.day(-1);
  const told = [...BOROUGH_CODES.flatMap((code) => inBorough(seeding, code)), emergency(seeding)];
  for (const code of BOROUGH_CODES) told.push(...(await escalations(seeding, code, day)));
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
      listingId: one.listing ? seeding.id('listing', one.listing) : null,
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
      task: DEADLINE_JOB,
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
      listing: capturedIn(seeding).get(action.key),
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

const STEERING_CHAIRS: Record<BoroughCode, string> = {
  ASK: 'cmarac-chair',
  PEL: 'pellworth-jag-chair',
  DUN: 'dunmarrow-jag-chair',
};

/** Seeds escalations to the steering group of a borough, and the group's answer to the first agency. */
async function escalations(seeding: Seeding, partnership: BoroughCode, day: string): Promise<Told[]> {
  const { caseload } = seeding;
  const panelOf = (type: string): string =>
    PANELS.find((one) => one.boroughCode === partnership && one.type === type)!.code;
  const [panel, group] = [panelOf('jag'), panelOf('steering_group')];
  const cases = new Set(caseload.cases.filter((one) => one.panel === panel).map(({ key }) => key));
  const undone = caseload.actions
    .filter((one) => cases.has(one.case) && isAccepted(one.status) && one.dueOn < seeding.day(-ESCALATED_AFTER))
    .slice(0, 2);
  const captured = capturedIn(seeding);
  const chair = STEERING_CHAIRS[partnership];
  const answered = {
    status: 'answered' as const,
    answer: 'Name somebody who does it this week, and report to the panel’s chair.',
    answerDueOn: seeding.day(7),
    answeredAt: seeding.at(day),
    answeredById: seeding.id('practitioner', chair),
    ...seeding.agency(agencyOf(chair)),
  };
  await seeding.put(
    Escalation,
    undone.map((one, n) => ({
      id: seeding.id('escalation', one.key),
      at: day,
      partnershipId: seeding.id('partnership', partnership),
      panelId: seeding.id('panel', panel),
      steeringPanelId: seeding.id('panel', group),
      caseId: seeding.id('case', one.case),
      actionId: seeding.id('action', one.key),
      listingId: captured.has(one.key) ? seeding.id('listing', captured.get(one.key)!) : null,
      ownerAgencyId: seeding.id('agency', one.ownerAgency),
      kind: 'overdue' as const,
      dueOn: one.dueOn,
      sinceOn: day,
      ...(n ? {} : answered),
    })),
  );
  return undone.flatMap((one, n): Told[] => {
    const about = { partnership, case: one.case, listing: captured.get(one.key) };
    const ofAction = { ...about, panel, subjectId: seeding.id('action', one.key), agency: one.ownerAgency };
    return n
      ? [
          { ...ofAction, kind: 'action_before_steering_group', dueOn: one.dueOn },
          {
            ...about,
            kind: 'escalation_to_answer',
            panel: group,
            subjectId: seeding.id('escalation', one.key),
            dueOn: one.dueOn,
            agency: agencyOf(chair),
          },
        ]
      : [{ ...ofAction, kind: 'steering_group_answered', dueOn: answered.answerDueOn }];
  });
}

/** Notice of an emergency access on the day on which it was due for review. */
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
