import { ApiProperty, IntersectionType, PartialType, PickType } from '@nestjs/swagger';
import { ArrayMaxSize, ArrayMinSize, IsBoolean, IsIn, IsOptional, Length } from 'class-validator';
import { Uuid } from '../http/uuid.js';
import { CalendarDate } from '../time/calendar-date.js';
import { PageQuery } from '../http/page-query.dto.js';
import { RESEARCH_STATUSES, ResearchPoint, type ResearchStatus } from './research.entity.js';

export class ResearchQuery extends PageQuery {
  /** Only requests that stand there. */
  @IsOptional()
  @IsIn(RESEARCH_STATUSES)
  status?: ResearchStatus;

  /** Only requests to this agency. */
  @IsOptional()
  @Uuid()
  askedAgencyId?: string;
}

/**
 * Asks agencies what they know: for each item of the meeting the agencies of core members, those invited to it, and those
 * whom the panel's rules add for what is known of its people. Nobody is asked twice.
 */
export class ResearchAsking {
  /** Only for this item. */
  @IsOptional()
  @Uuid()
  listingId?: string;

  /** These agencies, instead of the usual ones. */
  @ApiProperty({ required: false, type: [String], format: 'uuid', minItems: 1, maxItems: 50 })
  @IsOptional()
  @ArrayMinSize(1)
  @ArrayMaxSize(50)
  @Uuid({ each: true })
  agencyIds?: string[];

  /** An earlier last day than the meeting's own. */
  @IsOptional()
  @CalendarDate()
  dueOn?: string;
}

/** How a point is to be shared. */
class Sharing extends PartialType(PickType(ResearchPoint, ['handling', 'conditions', 'originatorControl'] as const), {
  skipNullProperties: false,
}) {}

/** A finding: a draft, unless you say at once that it is `shared` (with a summary) or `withheld` (with the reason). */
export class PointRequest extends IntersectionType(
  PickType(ResearchPoint, ['category', 'kind', 'text', 'summary', 'occurredOn'] as const),
  Sharing,
) {
  /** `shared` or `withheld`. */
  @IsOptional()
  @IsIn(['shared', 'withheld'])
  decision?: 'shared' | 'withheld';

  /** Why it is withheld, for your agency's own file. */
  @IsOptional()
  @Length(3, 1000)
  withheldReason?: string;
}

/** Corrects a finding that has not left yet. */
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

/** Decides that a point will be shared: it leaves with the return. */
export class PointSharing extends Sharing {
  /** One line for those who receive a summary. */
  @Length(3, 500)
  summary: string;
}

/** Decides that a point stays in the agency. */
export class PointWithholding {
  /** Why, for your agency's own file. */
  @Length(3, 1000)
  reason: string;
}

/** Answers the request. */
export class ResearchReturn {
  /** There is nothing to share: recorded as such. */
  @IsBoolean()
  nil: boolean;
}
