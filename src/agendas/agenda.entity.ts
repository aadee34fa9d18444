import { Check, Column, Entity, ForeignKey, Index, Unique } from 'typeorm';
import { Case } from '../cases/case.entity.js';
import { Panel } from '../panels/panel.entity.js';
import { Classified } from '../authorization/classification.js';
import { PartnershipRecord } from '../records/record-entity.js';
import { KIND_CHECK, ListedCase, Listing, Meeting, REASON_CHECK } from '../meetings/meeting.entity.js';

/** Agenda as it was circulated, with the planned time at that moment. Its cases are stored as agenda items. */
@Entity('agenda_editions')
@ForeignKey(() => Panel, ['panelId', 'partnershipId'], ['id', 'partnershipId'])
@ForeignKey(() => Meeting, ['meetingId', 'panelId'], ['id', 'panelId'])
@Unique(['meetingId', 'edition'])
@Check('agenda_editions_edition', `edition >= 1`)
export class AgendaEdition extends PartnershipRecord {
  declare static readonly actions: 'read';

  @Column({ type: 'uuid' })
  @Classified('administrative')
  meetingId: string;

  @Column({ type: 'uuid' })
  @Classified('administrative')
  panelId: string;

  /** Number of the edition of this meeting's agenda, counted from 1. */
  @Column({ type: 'integer' })
  @Classified('administrative')
  edition: number;

  /** Planned beginning of the meeting at the time of circulation. */
  @Column({ type: 'timestamptz' })
  @Classified('administrative')
  scheduledAt: Date;

  /** Planned end of the meeting at the time of circulation; null if none was planned. */
  @Column({ type: 'timestamptz', nullable: true })
  @Classified('administrative')
  endsAt: Date | null;

  /** Time of circulation. */
  @Column({ type: 'timestamptz' })
  @Classified('administrative')
  circulatedAt: Date;

  /** Person who circulated the agenda. */
  @Column({ type: 'uuid' })
  @Classified('administrative')
  circulatedById: string;
}

/** Case on the agenda as it was circulated. Readable by people who may read the item now. Never changed. */
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
  declare static readonly actions: 'explain' | 'read';

  /** Item of the meeting in its present state. */
  @Column({ type: 'uuid' })
  @Classified('administrative')
  listingId: string;

  /** Edition of the agenda to which the item belongs. */
  @Column({ type: 'integer' })
  @Classified('administrative')
  edition: number;
}
