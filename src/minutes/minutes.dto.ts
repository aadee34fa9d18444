import { IntersectionType, PartialType, PickType } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { ArrayMaxSize, IsArray, IsOptional, ValidateNested } from 'class-validator';
import { Uuid } from '../http/uuid.js';
import { Minute, MinutePoint } from './minutes.entity.js';

/** What an agency told in the item. Of what repeats a contribution, that says the agency and the category. */
export class MinutePointRequest extends IntersectionType(
  PickType(MinutePoint, ['text'] as const),
  PartialType(PickType(MinutePoint, ['category', 'contributionId'] as const), { skipNullProperties: false }),
) {
  /** The agency that told it; without one, your own. */
  @IsOptional()
  @Uuid()
  agencyId?: string;
}

const PARTS = ['reason', 'voice', 'riskFactors', 'protectiveFactors', 'disagreement', 'nextReviewOn'] as const;

/**
 * Writes the minutes of one item: a draft, or after approval the draft of a corrected edition. These are the whole of them: what
 * is left out is empty.
 */
export class MinuteRequest extends IntersectionType(
  PickType(Minute, ['listingId', 'text'] as const),
  PartialType(PickType(Minute, PARTS), { skipNullProperties: false }),
) {
  /** What agencies told, in order. */
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(50)
  @ValidateNested({ each: true })
  @Type(() => MinutePointRequest)
  points?: MinutePointRequest[];
}

/** Says at which later meeting the minutes were confirmed. */
export class MinuteConfirmation {
  /** The meeting: a later one of the panel, that is in session or was held. */
  @Uuid()
  meetingId: string;
}
