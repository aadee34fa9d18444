import { Check, Column, Entity, ForeignKey, Index } from 'typeorm';
import { Practitioner } from '../agencies/agency.entity.js';
import type { SharingLevel } from '../authorization/data-categories.js';
import { Classified } from '../authorization/classification.js';
import { RecordEntity } from '../records/record-entity.js';
import { SharingAgreement, SharingAgreementVersion } from './agreement.entity.js';

/** What a receiver would gain or lose over the cases of one panel. */
export interface SimulatedChange {
  purpose: string;
  panelId: string;
  /** The receiving agency; null for the coordination of the panel. */
  agencyId: string | null;
  receivingType: string;
  category: string;
  /** The agency that contributed, and its type; null where nobody is said to have. */
  contributingAgencyId: string | null;
  contributingType: string | null;
  before: SharingLevel;
  after: SharingLevel;
  /** Cases of the panel in which that agency contributed of this category. */
  cases: number;
}

/** A row that would be written otherwise, whether or not a case holds anything of it today. */
export interface RowDifference {
  purpose: string;
  category: string;
  contributingType: string;
  receivingType: string;
  before: SharingLevel | null;
  after: SharingLevel | null;
}

/**
 * What a proposed version would change over the real cases, against what is in force: made once, never altered, and
 * signed by the data protection officer who ran it. It holds numbers of cases and no word of any.
 */
@Entity('sharing_simulations')
@Index(['agreementId', 'updatedAt', 'id'])
@Check('signed_by_who_and_when', `(signed_by_id IS NULL) = (signed_at IS NULL)`)
export class SharingSimulation extends RecordEntity {
  @Column({ type: 'uuid' })
  @ForeignKey(() => SharingAgreement)
  @Classified('administrative')
  agreementId: string;

  /** The proposed version. */
  @Column({ type: 'uuid' })
  @ForeignKey(() => SharingAgreementVersion)
  @Classified('administrative')
  versionId: string;

  /** The day in London for which it was worked out. */
  @Column({ type: 'date' })
  @Classified('administrative')
  asOf: string;

  /** SHA-256 over the canonical form of what would change: what is signed. */
  @Column({ type: 'text' })
  @Classified('administrative')
  digest: string;

  /** SHA-256 over what was proposed and what was in force: where either changed since, the simulation is stale. */
  @Column({ type: 'text' })
  @Classified('administrative')
  basis: string;

  @Column({ type: 'jsonb' })
  @Classified('administrative')
  changes: SimulatedChange[];

  /** For each change, in the same order, a few of its cases: shown only as far as their reader may see them. */
  @Column({ type: 'jsonb' })
  @Classified('administrative')
  sampleCaseIds: string[][];

  @Column({ type: 'jsonb' })
  @Classified('administrative')
  rows: RowDifference[];

  @Column({ type: 'uuid' })
  @ForeignKey(() => Practitioner)
  @Classified('administrative')
  madeById: string;

  @Column({ type: 'uuid', nullable: true })
  @ForeignKey(() => Practitioner)
  @Classified('administrative')
  signedById: string | null;

  @Column({ type: 'timestamptz', nullable: true })
  @Classified('administrative')
  signedAt: Date | null;
}
