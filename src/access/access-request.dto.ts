import { ApiProperty, PickType } from '@nestjs/swagger';
import { IsOptional, Length, Matches } from 'class-validator';
import { Uuid } from '../http/uuid.js';
import { Instant } from '../time/instant.js';
import { AccessRequest } from './access-request.entity.js';

/** Requests permission to read a case, identified by its reference or its identifier. */
export class AccessAsking extends PickType(AccessRequest, ['reason', 'purpose'] as const) {
  /** Reference of the case, e.g. `JAG-2026-00042`. Required if `caseId` is absent. */
  @IsOptional()
  @Matches(/^[A-Za-z]{2,10}-\d{4}-\d{1,9}$/)
  caseReference?: string;

  /** Identifier of the case. Required if `caseReference` is absent. */
  @IsOptional()
  @Uuid()
  caseId?: string;
}

/** Permits the requester to read the case until a date. */
export class AccessApproval {
  /** End of the access. The panel’s rules limit how far ahead it may be (`accessGrantDays`, 28 by default). */
  @ApiProperty({ type: String, format: 'date-time' })
  @Instant()
  expiresAt: Date;
}

/** Refuses a request. A requester who may not know of the case is not notified. */
export class AccessRefusal {
  /** Reason, for the panel's file. */
  @Length(3, 1000)
  reason: string;
}

/** Ends the access early. */
export class AccessRevocation extends AccessRefusal {}
