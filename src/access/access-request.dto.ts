import { ApiProperty, PickType } from '@nestjs/swagger';
import { IsOptional, Length, Matches } from 'class-validator';
import { Uuid } from '../http/uuid.js';
import { Instant } from '../time/instant.js';
import { AccessRequest } from './access-request.entity.js';

/** Asks to read a case, named by its reference or its identifier. */
export class AccessAsking extends PickType(AccessRequest, ['reason', 'purpose'] as const) {
  /** The case, by its reference, e.g. `JAG-2026-00042` … */
  @IsOptional()
  @Matches(/^[A-Za-z]{2,10}-\d{4}-\d{1,9}$/)
  caseReference?: string;

  /** … or by its identifier. */
  @IsOptional()
  @Uuid()
  caseId?: string;
}

/** Lets whoever asked read the case, until then. */
export class AccessApproval {
  /** When it ends: the panel’s rules say how far ahead (`accessGrantDays`, 28 unless they say otherwise). */
  @ApiProperty({ type: String, format: 'date-time' })
  @Instant()
  expiresAt: Date;
}

/** Refuses it. Whoever may not even know of the case is not told. */
export class AccessRefusal {
  /** Why, for the panel's file. */
  @Length(3, 1000)
  reason: string;
}

/** Ends the access before its time. */
export class AccessRevocation extends AccessRefusal {}
