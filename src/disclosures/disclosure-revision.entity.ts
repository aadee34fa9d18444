import { IsIn } from 'class-validator';
import { Check, Column, Entity, ForeignKey, Index, Unique } from 'typeorm';
import { Practitioner } from '../agencies/agency.entity.js';
import { Classified } from '../authorization/classification.js';
import { oneOf } from '../database/one-of.js';
import { PartnershipRecord } from '../records/record-entity.js';
import { Disclosure, UPDATE_KINDS, type UpdateKind } from './disclosure.entity.js';

/**
 * Correction or recall of a record that an agency received, and when the recipient was told of it. Each correction has its own;
 * the database refuses to change one that was told. Source: UK GDPR, article 19.
 */
@Entity('disclosure_revisions')
@Unique('disclosure_revisions_once', ['disclosureId', 'since', 'pending'])
@Index(['disclosureId', 'updatedAt', 'id'])
@Check('disclosure_revisions_pending', oneOf('pending', UPDATE_KINDS))
@Check('disclosure_revisions_told', 'notified_by_id IS NULL OR notified_at IS NOT NULL')
export class DisclosureRevision extends PartnershipRecord {
  /** The disclosure whose recipient is to be told. */
  @Column({ type: 'uuid' })
  @ForeignKey(() => Disclosure)
  @Classified('administrative')
  disclosureId: string;

  /** What happened to the record. */
  @Column({ type: 'text' })
  @Classified('administrative')
  @IsIn(UPDATE_KINDS)
  pending: UpdateKind;

  /** When it happened (UTC). */
  @Column({ type: 'timestamptz' })
  @Classified('administrative')
  since: Date;

  /** Names of the corrected fields among those that the recipient received; empty for a recall, and where it is not known. */
  @Column({ type: 'text', array: true })
  @Classified('administrative')
  fields: string[];

  /** When the recipient was told of it (UTC); null while the recipient is still to be told. */
  @Column({ type: 'timestamptz', nullable: true })
  @Classified('administrative')
  notifiedAt: Date | null;

  /** Who recorded that the recipient was told; null while nobody did, and of corrections before this was kept. */
  @Column({ type: 'uuid', nullable: true })
  @ForeignKey(() => Practitioner)
  @Classified('administrative')
  notifiedById: string | null;
}
