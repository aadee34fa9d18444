import { ApiProperty } from '@nestjs/swagger';
import { PERSON_ROLES, type PersonRole } from '../cases/case.entity.js';
import { Classified } from '../authorization/classification.js';
import type { Row } from '../authorization/conditions.js';
import { londonDay } from '../time/london-day.js';
import { view } from '../records/response-view.js';
import { Person } from '../subjects/subject.entity.js';
import { ResearchPoint, ResearchRequest } from './research.entity.js';

/** That an agency is asked, and whether it answered: nothing of what it holds. */
export class ResearchRequestView extends view(
  ResearchRequest,
  'id',
  'version',
  'meetingId',
  'listingId',
  'caseId',
  'panelId',
  'askedAgencyId',
  'dueOn',
  'originalDueOn',
  'closesAt',
  'status',
  'returnedAt',
  'nil',
  'updatedAt',
) {
  /** Due before today (in London) and not answered. */
  @Classified('administrative')
  overdue: boolean;

  static derive = ({ status, dueOn }: Row, now: Date): Row => ({
    overdue: status === 'asked' && (dueOn as string) < londonDay(now),
  });
}

/** Whom to search for in one's own records. */
export class SoughtPersonView extends view(
  Person,
  'id',
  'givenName',
  'familyName',
  'aliases',
  'dateOfBirth',
  'datePrecision',
  'currentAddress',
) {
  /** As what the person is in the case, and in no other. */
  @ApiProperty({ enum: PERSON_ROLES, isArray: true, maxItems: 20 })
  @Classified('identity', 'summary')
  roles: PersonRole[];
}

/** One thing that your agency found, and what it decided about it. */
export class ResearchPointView extends view(
  ResearchPoint,
  'id',
  'version',
  'requestId',
  'category',
  'kind',
  'text',
  'summary',
  'handling',
  'conditions',
  'originatorControl',
  'occurredOn',
  'decision',
  'withheldReason',
  'contributionId',
  'updatedAt',
) {}
