import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { Classified } from '../authorization/classification.js';

/**
 * Event about a record. It holds identifiers and names of states, never personal data. Timelines, webhooks and the
 * change feed read this table.
 */
@Entity('events')
@Index(['caseId', 'at', 'id'])
@Index(['panelId', 'at', 'id'])
export class Event {
  declare static readonly actions: 'explain' | 'read';

  @PrimaryColumn({ type: 'uuid' })
  @Classified('administrative')
  id: string;

  /** Time of the event (UTC). */
  @Column({ type: 'timestamptz' })
  @Classified('administrative')
  at: Date;

  /** Type of event, such as `referral.accepted`. */
  @Column({ type: 'text' })
  @Classified('administrative')
  type: string;

  @Column({ type: 'text' })
  @Classified('administrative')
  subjectType: string;

  @Column({ type: 'uuid' })
  @Classified('administrative')
  subjectId: string;

  @Column({ type: 'uuid', nullable: true })
  @Classified('administrative')
  partnershipId: string | null;

  @Column({ type: 'uuid', nullable: true })
  @Classified('administrative')
  panelId: string | null;

  @Column({ type: 'uuid', nullable: true })
  @Classified('administrative')
  caseId: string | null;

  /** Person or system that caused the event. */
  @Column({ type: 'uuid' })
  @Classified('administrative')
  actorId: string;

  /** Agency of that person or system. */
  @Column({ type: 'uuid' })
  @Classified('administrative')
  agencyId: string;

  /** Whether the actor held a core seat on the panel of the event then. Default: false. */
  @Column({ type: 'boolean', default: false })
  @Classified('administrative')
  actorIsCoreMember: boolean;

  /** Invitation by which the actor could read the case then. Null if none. */
  @Column({ type: 'uuid', nullable: true })
  @Classified('administrative')
  actorInvitationId: string | null;

  /** Data category of the record, which decides how the event is shared. Null if the record has none. */
  @Column({ type: 'text', nullable: true })
  @Classified('administrative')
  category: string | null;

  /** Type of agency that contributed the record. Null if the record has none. */
  @Column({ type: 'text', nullable: true })
  @Classified('administrative')
  contributingType: string | null;

  /** Item of a meeting that the record belongs to. Null if none. */
  @Column({ type: 'uuid', nullable: true })
  @Classified('administrative')
  listingId: string | null;

  /** Whether the record is private to its agency. Default: false. */
  @Column({ type: 'boolean', default: false })
  @Classified('administrative')
  agencyOnly: boolean;

  /** Names of states and fields, never values of personal data. */
  @Column({ type: 'jsonb' })
  @Classified('administrative')
  data: Record<string, unknown>;
}
