import { Module } from '@nestjs/common';
import { MeetingsModule } from '../meetings/meetings.module.js';
import { PacksController } from './packs.controller.js';
import { CirculationChecksController } from './circulation-checks.controller.js';
import { PackRecallsController } from './pack-recalls.controller.js';
import { PacksService } from './packs.service.js';
import { CirculationChecksService } from './circulation-checks.service.js';
import { PackRecallsService } from './pack-recalls.service.js';

@Module({
  imports: [MeetingsModule],
  controllers: [PacksController, CirculationChecksController, PackRecallsController],
  providers: [PacksService, CirculationChecksService, PackRecallsService],
  exports: [PacksService],
})
export class PacksModule {}
