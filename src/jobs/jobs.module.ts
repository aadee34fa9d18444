import { Module } from '@nestjs/common';
import './jobs.policy.js';
import { JobsController } from './jobs.controller.js';
import { NoticesService } from './notices.service.js';
import { Schedule } from './schedule.js';
import { Sweep } from './sweep.js';

@Module({ controllers: [JobsController], providers: [NoticesService, Schedule, Sweep], exports: [Sweep] })
export class JobsModule {}
