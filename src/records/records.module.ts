import { Global, Module } from '@nestjs/common';
import { RefusalRecorder } from '../authorization/permission.guard.js';
import { PaperMaker } from '../documents/paper-maker.js';
import { Clock } from '../time/clock.js';
import { ExpensivePlaces } from './concurrency-limit.js';
import { ChangeEffects } from './change-effects.js';
import { ExplanationsService } from './explanations.service.js';
import { RefusalsInLog } from './guard-refusals.js';
import { PolicyController } from './policy.controller.js';
import { Records } from './records.js';

@Global()
@Module({
  controllers: [PolicyController],
  providers: [
    Clock,
    { provide: PaperMaker, useFactory: () => new PaperMaker() },
    { provide: ExpensivePlaces, useFactory: () => new ExpensivePlaces() },
    ChangeEffects,
    Records,
    { provide: RefusalRecorder, useClass: RefusalsInLog },
    ExplanationsService,
  ],
  exports: [Clock, PaperMaker, ExpensivePlaces, Records, RefusalRecorder],
})
export class RecordsModule {}
