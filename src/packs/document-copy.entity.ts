import { Check, Column, Entity, ForeignKey, Index } from 'typeorm';
import { Panel } from '../panels/panel.entity.js';
import { Classified } from '../authorization/classification.js';
import { oneOf } from '../database/one-of.js';
import { PartnershipRecord } from '../records/record-entity.js';
import { Meeting } from '../meetings/meeting.entity.js';

export const DOCUMENTS = ['pack', 'minutes'] as const;
export type DocumentKind = (typeof DOCUMENTS)[number];

/**
 * That somebody opened a document of a meeting: a copy, under the serial that stands on it (its `id`). Kept beside the log,
 * which only auditors read, so that whoever recalls papers knows whose. Source: law and standards note, section 4, REQ-LOG-03.
 */
@Entity('document_copies')
@ForeignKey(() => Panel, ['panelId', 'partnershipId'], ['id', 'partnershipId'])
@Index(['meetingId', 'updatedAt', 'id'])
@Index(['panelId', 'updatedAt', 'id'])
@Check('document_copies_document', oneOf('document', DOCUMENTS))
@Check(
  'document_copies_kept',
  'cardinality(kept_listing_ids) = cardinality(kept_out_by_ids) AND NOT kept_listing_ids && listing_ids',
)
export class DocumentCopy extends PartnershipRecord {
  @Column({ type: 'uuid' })
  @Classified('administrative')
  panelId: string;

  @Column({ type: 'uuid' })
  @ForeignKey(() => Meeting)
  @Classified('administrative')
  meetingId: string;

  @Column({ type: 'text' })
  @Classified('administrative')
  document: DocumentKind;

  /** The person, or the machine client. */
  @Column({ type: 'uuid' })
  @Classified('administrative')
  readerId: string;

  /** The agency for which they read. */
  @Column({ type: 'uuid' })
  @Classified('administrative')
  agencyId: string;

  /** When (UTC). */
  @Column({ type: 'timestamptz' })
  @Classified('administrative')
  openedAt: Date;

  /** The items that it held: those that the reader could see then. */
  @Column({ type: 'uuid', array: true })
  @Classified('administrative')
  listingIds: string[];

  /** The items that it would have held but for exclusions or recusals of the reader: one for each of `keptOutByIds`. */
  @Column({ type: 'uuid', array: true, default: () => `'{}'` })
  @Classified('administrative')
  keptListingIds: string[];

  /** The exclusions and recusals that kept these items from the reader. */
  @Column({ type: 'uuid', array: true, default: () => `'{}'` })
  @Classified('administrative')
  keptOutByIds: string[];
}
