import { ApiProperty } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { ArrayMaxSize, IsArray, IsDefined, IsIn, IsOptional, Length, Matches, ValidateNested } from 'class-validator';
import { Uuid } from '../http/uuid.js';
import { Check, Column, Entity, ForeignKey, Index, Unique } from 'typeorm';
import { BANDS, Instrument, type Band } from '../instruments/instrument.entity.js';
import { Classified, References } from '../authorization/classification.js';
import { CalendarDate } from '../time/calendar-date.js';
import { Person } from '../subjects/subject.entity.js';
import { Case, CaseRecord } from './case.entity.js';
import { oneOf } from '../database/columns.js';

/** Sources of an answer. The victim is the usual source (MARAC note, section 5.1). */
export const ANSWER_SOURCES = ['subject', 'professional', 'record', 'third_party'] as const;
export type AnswerSource = (typeof ANSWER_SOURCES)[number];

/** Answer to one item of an instrument. */
export class Answer {
  /** Key of the item. */
  @Matches(/^[a-z][a-z0-9_]{0,39}$/)
  key: string;

  /** Answer: key of an option, `yes`, `no` or `dont_know`, true or false, or a point on the scale. */
  @ApiProperty({ oneOf: [{ type: 'string', maxLength: 40 }, { type: 'number' }, { type: 'boolean' }] })
  @IsDefined()
  value: string | number | boolean;

  /** Source of the answer. Default: the person concerned. */
  @IsOptional()
  @IsIn(ANSWER_SOURCES)
  source?: AnswerSource;

  /** Evidence or explanation for the answer. */
  @IsOptional()
  @Length(1, 1000)
  comment?: string;
}

/**
 * Answers of one agency to an instrument on one day. An assessment is never changed; a new one may supersede an earlier
 * one of the same agency. The agreement may share the band without the answers. A band alone changes no case: a named
 * person confirms it. Source: JAG note, section 1.5; law and standards note, REQ-SYV-10 and REQ-SYV-11.
 */
@Entity('assessments')
@ForeignKey(() => Case, ['caseId', 'panelId'], ['id', 'panelId'])
@Index(['caseId', 'updatedAt', 'id'])
@Unique(['supersedesId'])
@Check(`category = 'risk_assessment'`)
@Check(oneOf('computed_band', BANDS))
@Check(oneOf('judgement_band', BANDS))
@Check(`effective_band = coalesce(judgement_band, computed_band)`)
@Check(`(judgement_band IS NULL) = (judgement_reason IS NULL)`)
export class Assessment extends CaseRecord {
  declare static readonly actions: 'explain' | 'read';

  /** Data category, always `risk_assessment`. */
  @Column({ type: 'text', default: 'risk_assessment' })
  @Classified('administrative')
  category: 'risk_assessment';

  /** Edition of the instrument that was used. */
  @Column({ type: 'uuid' })
  @ForeignKey(() => Instrument)
  @Classified('risk_assessment', 'summary')
  @Uuid()
  instrumentId: string;

  /** Person assessed, who must have a role in the case. Null if the assessment is not about a person. */
  @Column({ type: 'uuid', nullable: true })
  @ForeignKey(() => Person)
  @Index()
  @Classified('risk_assessment', 'summary')
  @IsOptional()
  @Uuid()
  @References(() => Person)
  personId: string | null;

  /** Answers, one per item. */
  @Column({ type: 'jsonb' })
  @Classified('risk_assessment')
  @IsArray()
  @ArrayMaxSize(100)
  @ValidateNested({ each: true })
  @Type(() => Answer)
  answers: Answer[];

  /** Score, computed from the answers. */
  @Column({ type: 'double precision' })
  @Classified('risk_assessment', 'summary')
  score: number;

  /** Band computed from the score. */
  @Column({ type: 'text' })
  @Classified('risk_assessment', 'summary')
  computedBand: Band;

  /** Band by professional judgement. Null if the computed band applies. */
  @Column({ type: 'text', nullable: true })
  @Classified('risk_assessment', 'summary')
  @IsOptional()
  @IsIn(BANDS)
  judgementBand: Band | null;

  /** Reason for the judgement. Null if there is no judgement. */
  @Column({ type: 'text', nullable: true })
  @Classified('risk_assessment')
  @IsOptional()
  @Length(10, 2000)
  judgementReason: string | null;

  /** Band that applies: `judgementBand` or, if that is null, `computedBand`. */
  @Column({ type: 'text' })
  @Classified('risk_assessment', 'summary')
  effectiveBand: Band;

  /** Day of the assessment. */
  @Column({ type: 'date' })
  @Classified('risk_assessment', 'summary')
  @CalendarDate()
  assessedOn: string;

  /** Person who made the assessment. */
  @Column({ type: 'uuid' })
  @Classified('administrative')
  assessedById: string;

  /** Earlier assessment of the same agency that this one supersedes. Null if none. */
  @Column({ type: 'uuid', nullable: true })
  @ForeignKey(() => Assessment)
  @Classified('risk_assessment', 'summary')
  @IsOptional()
  @Uuid()
  @References(() => Assessment)
  supersedesId: string | null;
}
