import { Module } from '@nestjs/common';
import { MeetingsModule } from '../meetings/meetings.module.js';
import './access.policy.js';
import { AccessRequestsController } from './access-requests.controller.js';
import { AccessRequestsService } from './access-requests.service.js';
import { EmergencyController } from './emergency.controller.js';
import { EmergencyService } from './emergency.service.js';
import { ExclusionsController } from './exclusions.controller.js';
import { ExclusionsService } from './exclusions.service.js';

@Module({
  imports: [MeetingsModule],
  controllers: [ExclusionsController, AccessRequestsController, EmergencyController],
  providers: [ExclusionsService, AccessRequestsService, EmergencyService],
})
export class AccessModule {}
