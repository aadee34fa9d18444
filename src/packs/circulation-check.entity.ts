import { Check, Column, Entity, ForeignKey, Unique } from 'typeorm';
import { Practitioner } from '../agencies/agency.entity.js';
import { Panel } from '../panels/panel.entity.js';
import { Classified } from '../authorization/classification.js';
import { PartnershipRecord } from '../records/record-entity.js';
import { Meeting } from '../meetings/meeting.entity.js';

/** How much of a category of an item somebody receives: all, some of it, or that it is held. */
export const EXTENTS = ['full', 'part', 'existence'] as const;
export type Extent = (typeof EXTENTS)[number];

/** Records of a category that somebody receives to that extent. */
export interface Receiving {
  category: string;
  extent: Extent;
  records: number;
}

export interface ReceivedItem {
  listingId: string;
  receives: Receiving[];
  /** SHA-256 over the records received and their fields: of two that differ, one is the more redacted copy. */
  copy: string;
}

export interface Recipient {
  practitionerId: string;
  agencyId: string;
  /** Chairs or coordinates the panel. */
  coordinates: boolean;
  /** The agency signed an agreement for the panel that gives it something. */
  withinAgreement: boolean;
  /** Sits on the panel; not recorded by checks of earlier releases. */
  isSeated?: boolean;
  /** Items to which the person or the whole agency is invited. */
  invitedTo?: string[];
  items: ReceivedItem[];
}

/** The people whom an item names. */
export interface NamedIn {
  listingId: string;
  personIds: string[];
}

/**
 * What a circulation check rested on: digests over the seats of the panel, over each item with its invitations, recalls and people, and, by
 * contribution that its maker could read, over how it may be handled.
 */
export interface Basis {
  seats: string;
  items: { listingId: string; digest: string; handling?: Record<string, string> }[];
}

/**
 * What each recipient of a meeting’s papers would receive, checked before they go out. Shown to each reader only for the items
 * that the reader may see. Source: law and standards note, section 1.8, REQ-GM-07.
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
  /** The meeting. */
  @Column({ type: 'uuid' })
  @Classified('administrative')
  meetingId: string;

  /** The panel that meets. */
  @Column({ type: 'uuid' })
  @Classified('administrative')
  panelId: string;

  /** Counts the checks of this meeting, from 1. */
  @Column({ type: 'integer' })
  @Classified('administrative')
  edition: number;

  /** As its maker may know them: shown to nobody else. */
  @Column({ type: 'jsonb' })
  @Classified('administrative')
  recipients: Recipient[];

  @Column({ type: 'jsonb' })
  @Classified('administrative')
  named: NamedIn[];

  @Column({ type: 'jsonb' })
  @Classified('administrative')
  basis: Basis;

  /** So many people are named that somebody else than its maker approves it. Shown as false where the items that you may see name fewer. */
  @Column({ type: 'boolean' })
  @Classified('administrative')
  needsSecondApproval: boolean;

  /** Who made it. */
  @Column({ type: 'uuid' })
  @ForeignKey(() => Practitioner)
  @Classified('administrative')
  madeById: string;

  /** Who approved it. */
  @Column({ type: 'uuid', nullable: true })
  @ForeignKey(() => Practitioner)
  @Classified('administrative')
  approvedById: string | null;

  @Column({ type: 'timestamptz', nullable: true })
  @Classified('administrative')
  approvedAt: Date | null;
}
