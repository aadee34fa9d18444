import { Module } from '@nestjs/common';
import { ProceedingsModule } from '../proceedings/proceedings.module.js';
import { AccessRequestsController } from './access-requests.controller.js';
import { AccessRequestsService } from './access-requests.service.js';
import { EmergencyController } from './emergency.controller.js';
import { EmergencyService } from './emergency.service.js';
import { ExclusionsController } from './exclusions.controller.js';
import { ExclusionsService } from './exclusions.service.js';

@Module({
  imports: [ProceedingsModule],
  controllers: [ExclusionsController, AccessRequestsController, EmergencyController],
  providers: [ExclusionsService, AccessRequestsService, EmergencyService],
})
export class AccessModule {}
