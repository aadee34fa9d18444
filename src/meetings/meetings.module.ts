import { Module } from '@nestjs/common';
import { CasesModule } from '../cases/cases.module.js';
import './meetings.policy.js';
import { AgendaController } from './agenda.controller.js';
import { AgendaService } from './agenda.service.js';
import { ListingsController } from './listings.controller.js';
import { ListingsService } from './listings.service.js';
import { MeetingCourse } from './course.js';
import { MeetingsController } from './meetings.controller.js';
import { MeetingsService } from './meetings.service.js';

@Module({
  imports: [CasesModule],
  controllers: [MeetingsController, AgendaController, ListingsController],
  providers: [MeetingsService, AgendaService, ListingsService, MeetingCourse],
  exports: [MeetingCourse],
})
export class MeetingsModule {}
