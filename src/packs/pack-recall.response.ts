import { ApiProperty } from '@nestjs/swagger';
import { Classified } from '../authorization/classification.js';
import type { Row } from '../authorization/conditions.js';
import { view } from '../records/response-view.js';
import { DocumentCopyView } from './document.response.js';
import { PackRecall } from './pack-recall.entity.js';

/** Papers that were recalled. */
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
   * Agencies that received content of the recalled cases from the day on which the papers went out until the recall, as far as you
   * may know of it, and for whoever may recall papers the agencies of `openedBy` since that day: they are to be told. Later readings,
   * circulations and seats do not change the list.
   */
  @ApiProperty({ type: 'array', maxItems: 1000, items: { type: 'string', format: 'uuid', maxLength: 36 } })
  @Classified('administrative')
  receivedByAgencyIds: string[];

  /** The copies that were opened before and held what was recalled, as far as you may know; null where you may not recall papers. */
  @ApiProperty({ type: () => DocumentCopyView, isArray: true, maxItems: 1000, nullable: true })
  @Classified('administrative')
  openedBy: DocumentCopyView[] | null;

  static derive = ({ id }: Row, _now: Date, given: Row): Row => given[id as string] as Row;
}
