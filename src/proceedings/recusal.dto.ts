import { IntersectionType, PartialType, PickType } from '@nestjs/swagger';
import { IsIn, IsOptional, Length } from 'class-validator';
import { ENDING_KINDS, type EndingKind } from '../cases/case-person-correction.entity.js';
import { PageQuery } from '../http/page-query.dto.js';
import { Recusal } from './recusal.entity.js';

/**
 * Recuses a person from one item. Without `practitionerId` you declare your own conflict and lose access to the item at
 * once.
 */
export class RecusalRequest extends IntersectionType(
  PickType(Recusal, ['listingId', 'reason'] as const),
  PartialType(PickType(Recusal, ['practitionerId'] as const), { skipNullProperties: false }),
) {}

/** Selects recusals of a meeting. */
export class RecusalQuery extends PageQuery {
  /** Adds recusals made at other meetings that hold for items of this one, if `true`. */
  @IsOptional()
  @IsIn(['true', 'false'])
  holding?: 'true' | 'false';
}

/** Ends a recusal, or corrects an end of the kind `ended` to `entered_in_error`. */
export class RecusalEnd {
  /**
   * `ended`: the conflict is over. The person reads the items that are decided from now on; items decided meanwhile
   * remain hidden. `entered_in_error`: the person never had the conflict, and reads all items again. A recusal that has
   * `ended` can still be corrected to `entered_in_error`, not the reverse.
   */
  @IsIn(ENDING_KINDS)
  kind: EndingKind;

  /** Reason why the recusal is no longer needed, or why its end is corrected. */
  @Length(3, 500)
  reason: string;
}
