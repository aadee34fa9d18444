import { ApiProperty } from '@nestjs/swagger';
import { AssessmentView } from '../cases/assessment.response.js';
import { HANDLING, type Handling } from '../cases/case.entity.js';
import { CasePersonView, CaseView, ContributionView } from '../cases/case.response.js';
import { ActionView } from '../plans/action.response.js';
import { PlanView } from '../plans/plan.response.js';
import { Classified } from '../authorization/classification.js';
import { view } from '../records/response-view.js';
import { PersonView } from '../subjects/subject.response.js';
import { MeetingPanelView } from '../meetings/calendar.response.js';
import { NamedAgencyView } from './document.response.js';
import { CLASSIFICATIONS, type Classification } from './marking.js';
import { Meeting } from '../meetings/meeting.entity.js';
import { DecisionView, ListingView } from '../meetings/meeting.response.js';
import { ResearchRequestView } from '../research/research.response.js';

/** One item of a pack, with what you may see of its case: each record as it is shown when it is read by itself. */
export class PackItem {
  listing: ListingView;

  /** The case; null where your registration does not cover it. */
  @ApiProperty({ type: CaseView, nullable: true })
  case: CaseView | null;

  /** Who has which role in the case. */
  people: CasePersonView[];

  /** Those people. */
  persons: PersonView[];

  /** What agencies contributed, what they found in their research and shared included. */
  contributions: ContributionView[];

  assessments: AssessmentView[];

  plans: PlanView[];

  actions: ActionView[];

  /** What was decided about the case before. */
  decisions: DecisionView[];

  /** Who was asked what they know for the item, and whether they answered. */
  research: ResearchRequestView[];
}

/** Fields that are kept back in records of one type and category, and the rule that keeps them. */
export class PackWithheld {
  /** The type of record. */
  type: string;

  /** The data category. */
  category: string;

  /** Names of fields, whether or not they hold a value. */
  fields: string[];

  /** The step of the decision; see `POST /v1/policy/explanations`. */
  step: string;

  /** The rule. */
  rule: string;
}

/** What is kept back in one item. */
export class PackItemManifest {
  /** The item. */
  @ApiProperty({ format: 'uuid' })
  listingId: string;

  withheld: PackWithheld[];
}

/** A data category of which you may not learn whether anything is held. */
export class PackCategory {
  category: string;

  /** The rule that keeps it. */
  rule: string;
}

/** An item that was recalled. */
export class PackRecalledItem {
  @ApiProperty({ format: 'uuid' })
  listingId: string;

  /** Why. */
  reason: string;
}

/** Whose copy it is: on each page. */
export class PackWatermark {
  /** The reader. */
  reader: string;

  /** The reader’s agency. */
  agency: string;

  /** When it was rendered. */
  renderedAt: Date;

  /** The panel and the day of the meeting in London. */
  meeting: string;

  /** Of this one copy; the audit log knows it. */
  @ApiProperty({ format: 'uuid' })
  serial: string;
}

/** The highest of its parts. */
export class PackMarking {
  @ApiProperty({ enum: CLASSIFICATIONS })
  classification: Classification;

  /** The strictest handling among its contributions; null where you are shown none. */
  @ApiProperty({ enum: HANDLING, nullable: true, type: String })
  handling: Handling | null;
}

/** What this copy keeps back from its reader and why, whose it is, and how it is to be handled. */
export class PackManifest {
  watermark: PackWatermark;

  marking: PackMarking;

  /** What is kept back in each item. */
  items: PackItemManifest[];

  /** Data categories of which you may not learn whether anything is held. */
  categories: PackCategory[];

  /** Items of your copy that were recalled. */
  recalled: PackRecalledItem[];
}

/** The papers of a meeting for whoever asks, as they may read now. */
export class PackView extends view(
  Meeting,
  'id',
  'version',
  'panelId',
  'kind',
  'status',
  'scheduledAt',
  'endsAt',
  'venueOrMode',
  'agendaEdition',
) {
  @Classified('administrative')
  title: string;

  /** `en-GB`. */
  @Classified('administrative')
  language: string;

  @ApiProperty({ nullable: true, type: () => MeetingPanelView })
  @Classified('administrative')
  panel: MeetingPanelView | null;

  /** Its items, in the order in which they are heard. */
  @Classified('administrative')
  items: PackItem[];

  /** The agencies that the items name. */
  @Classified('administrative')
  agencies: NamedAgencyView[];

  @Classified('administrative')
  manifest: PackManifest;
}
