import type { Row } from '../authorization/conditions.js';
import { view } from '../records/response-view.js';
import { Event } from './event.entity.js';

/** Event in a case. */
export class EventView extends view(
  Event,
  'id',
  'at',
  'type',
  'subjectType',
  'subjectId',
  'caseId',
  'agencyId',
  'actorId',
  'data',
) {
  /** Reduces `data` to what the record would show to the reader; see `event-data.ts`. */
  static derive = ({ id }: Row, _now: Date, visible: Row): Row => ({ data: visible[id as string] ?? {} });
}
