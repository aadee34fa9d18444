import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { Classified } from '../authorization/classification.js';

/**
 * Something happened to a record. Thin: identifiers and names of states, never personal data. Timelines, webhooks and the
 * change feed are read from here.
 */
@Entity('events')
@Index(['caseId', 'at', 'id'])
@Index(['panelId', 'at', 'id'])
export class Event {
  @PrimaryColumn({ type: 'uuid' })
  @Classified('administrative')
  id: string;

  /** When it happened (UTC). */
  @Column({ type: 'timestamptz' })
  @Classified('administrative')
  at: Date;

  /** What happened, e.g. `referral.accepted`. */
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

  /** The person or system that did it. */
  @Column({ type: 'uuid' })
  @Classified('administrative')
  actorId: string;

  /** The agency of that person or system. */
  @Column({ type: 'uuid' })
  @Classified('administrative')
  agencyId: string;

  /** The data category of the record concerned, where it has one: the event is then shared as that category is. */
  @Column({ type: 'text', nullable: true })
  @Classified('administrative')
  category: string | null;

  /** The type of agency that contributed the record concerned. */
  @Column({ type: 'text', nullable: true })
  @Classified('administrative')
  contributingType: string | null;

  /** The item of a meeting to which the record belongs, where it does. */
  @Column({ type: 'uuid', nullable: true })
  @Classified('administrative')
  listingId: string | null;

  /** Concerns a record that its agency keeps to itself. */
  @Column({ type: 'boolean', default: false })
  @Classified('administrative')
  agencyOnly: boolean;

  /** Names of states and fields; never values of personal data. */
  @Column({ type: 'jsonb' })
  @Classified('administrative')
  data: Record<string, unknown>;
}
