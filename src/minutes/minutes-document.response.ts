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

/** An item as it stands in the minutes. */
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

/** The case of an item. */
export class MinutedCaseView extends view(Case, 'id', 'reference') {}

/** On what conditions a contribution that a point repeats may be handled. */
export class HandlingView extends view(Contribution, 'id', 'handling', 'conditions', 'originatorControl') {}

/** An action that was taken on in an item. */
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

/** One item, with all of it that you may see. */
export class MinutesItem {
  item: MinutedItemView;

  @ApiProperty({ nullable: true, type: () => MinutedCaseView })
  case: MinutedCaseView | null;

  /** The latest approved edition; null where there is none that you may know of. */
  @ApiProperty({ nullable: true, type: () => MinuteView })
  minutes: MinuteView | null;

  /** What agencies told. */
  points: MinutePointView[];

  /** On what conditions what is repeated may be handled. */
  handling: HandlingView[];

  @ApiProperty({ nullable: true, type: () => DecisionView })
  decision: DecisionView | null;

  /** Crimes that came to light in it, as they were last put down. */
  crimes: DisclosedCrimeView[];

  actions: MinutedActionView[];
}

/** For whom the document was made, and when. */
export class MadeFor {
  name: string;

  agency: string;

  at: Date;

  /** Of this one copy; the audit log knows it. */
  @ApiProperty({ format: 'uuid' })
  serial: string;
}

/** That somebody was at the meeting, or was not. */
export class MinutedAttendanceView extends view(Attendance, 'id', 'agencyId', 'practitionerId', 'status') {}

/** The minutes of a meeting, as far as you may see them now. */
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

  /** `en-GB`. */
  @Classified('administrative')
  language: string;

  /** The highest marking of what is shown. */
  @ApiProperty({ enum: MARKINGS })
  @Classified('administrative')
  marking: Marking;

  @Classified('administrative')
  madeFor: MadeFor;

  @ApiProperty({ nullable: true, type: () => MeetingPanelView })
  @Classified('administrative')
  panel: MeetingPanelView | null;

  /** Who was there, and who was not, as it was recorded. */
  @Classified('administrative')
  attendances: MinutedAttendanceView[];

  /** The people whom the attendances name. */
  @Classified('administrative')
  practitioners: NamedPractitionerView[];

  /** The items that you may see, in the order in which they were heard. */
  @Classified('administrative')
  items: MinutesItem[];

  /** The agencies that the items name. */
  @Classified('administrative')
  agencies: NamedAgencyView[];

  /** Data categories of which you may not learn whether anything is held. */
  @Classified('administrative')
  withheldCategories: string[];
}
