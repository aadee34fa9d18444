import { PartialType, PickType } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsObject, ValidateNested } from 'class-validator';
import { CalendarDate } from '../records/calendar-date.js';
import { Membership, Panel, PanelRules } from './panel.entity.js';
import { PanelRuleSet } from './panel-rules.requests.js';

/** Appoints a member. */
export class MembershipRequest extends PickType(Membership, [
  'practitionerId',
  'tier',
  'role',
  'validFrom',
  'validTo',
] as const) {}

/** Changes what a panel is called, and whether it meets or sits in writing. Cases and sittings of before stay as they were. */
export class PanelChange extends PartialType(PickType(Panel, ['name', 'mode'] as const), {
  skipNullProperties: false,
}) {}

/** Ends a membership. */
export class MembershipEnd {
  /** Last day of the membership. */
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
