import { PartialType, PickType } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsBoolean, IsIn, IsOptional, Length } from 'class-validator';
import { Uuid } from '../http/uuid.js';
import { PageQuery } from '../http/page-query.dto.js';
import { Action, ACTION_STATUSES, type ActionStatus } from './action.entity.js';

const TrueOrFalse = (): PropertyDecorator =>
  Transform(({ value }: { value: unknown }) => (value === 'true' ? true : value === 'false' ? false : value));

export class ActionQuery extends PageQuery {
  /** Only actions of the cases of this panel. */
  @IsOptional()
  @Uuid()
  panelId?: string;

  /** Only actions that stand there. */
  @IsOptional()
  @IsIn(ACTION_STATUSES)
  status?: ActionStatus;

  /** Only actions that are, or are not, overdue today. */
  @IsOptional()
  @TrueOrFalse()
  @IsBoolean()
  overdue?: boolean;

  /** Only actions that your agency owns. */
  @IsOptional()
  @TrueOrFalse()
  @IsBoolean()
  mine?: boolean;
}

export class LedgerQuery {
  /** Only actions of the cases of this panel. Without one, all actions that you may read. */
  @IsOptional()
  @Uuid()
  panelId?: string;
}

/**
 * Proposes an action to an agency that sits on the panel. It is agreed when that agency accepts it. That agency names the person
 * who does it: `ownerPractitionerId` is for an action of your own agency.
 */
export class ActionRequest extends PickType(Action, [
  'ownerAgencyId',
  'ownerPractitionerId',
  'description',
  'measure',
  'evidenceOfCompletion',
  'relatesTo',
  'dueOn',
] as const) {}

/**
 * Changes an action. Its words are settled once its owner has accepted it. The agency that owns it names the person: others
 * may only take a name out.
 */
export class ActionChange extends PartialType(
  PickType(Action, [
    'ownerPractitionerId',
    'description',
    'measure',
    'evidenceOfCompletion',
    'relatesTo',
    'dueOn',
  ] as const),
  { skipNullProperties: false },
) {}

/** The owning agency accepts the action, and may say who does it. */
export class ActionAcceptance extends PartialType(PickType(Action, ['ownerPractitionerId'] as const), {
  skipNullProperties: false,
}) {}

/** The owning agency names the person who does it. */
export class ActionOwner {
  /** The person in the agency who does it. */
  @Uuid()
  ownerPractitionerId: string;
}

/** Tells how far the action is. */
export class ActionProgress {
  /** `in_progress`, or `blocked` by something. */
  @IsIn(['in_progress', 'blocked'])
  status: 'in_progress' | 'blocked';

  /** What was done, or what stands in the way. */
  @Length(3, 2000)
  note: string;
}

/**
 * Reports the end of an action: `done`; `not_possible` because things changed; `not_done` because the agency did not act. The
 * two incomplete ends need a reason.
 */
export class ActionCompletion {
  @IsIn(['done', 'not_possible', 'not_done'])
  outcome: 'done' | 'not_possible' | 'not_done';

  /** What came of it, or why it was not done. */
  @IsOptional()
  @Length(3, 2000)
  outcomeText?: string;
}

/** Another agency than the owner has seen that it is done. */
export class ActionVerification {
  /** What was seen. */
  @IsOptional()
  @Length(3, 2000)
  note?: string;
}

/** The panel takes the action back: `cancelled`, or `superseded` by another. */
export class ActionCancellation {
  @IsIn(['cancelled', 'superseded'])
  outcome: 'cancelled' | 'superseded';

  /** Why. */
  @Length(3, 2000)
  outcomeText: string;
}
