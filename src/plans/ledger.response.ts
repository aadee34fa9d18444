import { Agency } from '../agencies/agency.entity.js';
import { Classified } from '../authorization/classification.js';
import { view } from '../records/response-view.js';

/** What an agency took upon itself and what became of it, counted over the actions that you may read. */
export class LedgerView extends view(Agency, 'id', 'name', 'type') {
  /** Something is still to be done. */
  @Classified('administrative')
  open: number;

  /** Open and due before today (in London). */
  @Classified('administrative')
  overdue: number;

  /** Done by the day on which it was due. */
  @Classified('administrative')
  doneOnTime: number;

  /** Done after it. */
  @Classified('administrative')
  doneLate: number;

  /** Not done because circumstances changed. */
  @Classified('administrative')
  notPossible: number;

  /** Not done because the agency did not act. */
  @Classified('administrative')
  notDone: number;

  /** By how many days due dates were moved, all together. */
  @Classified('administrative')
  slippageDays: number;
}
