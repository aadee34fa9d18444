import { PartialType, PickType } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsObject, IsOptional, Length, ValidateNested } from 'class-validator';
import { Uuid } from '../http/uuid.js';
import { CalendarDate } from '../time/calendar-date.js';
import { Membership, Panel, PanelRules } from './panel.entity.js';
import { PanelRuleSet } from './panel-rules.dto.js';

/** Appoints a member. Where `validTo` is null or left out, the seat lasts as long as the panel’s rules allow; the answer says until when. */
export class MembershipRequest extends PickType(Membership, [
  'practitionerId',
  'tier',
  'role',
  'validFrom',
  'validTo',
] as const) {
  /** A seat of the same person on this panel that the new one takes the place of, in the same moment. */
  @IsOptional()
  @Uuid()
  replacesId?: string;

  /** Why the seat is replaced; needed with `replacesId`. */
  @IsOptional()
  @Length(3, 500)
  replaceReason?: string;
}

/** Changes what a panel is called, and whether it meets or sits in writing. Cases and sittings of before stay as they were. */
export class PanelChange extends PartialType(PickType(Panel, ['name', 'mode'] as const), {
  skipNullProperties: false,
}) {}

/** Ends a membership at once, or cancels one that has not begun. */
export class MembershipEnding {
  /** Why. */
  @Length(3, 500)
  reason: string;
}

/** Ends a membership on a day. */
export class MembershipEnd {
  /** Last day of the membership: today or later. To end it at once: POST …/ending. */
  @CalendarDate()
  validTo: string;
}

/** A new edition of the panel's rules; earlier decisions keep the edition that they relied on. */
export class PanelRulesRequest extends PickType(PanelRules, ['effectiveFrom'] as const) {
  /** The rules: all of them, as those that are left out have their default. */
  @IsObject()
  @ValidateNested()
  @Type(() => PanelRuleSet)
  rules: PanelRuleSet;
}
