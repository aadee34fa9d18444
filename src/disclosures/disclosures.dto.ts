import { IsIn, IsOptional } from 'class-validator';
import { Uuid } from '../http/uuid.js';
import { PageQuery } from '../http/page-query.dto.js';

export class DisclosureQuery extends PageQuery {
  /** Person; restricts to records that name the person, and records of cases in which the person has a role. */
  @IsOptional()
  @Uuid()
  personId?: string;

  /** Case; restricts to records of this case. */
  @IsOptional()
  @Uuid()
  caseId?: string;

  /** Record; restricts to disclosures of this record. */
  @IsOptional()
  @Uuid()
  recordId?: string;

  /** Recipient; restricts to records that this agency received. */
  @IsOptional()
  @Uuid()
  recipientAgencyId?: string;

  /** Restricts to recipients with a pending notification of a correction or recall, if `true`. */
  @IsOptional()
  @IsIn(['true', 'false'])
  toBeTold?: 'true' | 'false';
}
