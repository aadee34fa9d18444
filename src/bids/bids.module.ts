import { Module } from '@nestjs/common';
import { MeetingsModule } from '../meetings/meetings.module.js';
import { BidsController } from './bids.controller.js';
import { BidsService } from './bids.service.js';
import { ResourcesService } from './resources.service.js';

@Module({
  imports: [MeetingsModule],
  controllers: [BidsController],
  providers: [BidsService, ResourcesService],
})
export class BidsModule {}
