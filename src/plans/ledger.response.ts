import { ApiProperty } from '@nestjs/swagger';
import { Agency } from '../agencies/agency.entity.js';
import { Classified } from '../authorization/classification.js';
import { view } from '../records/response-view.js';

/** Actions of an agency and their results, counted over the actions that you may read. */
export class LedgerView extends view(Agency, 'id', 'name', 'type') {
  /** Number of open actions. */
  @ApiProperty({ type: 'integer', minimum: 0 })
  @Classified('administrative')
  open: number;

  /** Number of open actions due before today (in London). */
  @ApiProperty({ type: 'integer', minimum: 0 })
  @Classified('administrative')
  overdue: number;

  /** Number of actions done by the due day. */
  @ApiProperty({ type: 'integer', minimum: 0 })
  @Classified('administrative')
  doneOnTime: number;

  /** Number of actions done after the due day. */
  @ApiProperty({ type: 'integer', minimum: 0 })
  @Classified('administrative')
  doneLate: number;

  /** Number of actions not done because circumstances changed. */
  @ApiProperty({ type: 'integer', minimum: 0 })
  @Classified('administrative')
  notPossible: number;

  /** Number of actions not done because the agency did not act. */
  @ApiProperty({ type: 'integer', minimum: 0 })
  @Classified('administrative')
  notDone: number;

  /** Total number of days by which due dates were moved. */
  @ApiProperty({ type: 'integer', minimum: 0 })
  @Classified('administrative')
  slippageDays: number;
}
