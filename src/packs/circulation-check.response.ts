import { ApiProperty } from '@nestjs/swagger';
import { Classified } from '../authorization/classification.js';
import type { Row } from '../authorization/conditions.js';
import { view } from '../records/response-view.js';
import { EXTENTS, CirculationCheck, type Extent } from './circulation-check.entity.js';
import { WARNINGS, type WarningCode } from './warnings.js';

/** Records of one category that a recipient receives. */
export class ReceivingView {
  category: string;

  /** `full`: everything that the pack shows of the category; `part`: some fields; `existence`: only that it is held. */
  @ApiProperty({ enum: EXTENTS })
  extent: Extent;

  /** Number of records, counted among those that you may read. */
  @ApiProperty({ type: 'integer', minimum: 0 })
  records: number;
}

/** Content of one item that a recipient receives. */
export class ReceivedItemView {
  @ApiProperty({ format: 'uuid' })
  listingId: string;

  receives: ReceivingView[];
}

/** Recipient of papers, with the content of items that you may see. */
export class RecipientView {
  @ApiProperty({ format: 'uuid' })
  practitionerId: string;

  @ApiProperty({ format: 'uuid' })
  agencyId: string;

  /** Items of which the person receives something, among those that you may see. */
  items: ReceivedItemView[];

  /**
   * Whether the person is a recipient, but receives none of the items that you may see. Recipients have a seat or an
   * invitation.
   */
  receivesNothing: boolean;
}

/** Warning to consider before circulation. */
export class WarningView {
  @ApiProperty({ enum: WARNINGS })
  code: WarningCode;

  /** Explanation of the warning. */
  detail: string;

  /** Recipients concerned. */
  @ApiProperty({ type: [String], format: 'uuid', maxItems: 1000 })
  practitionerIds: string[];

  /** Items concerned. */
  @ApiProperty({ type: [String], format: 'uuid', maxItems: 1000 })
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

/** Circulation check in a list. */
export class CirculationCheckItemView extends view(CirculationCheck, ...FIELDS) {
  /** Adds, by identifier, the values that depend on the items visible to the reader. */
  static derive = ({ id }: Row, _now: Date, given: Row): Row => (given[id as string] as Row | undefined) ?? {};
}

/**
 * Content that each recipient would receive, as far as you may see the items. Shown to the maker as it was found; to
 * others as found now, because they may know of other conflicts.
 */
export class CirculationCheckView extends view(CirculationCheck, ...FIELDS) {
  /**
   * Whether the check must be repeated. Changes of the list, its invitations, the seats, the people named, the handling
   * or the recalls make a check stale.
   */
  @Classified('administrative')
  stale: boolean;

  /** Number of people named in the items that you may see. */
  @ApiProperty({ type: 'integer', minimum: 0 })
  @Classified('administrative')
  namedPeople: number;

  @Classified('administrative')
  recipients: RecipientView[];

  @Classified('administrative')
  warnings: WarningView[];

  static derive = (_shown: Row, _now: Date, given: Row): Row => given;
}
