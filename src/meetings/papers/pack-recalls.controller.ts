import { Body, Controller, Get, Post, Query } from '@nestjs/common';
import type { Actor } from '../../policy/actor.js';
import { By, Can } from '../../policy/guard.js';
import { Answers } from '../../records/answers.js';
import { Id } from '../../records/id.js';
import { PageQuery } from '../../records/page-query.requests.js';
import type { Presented } from '../../records/presented.js';
import { Meeting } from '../meeting.entity.js';
import { PackRecall } from './pack-recall.entity.js';
import { PackRecallRequest } from './pack-recall.requests.js';
import { PackRecallView } from './pack-recall.views.js';
import { PackRecallsService } from './pack-recalls.service.js';

@Controller('v1/meetings')
export class PackRecallsController {
  constructor(private readonly recalls: PackRecallsService) {}

  /** Papers of the meeting that were recalled */
  @Get(':id/pack-recalls')
  @Can('read', PackRecall)
  @Answers.page(PackRecallView)
  list(@By() actor: Actor, @Id() id: string, @Query() query: PageQuery): Promise<Presented> {
    return this.recalls.list(actor, id, query);
  }

  /** Recall the papers, or one item of them, until the agenda is circulated again (chair) */
  @Post(':id/pack-recall')
  @Can('recall', Meeting)
  @Answers.made(PackRecallView)
  recall(@By() actor: Actor, @Id() id: string, @Body() body: PackRecallRequest): Promise<Presented> {
    return this.recalls.recall(actor, id, body);
  }
}
