import { Module } from '@nestjs/common';
import { PlansModule } from '../plans/plans.module.js';
import { EscalationsController } from './escalations.controller.js';
import { EscalationsService } from './escalations.service.js';

@Module({ imports: [PlansModule], controllers: [EscalationsController], providers: [EscalationsService] })
export class EscalationsModule {}
