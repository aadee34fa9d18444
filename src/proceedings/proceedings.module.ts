import { Module } from '@nestjs/common';
import { MeetingsModule } from '../meetings/meetings.module.js';
import { OpeningAndClosureController } from './opening-and-closure.controller.js';
import { AttendanceController } from './attendance.controller.js';
import { RunningOrderController } from './running-order.controller.js';
import { RecusalController } from './recusal.controller.js';
import { CrimeController } from './crime.controller.js';
import { OpeningAndClosureService } from './opening-and-closure.service.js';
import { AttendanceService } from './attendance.service.js';
import { RunningOrderService } from './running-order.service.js';
import { RecusalService } from './recusal.service.js';
import { ItemPresenceService } from './item-presence.service.js';
import { CrimeService } from './crime.service.js';

@Module({
  imports: [MeetingsModule],
  controllers: [
    OpeningAndClosureController,
    AttendanceController,
    RunningOrderController,
    RecusalController,
    CrimeController,
  ],
  providers: [
    OpeningAndClosureService,
    AttendanceService,
    RunningOrderService,
    RecusalService,
    ItemPresenceService,
    CrimeService,
  ],
  exports: [ItemPresenceService],
})
export class ProceedingsModule {}
