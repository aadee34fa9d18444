import { Check, Column, Entity, ForeignKey, Index } from 'typeorm';
import { Partnership } from '../agencies/agency.entity.js';
import { Classified } from '../authorization/classification.js';
import { PartnershipRecord } from '../records/record-entity.js';

/** Days for which a run is kept. */
export const RUNS_KEPT_DAYS = 7;

/** A job did its work in one partnership, or failed at it. Every run is kept for the same time, whatever it found. */
@Entity('job_runs')
@Index(['partnershipId', 'updatedAt', 'id'])
@Check('job_runs_times', 'ended_at >= started_at')
@Check('job_runs_notices', 'notices >= 0 AND (error IS NULL OR notices = 0)')
export class JobRun extends PartnershipRecord {
  @ForeignKey(() => Partnership)
  declare partnershipId: string;

  /** Which job. */
  @Column({ type: 'text' })
  @Classified('administrative')
  task: string;

  @Column({ type: 'timestamptz' })
  @Classified('administrative')
  startedAt: Date;

  @Column({ type: 'timestamptz' })
  @Classified('administrative')
  endedAt: Date;

  /** How many notices it made. */
  @Column({ type: 'integer' })
  @Classified('administrative')
  notices: number;

  /** Why it failed, as a code; nothing was done then. */
  @Column({ type: 'text', nullable: true })
  @Classified('administrative')
  error: string | null;
}
