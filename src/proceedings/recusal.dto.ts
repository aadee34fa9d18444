import { IntersectionType, PartialType, PickType } from '@nestjs/swagger';
import { Length } from 'class-validator';
import { Recusal } from './recusal.entity.js';

/** Takes somebody out of one item. Without a person you declare a conflict of your own: you lose the item at once. */
export class RecusalRequest extends IntersectionType(
  PickType(Recusal, ['listingId', 'reason'] as const),
  PartialType(PickType(Recusal, ['practitionerId'] as const), { skipNullProperties: false }),
) {}

/** Ends a recusal. */
export class RecusalEnd {
  /** Why it need not last. */
  @Length(3, 500)
  reason: string;
}
