import { ApiProperty } from '@nestjs/swagger';
import { Classified } from '../authorization/classification.js';
import type { Row } from '../authorization/conditions.js';
import { view } from '../records/response-view.js';
import { DocumentCopyView } from './document.response.js';
import { PackRecall } from './pack-recall.entity.js';

/** Recall of papers. */
export class PackRecallView extends view(
  PackRecall,
  'id',
  'version',
  'meetingId',
  'listingId',
  'edition',
  'reason',
  'madeById',
  'createdAt',
) {
  /**
   * Agencies to inform: those that received content of the recalled cases between circulation and recall. Limited to
   * disclosures that you may know of. If you may recall papers, agencies of `openedBy` in that time are included. Later
   * readings, circulations and seats do not change the list.
   */
  @ApiProperty({ type: 'array', maxItems: 1000, items: { type: 'string', format: 'uuid', maxLength: 36 } })
  @Classified('administrative')
  receivedByAgencyIds: string[];

  /**
   * Copies opened before the recall that contained the recalled items, as far as you may know. Null if you may not
   * recall papers.
   */
  @ApiProperty({ type: () => DocumentCopyView, isArray: true, maxItems: 1000, nullable: true })
  @Classified('administrative')
  openedBy: DocumentCopyView[] | null;

  static derive = ({ id }: Row, _now: Date, given: Row): Row => given[id as string] as Row;
}
