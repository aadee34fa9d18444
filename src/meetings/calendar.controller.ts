import { Controller, Get } from '@nestjs/common';
import type { Actor } from '../authentication/actor.js';
import { CurrentActor, RequirePermission } from '../authorization/permission.guard.js';
import { ApiAnswer } from '../openapi/api-answer.js';
import { Id } from '../http/id.js';
import type { AuthorizedResponse } from '../records/authorized-response.js';
import { CALENDAR } from './calendar.js';
import { CalendarService } from './calendar.service.js';
import { Meeting } from './meeting.entity.js';

@Controller('v1')
export class CalendarController {
  constructor(private readonly calendar: CalendarService) {}

  /** Your meetings to come, for your calendar (iCalendar): when, and which panel, and nothing of what is heard */
  @Get('calendar')
  @RequirePermission('read', Meeting)
  @ApiAnswer.file(CALENDAR)
  toCome(@CurrentActor() actor: Actor): Promise<AuthorizedResponse> {
    return this.calendar.toCome(actor);
  }

  /** One meeting for your calendar (iCalendar); its sequence grows with each change, and it says when it was called off */
  @Get('meetings/:id/calendar')
  @RequirePermission('read', Meeting)
  @ApiAnswer.file(CALENDAR)
  of(@CurrentActor() actor: Actor, @Id() id: string): Promise<AuthorizedResponse> {
    return this.calendar.of(actor, id);
  }
}
