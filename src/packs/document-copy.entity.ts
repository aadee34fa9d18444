import { Check, Column, Entity, ForeignKey, Index } from 'typeorm';
import { Panel } from '../panels/panel.entity.js';
import { Classified } from '../authorization/classification.js';
import { oneOf } from '../database/columns.js';
import { PartnershipRecord } from '../records/record-entity.js';
import { Meeting } from '../meetings/meeting.entity.js';

export const DOCUMENTS = ['pack', 'minutes'] as const;
export type DocumentKind = (typeof DOCUMENTS)[number];

/**
 * Copy of a meeting document that a reader opened; its `id` is the serial number printed on it. Stored separately from
 * the log, which only auditors read, so that the person who recalls papers can see who has them. Source: law and
 * standards note, section 4, REQ-LOG-03.
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
  declare static readonly actions: 'read';

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

  /** Person or machine client that opened the document. */
  @Column({ type: 'uuid' })
  @Classified('administrative')
  readerId: string;

  /** Agency of the reader. */
  @Column({ type: 'uuid' })
  @Classified('administrative')
  agencyId: string;

  /** Time of opening (UTC). */
  @Column({ type: 'timestamptz' })
  @Classified('administrative')
  openedAt: Date;

  /** Items in the copy: those that the reader could see then. */
  @Column({ type: 'uuid', array: true })
  @Classified('administrative')
  listingIds: string[];

  /** Items omitted because of exclusions or recusals of the reader; one entry for each of `keptOutByIds`. */
  @Column({ type: 'uuid', array: true, default: () => `'{}'` })
  @Classified('administrative')
  keptListingIds: string[];

  /** Exclusions and recusals because of which these items were omitted. */
  @Column({ type: 'uuid', array: true, default: () => `'{}'` })
  @Classified('administrative')
  keptOutByIds: string[];
}
