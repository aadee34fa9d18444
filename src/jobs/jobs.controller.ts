import { Controller, Get, Post, Query } from '@nestjs/common';
import type { Actor } from '../policy/actor.js';
import { By, Can } from '../policy/guard.js';
import { Answers } from '../records/answers.js';
import { Id } from '../records/id.js';
import { PageQuery } from '../records/page-query.requests.js';
import type { Presented } from '../records/presented.js';
import { JobRun } from './job-run.entity.js';
import { NoticeQuery } from './jobs.requests.js';
import { JobRunView, NoticeView } from './jobs.views.js';
import { Notice } from './notice.entity.js';
import { NoticesService } from './notices.service.js';

@Controller('v1')
export class JobsController {
  constructor(private readonly service: NoticesService) {}

  /** What your agency was told, and the panels that you coordinate */
  @Get('notices')
  @Can('read', Notice)
  @Answers.page(NoticeView)
  notices(@By() actor: Actor, @Query() query: NoticeQuery): Promise<Presented> {
    return this.service.list(actor, query);
  }

  /** One notice */
  @Get('notices/:id')
  @Can('read', Notice)
  @Answers.one(NoticeView)
  notice(@By() actor: Actor, @Id() id: string): Promise<Presented> {
    return this.service.get(actor, id);
  }

  /** Mark a notice to your agency as read */
  @Post('notices/:id/reading')
  @Can('mark-read', Notice)
  @Answers.changed(NoticeView)
  markRead(@By() actor: Actor, @Id() id: string): Promise<Presented> {
    return this.service.markRead(actor, id);
  }

  /** What the jobs did, last first (administrators, data protection officers) */
  @Get('job-runs')
  @Can('read', JobRun)
  @Answers.page(JobRunView)
  runs(@By() actor: Actor, @Query() query: PageQuery): Promise<Presented> {
    return this.service.runs(actor, query);
  }
}
