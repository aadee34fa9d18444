import { Module } from '@nestjs/common';
import { AgreementsController } from './agreements.controller.js';
import { AgreementsService } from './agreements.service.js';
import { SimulationsController } from './simulations.controller.js';
import { SimulationsService } from './simulations.service.js';

@Module({
  controllers: [AgreementsController, SimulationsController],
  providers: [AgreementsService, SimulationsService],
})
export class SharingModule {}
