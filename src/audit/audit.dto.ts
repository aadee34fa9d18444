import { Type } from 'class-transformer';
import { IsIn, IsInt, IsOptional, Max, Min } from 'class-validator';
import { Uuid } from '../http/uuid.js';
import { Instant } from '../time/instant.js';
import { LEGAL_OPERATIONS, OUTCOMES, type LegalOperation, type Outcome } from '../records/audit-recording.js';
import { PageQuery } from '../http/page-query.dto.js';

export class AuditEntryQuery extends PageQuery {
  /** Not before this instant. */
  @IsOptional()
  @Instant()
  from?: Date;

  /** Before this instant. */
  @IsOptional()
  @Instant()
  to?: Date;

  /** Who acted. */
  @IsOptional()
  @Uuid()
  actorId?: string;

  /** What the policy answered. */
  @IsOptional()
  @IsIn(OUTCOMES)
  outcome?: Outcome;

  /** The legal operation. */
  @IsOptional()
  @IsIn(LEGAL_OPERATIONS)
  operation?: LegalOperation;
}

export class InclusionProofQuery {
  /** The size of the checkpoint that you keep; the last one's where it is not given. */
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(Number.MAX_SAFE_INTEGER)
  size?: number;
}

export class ConsistencyProofQuery {
  /** The size of the checkpoint that you keep; the first one's where it is not given. */
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(Number.MAX_SAFE_INTEGER)
  from?: number;

  /** The size of a later one; the last one's where it is not given. */
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(Number.MAX_SAFE_INTEGER)
  to?: number;
}
