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
  /** Only escalations of this kind. */
  @IsOptional()
  @IsIn(ESCALATION_KINDS)
  kind?: EscalationKind;

  /** Only escalations that stand there. */
  @IsOptional()
  @IsIn(ESCALATION_STATUSES)
  status?: EscalationStatus;
}

/** What the steering group tells the agency to do, and by when. Name no person and no case. */
export class EscalationAnswer {
  /** What the agency is told to do. */
  @Length(3, 2000)
  answer: string;

  /** By which day. */
  @CalendarDate()
  answerDueOn: string;
}
