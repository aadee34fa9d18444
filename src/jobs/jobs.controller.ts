import { Controller, Get, Post, Query } from '@nestjs/common';
import type { Actor } from '../authentication/actor.js';
import { CurrentActor, RequirePermission } from '../authorization/permission.guard.js';
import { ApiAnswer } from '../openapi/api-answer.js';
import { Id } from '../http/id.js';
import { PageQuery } from '../http/page-query.dto.js';
import type { AuthorizedResponse } from '../records/authorized-response.js';
import { JobRun } from './job-run.entity.js';
import { NoticeQuery } from './jobs.dto.js';
import { JobRunView, NoticeView } from './jobs.response.js';
import { Notice } from './notice.entity.js';
import { NoticesService } from './notices.service.js';

@Controller('v1')
export class JobsController {
  constructor(private readonly service: NoticesService) {}

  /** List the notices to your agency and to the panels that you coordinate */
  @Get('notices')
  @RequirePermission('read', Notice)
  @ApiAnswer.page(NoticeView)
  notices(@CurrentActor() actor: Actor, @Query() query: NoticeQuery): Promise<AuthorizedResponse> {
    return this.service.list(actor, query);
  }

  /** Get a notice */
  @Get('notices/:id')
  @RequirePermission('read', Notice)
  @ApiAnswer.one(NoticeView)
  notice(@CurrentActor() actor: Actor, @Id() id: string): Promise<AuthorizedResponse> {
    return this.service.get(actor, id);
  }

  /** Mark a notice to your agency as read */
  @Post('notices/:id/reading')
  @RequirePermission('mark-read', Notice)
  @ApiAnswer.updated(NoticeView)
  markRead(@CurrentActor() actor: Actor, @Id() id: string): Promise<AuthorizedResponse> {
    return this.service.markRead(actor, id);
  }

  /** List the runs of jobs, newest first (administrators, data protection officers) */
  @Get('job-runs')
  @RequirePermission('read', JobRun)
  @ApiAnswer.page(JobRunView)
  runs(@CurrentActor() actor: Actor, @Query() query: PageQuery): Promise<AuthorizedResponse> {
    return this.service.runs(actor, query);
  }
}
