import { Module } from '@nestjs/common';
import { PanelsController } from './panels.controller.js';
import { PanelsService } from './panels.service.js';

@Module({ controllers: [PanelsController], providers: [PanelsService] })
export class PanelsModule {}
