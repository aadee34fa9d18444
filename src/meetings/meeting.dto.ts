import { IntersectionType, PartialType, PickType } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsBoolean, IsIn, IsInt, IsOptional, Length, Max, Min } from 'class-validator';
import { Uuid } from '../http/uuid.js';
import { ActionRequest } from '../plans/action.dto.js';
import { PageQuery } from '../http/page-query.dto.js';
import { Decision, Invitation, Listing, Meeting, MEETING_STATUSES, type MeetingStatus } from './meeting.entity.js';

export class MeetingQuery extends PageQuery {
  /** Only meetings of this panel. */
  @IsOptional()
  @Uuid()
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

/** Takes back the opening of a meeting that was opened by mistake. */
export class MeetingOpeningReversal {
  /** Why, for everybody on the panel: nothing about a case. */
  @Length(3, 500)
  reason: string;
}

/** Says that a meeting does not take place. */
export class MeetingCancellation {
  /** Why, for everybody on the panel: nothing about a case. */
  @Length(3, 300)
  reason: string;
}

/** Says why an emergency meeting cannot wait although no case of high risk is on its list. */
export class MeetingJustification {
  /** Why, for everybody on the panel: nothing about a case. */
  @Length(3, 300)
  reason: string;
}

/**
 * Puts a case on the list. Its lead agency presents it unless another is named; the panel's rules say how long it may take.
 * When the agenda is out, only what is urgent is added, or what is late, with the reason.
 */
export class ListingRequest extends IntersectionType(
  PickType(Listing, ['kind'] as const),
  PartialType(PickType(Listing, ['timeboxMinutes', 'presentedByAgencyId', 'lateReason'] as const), {
    skipNullProperties: false,
  }),
) {
  /** The case. */
  @Uuid()
  caseId: string;

  /** It comes late: then say why in `lateReason`. */
  @IsOptional()
  @IsBoolean()
  late?: boolean;
}

/** Changes how an item is heard; what is left out stays. */
export class ListingChange extends PartialType(
  PickType(Listing, ['kind', 'timeboxMinutes', 'presentedByAgencyId'] as const),
  { skipNullProperties: false },
) {}

/** Takes an item off the list, and puts it on that of another meeting where one is named. */
export class ListingRemoval {
  /** Why it is not heard now. */
  @Length(3, 1000)
  reason: string;

  /** Another meeting of the panel, whose agenda is not out yet; without one the next agenda that is drawn up takes it. */
  @IsOptional()
  @Uuid()
  toMeetingId?: string | null;
}

/** Which agenda: as it is, or as it was circulated. */
export class AgendaQuery {
  /** The edition; without it the agenda as it is now. */
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(1000)
  edition?: number;
}

/** Invites an agency, or one person of it, to one item; from now on unless said otherwise. */
export class InvitationRequest extends IntersectionType(
  PickType(Invitation, ['agencyId', 'practitionerId', 'closesAt'] as const),
  PartialType(PickType(Invitation, ['opensAt'] as const), { skipNullProperties: false }),
) {}

/** Corrects the dates of an invitation, within the limits of a new one. */
export class InvitationChange extends PartialType(PickType(Invitation, ['opensAt', 'closesAt'] as const), {
  skipNullProperties: false,
}) {
  /** Why. */
  @Length(3, 500)
  reason: string;
}

/** Withdraws an invitation: it opens nothing any more. */
export class InvitationWithdrawal {
  /** Why. */
  @Length(3, 500)
  reason: string;
}

/** Records what the panel decided about one item. */
export class DecisionRequest extends PickType(Decision, [
  'listingId',
  'kind',
  'text',
  'rationale',
  'dissent',
] as const) {}

/** Captures an action that an agency offers in the item. */
export class CapturedActionRequest extends ActionRequest {
  /** The plan of the case in which it stands, if there is one. */
  @IsOptional()
  @Uuid()
  planId?: string | null;
}
