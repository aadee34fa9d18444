import { ApiProperty } from '@nestjs/swagger';
import { Case, Contribution } from '../cases/case.entity.js';
import { Action } from '../plans/action.entity.js';
import { Classified } from '../authorization/classification.js';
import { view } from '../records/response-view.js';
import { MeetingPanelView } from '../meetings/calendar.response.js';
import { NamedAgencyView, NamedPractitionerView } from '../packs/document.response.js';
import { MARKINGS, type Marking } from '../packs/marking.js';
import { Listing, Meeting } from '../meetings/meeting.entity.js';
import { DecisionView } from '../meetings/meeting.response.js';
import { Attendance } from '../proceedings/attendance.entity.js';
import { DisclosedCrimeView } from '../proceedings/crime.response.js';
import { MinutePointView, MinuteView } from './minutes.response.js';

/** Item as shown in the minutes. */
export class MinutedItemView extends view(
  Listing,
  'id',
  'caseId',
  'kind',
  'presentedByAgencyId',
  'outcome',
  'startedAt',
  'endedAt',
) {}

/** Case of an item. */
export class MinutedCaseView extends view(Case, 'id', 'reference') {}

/** Handling conditions of a contribution that a point repeats. */
export class HandlingView extends view(Contribution, 'id', 'handling', 'conditions', 'originatorControl') {}

/** Action agreed in an item. */
export class MinutedActionView extends view(
  Action,
  'id',
  'caseId',
  'category',
  'ownerAgencyId',
  'description',
  'measure',
  'status',
  'dueOn',
) {}

/** Item of the minutes, with all of its content that you may see. */
export class MinutesItem {
  item: MinutedItemView;

  @ApiProperty({ nullable: true, type: () => MinutedCaseView })
  case: MinutedCaseView | null;

  /** Latest approved edition; null if there is none that you may know of. */
  @ApiProperty({ nullable: true, type: () => MinuteView })
  minutes: MinuteView | null;

  /** Information that agencies shared in the item. */
  points: MinutePointView[];

  /** Handling conditions of the repeated contributions. */
  handling: HandlingView[];

  @ApiProperty({ nullable: true, type: () => DecisionView })
  decision: DecisionView | null;

  /** Crimes disclosed in the item, in their latest version. */
  crimes: DisclosedCrimeView[];

  actions: MinutedActionView[];
}

/** Owner of the copy, and time of its creation. */
export class MadeFor {
  name: string;

  agency: string;

  at: Date;

  /** Serial number of this copy, recorded in the audit log. */
  @ApiProperty({ format: 'uuid' })
  serial: string;
}

/** Attendance of a person at the meeting. */
export class MinutedAttendanceView extends view(Attendance, 'id', 'agencyId', 'practitionerId', 'status') {}

/** Minutes of a meeting, as far as you may see them now. */
export class MinutesDocumentView extends view(
  Meeting,
  'id',
  'version',
  'panelId',
  'kind',
  'status',
  'scheduledAt',
  'endsAt',
  'venueOrMode',
  'quorate',
) {
  @Classified('administrative')
  title: string;

  /** Language tag: `en-GB`. */
  @Classified('administrative')
  language: string;

  /** Highest marking of the content shown. */
  @ApiProperty({ enum: MARKINGS })
  @Classified('administrative')
  marking: Marking;

  @Classified('administrative')
  madeFor: MadeFor;

  @ApiProperty({ nullable: true, type: () => MeetingPanelView })
  @Classified('administrative')
  panel: MeetingPanelView | null;

  /** Recorded attendances and absences. */
  @Classified('administrative')
  attendances: MinutedAttendanceView[];

  /** People named in the attendances. */
  @Classified('administrative')
  practitioners: NamedPractitionerView[];

  /** Items that you may see, in the order of hearing. */
  @Classified('administrative')
  items: MinutesItem[];

  /** Agencies named in the items. */
  @Classified('administrative')
  agencies: NamedAgencyView[];

  /** Data categories of which you may not learn whether anything is held. */
  @Classified('administrative')
  withheldCategories: string[];
}
