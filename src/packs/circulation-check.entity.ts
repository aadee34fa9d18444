import { Check, Column, Entity, ForeignKey, Unique } from 'typeorm';
import { Practitioner } from '../agencies/agency.entity.js';
import { Panel } from '../panels/panel.entity.js';
import { Classified } from '../authorization/classification.js';
import { PartnershipRecord } from '../records/record-entity.js';
import { Meeting } from '../meetings/meeting.entity.js';

/** Extent to which a recipient receives a data category of an item: all, a part, or only its existence. */
export const EXTENTS = ['full', 'part', 'existence'] as const;
export type Extent = (typeof EXTENTS)[number];

/** Number of records of a category received to one extent. */
export interface Receiving {
  category: string;
  extent: Extent;
  records: number;
}

export interface ReceivedItem {
  listingId: string;
  receives: Receiving[];
  /** SHA-256 over the received records and their fields. If two copies differ, one is redacted further. */
  copy: string;
}

export interface Recipient {
  practitionerId: string;
  agencyId: string;
  /** Whether the person chairs or coordinates the panel. */
  coordinates: boolean;
  /** Whether the agency signed an agreement that gives it something on this panel. */
  withinAgreement: boolean;
  /** Whether the person has a seat on the panel. Not recorded by checks of earlier releases. */
  isSeated?: boolean;
  /** Items to which the person or the whole agency is invited. */
  invitedTo?: string[];
  items: ReceivedItem[];
}

/** People named in an item. */
export interface NamedIn {
  listingId: string;
  personIds: string[];
}

/**
 * State on which a check is based, as digests. Covers the panel's seats, each item with its invitations, recalls and
 * people, and the handling of each contribution that the maker could read.
 */
export interface Basis {
  seats: string;
  items: { listingId: string; digest: string; handling?: Record<string, string> }[];
}

/**
 * Check, before circulation, of what each recipient of a meeting’s papers would receive. Shown to each reader only for
 * items that the reader may see. Source: law and standards note, section 1.8, REQ-GM-07.
 */
@Entity('circulation_checks')
@ForeignKey(() => Panel, ['panelId', 'partnershipId'], ['id', 'partnershipId'])
@ForeignKey(() => Meeting, ['meetingId', 'panelId'], ['id', 'panelId'])
@Unique(['meetingId', 'edition'])
@Check('circulation_checks_edition', 'edition >= 1')
@Check('circulation_checks_approved', '(approved_by_id IS NULL) = (approved_at IS NULL)')
@Check(
  'circulation_checks_second_approval',
  'NOT needs_second_approval OR approved_by_id IS NULL OR approved_by_id <> made_by_id',
)
export class CirculationCheck extends PartnershipRecord {
  declare static readonly actions: 'approve' | 'read';

  @Column({ type: 'uuid' })
  @Classified('administrative')
  meetingId: string;

  @Column({ type: 'uuid' })
  @Classified('administrative')
  panelId: string;

  /** Number of the check of this meeting, counted from 1. */
  @Column({ type: 'integer' })
  @Classified('administrative')
  edition: number;

  /** Recipients as the maker may know them; shown to nobody else. */
  @Column({ type: 'jsonb' })
  @Classified('administrative')
  recipients: Recipient[];

  @Column({ type: 'jsonb' })
  @Classified('administrative')
  named: NamedIn[];

  @Column({ type: 'jsonb' })
  @Classified('administrative')
  basis: Basis;

  /**
   * Whether so many people are named that another person than the maker must approve. False if the items that you may
   * see name fewer.
   */
  @Column({ type: 'boolean' })
  @Classified('administrative')
  needsSecondApproval: boolean;

  /** Person who made the check. */
  @Column({ type: 'uuid' })
  @ForeignKey(() => Practitioner)
  @Classified('administrative')
  madeById: string;

  /** Person who approved the check; null before. */
  @Column({ type: 'uuid', nullable: true })
  @ForeignKey(() => Practitioner)
  @Classified('administrative')
  approvedById: string | null;

  @Column({ type: 'timestamptz', nullable: true })
  @Classified('administrative')
  approvedAt: Date | null;
}
