import { IntersectionType, PartialType, PickType } from '@nestjs/swagger';
import { DisclosedCrime } from './crime.entity.js';

/** Records a crime disclosed in an item, with the victim’s wish. */
export class CrimeRequest extends IntersectionType(
  PickType(DisclosedCrime, ['listingId', 'summary', 'victimWishesReport'] as const),
  PartialType(PickType(DisclosedCrime, ['reportedTo', 'reference'] as const), { skipNullProperties: false }),
) {}

/** Amends a disclosed crime with later information. Omitted fields stay as they were. */
export class CrimeAmendment extends PartialType(
  PickType(DisclosedCrime, ['summary', 'victimWishesReport', 'reportedTo', 'reference'] as const),
  { skipNullProperties: false },
) {}
