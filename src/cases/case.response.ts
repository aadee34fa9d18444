import { ApiProperty } from '@nestjs/swagger';
import { Classified } from '../authorization/classification.js';
import type { Row } from '../authorization/conditions.js';
import { view } from '../records/response-view.js';
import { CasePersonCorrection } from './case-person-correction.entity.js';
import { Case, CasePerson, Contribution, SHOWN_AS_LISTED } from './case.entity.js';

/** The stage with what follows from the items of meetings that the reader may see. */
const shownStage = ({ stage }: Row, _now: Date, { onList }: Row): Row => ({
  stage: onList === true && SHOWN_AS_LISTED.some((one) => one === stage) ? 'listed' : stage,
});

/** A case, as far as you may see it. */
export class CaseView extends view(
  Case,
  'id',
  'version',
  'reference',
  'partnershipId',
  'panelId',
  'stage',
  'subjectKind',
  'personId',
  'placeId',
  'groupId',
  'category',
  'summary',
  'whyMultiAgency',
  'agencyId',
  'leadAgencyId',
  'riskBand',
  'riskBandReason',
  'isRepeat',
  'previousCaseId',
  'nextReviewOn',
  'rulesEdition',
  'openedAt',
  'updatedAt',
  'closedAt',
  'closureReason',
  'outcome',
  'reopenedAt',
  'reopeningReason',
) {
  static derive = shownStage;
}

/** A case in a list. */
export class CaseItemView extends view(
  Case,
  'id',
  'version',
  'reference',
  'panelId',
  'stage',
  'subjectKind',
  'riskBand',
  'isRepeat',
  'leadAgencyId',
  'nextReviewOn',
  'updatedAt',
) {
  static derive = shownStage;
}

/** Where a case stands, for systems that follow it: nothing about its content. */
export class CaseStatusView extends view(Case, 'id', 'version', 'reference', 'panelId', 'stage') {
  /** The next meeting at which it is listed, or null. */
  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  @Classified('administrative')
  nextMeetingAt: Date | null;

  /** Open actions of your agency in this case. */
  @ApiProperty({
    type: 'array',
    maxItems: 100,
    items: {
      type: 'object',
      required: ['id', 'status', 'dueOn'],
      properties: {
        id: { type: 'string', format: 'uuid', maxLength: 36 },
        status: { type: 'string', maxLength: 40 },
        dueOn: { type: 'string', format: 'date', maxLength: 10 },
      },
    },
  })
  @Classified('administrative')
  openActions: { id: string; status: string; dueOn: string }[];

  static derive = shownStage;
}

/** A person's role in a case. */
export class CasePersonView extends view(
  CasePerson,
  'id',
  'version',
  'caseId',
  'personId',
  'agencyId',
  'role',
  'rationale',
  'since',
  'until',
  'pregnant',
  'inCustody',
) {}

/** A correction of a person's role in a case: the values before it, and why. */
export class CasePersonCorrectionView extends view(
  CasePersonCorrection,
  'id',
  'version',
  'caseId',
  'roleId',
  'personId',
  'agencyId',
  'kind',
  'reason',
  'role',
  'rationale',
  'since',
  'until',
  'pregnant',
  'inCustody',
  'correctedById',
  'correctedAt',
) {}

/** What an agency contributed: in full, in summary, or only that it exists, category and agency. */
export class ContributionView extends view(
  Contribution,
  'id',
  'version',
  'caseId',
  'agencyId',
  'category',
  'kind',
  'summary',
  'text',
  'handling',
  'conditions',
  'originatorControl',
  'recalledAt',
  'recallReason',
  'agencyOnly',
  'occurredOn',
  'updatedAt',
) {}
