import { Module } from '@nestjs/common';
import { CasesModule } from '../cases/cases.module.js';
import { ActionsController } from './actions.controller.js';
import { ActionsService } from './actions.service.js';
import { ActionHooks } from './action.hooks.js';
import { PlansController } from './plans.controller.js';
import { PlansService } from './plans.service.js';

@Module({
  imports: [CasesModule],
  controllers: [PlansController, ActionsController],
  providers: [PlansService, ActionsService, ActionHooks],
  exports: [ActionHooks],
})
export class PlansModule {}
