import { ApiProperty } from '@nestjs/swagger';
import { Classified } from '../authorization/classification.js';
import type { Row } from '../authorization/conditions.js';
import { view } from '../records/response-view.js';
import { CasePersonCorrection } from './case-person-correction.entity.js';
import { Case, CasePerson, Contribution, SHOWN_AS_LISTED } from './case.entity.js';

/** Derives the stage shown, from the items of meetings that the reader may see. */
const shownStage = ({ stage }: Row, _now: Date, { onList }: Row): Row => ({
  stage: onList === true && SHOWN_AS_LISTED.some((one) => one === stage) ? 'listed' : stage,
});

/** Case, with the fields that you may see. */
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

/** Case in a list. */
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

/** Status of a case for systems that follow it, without any content of the case. */
export class CaseStatusView extends view(Case, 'id', 'version', 'reference', 'panelId', 'stage') {
  /** Start of the next meeting at which the case is listed. Null if none. */
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

/** Role of a person in a case. */
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

/** Correction of a person's role in a case: the previous values and the reason. */
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

/** Contribution of an agency: in full, as a summary, or only its existence with category and agency. */
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
