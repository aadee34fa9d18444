import { Controller, Get } from '@nestjs/common';
import type { Actor } from '../authentication/actor.js';
import { CurrentActor, RequirePermission } from '../authorization/permission.guard.js';
import { ApiAnswer } from '../openapi/api-answer.js';
import { Id } from '../http/id.js';
import type { AuthorizedResponse } from '../records/authorized-response.js';
import { CALENDAR_TYPE } from './calendar.js';
import { CalendarService } from './calendar.service.js';
import { Meeting } from './meeting.entity.js';

@Controller('v1')
export class CalendarController {
  constructor(private readonly calendar: CalendarService) {}

  /** Get your coming meetings as an iCalendar file: times and panels, without the cases heard */
  @Get('calendar')
  @RequirePermission('read', Meeting)
  @ApiAnswer.file(CALENDAR_TYPE)
  toCome(@CurrentActor() actor: Actor): Promise<AuthorizedResponse> {
    return this.calendar.listUpcoming(actor);
  }

  /**
   * Get one meeting as an iCalendar file; the sequence number grows with each change, and a cancellation is included
   */
  @Get('meetings/:id/calendar')
  @RequirePermission('read', Meeting)
  @ApiAnswer.file(CALENDAR_TYPE)
  of(@CurrentActor() actor: Actor, @Id() id: string): Promise<AuthorizedResponse> {
    return this.calendar.get(actor, id);
  }
}
