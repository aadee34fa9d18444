import { ApiProperty, IntersectionType, PartialType, PickType } from '@nestjs/swagger';
import { ArrayMaxSize, ArrayMinSize, IsBoolean, IsIn, IsOptional, Length } from 'class-validator';
import { Uuid } from '../http/uuid.js';
import { CalendarDate } from '../time/calendar-date.js';
import { PageQuery } from '../http/page-query.dto.js';
import { RESEARCH_STATUSES, ResearchPoint, type ResearchStatus } from './research.entity.js';

export class ResearchQuery extends PageQuery {
  /** Limits the list to requests with this status. */
  @IsOptional()
  @IsIn(RESEARCH_STATUSES)
  status?: ResearchStatus;

  /** Limits the list to requests to this agency. */
  @IsOptional()
  @Uuid()
  askedAgencyId?: string;
}

/**
 * Asks agencies for their information on each item of the meeting. Default: agencies of core members, agencies invited
 * to the item, and agencies that the panel's rules add for the people in the case. An agency that was asked before is
 * not asked again.
 */
export class ResearchAsking {
  /** Item to which the request is limited. Default: all items. */
  @IsOptional()
  @Uuid()
  listingId?: string;

  /** Agencies to ask instead of the default ones. */
  @ApiProperty({ required: false, type: [String], format: 'uuid', minItems: 1, maxItems: 50 })
  @IsOptional()
  @ArrayMinSize(1)
  @ArrayMaxSize(50)
  @Uuid({ each: true })
  agencyIds?: string[];

  /** Earlier last day than the one of the meeting, which is the default. */
  @IsOptional()
  @CalendarDate()
  dueOn?: string;
}

/** Handling of a point when it is shared. */
class Sharing extends PartialType(PickType(ResearchPoint, ['handling', 'conditions', 'originatorControl'] as const), {
  skipNullProperties: false,
}) {}

/** Records a finding: by default a draft, or at once `shared` (with a summary) or `withheld` (with the reason). */
export class PointRequest extends IntersectionType(
  PickType(ResearchPoint, ['category', 'kind', 'text', 'summary', 'occurredOn'] as const),
  Sharing,
) {
  /** Decision on the point. Default: none, the point is a draft. */
  @IsOptional()
  @IsIn(['shared', 'withheld'])
  decision?: 'shared' | 'withheld';

  /** Reason for withholding, for your agency's own file. Required for `withheld`, otherwise not allowed. */
  @IsOptional()
  @Length(3, 1000)
  withheldReason?: string;
}

/** Corrects a finding that is not contributed yet. */
export class PointChange extends PartialType(
  PickType(ResearchPoint, [
    'kind',
    'text',
    'summary',
    'handling',
    'conditions',
    'originatorControl',
    'occurredOn',
  ] as const),
  { skipNullProperties: false },
) {}

/** Decides to share a point, which is contributed when the request is answered. */
export class PointSharing extends Sharing {
  /** One line for agencies that receive only a summary. */
  @Length(3, 500)
  summary: string;
}

/** Decides to withhold a point. */
export class PointWithholding {
  /** Reason for withholding, for your agency's own file. */
  @Length(3, 1000)
  reason: string;
}

/** Answers the request. */
export class ResearchReturn {
  /** Whether the agency has nothing to share. A nil return is recorded as an answer. */
  @IsBoolean()
  nil: boolean;
}
