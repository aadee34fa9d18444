import { Module } from '@nestjs/common';
import { CasesModule } from '../cases/cases.module.js';
import './meetings.policy.js';
import './room/attendance.policy.js';
import './room/crime.policy.js';
import './documents/document-copy.policy.js';
import './papers/pack-recall.policy.js';
import './papers/circulation-check.policy.js';
import './room/recusal.policy.js';
import './room/running-order.policy.js';
import { AttendanceController } from './room/attendance.controller.js';
import { AttendanceService } from './room/attendance.service.js';
import { CrimeController } from './room/crime.controller.js';
import { CrimeService } from './room/crime.service.js';
import { RecusalController } from './room/recusal.controller.js';
import { Hearers } from './room/hearers.js';
import { RecusalService } from './room/recusal.service.js';
import { RunningOrderController } from './room/running-order.controller.js';
import { RunningOrderService } from './room/running-order.service.js';
import { AgendaController } from './agenda/agenda.controller.js';
import { AgendaService } from './agenda/agenda.service.js';
import { CalendarController } from './calendar/calendar.controller.js';
import { CalendarService } from './calendar/calendar.service.js';
import { MinutesController } from './minutes/minutes.controller.js';
import { MinutesDocumentService } from './minutes/minutes-document.service.js';
import './minutes/minutes.policy.js';
import { MinutesService } from './minutes/minutes.service.js';
import { ListingsController } from './listings.controller.js';
import { InvitationCorrections } from './invitation-corrections.service.js';
import { ListingsService } from './listings.service.js';
import { MeetingCourse } from './course.js';
import { MeetingsController } from './meetings.controller.js';
import { MeetingsService } from './meetings.service.js';
import { PacksController } from './papers/packs.controller.js';
import { PacksService } from './papers/packs.service.js';
import { PackRecallsController } from './papers/pack-recalls.controller.js';
import { PackRecallsService } from './papers/pack-recalls.service.js';
import { CirculationChecksController } from './papers/circulation-checks.controller.js';
import { CirculationChecksService } from './papers/circulation-checks.service.js';
import { ResearchController } from './research/research.controller.js';
import './research/research.policy.js';
import { ResearchService } from './research/research.service.js';

@Module({
  imports: [CasesModule],
  controllers: [
    MeetingsController,
    CalendarController,
    MinutesController,
    AgendaController,
    ResearchController,
    AttendanceController,
    RunningOrderController,
    RecusalController,
    CrimeController,
    ListingsController,
    PacksController,
    CirculationChecksController,
    PackRecallsController,
  ],
  providers: [
    MeetingsService,
    CalendarService,
    MinutesService,
    MinutesDocumentService,
    AgendaService,
    ResearchService,
    AttendanceService,
    RunningOrderService,
    RecusalService,
    Hearers,
    CrimeService,
    ListingsService,
    InvitationCorrections,
    PacksService,
    CirculationChecksService,
    PackRecallsService,
    MeetingCourse,
  ],
  exports: [Hearers, MeetingCourse, PacksService],
})
export class MeetingsModule {}
