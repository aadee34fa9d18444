import { IntersectionType, PartialType, PickType } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsBoolean, IsIn, IsInt, IsOptional, Length, Max, Min } from 'class-validator';
import { Uuid } from '../http/uuid.js';
import { ActionRequest } from '../plans/action.dto.js';
import { PageQuery } from '../http/page-query.dto.js';
import { Decision, Invitation, Listing, Meeting, MEETING_STATUSES, type MeetingStatus } from './meeting.entity.js';

export class MeetingQuery extends PageQuery {
  /** Limits the list to meetings of this panel. */
  @IsOptional()
  @Uuid()
  panelId?: string;

  /** Limits the list to meetings with this status. */
  @IsOptional()
  @IsIn(MEETING_STATUSES)
  status?: MeetingStatus;
}

/** Convenes a meeting of the panel; an `emergency` meeting takes place outside the cycle. */
export class MeetingRequest extends IntersectionType(
  PickType(Meeting, ['panelId', 'scheduledAt', 'endsAt', 'venueOrMode', 'chairId'] as const),
  PartialType(PickType(Meeting, ['kind'] as const), { skipNullProperties: false }),
) {}

/** Moves a meeting to another time. */
export class MeetingPostponement extends PickType(Meeting, ['scheduledAt', 'endsAt'] as const) {}

/** Reverses the opening of a meeting that was opened by mistake. */
export class MeetingOpeningReversal {
  /** Reason, visible to those who chair or coordinate the panel. Must not mention a case. */
  @Length(3, 500)
  reason: string;
}

/** Cancels a meeting. */
export class MeetingCancellation {
  /** Reason, visible to those who chair or coordinate the panel. Must not mention a case. */
  @Length(3, 300)
  reason: string;
}

/** Gives the reason why an emergency meeting without a high-risk case cannot wait. */
export class MeetingJustification {
  /** Reason, visible to those who chair or coordinate the panel. Must not mention a case. */
  @Length(3, 300)
  reason: string;
}

/**
 * Adds a case to the list. Defaults: the case's lead agency presents it, and the panel's rules set the time allowed.
 * After the agenda is circulated, only urgent cases are added, or late ones with a reason.
 */
export class ListingRequest extends IntersectionType(
  PickType(Listing, ['kind'] as const),
  PartialType(PickType(Listing, ['timeboxMinutes', 'presentedByAgencyId', 'lateReason'] as const), {
    skipNullProperties: false,
  }),
) {
  /** Case to be heard. */
  @Uuid()
  caseId: string;

  /** Whether the case is listed after the deadline; requires `lateReason`. Default: false. */
  @IsOptional()
  @IsBoolean()
  late?: boolean;
}

/** Changes how an item is heard. Omitted fields stay as they are. */
export class ListingChange extends PartialType(
  PickType(Listing, ['kind', 'timeboxMinutes', 'presentedByAgencyId'] as const),
  { skipNullProperties: false },
) {}

/** Takes an item off the list, and adds the case to another meeting if one is named. */
export class ListingRemoval {
  /** Reason why the case is not heard at this meeting. */
  @Length(3, 1000)
  reason: string;

  /**
   * Another meeting of the panel whose agenda is not circulated yet. Default: the next agenda that is drawn up takes
   * the case.
   */
  @IsOptional()
  @Uuid()
  toMeetingId?: string | null;
}

/** Edition of the agenda to return. */
export class AgendaQuery {
  /** Edition as circulated. Default: the agenda in its present state. */
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(1000)
  edition?: number;
}

/** Invites an agency, or one person of it, to one item; by default from now on. */
export class InvitationRequest extends IntersectionType(
  PickType(Invitation, ['agencyId', 'practitionerId', 'closesAt'] as const),
  PartialType(PickType(Invitation, ['opensAt'] as const), { skipNullProperties: false }),
) {}

/** Corrects the dates of an invitation, within the limits of a new one. */
export class InvitationChange extends PartialType(PickType(Invitation, ['opensAt', 'closesAt'] as const), {
  skipNullProperties: false,
}) {
  /** Reason for the correction. */
  @Length(3, 500)
  reason: string;
}

/** Withdraws an invitation, which then gives no access. */
export class InvitationWithdrawal {
  /** Reason for the withdrawal. */
  @Length(3, 500)
  reason: string;
}

/** Records the decision of the panel on one item. */
export class DecisionRequest extends PickType(Decision, [
  'listingId',
  'kind',
  'text',
  'rationale',
  'dissent',
] as const) {}

/** Corrects a decision that was recorded wrongly. Omitted fields stay as they were. */
export class DecisionCorrection extends PartialType(
  PickType(Decision, ['kind', 'text', 'rationale', 'dissent'] as const),
  { skipNullProperties: false },
) {
  /** Reason for the correction. */
  @Length(3, 500)
  reason: string;
}

/** Records an action that an agency offers in the item. */
export class CapturedActionRequest extends ActionRequest {
  /** Plan of the case to which the action belongs. Default: none. */
  @IsOptional()
  @Uuid()
  planId?: string | null;
}
