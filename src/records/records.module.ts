import { Global, Module } from '@nestjs/common';
import { RefusalRecorder } from '../authorization/permission.guard.js';
import { PaperMaker } from '../documents/paper-maker.js';
import { Clock } from '../time/clock.js';
import { ExplanationsService } from './explanations.service.js';
import { PolicyController } from './policy.controller.js';
import { Records, RefusalsInLog } from './records.js';

@Global()
@Module({
  controllers: [PolicyController],
  providers: [
    Clock,
    { provide: PaperMaker, useFactory: () => new PaperMaker() },
    Records,
    { provide: RefusalRecorder, useClass: RefusalsInLog },
    ExplanationsService,
  ],
  exports: [Clock, PaperMaker, Records, RefusalRecorder],
})
export class RecordsModule {}
