import { IsIn, IsOptional, IsUUID } from 'class-validator';
import { PageQuery } from '../http/page-query.dto.js';
import { NOTICE_KINDS, type NoticeKind } from './notice.entity.js';

export class NoticeQuery extends PageQuery {
  /** Returns only notices of this panel (chair, coordinator). */
  @IsOptional()
  @IsUUID()
  panelId?: string;

  /** Returns only notices of this kind. */
  @IsOptional()
  @IsIn(NOTICE_KINDS)
  kind?: NoticeKind;

  /** Returns only notices that were read (`true`) or were not (`false`). */
  @IsOptional()
  @IsIn(['true', 'false'])
  read?: 'true' | 'false';
}
