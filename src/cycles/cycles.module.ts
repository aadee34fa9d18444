import { Module } from '@nestjs/common';
import { MeetingsModule } from '../meetings/meetings.module.js';
import { CyclesController } from './cycles.controller.js';
import { CyclesService } from './cycles.service.js';
import { FeedsService } from './feeds.service.js';
import { CycleTemplatesService } from './templates.service.js';

@Module({
  imports: [MeetingsModule],
  controllers: [CyclesController],
  providers: [CycleTemplatesService, CyclesService, FeedsService],
})
export class CyclesModule {}
