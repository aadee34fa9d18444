import { Module } from '@nestjs/common';
import { PacksModule } from '../packs/packs.module.js';
import { MinutesController } from './minutes.controller.js';
import { MinutesService } from './minutes.service.js';
import { MinutesDocumentService } from './minutes-document.service.js';

@Module({
  imports: [PacksModule],
  controllers: [MinutesController],
  providers: [MinutesService, MinutesDocumentService],
})
export class MinutesModule {}
