import { IsOptional, Length } from 'class-validator';
import { Uuid } from '../http/uuid.js';
import { Check, Column, Entity, ForeignKey, Index } from 'typeorm';
import { Case } from '../cases/case.entity.js';
import { Panel } from '../panels/panel.entity.js';
import { Classified, References } from '../authorization/classification.js';
import { PartnershipRecord } from '../records/record-entity.js';
import { Listing, Meeting } from '../meetings/meeting.entity.js';

/** Recall of the papers of a meeting, or of one item, until the agenda is circulated again. */
@Entity('pack_recalls')
@ForeignKey(() => Panel, ['panelId', 'partnershipId'], ['id', 'partnershipId'])
@ForeignKey(() => Meeting, ['meetingId', 'panelId'], ['id', 'panelId'])
@ForeignKey(() => Case, ['caseId', 'panelId'], ['id', 'panelId'])
@ForeignKey(() => Listing, ['listingId', 'meetingId', 'caseId'], ['id', 'meetingId', 'caseId'])
@Index(['meetingId', 'updatedAt', 'id'])
@Check('pack_recalls_item', '(listing_id IS NULL) = (case_id IS NULL)')
@Check('pack_recalls_edition', 'edition >= 1')
export class PackRecall extends PartnershipRecord {
  declare static readonly actions: 'read';

  @Column({ type: 'uuid' })
  @Classified('administrative')
  meetingId: string;

  @Column({ type: 'uuid' })
  @Classified('administrative')
  panelId: string;

  /** Item whose papers are recalled; null for the whole pack. */
  @Column({ type: 'uuid', nullable: true })
  @Classified('administrative')
  @IsOptional()
  @Uuid()
  @References(() => Listing)
  listingId: string | null;

  /** Case of the item; null for the whole pack. */
  @Column({ type: 'uuid', nullable: true })
  @Classified('administrative')
  caseId: string | null;

  /** Edition of the agenda to which the papers belong. */
  @Column({ type: 'integer' })
  @Classified('administrative')
  edition: number;

  /** Time of circulation (UTC). Recipients since then must be informed. */
  @Column({ type: 'timestamptz' })
  @Classified('administrative')
  circulatedAt: Date;

  /** Reason, visible to everybody who received the papers. Must not mention a case. */
  @Column({ type: 'text' })
  @Classified('administrative')
  @Length(3, 300)
  reason: string;

  /** Person who recalled the papers. */
  @Column({ type: 'uuid' })
  @Classified('administrative')
  madeById: string;
}
