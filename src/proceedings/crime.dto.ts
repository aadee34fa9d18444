import { IntersectionType, PartialType, PickType } from '@nestjs/swagger';
import { DisclosedCrime } from './crime.entity.js';

/** Records a crime that came to light in an item, with the victim’s wish. */
export class CrimeRequest extends IntersectionType(
  PickType(DisclosedCrime, ['listingId', 'summary', 'victimWishesReport'] as const),
  PartialType(PickType(DisclosedCrime, ['reportedTo', 'reference'] as const), { skipNullProperties: false }),
) {}

/** Amends it by what became known later; what is not said stays as it was. */
export class CrimeAmendment extends PartialType(
  PickType(DisclosedCrime, ['summary', 'victimWishesReport', 'reportedTo', 'reference'] as const),
  { skipNullProperties: false },
) {}
