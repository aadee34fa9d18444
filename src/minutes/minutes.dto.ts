import { IntersectionType, PartialType, PickType } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { ArrayMaxSize, IsArray, IsOptional, ValidateNested } from 'class-validator';
import { Uuid } from '../http/uuid.js';
import { Minute, MinutePoint } from './minutes.entity.js';

/**
 * Information shared by an agency in the item. If it repeats a contribution, agency and category are those of the
 * contribution.
 */
export class MinutePointRequest extends IntersectionType(
  PickType(MinutePoint, ['text'] as const),
  PartialType(PickType(MinutePoint, ['category', 'contributionId'] as const), { skipNullProperties: false }),
) {
  /** Agency that shared the information. Default: your own. */
  @IsOptional()
  @Uuid()
  agencyId?: string;
}

const PARTS = ['reason', 'voice', 'riskFactors', 'protectiveFactors', 'disagreement', 'nextReviewOn'] as const;

/**
 * Writes the minutes of one item: a draft, or after approval the draft of a corrected edition. The request replaces the
 * whole draft; omitted fields become empty.
 */
export class MinuteRequest extends IntersectionType(
  PickType(Minute, ['listingId', 'text'] as const),
  PartialType(PickType(Minute, PARTS), { skipNullProperties: false }),
) {
  /** Information shared by agencies, in order. Default: none. */
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(50)
  @ValidateNested({ each: true })
  @Type(() => MinutePointRequest)
  points?: MinutePointRequest[];
}

/** Records the later meeting that confirmed the minutes. */
export class MinuteConfirmation {
  /** Later meeting of the panel, in session or held. */
  @Uuid()
  meetingId: string;
}
