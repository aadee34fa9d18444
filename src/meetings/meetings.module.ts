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
import { ResearchController } from './research.controller.js';
import './research.policy.js';
import { ResearchService } from './research.service.js';

@Module({
  imports: [CasesModule],
  controllers: [MeetingsController, AgendaController, ListingsController, ResearchController],
  providers: [MeetingsService, AgendaService, ListingsService, ResearchService, MeetingCourse],
  exports: [MeetingCourse],
})
export class MeetingsModule {}
