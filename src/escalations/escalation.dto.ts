import { IsIn, IsOptional, Length } from 'class-validator';
import { CalendarDate } from '../time/calendar-date.js';
import { PageQuery } from '../http/page-query.dto.js';
import {
  ESCALATION_KINDS,
  ESCALATION_STATUSES,
  type EscalationKind,
  type EscalationStatus,
} from './escalation.entity.js';

export class EscalationQuery extends PageQuery {
  /** Limits the list to escalations of this kind. */
  @IsOptional()
  @IsIn(ESCALATION_KINDS)
  kind?: EscalationKind;

  /** Limits the list to escalations with this status. */
  @IsOptional()
  @IsIn(ESCALATION_STATUSES)
  status?: EscalationStatus;
}

/** Instruction of the steering group to the agency, with a deadline. Must name neither a person nor a case. */
export class EscalationAnswer {
  /** Instruction to the agency. */
  @Length(3, 2000)
  answer: string;

  /** Day by which the agency is to act. */
  @CalendarDate()
  answerDueOn: string;
}
