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
import { CLASSIFICATIONS, type ProtectiveMarking } from './marking.js';
import { Meeting } from '../meetings/meeting.entity.js';
import { DecisionView, ListingView } from '../meetings/meeting.response.js';
import { ResearchRequestView } from '../research/research.response.js';

/** Item of a pack with the content of its case that you may see. Records look as they do when read separately. */
export class PackItem {
  listing: ListingView;

  /** Case of the item; null if your registration does not cover it. */
  @ApiProperty({ type: CaseView, nullable: true })
  case: CaseView | null;

  /** Roles of people in the case. */
  people: CasePersonView[];

  /** People named by the roles. */
  persons: PersonView[];

  /** Contributions of agencies, including shared findings of research. */
  contributions: ContributionView[];

  assessments: AssessmentView[];

  plans: PlanView[];

  actions: ActionView[];

  /** Earlier decisions on the case. */
  decisions: DecisionView[];

  /** Research requests for the item, with their status. */
  research: ResearchRequestView[];
}

/** Fields withheld in records of one type and category, with the rule. */
export class PackWithheld {
  /** Type of record. */
  type: string;

  category: string;

  /** Names of the withheld fields, whether or not they hold a value. */
  fields: string[];

  /** Step of the decision; see `POST /v1/policy/explanations`. */
  step: string;

  /** Name of the rule that withholds the fields. */
  rule: string;
}

/** Fields withheld in one item. */
export class PackItemManifest {
  /** Item of the meeting. */
  @ApiProperty({ format: 'uuid' })
  listingId: string;

  withheld: PackWithheld[];
}

/** Data category of which you may not learn whether anything is held. */
export class PackCategory {
  category: string;

  /** Name of the rule that withholds the category. */
  rule: string;
}

/** Item that was recalled. */
export class PackRecalledItem {
  @ApiProperty({ format: 'uuid' })
  listingId: string;

  /** Reason of the recall. */
  reason: string;
}

/** Owner of the copy, printed on each page. */
export class PackWatermark {
  /** Name of the reader. */
  reader: string;

  /** Name of the reader’s agency. */
  agency: string;

  /** Time of rendering. */
  renderedAt: Date;

  /** Panel code and day of the meeting in London. */
  meeting: string;

  /** Serial number of this copy, recorded in the audit log. */
  @ApiProperty({ format: 'uuid' })
  serial: string;
}

/** Marking of the pack: the highest of its parts. */
export class PackMarking {
  @ApiProperty({ enum: CLASSIFICATIONS })
  classification: ProtectiveMarking;

  /** Strictest handling code of the contributions; null if you are shown none. */
  @ApiProperty({ enum: HANDLING, nullable: true, type: String })
  handling: Handling | null;
}

/** Content withheld from the reader and the reasons, the owner of the copy, and its marking. */
export class PackManifest {
  watermark: PackWatermark;

  marking: PackMarking;

  /** Withheld fields by item. */
  items: PackItemManifest[];

  /** Data categories of which you may not learn whether anything is held. */
  categories: PackCategory[];

  /** Items of your copy that were recalled. */
  recalled: PackRecalledItem[];
}

/** Papers of a meeting for one reader, as far as the reader may see them now. */
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

  /** Language tag: `en-GB`. */
  @Classified('administrative')
  language: string;

  @ApiProperty({ nullable: true, type: () => MeetingPanelView })
  @Classified('administrative')
  panel: MeetingPanelView | null;

  /** Items in the order of hearing. */
  @Classified('administrative')
  items: PackItem[];

  /** Agencies named in the items. */
  @Classified('administrative')
  agencies: NamedAgencyView[];

  @Classified('administrative')
  manifest: PackManifest;
}
