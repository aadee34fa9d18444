import { Check, Column, Entity, ForeignKey, Index } from 'typeorm';
import { Partnership } from '../agencies/agency.entity.js';
import { Classified } from '../authorization/classification.js';
import { PartnershipRecord } from '../records/record-entity.js';

/** Days after which a run is deleted. */
export const RUN_RETENTION_DAYS = 7;

/**
 * Run of a job in one partnership, successful or not. All runs are stored for the same period, whatever their result.
 */
@Entity('job_runs')
@Index(['partnershipId', 'updatedAt', 'id'])
@Check('job_runs_times', 'ended_at >= started_at')
@Check('job_runs_notices', 'notices >= 0 AND (error IS NULL OR notices = 0)')
export class JobRun extends PartnershipRecord {
  declare static readonly actions: 'read';

  @ForeignKey(() => Partnership)
  declare partnershipId: string;

  /** Name of the job. */
  @Column({ type: 'text' })
  @Classified('administrative')
  task: string;

  @Column({ type: 'timestamptz' })
  @Classified('administrative')
  startedAt: Date;

  @Column({ type: 'timestamptz' })
  @Classified('administrative')
  endedAt: Date;

  /** Number of notices created. */
  @Column({ type: 'integer' })
  @Classified('administrative')
  notices: number;

  /** Error code of a failed run, which made no changes. Null for a successful run. */
  @Column({ type: 'text', nullable: true })
  @Classified('administrative')
  error: string | null;
}
