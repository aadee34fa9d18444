import { IsIn, IsOptional, IsUUID } from 'class-validator';
import { PageQuery } from '../http/page-query.dto.js';

export class DisclosureQuery extends PageQuery {
  /** Only what concerns this person: records that name them, and records of cases in which they have a role. */
  @IsOptional()
  @IsUUID()
  personId?: string;

  /** Only what stands in this case. */
  @IsOptional()
  @IsUUID()
  caseId?: string;

  /** Only this record. */
  @IsOptional()
  @IsUUID()
  recordId?: string;

  /** Only what this agency received. */
  @IsOptional()
  @IsUUID()
  recipientAgencyId?: string;

  /** `true`: only recipients who must be told of a correction or a recall, and were not told yet. */
  @IsOptional()
  @IsIn(['true', 'false'])
  toBeTold?: 'true' | 'false';
}
