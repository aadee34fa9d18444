import { Module } from '@nestjs/common';
import { CasesModule } from '../cases/cases.module.js';
import { MeetingsController } from './meetings.controller.js';
import { CalendarController } from './calendar.controller.js';
import { MeetingsService } from './meetings.service.js';
import { CalendarService } from './calendar.service.js';
import { MeetingHooks } from './meeting.hooks.js';

@Module({
  imports: [CasesModule],
  controllers: [MeetingsController, CalendarController],
  providers: [MeetingsService, CalendarService, MeetingHooks],
  exports: [MeetingHooks],
})
export class MeetingsModule {}
