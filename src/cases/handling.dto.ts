import { ApiProperty, PickType } from '@nestjs/swagger';
import { IsIn, IsOptional, Length } from 'class-validator';
import { Instant } from '../time/instant.js';
import { RELEASED_TO, ReleaseRequest, type ReleasedTo } from './handling.entity.js';

/** Asks the originator of a contribution under its control to be let read it. */
export class ReleaseAsking extends PickType(ReleaseRequest, ['reason'] as const) {
  /** For your `agency` (the default) or for you, the `person`. */
  @IsOptional()
  @IsIn(RELEASED_TO)
  releasedTo?: ReleasedTo;
}

/** Releases it, until then. */
export class ReleaseApproval {
  /** When the release ends: at most a year ahead. */
  @ApiProperty({ type: String, format: 'date-time' })
  @Instant()
  expiresAt: Date;
}

/** Refuses to release it. */
export class ReleaseRefusal {
  /** Why not, for whoever asked. */
  @Length(3, 1000)
  reason: string;
}

/** Takes a contribution back: from then on nobody else reads what it says. This cannot be undone. */
export class ContributionRecall {
  /** Why, for your own agency's file. */
  @Length(3, 1000)
  reason: string;
}
