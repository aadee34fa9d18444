import { Module } from '@nestjs/common';
import { CasesModule } from '../cases/cases.module.js';
import './meetings.policy.js';
import './attendance.policy.js';
import './crime.policy.js';
import './pack-recall.policy.js';
import './pre-flight.policy.js';
import './recusal.policy.js';
import './running-order.policy.js';
import { AttendanceController } from './attendance.controller.js';
import { AttendanceService } from './attendance.service.js';
import { CrimeController } from './crime.controller.js';
import { CrimeService } from './crime.service.js';
import { RecusalController } from './recusal.controller.js';
import { RecusalService } from './recusal.service.js';
import { RunningOrderController } from './running-order.controller.js';
import { RunningOrderService } from './running-order.service.js';
import { AgendaController } from './agenda.controller.js';
import { AgendaService } from './agenda.service.js';
import { CalendarController } from './calendar.controller.js';
import { CalendarService } from './calendar.service.js';
import { MinutesController } from './minutes.controller.js';
import { MinutesDocumentService } from './minutes-document.service.js';
import './minutes.policy.js';
import { MinutesService } from './minutes.service.js';
import { ListingsController } from './listings.controller.js';
import { ListingsService } from './listings.service.js';
import { MeetingCourse } from './course.js';
import { MeetingsController } from './meetings.controller.js';
import { MeetingsService } from './meetings.service.js';
import { PacksController } from './packs.controller.js';
import { PacksService } from './packs.service.js';
import { PackRecallsController } from './pack-recalls.controller.js';
import { PackRecallsService } from './pack-recalls.service.js';
import { PreFlightsController } from './pre-flights.controller.js';
import { PreFlightsService } from './pre-flights.service.js';
import { ResearchController } from './research.controller.js';
import './research.policy.js';
import { ResearchService } from './research.service.js';

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
    PreFlightsController,
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
    CrimeService,
    ListingsService,
    PacksService,
    PreFlightsService,
    PackRecallsService,
    MeetingCourse,
  ],
  exports: [MeetingCourse, PacksService],
})
export class MeetingsModule {}
