import { Module } from '@nestjs/common';
import { JobsController } from './jobs.controller.js';
import { NoticesService } from './notices.service.js';
import { Schedule } from './schedule.js';
import { DeadlineJob } from './deadline-notices.job.js';

@Module({ controllers: [JobsController], providers: [NoticesService, Schedule, DeadlineJob], exports: [DeadlineJob] })
export class JobsModule {}
