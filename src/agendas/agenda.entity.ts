import { Check, Column, Entity, ForeignKey, Index, Unique } from 'typeorm';
import { Case } from '../cases/case.entity.js';
import { Panel } from '../panels/panel.entity.js';
import { Classified } from '../authorization/classification.js';
import { PartnershipRecord } from '../records/record-entity.js';
import { KIND_CHECK, ListedCase, Listing, Meeting, REASON_CHECK } from '../meetings/meeting.entity.js';

/** The agenda as it was circulated once: when the meeting was to be then. Its cases stand in its items, one record each. */
@Entity('agenda_editions')
@ForeignKey(() => Panel, ['panelId', 'partnershipId'], ['id', 'partnershipId'])
@ForeignKey(() => Meeting, ['meetingId', 'panelId'], ['id', 'panelId'])
@Unique(['meetingId', 'edition'])
@Check('agenda_editions_edition', `edition >= 1`)
export class AgendaEdition extends PartnershipRecord {
  /** The meeting. */
  @Column({ type: 'uuid' })
  @Classified('administrative')
  meetingId: string;

  /** The panel that meets. */
  @Column({ type: 'uuid' })
  @Classified('administrative')
  panelId: string;

  /** Counts the editions of this meeting's agenda, from 1. */
  @Column({ type: 'integer' })
  @Classified('administrative')
  edition: number;

  /** When the meeting was to begin. */
  @Column({ type: 'timestamptz' })
  @Classified('administrative')
  scheduledAt: Date;

  /** When it was to end. */
  @Column({ type: 'timestamptz', nullable: true })
  @Classified('administrative')
  endsAt: Date | null;

  /** When it was circulated. */
  @Column({ type: 'timestamptz' })
  @Classified('administrative')
  circulatedAt: Date;

  /** Who circulated it. */
  @Column({ type: 'uuid' })
  @Classified('administrative')
  circulatedById: string;
}

/** A case on the agenda as it was circulated: read by whoever may read the item now. Never changed. */
@Entity('agenda_items')
@ForeignKey(() => Case, ['caseId', 'panelId'], ['id', 'panelId'])
@ForeignKey(() => AgendaEdition, ['meetingId', 'edition'], ['meetingId', 'edition'])
@ForeignKey(() => Listing, ['listingId', 'meetingId', 'caseId'], ['id', 'meetingId', 'caseId'])
@Unique(['listingId', 'edition'])
@Index(['meetingId', 'edition'])
@Index(['caseId', 'updatedAt', 'id'])
@Check('agenda_items_kind', KIND_CHECK)
@Check('agenda_items_reason', REASON_CHECK)
export class AgendaItem extends ListedCase {
  /** The item as it is now. */
  @Column({ type: 'uuid' })
  @Classified('administrative')
  listingId: string;

  /** The edition in which it stands. */
  @Column({ type: 'integer' })
  @Classified('administrative')
  edition: number;
}
