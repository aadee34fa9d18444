import { IntersectionType, PartialType, PickType } from '@nestjs/swagger';
import { IsIn, IsOptional, IsUUID, Length } from 'class-validator';
import { ActionRequest } from '../plans/action.requests.js';
import { PageQuery } from '../records/page-query.requests.js';
import {
  Decision,
  Invitation,
  Listing,
  Meeting,
  MEETING_STATUSES,
  Minute,
  type MeetingStatus,
} from './meeting.entity.js';

export class MeetingQuery extends PageQuery {
  /** Only meetings of this panel. */
  @IsOptional()
  @IsUUID()
  panelId?: string;

  /** Only meetings that stand there. */
  @IsOptional()
  @IsIn(MEETING_STATUSES)
  status?: MeetingStatus;
}

/** Convenes a meeting of the panel; `emergency` outside its cycle, for what cannot wait. */
export class MeetingRequest extends IntersectionType(
  PickType(Meeting, ['panelId', 'scheduledAt', 'endsAt', 'venueOrMode', 'chairId'] as const),
  PartialType(PickType(Meeting, ['kind'] as const), { skipNullProperties: false }),
) {}

/** Puts a meeting off to another time. */
export class MeetingPostponement extends PickType(Meeting, ['scheduledAt', 'endsAt'] as const) {}

/** Says that a meeting does not take place. */
export class MeetingCancellation {
  /** Why, for everybody on the panel: nothing about a case. */
  @Length(3, 300)
  reason: string;
}

/**
 * Puts a case on the list. Its lead agency presents it unless another is named; the panel's rules say how long it may take.
 */
export class ListingRequest extends IntersectionType(
  PickType(Listing, ['kind'] as const),
  PartialType(PickType(Listing, ['timeboxMinutes', 'presentedByAgencyId'] as const), { skipNullProperties: false }),
) {
  /** The case. */
  @IsUUID()
  caseId: string;
}

/** Invites an agency, or one person of it, to one item; from now on unless said otherwise. */
export class InvitationRequest extends IntersectionType(
  PickType(Invitation, ['agencyId', 'practitionerId', 'closesAt'] as const),
  PartialType(PickType(Invitation, ['opensAt'] as const), { skipNullProperties: false }),
) {}

/** Records what the panel decided about one item. */
export class DecisionRequest extends PickType(Decision, [
  'listingId',
  'kind',
  'text',
  'rationale',
  'dissent',
] as const) {}

/** Captures an action that an agency offers in the item, in a plan of the case. */
export class CapturedActionRequest extends ActionRequest {
  /** The plan. */
  @IsUUID()
  planId: string;
}

/** Writes the minutes of one item: a draft, or after approval the draft of a corrected edition. */
export class MinuteRequest extends PickType(Minute, ['listingId', 'text'] as const) {}
