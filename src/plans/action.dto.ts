import { PartialType, PickType } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsBoolean, IsIn, IsOptional, Length } from 'class-validator';
import { Uuid } from '../http/uuid.js';
import { PageQuery } from '../http/page-query.dto.js';
import { Action, ACTION_STATUSES, type ActionStatus } from './action.entity.js';

const TrueOrFalse = (): PropertyDecorator =>
  Transform(({ value }: { value: unknown }) => (value === 'true' ? true : value === 'false' ? false : value));

export class ActionQuery extends PageQuery {
  /** Limits the list to actions of the cases of this panel. */
  @IsOptional()
  @Uuid()
  panelId?: string;

  /** Limits the list to actions with this status. */
  @IsOptional()
  @IsIn(ACTION_STATUSES)
  status?: ActionStatus;

  /** Limits the list to actions that are overdue today (`true`), or are not (`false`). */
  @IsOptional()
  @TrueOrFalse()
  @IsBoolean()
  overdue?: boolean;

  /** Limits the list to actions that your agency owns (`true`), or does not own (`false`). */
  @IsOptional()
  @TrueOrFalse()
  @IsBoolean()
  mine?: boolean;
}

export class LedgerQuery {
  /** Limits the counts to actions of the cases of this panel. Default: all actions that you may read. */
  @IsOptional()
  @Uuid()
  panelId?: string;
}

/**
 * Proposes an action to an agency on the panel, which agrees by accepting it. Set `ownerPractitionerId` only for
 * actions of your own agency: each agency names the person itself.
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
 * Changes an action. Description, measure and evidence are fixed once the owner accepts. Only the owning agency can
 * name a person; others can only remove the name.
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

/** Accepts the action for the owning agency, and optionally names the person who carries it out. */
export class ActionAcceptance extends PartialType(PickType(Action, ['ownerPractitionerId'] as const), {
  skipNullProperties: false,
}) {}

/** Names the person of the owning agency who carries out the action. */
export class ActionOwner {
  /** Person in the owning agency who carries out the action. */
  @Uuid()
  ownerPractitionerId: string;
}

/** Reports progress on the action. */
export class ActionProgress {
  /** `in_progress`, or `blocked` by an obstacle. */
  @IsIn(['in_progress', 'blocked'])
  status: 'in_progress' | 'blocked';

  /** Work done so far, or the obstacle. */
  @Length(3, 2000)
  note: string;
}

/**
 * Reports the end of an action: `done`; `not_possible` because circumstances changed; `not_done` because the agency did
 * not act. The last two need a reason.
 */
export class ActionCompletion {
  @IsIn(['done', 'not_possible', 'not_done'])
  outcome: 'done' | 'not_possible' | 'not_done';

  /** Result, or the reason why the action was not done. Required unless the outcome is `done`. */
  @IsOptional()
  @Length(3, 2000)
  outcomeText?: string;
}

/** Confirms for an agency other than the owner that the action is done. */
export class ActionVerification {
  /** Evidence that was seen. */
  @IsOptional()
  @Length(3, 2000)
  note?: string;
}

/** Withdraws the action for the panel: `cancelled`, or `superseded` by another action. */
export class ActionCancellation {
  @IsIn(['cancelled', 'superseded'])
  outcome: 'cancelled' | 'superseded';

  /** Reason for the withdrawal. */
  @Length(3, 2000)
  outcomeText: string;
}
