import { Action } from '../plans/action.entity.js';
import { isOverdue } from '../plans/overdue.js';
import { ApiProperty } from '@nestjs/swagger';
import { Classified } from '../authorization/classification.js';
import type { Row } from '../authorization/conditions.js';
import { view } from '../records/response-view.js';
import { AgendaItem } from './agenda.entity.js';
import { Listing, Meeting } from '../meetings/meeting.entity.js';
import { SECTIONS, type Overflow, type Section } from '../meetings/order-of-hearing.js';

/** A case on the agenda as it is. */
export class AgendaItemView extends view(Listing, 'caseId', 'kind', 'reason', 'timeboxMinutes', 'presentedByAgencyId') {
  /** The item. */
  @Classified('administrative')
  listingId: string;

  /** When it is heard at the earliest: counted over the items that you see, for guests also those that the inviter sees. */
  @Classified('administrative')
  startsAt: Date;
}

/** A case on the agenda as it was circulated. */
export class CirculatedItemView extends view(
  AgendaItem,
  'listingId',
  'caseId',
  'kind',
  'reason',
  'timeboxMinutes',
  'presentedByAgencyId',
) {
  /** When it was to be heard at the earliest: counted over the items that you see, for guests also those that the inviter sees. */
  @Classified('administrative')
  startsAt: Date;
}

/** An action that should have ended by the day of the meeting, or that ended without being done since the one before. */
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
  /** Due before today (in London) and not ended. */
  @Classified('administrative')
  overdue: boolean;

  static derive = (shown: Row, now: Date): Row => ({ overdue: isOverdue(shown as Row & Action, now) });
}

/** A part of the agenda, with what you may see of what stands in it. */
export class AgendaSection {
  @ApiProperty({ enum: SECTIONS })
  code: Section;

  /** What is done in it. */
  title: string;

  /** Its cases, in the order in which they are heard. */
  items: AgendaItemView[];

  /** Its actions, the longest overdue first. */
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

/** The agenda of a meeting, as far as you may see it. */
export class AgendaView extends view(Meeting, ...FIELDS) {
  /** Its parts, in order. */
  @Classified('administrative')
  sections: AgendaSection[];
}

/** The agenda as it was drawn up, and what does not fit. */
export class DrawnAgendaView extends view(Meeting, ...FIELDS) {
  /** Its parts, in order. */
  @Classified('administrative')
  sections: AgendaSection[];

  /** Minutes too many, and the items that could be heard at another meeting: a proposal, nothing was moved. */
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
