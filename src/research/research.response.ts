import { ApiProperty } from '@nestjs/swagger';
import { PERSON_ROLES, type PersonRole } from '../cases/case.entity.js';
import { Classified } from '../authorization/classification.js';
import type { Row } from '../authorization/conditions.js';
import { londonDay } from '../time/clock.js';
import { view } from '../records/response-view.js';
import { Person } from '../subjects/subject.entity.js';
import { ResearchPoint, ResearchRequest } from './research.entity.js';

/** Request to an agency and its state, without anything that the agency holds. */
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
  /** Whether the request was due before today (in London) and is not answered. */
  @Classified('administrative')
  overdue: boolean;

  static derive = ({ status, dueOn }: Row, now: Date): Row => ({
    overdue: status === 'asked' && (dueOn as string) < londonDay(now),
  });
}

/** Person to search for in the agency's own records. */
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
  /** Roles of the person in this case only. */
  @ApiProperty({ enum: PERSON_ROLES, isArray: true, maxItems: 20 })
  @Classified('identity', 'summary')
  roles: PersonRole[];
}

/** Finding of your agency, with its decision. */
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
