import { IntersectionType, PartialType, PickType } from '@nestjs/swagger';
import { IsBoolean, IsIn, IsOptional, Length } from 'class-validator';
import { Uuid } from '../http/uuid.js';
import { PageQuery } from '../http/page-query.dto.js';
import { CycleTemplate } from './cycle-template.entity.js';

/** Sets up a template. Its meetings belong to panels of one partnership; a shared one to a panel that serves it. */
export class CycleTemplateRequest extends IntersectionType(
  PickType(CycleTemplate, ['name', 'recurrence', 'anchorOn', 'lengthDays', 'nth', 'weekday', 'stages'] as const),
  PartialType(PickType(CycleTemplate, ['holidayRule', 'jurisdiction', 'closedOn'] as const), {
    skipNullProperties: false,
  }),
) {}

/** Changes a template. Cycles of which no meeting was held move with it; the others stay as they were. */
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

/** Makes the next cycle of a template, with its meetings. */
export class CycleRequest {
  /** The template. */
  @Uuid()
  templateId: string;
}

export class FeedQuery extends PageQuery {
  /** Only what goes to this panel. */
  @IsOptional()
  @Uuid()
  panelId?: string;

  /** Only what this meeting is to take up. */
  @IsOptional()
  @Uuid()
  toMeetingId?: string;

  /** Only what was taken up, or what was not. */
  @IsOptional()
  @IsIn(['true', 'false'])
  acknowledged?: 'true' | 'false';
}

/** Hands a priority on to the next JAG of each borough whose cycle the meeting belongs to. */
export class PriorityRequest {
  /** The priority: places, problems and aims; no person is named. */
  @Length(3, 2000)
  text: string;

  /** It asks for intelligence rather than for activity. */
  @IsOptional()
  @IsBoolean()
  asksForIntelligence?: boolean;
}
