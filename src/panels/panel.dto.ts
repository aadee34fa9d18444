import { PartialType, PickType } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsObject, IsOptional, Length, ValidateNested } from 'class-validator';
import { Uuid } from '../http/uuid.js';
import { CalendarDate } from '../time/calendar-date.js';
import { Membership, Panel, PanelRules } from './panel.entity.js';
import { PanelRuleSet } from './panel-rules.dto.js';

/**
 * Appoints a member. If `validTo` is null or omitted, the seat lasts as long as the panel’s rules allow; the response
 * gives the last day.
 */
export class MembershipRequest extends PickType(Membership, [
  'practitionerId',
  'tier',
  'role',
  'validFrom',
  'validTo',
] as const) {
  /** Seat of the same person on this panel that the new seat replaces, in the same transaction. */
  @IsOptional()
  @Uuid()
  replacesId?: string;

  /** Reason for the replacement; required with `replacesId`. */
  @IsOptional()
  @Length(3, 500)
  replaceReason?: string;
}

/**
 * Changes the name of a panel, or whether it meets or decides in writing. Existing cases and meetings remain unchanged.
 */
export class PanelChange extends PartialType(PickType(Panel, ['name', 'mode'] as const), {
  skipNullProperties: false,
}) {}

/** Ends a membership at once, or cancels one that has not begun. */
export class MembershipEnding {
  /** Reason for the ending. */
  @Length(3, 500)
  reason: string;
}

/** Ends a membership on a day. */
export class MembershipEnd {
  /** Last day of the membership: today or later. To end it at once, use POST …/ending. */
  @CalendarDate()
  validTo: string;
}

/** Sets a new edition of the panel's rules. Earlier decisions keep the edition that applied to them. */
export class PanelRulesRequest extends PickType(PanelRules, ['effectiveFrom'] as const) {
  /** Complete set of rules; an omitted rule has its default value. */
  @IsObject()
  @ValidateNested()
  @Type(() => PanelRuleSet)
  rules: PanelRuleSet;
}
