import { IntersectionType, PartialType, PickType } from '@nestjs/swagger';
import { PackRecall } from './pack-recall.entity.js';

/** Recalls all papers of the meeting, or those of one item. */
export class PackRecallRequest extends IntersectionType(
  PickType(PackRecall, ['reason'] as const),
  PartialType(PickType(PackRecall, ['listingId'] as const), { skipNullProperties: false }),
) {}
