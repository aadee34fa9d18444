import { IntersectionType, PartialType, PickType } from '@nestjs/swagger';
import { IsBoolean, IsIn, IsOptional, Length } from 'class-validator';
import { Uuid } from '../http/uuid.js';
import { PageQuery } from '../http/page-query.dto.js';
import { CycleTemplate } from './cycle-template.entity.js';

/**
 * Creates a template. Its meetings belong to panels of one partnership; a shared meeting belongs to a panel that serves
 * that partnership.
 */
export class CycleTemplateRequest extends IntersectionType(
  PickType(CycleTemplate, ['name', 'recurrence', 'anchorOn', 'lengthDays', 'nth', 'weekday', 'stages'] as const),
  PartialType(PickType(CycleTemplate, ['holidayRule', 'jurisdiction', 'closedOn'] as const), {
    skipNullProperties: false,
  }),
) {}

/** Changes a template. Cycles without a held meeting move with it; the others remain unchanged. */
export class CycleTemplateChange extends PartialType(
  PickType(CycleTemplate, [
    'name',
    'anchorOn',
    'lengthDays',
    'nth',
    'weekday',
    'holidayRule',
    'closedOn',
    'stages',
  ] as const),
  { skipNullProperties: false },
) {}

/** Creates the next cycle of a template, with its meetings. */
export class CycleRequest {
  /** Template of the cycle. */
  @Uuid()
  templateId: string;
}

export class FeedQuery extends PageQuery {
  /** Returns only feeds to this panel. */
  @IsOptional()
  @Uuid()
  panelId?: string;

  /** Returns only feeds for this meeting. */
  @IsOptional()
  @Uuid()
  toMeetingId?: string;

  /** Returns only feeds that were acknowledged (`true`) or were not (`false`). */
  @IsOptional()
  @IsIn(['true', 'false'])
  acknowledged?: 'true' | 'false';
}

/** Hands a priority on to the next JAG of each borough whose cycle includes the meeting. */
export class PriorityRequest {
  /** Priority: places, problems and aims. Do not name people. */
  @Length(3, 2000)
  text: string;

  /** Whether the priority asks for intelligence rather than activity. Default: false. */
  @IsOptional()
  @IsBoolean()
  asksForIntelligence?: boolean;
}
