import { IsIn, IsOptional } from 'class-validator';
import { Uuid } from '../http/uuid.js';
import { PageQuery } from '../http/page-query.dto.js';
import { NOTICE_KINDS, type NoticeKind } from './notice.entity.js';

export class NoticeQuery extends PageQuery {
  /** Only notices of this panel (chair, coordinator). */
  @IsOptional()
  @Uuid()
  panelId?: string;

  /** Only notices of this kind. */
  @IsOptional()
  @IsIn(NOTICE_KINDS)
  kind?: NoticeKind;

  /** Only notices that were read, or that were not. */
  @IsOptional()
  @IsIn(['true', 'false'])
  read?: 'true' | 'false';
}
