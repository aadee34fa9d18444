import { ApiProperty } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { ArrayMaxSize, IsArray, IsDefined, IsIn, IsOptional, Length, Matches, ValidateNested } from 'class-validator';
import { Uuid } from '../http/uuid.js';
import { Check, Column, Entity, ForeignKey, Index, Unique } from 'typeorm';
import { BANDS, Instrument, type Band } from '../instruments/instrument.entity.js';
import { Classified } from '../authorization/classification.js';
import { CalendarDate } from '../time/calendar-date.js';
import { Person } from '../subjects/subject.entity.js';
import { Case, CaseRecord } from './case.entity.js';
import { oneOf } from '../database/one-of.js';
import { References } from '../authorization/references.js';

/** Who an answer comes from. The victim is the usual source (MARAC note, section 5.1). */
export const ANSWER_SOURCES = ['subject', 'professional', 'record', 'third_party'] as const;
export type AnswerSource = (typeof ANSWER_SOURCES)[number];

/** An answer to one item of an instrument. */
export class Answer {
  /** The item's key. */
  @Matches(/^[a-z][a-z0-9_]{0,39}$/)
  key: string;

  /** The answer: an option's key, `yes`, `no` or `dont_know`, true or false, or a point on the scale. */
  @ApiProperty({ oneOf: [{ type: 'string', maxLength: 40 }, { type: 'number' }, { type: 'boolean' }] })
  @IsDefined()
  value: string | number | boolean;

  /** Who said so, if not the person concerned. */
  @IsOptional()
  @IsIn(ANSWER_SOURCES)
  source?: AnswerSource;

  /** What stands behind the answer. */
  @IsOptional()
  @Length(1, 1000)
  comment?: string;
}

/**
 * An instrument as one agency answered it on one day. Never changed: a new view of the risk is a new assessment, which
 * may supersede the agency's earlier one. The band is shared before the answers are, and a band by itself changes no
 * case: a named person confirms it. Source: JAG note, section 1.5; law and standards note, REQ-SYV-10 and REQ-SYV-11.
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
  /** The data category, the same for all assessments. */
  @Column({ type: 'text', default: 'risk_assessment' })
  @Classified('administrative')
  category: 'risk_assessment';

  /** The instrument, in the edition that was used. */
  @Column({ type: 'uuid' })
  @ForeignKey(() => Instrument)
  @Classified('risk_assessment', 'summary')
  @Uuid()
  instrumentId: string;

  /** The person assessed, where it is about one: somebody with a role in the case. */
  @Column({ type: 'uuid', nullable: true })
  @ForeignKey(() => Person)
  @Index()
  @Classified('risk_assessment', 'summary')
  @IsOptional()
  @Uuid()
  @References(() => Person)
  personId: string | null;

  /** The answers, by key. */
  @Column({ type: 'jsonb' })
  @Classified('risk_assessment')
  @IsArray()
  @ArrayMaxSize(100)
  @ValidateNested({ each: true })
  @Type(() => Answer)
  answers: Answer[];

  /** What the answers score, computed by the service. */
  @Column({ type: 'double precision' })
  @Classified('risk_assessment', 'summary')
  score: number;

  /** The band of the score. */
  @Column({ type: 'text' })
  @Classified('risk_assessment', 'summary')
  computedBand: Band;

  /** The band by professional judgement, where it differs from the score. */
  @Column({ type: 'text', nullable: true })
  @Classified('risk_assessment', 'summary')
  @IsOptional()
  @IsIn(BANDS)
  judgementBand: Band | null;

  /** On what the judgement rests. */
  @Column({ type: 'text', nullable: true })
  @Classified('risk_assessment')
  @IsOptional()
  @Length(10, 2000)
  judgementReason: string | null;

  /** The band that counts: by judgement where there is one, else by the score. */
  @Column({ type: 'text' })
  @Classified('risk_assessment', 'summary')
  effectiveBand: Band;

  /** The day on which it was made. */
  @Column({ type: 'date' })
  @Classified('risk_assessment', 'summary')
  @CalendarDate()
  assessedOn: string;

  /** The person who made it. */
  @Column({ type: 'uuid' })
  @Classified('administrative')
  assessedById: string;

  /** The agency's earlier assessment that it takes the place of. */
  @Column({ type: 'uuid', nullable: true })
  @ForeignKey(() => Assessment)
  @Classified('risk_assessment', 'summary')
  @IsOptional()
  @Uuid()
  @References(() => Assessment)
  supersedesId: string | null;
}
