import { IsIn, IsOptional } from 'class-validator';
import { Uuid } from '../http/uuid.js';
import { PageQuery } from '../http/page-query.dto.js';
import { NOTICE_KINDS, type NoticeKind } from './notice.entity.js';

export class NoticeQuery extends PageQuery {
  /** Returns only notices of this panel (chair, coordinator). */
  @IsOptional()
  @Uuid()
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
