import { IsIn, IsOptional } from 'class-validator';
import { Uuid } from '../http/uuid.js';
import { PageQuery } from '../http/page-query.dto.js';

export class DisclosureQuery extends PageQuery {
  /** Only what concerns this person: records that name them, and records of cases in which they have a role. */
  @IsOptional()
  @Uuid()
  personId?: string;

  /** Only what stands in this case. */
  @IsOptional()
  @Uuid()
  caseId?: string;

  /** Only this record. */
  @IsOptional()
  @Uuid()
  recordId?: string;

  /** Only what this agency received. */
  @IsOptional()
  @Uuid()
  recipientAgencyId?: string;

  /** `true`: only recipients who must be told of a correction or a recall, and were not told yet. */
  @IsOptional()
  @IsIn(['true', 'false'])
  toBeTold?: 'true' | 'false';
}
