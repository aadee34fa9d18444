import { IsOptional, Length } from 'class-validator';
import { Uuid } from '../http/uuid.js';
import { Check, Column, Entity, ForeignKey, Index } from 'typeorm';
import { Case } from '../cases/case.entity.js';
import { Panel } from '../panels/panel.entity.js';
import { Classified } from '../authorization/classification.js';
import { References } from '../authorization/references.js';
import { PartnershipRecord } from '../records/record-entity.js';
import { Listing, Meeting } from '../meetings/meeting.entity.js';

/** The papers of a meeting, or one item of them, taken back: until the agenda is circulated again. */
@Entity('pack_recalls')
@ForeignKey(() => Panel, ['panelId', 'partnershipId'], ['id', 'partnershipId'])
@ForeignKey(() => Meeting, ['meetingId', 'panelId'], ['id', 'panelId'])
@ForeignKey(() => Case, ['caseId', 'panelId'], ['id', 'panelId'])
@ForeignKey(() => Listing, ['listingId', 'meetingId', 'caseId'], ['id', 'meetingId', 'caseId'])
@Index(['meetingId', 'updatedAt', 'id'])
@Check('pack_recalls_item', '(listing_id IS NULL) = (case_id IS NULL)')
@Check('pack_recalls_edition', 'edition >= 1')
export class PackRecall extends PartnershipRecord {
  /** The meeting. */
  @Column({ type: 'uuid' })
  @Classified('administrative')
  meetingId: string;

  /** The panel that meets. */
  @Column({ type: 'uuid' })
  @Classified('administrative')
  panelId: string;

  /** The item; without one the whole pack. */
  @Column({ type: 'uuid', nullable: true })
  @Classified('administrative')
  @IsOptional()
  @Uuid()
  @References(() => Listing)
  listingId: string | null;

  /** The case of the item. */
  @Column({ type: 'uuid', nullable: true })
  @Classified('administrative')
  caseId: string | null;

  /** The edition of the agenda whose papers they are. */
  @Column({ type: 'integer' })
  @Classified('administrative')
  edition: number;

  /** When the papers went out (UTC): who received them since is to be told. */
  @Column({ type: 'timestamptz' })
  @Classified('administrative')
  circulatedAt: Date;

  /** Why, for everybody who received them: nothing about a case. */
  @Column({ type: 'text' })
  @Classified('administrative')
  @Length(3, 300)
  reason: string;

  /** Who recalled them. */
  @Column({ type: 'uuid' })
  @Classified('administrative')
  madeById: string;
}
