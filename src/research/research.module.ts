import { Module } from '@nestjs/common';
import { MeetingsModule } from '../meetings/meetings.module.js';
import { ResearchController } from './research.controller.js';
import { ResearchService } from './research.service.js';
import { ResearchPointsService } from './research-points.service.js';

@Module({
  imports: [MeetingsModule],
  controllers: [ResearchController],
  providers: [ResearchService, ResearchPointsService],
})
export class ResearchModule {}
