import { IsIn, IsOptional } from 'class-validator';
import { Check, Column, Entity, Index, Unique } from 'typeorm';
import { PURPOSES, type Purpose } from '../authentication/purposes.js';
import { Classified } from '../authorization/classification.js';
import { PartnershipRecord } from '../records/record-entity.js';
import { Case } from '../cases/case.entity.js';
import { References } from '../authorization/references.js';
import { Person } from '../subjects/subject.entity.js';

/** What its recipients must be told of a record that was disclosed. */
export const UPDATE_KINDS = ['correction', 'recall'] as const;
export type UpdateKind = (typeof UPDATE_KINDS)[number];

/**
 * That an agency received content which another contributed: what, when first that day, for which purpose, under which
 * agreement; and whether it must be told that the record was corrected or recalled. Names of fields, never values. What stands in no
 * case by itself has one for each case and referral through which it was read; the key takes null for a value of its own.
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
  @Column({ type: 'uuid', nullable: true })
  @Classified('administrative')
  panelId: string | null;

  /** The case in which the record stands, or through which it was read. */
  @Column({ type: 'uuid', nullable: true })
  @Classified('administrative')
  @References(() => Case, ['read', 'track', 'explain'])
  caseId: string | null;

  /** The referral in which the record stands, which it is, or through which it was read. */
  @Column({ type: 'uuid', nullable: true })
  @Classified('administrative')
  referralId: string | null;

  /** The person whom the record names. */
  @Column({ type: 'uuid', nullable: true })
  @Classified('administrative')
  @References(() => Person, ['read', 'account-for'])
  personId: string | null;

  /** The item of a meeting to which the record belongs, where it does. */
  @Column({ type: 'uuid', nullable: true })
  @Classified('administrative')
  listingId: string | null;

  @Column({ type: 'text' })
  @Classified('administrative')
  recordType: string;

  @Column({ type: 'uuid' })
  @Classified('administrative')
  recordId: string;

  /** The version that was received. */
  @Column({ type: 'integer' })
  @Classified('administrative')
  recordVersion: number;

  /** The agency that contributed the record. */
  @Column({ type: 'uuid' })
  @Classified('administrative')
  originAgencyId: string;

  /** The agency that received it. */
  @Column({ type: 'uuid' })
  @Classified('administrative')
  recipientAgencyId: string;

  @Column({ type: 'text' })
  @Classified('administrative')
  @IsIn(PURPOSES)
  purpose: Purpose;

  /** The day in London; a record is disclosed to an agency once a day through each case, however often it is read. */
  @Column({ type: 'date' })
  @Classified('administrative')
  day: string;

  /** When it was first received that day (UTC). */
  @Column({ type: 'timestamptz' })
  @Classified('administrative')
  at: Date;

  /** Names of the fields received; `spoken` for what was said of the record at a meeting. */
  @Column({ type: 'text', array: true })
  @Classified('administrative')
  fields: string[];

  @Column({ type: 'uuid', array: true })
  @Classified('administrative')
  agreementVersionIds: string[];

  /**
   * The items of meetings through which alone the reader read the case: of guests, and of those asked for research. Null where there was
   * another way. Whoever is recused from all of these items would learn of them.
   */
  @Column({ type: 'uuid', array: true, nullable: true })
  @Classified('administrative')
  throughListingIds: string[] | null;

  /**
   * Exclusions and recusals by which the person was kept from it who alone would have received it for the agency; null where the
   * agency received it. Such a row accounts for nothing: it is shown to readers who may know none of these records, as they would
   * conclude from a missing row that there is one.
   */
  @Column({ type: 'uuid', array: true, nullable: true })
  @Classified('administrative')
  keptOutByIds: string[] | null;

  /** What the recipient must be told: the record was corrected, or recalled, since. The last of its revisions. */
  @Column({ type: 'text', nullable: true })
  @Classified('administrative')
  @IsOptional()
  @IsIn(UPDATE_KINDS)
  pending: UpdateKind | null;

  /** Since when (UTC). */
  @Column({ type: 'timestamptz', nullable: true })
  @Classified('administrative')
  pendingSince: Date | null;

  /** When the recipient was told of the last one (UTC); null while it is to be told. Each revision keeps its own. */
  @Column({ type: 'timestamptz', nullable: true })
  @Classified('administrative')
  notifiedAt: Date | null;
}
