import { Action } from '../plans/action.entity.js';
import { isOverdue } from '../plans/overdue.js';
import { ApiProperty } from '@nestjs/swagger';
import { Classified } from '../authorization/classification.js';
import type { Row } from '../authorization/conditions.js';
import { view } from '../records/response-view.js';
import { AgendaItem } from './agenda.entity.js';
import { Listing, Meeting } from '../meetings/meeting.entity.js';
import { SECTIONS, type Overflow, type Section } from '../meetings/order-of-hearing.js';

/** Case on the agenda in its present state. */
export class AgendaItemView extends view(Listing, 'caseId', 'kind', 'reason', 'timeboxMinutes', 'presentedByAgencyId') {
  /** Item of the meeting. */
  @ApiProperty({ format: 'uuid' })
  @Classified('administrative')
  listingId: string;

  /** Earliest start, calculated from the items that you may see, and for guests those that the inviter may see. */
  @Classified('administrative')
  startsAt: Date;
}

/** Case on the agenda as it was circulated. */
export class CirculatedItemView extends view(
  AgendaItem,
  'listingId',
  'caseId',
  'kind',
  'reason',
  'timeboxMinutes',
  'presentedByAgencyId',
) {
  /**
   * Earliest start as circulated. Calculated from the items that you may see, and for guests those that the inviter may
   * see.
   */
  @Classified('administrative')
  startsAt: Date;
}

/** Action due by the day of the meeting, or that ended undone since the previous meeting. */
export class AgendaActionView extends view(
  Action,
  'id',
  'caseId',
  'category',
  'ownerAgencyId',
  'description',
  'status',
  'dueOn',
  'outcomeText',
) {
  /** Whether the action was due before today (in London) and has not ended. */
  @Classified('administrative')
  overdue: boolean;

  static derive = (shown: Row, now: Date): Row => ({ overdue: isOverdue(shown as Row & Action, now) });
}

/** Section of the agenda, with the content that you may see. */
export class AgendaSection {
  @ApiProperty({ enum: SECTIONS })
  code: Section;

  /** Title of the section. */
  title: string;

  /** Cases of the section, in the order of hearing. */
  items: AgendaItemView[];

  /** Actions of the section, the longest overdue first. */
  actions: AgendaActionView[];
}

const FIELDS = [
  'id',
  'version',
  'panelId',
  'kind',
  'status',
  'scheduledAt',
  'endsAt',
  'venueOrMode',
  'agendaEdition',
  'circulatedAt',
] as const;

/** Agenda of a meeting, as far as you may see it. */
export class AgendaView extends view(Meeting, ...FIELDS) {
  /** Sections of the agenda, in order. */
  @Classified('administrative')
  sections: AgendaSection[];
}

/** Agenda as drawn up, with the items that do not fit. */
export class DrawnAgendaView extends view(Meeting, ...FIELDS) {
  /** Sections of the agenda, in order. */
  @Classified('administrative')
  sections: AgendaSection[];

  /**
   * Minutes by which the items exceed the planned time, and items that could move to another meeting. Nothing is moved.
   */
  @ApiProperty({
    type: 'object',
    required: ['minutes', 'proposal'],
    properties: {
      minutes: { type: 'integer', minimum: 0 },
      proposal: { type: 'array', maxItems: 1000, items: { type: 'string', format: 'uuid' } },
    },
  })
  @Classified('administrative')
  overflow: Overflow;
}
