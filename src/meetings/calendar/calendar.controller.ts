import { Controller, Get } from '@nestjs/common';
import type { Actor } from '../../policy/actor.js';
import { By, Can } from '../../policy/guard.js';
import { Answers } from '../../records/answers.js';
import { Id } from '../../records/id.js';
import type { Presented } from '../../records/presented.js';
import { CALENDAR } from './calendar.js';
import { CalendarService } from './calendar.service.js';
import { Meeting } from '../meeting.entity.js';

@Controller('v1')
export class CalendarController {
  constructor(private readonly calendar: CalendarService) {}

  /** Your meetings to come, for your calendar (iCalendar): when, and which panel, and nothing of what is heard */
  @Get('calendar')
  @Can('read', Meeting)
  @Answers.file(CALENDAR)
  toCome(@By() actor: Actor): Promise<Presented> {
    return this.calendar.toCome(actor);
  }

  /** One meeting for your calendar (iCalendar); its sequence grows with each change, and it says when it was called off */
  @Get('meetings/:id/calendar')
  @Can('read', Meeting)
  @Answers.file(CALENDAR)
  of(@By() actor: Actor, @Id() id: string): Promise<Presented> {
    return this.calendar.of(actor, id);
  }
}
