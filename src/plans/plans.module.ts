import { Module } from '@nestjs/common';
import { CasesModule } from '../cases/cases.module.js';
import './plans.policy.js';
import { ActionsController } from './actions.controller.js';
import { ActionsService } from './actions.service.js';
import { ActionCourse } from './course.js';
import { PlansController } from './plans.controller.js';
import { PlansService } from './plans.service.js';

@Module({
  imports: [CasesModule],
  controllers: [PlansController, ActionsController],
  providers: [PlansService, ActionsService, ActionCourse],
  exports: [ActionCourse],
})
export class PlansModule {}
