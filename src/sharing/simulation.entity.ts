import { Check, Column, Entity, ForeignKey, Index } from 'typeorm';
import { Practitioner } from '../agencies/agency.entity.js';
import type { SharingLevel } from '../authorization/data-categories.js';
import { Classified } from '../authorization/classification.js';
import { RecordEntity } from '../records/record-entity.js';
import { SharingAgreement, SharingAgreementVersion } from './agreement.entity.js';

/** Gain or loss of a receiver over the cases of one panel. */
export interface SimulatedChange {
  purpose: string;
  panelId: string;
  /** Receiving agency; null for the coordination of the panel. */
  agencyId: string | null;
  receivingType: string;
  category: string;
  /** Contributing agency, with its type; null if the records have no contributor. */
  contributingAgencyId: string | null;
  contributingType: string | null;
  before: SharingLevel;
  after: SharingLevel;
  /** Number of cases of the panel in which that agency contributed data of this category. */
  cases: number;
}

/** Row that differs between the versions, regardless of whether any case holds such data today. */
export interface RowDifference {
  purpose: string;
  category: string;
  contributingType: string;
  receivingType: string;
  before: SharingLevel | null;
  after: SharingLevel | null;
}

/**
 * Simulated effects of a proposed version over the real cases, compared with the agreements in force. Created once,
 * never changed, and signed by the data protection officer who ran it. Contains numbers of cases and no text from any.
 */
@Entity('sharing_simulations')
@Index(['agreementId', 'updatedAt', 'id'])
@Check('signed_by_who_and_when', `(signed_by_id IS NULL) = (signed_at IS NULL)`)
export class SharingSimulation extends RecordEntity {
  declare static readonly actions: 'read' | 'sign';

  @Column({ type: 'uuid' })
  @ForeignKey(() => SharingAgreement)
  @Classified('administrative')
  agreementId: string;

  /** Proposed version. */
  @Column({ type: 'uuid' })
  @ForeignKey(() => SharingAgreementVersion)
  @Classified('administrative')
  versionId: string;

  /** Day in London for which the simulation was computed. */
  @Column({ type: 'date' })
  @Classified('administrative')
  asOf: string;

  /** SHA-256 over the canonical form of the effects; this is what is signed. */
  @Column({ type: 'text' })
  @Classified('administrative')
  digest: string;

  /** SHA-256 over the proposed version and the agreements in force: if either has changed, the simulation is stale. */
  @Column({ type: 'text' })
  @Classified('administrative')
  basis: string;

  @Column({ type: 'jsonb' })
  @Classified('administrative')
  changes: SimulatedChange[];

  /** Examples of cases for each change, in the same order. Each reader is shown only cases that the reader may see. */
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
