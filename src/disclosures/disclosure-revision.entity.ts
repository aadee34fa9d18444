import { IsIn } from 'class-validator';
import { Check, Column, Entity, ForeignKey, Index, Unique } from 'typeorm';
import { Practitioner } from '../agencies/agency.entity.js';
import { Classified } from '../authorization/classification.js';
import { oneOf } from '../database/columns.js';
import { PartnershipRecord } from '../records/record-entity.js';
import { Disclosure, UPDATE_KINDS, type UpdateKind } from './disclosure.entity.js';

/**
 * Correction or recall of a record that an agency received, with the time at which the recipient was notified. Each
 * correction has a row of its own; the database refuses to change a row after the notification. Source: UK GDPR,
 * article 19.
 */
@Entity('disclosure_revisions')
@Unique('disclosure_revisions_once', ['disclosureId', 'since', 'pending'])
@Index(['disclosureId', 'updatedAt', 'id'])
@Check('disclosure_revisions_pending', oneOf('pending', UPDATE_KINDS))
@Check('disclosure_revisions_told', 'notified_by_id IS NULL OR notified_at IS NOT NULL')
export class DisclosureRevision extends PartnershipRecord {
  declare static readonly actions: 'explain' | 'read';

  /** Disclosure whose recipient is to be notified. */
  @Column({ type: 'uuid' })
  @ForeignKey(() => Disclosure)
  @Classified('administrative')
  disclosureId: string;

  /** Kind of change to the record: correction or recall. */
  @Column({ type: 'text' })
  @Classified('administrative')
  @IsIn(UPDATE_KINDS)
  pending: UpdateKind;

  /** Time of the correction or recall (UTC). */
  @Column({ type: 'timestamptz' })
  @Classified('administrative')
  since: Date;

  /** Names of the corrected fields among those that the recipient received; empty for a recall, and if unknown. */
  @Column({ type: 'text', array: true })
  @Classified('administrative')
  fields: string[];

  /** Time at which the recipient was notified (UTC); null if the notification is pending. */
  @Column({ type: 'timestamptz', nullable: true })
  @Classified('administrative')
  notifiedAt: Date | null;

  /** User who recorded the notification; null before it, and for corrections made before this was stored. */
  @Column({ type: 'uuid', nullable: true })
  @ForeignKey(() => Practitioner)
  @Classified('administrative')
  notifiedById: string | null;
}
