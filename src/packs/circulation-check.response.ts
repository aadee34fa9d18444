import { ApiProperty } from '@nestjs/swagger';
import { Classified } from '../authorization/classification.js';
import type { Row } from '../authorization/conditions.js';
import { view } from '../records/response-view.js';
import { EXTENTS, CirculationCheck, type Extent } from './circulation-check.entity.js';
import { WARNINGS, type WarningCode } from './warnings.js';

/** Records of one category that somebody receives. */
export class ReceivingView {
  category: string;

  /** `full`: all that the pack shows of it; `part`: some fields; `existence`: that it is held. */
  @ApiProperty({ enum: EXTENTS })
  extent: Extent;

  /** Among the records that you may read. */
  records: number;
}

/** What somebody receives of one item. */
export class ReceivedItemView {
  @ApiProperty({ format: 'uuid' })
  listingId: string;

  receives: ReceivingView[];
}

/** Who receives papers, and what of the items that you may see. */
export class RecipientView {
  @ApiProperty({ format: 'uuid' })
  practitionerId: string;

  @ApiProperty({ format: 'uuid' })
  agencyId: string;

  /** Items of which they receive something, among those that you may see. */
  items: ReceivedItemView[];

  /** They have a seat or an invitation, and their papers hold none of the items that you may see. */
  receivesNothing: boolean;
}

/** What to look at before the papers go out. */
export class WarningView {
  @ApiProperty({ enum: WARNINGS })
  code: WarningCode;

  /** What is meant. */
  detail: string;

  /** The recipients concerned. */
  practitionerIds: string[];

  /** The items concerned. */
  listingIds: string[];
}

const FIELDS = [
  'id',
  'version',
  'meetingId',
  'panelId',
  'edition',
  'needsSecondApproval',
  'madeById',
  'createdAt',
  'approvedById',
  'approvedAt',
] as const;

/** A check in a list. */
export class CirculationCheckItemView extends view(CirculationCheck, ...FIELDS) {
  /** By identifier: what follows from the items that the reader may see. */
  static derive = ({ id }: Row, _now: Date, given: Row): Row => (given[id as string] as Row | undefined) ?? {};
}

/**
 * What each recipient would receive, as far as you may see the items. To its maker: as it was found. To others: as they would find
 * it now, as they may know of other conflicts.
 */
export class CirculationCheckView extends view(CirculationCheck, ...FIELDS) {
  /** The list, its invitations, the seats, the people named or the handling changed, or papers were recalled: check again. */
  @Classified('administrative')
  stale: boolean;

  /** How many people are named in the items that you may see. */
  @Classified('administrative')
  namedPeople: number;

  @Classified('administrative')
  recipients: RecipientView[];

  @Classified('administrative')
  warnings: WarningView[];

  static derive = (_shown: Row, _now: Date, given: Row): Row => given;
}
