import { Module } from '@nestjs/common';
import { AssessmentsController } from './assessments.controller.js';
import { AssessmentsService } from './assessments.service.js';
import { CasePeopleController } from './case-people.controller.js';
import { CasePeopleService } from './case-people.service.js';
import { CasesController } from './cases.controller.js';
import { CaseAccess } from './access.service.js';
import { CasesService } from './cases.service.js';
import { CaseHooks } from './case.hooks.js';
import { HandlingController } from './handling.controller.js';
import { HandlingService } from './handling.service.js';

@Module({
  controllers: [CasesController, CasePeopleController, AssessmentsController, HandlingController],
  providers: [CaseAccess, CasesService, CasePeopleService, CaseHooks, AssessmentsService, HandlingService],
  exports: [CaseHooks],
})
export class CasesModule {}
