import { Module } from '@nestjs/common';
import './instruments.policy.js';
import { InstrumentsController } from './instruments.controller.js';
import { InstrumentsService } from './instruments.service.js';

@Module({ controllers: [InstrumentsController], providers: [InstrumentsService] })
export class InstrumentsModule {}
