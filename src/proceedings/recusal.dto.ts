import { IntersectionType, PartialType, PickType } from '@nestjs/swagger';
import { Length } from 'class-validator';
import { Recusal } from './recusal.entity.js';

/**
 * Recuses a person from one item. Without `practitionerId` you declare your own conflict and lose access to the item at
 * once.
 */
export class RecusalRequest extends IntersectionType(
  PickType(Recusal, ['listingId', 'reason'] as const),
  PartialType(PickType(Recusal, ['practitionerId'] as const), { skipNullProperties: false }),
) {}

/** Ends a recusal. */
export class RecusalEnd {
  /** Reason why the recusal is no longer needed. */
  @Length(3, 500)
  reason: string;
}
