import { ApiProperty, PickType } from '@nestjs/swagger';
import { IsIn, IsOptional, Length } from 'class-validator';
import { Instant } from '../time/instant.js';
import { RELEASED_TO, ReleaseRequest, type ReleasedTo } from './handling.entity.js';

/** Asks the originating agency for a release of a contribution under originator control. */
export class ReleaseAsking extends PickType(ReleaseRequest, ['reason'] as const) {
  /** Recipient of the release: your `agency` (default) or you, the `person`. */
  @IsOptional()
  @IsIn(RELEASED_TO)
  releasedTo?: ReleasedTo;
}

/** Releases a contribution until a date. */
export class ReleaseApproval {
  /** End of the release, at most 366 days ahead. */
  @ApiProperty({ type: String, format: 'date-time' })
  @Instant()
  expiresAt: Date;
}

/** Refuses to release a contribution. */
export class ReleaseRefusal {
  /** Reason, shown to the requester. */
  @Length(3, 1000)
  reason: string;
}

/** Recalls a contribution: nobody else can read its content afterwards. This cannot be undone. */
export class ContributionRecall {
  /** Reason, visible to your own agency. */
  @Length(3, 1000)
  reason: string;
}
