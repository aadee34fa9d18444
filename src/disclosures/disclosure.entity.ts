import { IsIn, IsOptional } from 'class-validator';
import { Check, Column, Entity, Index, Unique } from 'typeorm';
import { PURPOSES, type Purpose } from '../authentication/purposes.js';
import { Classified, References } from '../authorization/classification.js';
import { PartnershipRecord } from '../records/record-entity.js';
import { Case } from '../cases/case.entity.js';
import { Person } from '../subjects/subject.entity.js';

/** Kinds of change of which recipients of a disclosed record must be notified. */
export const UPDATE_KINDS = ['correction', 'recall'] as const;
export type UpdateKind = (typeof UPDATE_KINDS)[number];

/**
 * Receipt by an agency of content that another contributed. Stores the record, the first time that day, the purpose and
 * the agreement, and whether the recipient must be notified of a correction or recall. Contains names of fields, never
 * values. A record outside any case has one row for each case and referral through which it was read; the unique key
 * treats null as a value.
 * Source: domain note on law and standards, section 4, REQ-LOG-03.
 */
@Entity('disclosures')
@Unique('disclosures_once_a_day', [
  'recordType',
  'recordId',
  'recordVersion',
  'recipientAgencyId',
  'panelId',
  'caseId',
  'referralId',
  'purpose',
  'day',
  'fields',
  'keptOutByIds',
  'throughListingIds',
  'inErrorSince',
])
@Index(['recordId'])
@Index(['caseId', 'at', 'id'])
@Index(['personId', 'at', 'id'])
@Index(['panelId', 'at', 'id'])
@Index(['originAgencyId', 'at', 'id'])
@Index(['partnershipId', 'at', 'id'])
@Index('disclosures_to_be_told', ['partnershipId'], { where: 'pending IS NOT NULL AND notified_at IS NULL' })
@Check(`pending IN ('correction', 'recall')`)
@Check(`(pending IS NULL) = (pending_since IS NULL)`)
@Check(`notified_at IS NULL OR pending IS NOT NULL`)
export class Disclosure extends PartnershipRecord {
  declare static readonly actions: 'explain' | 'read' | 'read-panel' | 'tell';

  @Column({ type: 'uuid', nullable: true })
  @Classified('administrative')
  panelId: string | null;

  /** Case to which the record belongs, or through which it was read. */
  @Column({ type: 'uuid', nullable: true })
  @Classified('administrative')
  @References(() => Case, ['read', 'track', 'explain'])
  caseId: string | null;

  /** Referral itself, the referral to which the record belongs, or the one through which it was read. */
  @Column({ type: 'uuid', nullable: true })
  @Classified('administrative')
  referralId: string | null;

  /** Person named by the record. */
  @Column({ type: 'uuid', nullable: true })
  @Classified('administrative')
  @References(() => Person, ['read', 'account-for'])
  personId: string | null;

  /** Item of a meeting to which the record belongs; null if there is none. */
  @Column({ type: 'uuid', nullable: true })
  @Classified('administrative')
  listingId: string | null;

  @Column({ type: 'text' })
  @Classified('administrative')
  recordType: string;

  @Column({ type: 'uuid' })
  @Classified('administrative')
  recordId: string;

  /** Version that was received. */
  @Column({ type: 'integer' })
  @Classified('administrative')
  recordVersion: number;

  /** Agency that contributed the record. */
  @Column({ type: 'uuid' })
  @Classified('administrative')
  originAgencyId: string;

  /** Agency that received the record. */
  @Column({ type: 'uuid' })
  @Classified('administrative')
  recipientAgencyId: string;

  @Column({ type: 'text' })
  @Classified('administrative')
  @IsIn(PURPOSES)
  purpose: Purpose;

  /**
   * Day in London. A record is disclosed to an agency once a day through each case, regardless of the number of reads.
   */
  @Column({ type: 'date' })
  @Classified('administrative')
  day: string;

  /** Time of the first receipt that day (UTC). */
  @Column({ type: 'timestamptz' })
  @Classified('administrative')
  at: Date;

  /** Names of the received fields; `spoken` for statements about the record at a meeting. */
  @Column({ type: 'text', array: true })
  @Classified('administrative')
  fields: string[];

  @Column({ type: 'uuid', array: true })
  @Classified('administrative')
  agreementVersionIds: string[];

  /**
   * Items of meetings that were the reader's only access to the case: for guests, and for agencies asked for research.
   * Null if there was another access. A reader recused from all of these items would learn of them.
   */
  @Column({ type: 'uuid', array: true, nullable: true })
  @Classified('administrative')
  throughListingIds: string[] | null;

  /**
   * Exclusions and recusals that prevented the agency's only possible recipient from receiving the record; null if the
   * agency received it. Such a row records no disclosure. It is shown to readers who may know none of these exclusions
   * and recusals, because a missing row would reveal that there is one.
   */
  @Column({ type: 'uuid', array: true, nullable: true })
  @Classified('administrative')
  keptOutByIds: string[] | null;

  /**
   * Change of which the recipient must be notified: correction or recall. Taken from the latest revision; null if there
   * is none.
   */
  @Column({ type: 'text', nullable: true })
  @Classified('administrative')
  @IsOptional()
  @IsIn(UPDATE_KINDS)
  pending: UpdateKind | null;

  /** Time of the pending change (UTC). */
  @Column({ type: 'timestamptz', nullable: true })
  @Classified('administrative')
  pendingSince: Date | null;

  /**
   * Time at which the recipient was notified of the latest revision (UTC); null if the notification is pending. Each
   * revision has its own time.
   */
  @Column({ type: 'timestamptz', nullable: true })
  @Classified('administrative')
  notifiedAt: Date | null;

  /**
   * Time at which the row was marked as recorded in error (UTC); null if it is right. Nobody of the agency was present
   * when the record was discussed, so nothing was received and the agency is notified of no change.
   */
  @Column({ type: 'timestamptz', nullable: true })
  @Classified('administrative')
  inErrorSince: Date | null;
}
