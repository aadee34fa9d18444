import { Type } from 'class-transformer';
import { IsIn, IsInt, IsOptional, Max, Min } from 'class-validator';
import { Uuid } from '../http/uuid.js';
import { Instant } from '../time/instant.js';
import {
  LEGAL_OPERATIONS,
  AUDIT_OUTCOMES,
  type LegalOperation,
  type AuditOutcome,
} from '../records/audit-recording.js';
import { PageQuery } from '../http/page-query.dto.js';

export class AuditEntryQuery extends PageQuery {
  /** Returns only entries at or after this time. */
  @IsOptional()
  @Instant()
  from?: Date;

  /** Returns only entries before this time. */
  @IsOptional()
  @Instant()
  to?: Date;

  /** Returns only entries of this actor. */
  @IsOptional()
  @Uuid()
  actorId?: string;

  /** Returns only entries with this decision of the policy. */
  @IsOptional()
  @IsIn(AUDIT_OUTCOMES)
  outcome?: AuditOutcome;

  /** Returns only entries of this legal operation. */
  @IsOptional()
  @IsIn(LEGAL_OPERATIONS)
  operation?: LegalOperation;
}

export class InclusionProofQuery {
  /** Size of the checkpoint to prove against. Default: the last checkpoint. */
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(Number.MAX_SAFE_INTEGER)
  size?: number;
}

export class ConsistencyProofQuery {
  /** Size of the earlier checkpoint. Default: the first checkpoint. */
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(Number.MAX_SAFE_INTEGER)
  from?: number;

  /** Size of the later checkpoint. Default: the last checkpoint. */
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(Number.MAX_SAFE_INTEGER)
  to?: number;
}
