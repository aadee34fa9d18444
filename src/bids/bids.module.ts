import { Module } from '@nestjs/common';
import { MeetingsModule } from '../meetings/meetings.module.js';
import { BidsController } from './bids.controller.js';
import { BidsService } from './bids.service.js';
import { ResourcesService } from './resources.service.js';
import { BidDecisionsService } from './bid-decisions.service.js';
import { BidDeploymentService } from './bid-deployment.service.js';
import { BidWaiversService } from './bid-waivers.service.js';

@Module({
  imports: [MeetingsModule],
  controllers: [BidsController],
  providers: [BidsService, BidDecisionsService, BidDeploymentService, BidWaiversService, ResourcesService],
})
export class BidsModule {}
