import { Body, Controller, Get, Post, Query } from '@nestjs/common';
import type { Actor } from '../authentication/actor.js';
import { CurrentActor, RequirePermission } from '../authorization/permission.guard.js';
import { ApiAnswer } from '../openapi/api-answer.js';
import { Id } from '../http/id.js';
import { PageQuery } from '../http/page-query.dto.js';
import type { AuthorizedResponse } from '../records/authorized-response.js';
import { Meeting } from '../meetings/meeting.entity.js';
import { PackRecall } from './pack-recall.entity.js';
import { PackRecallRequest } from './pack-recall.dto.js';
import { PackRecallView } from './pack-recall.response.js';
import { PackRecallsService } from './pack-recalls.service.js';

@Controller('v1/meetings')
export class PackRecallsController {
  constructor(private readonly recalls: PackRecallsService) {}

  /** List the recalls of a meeting’s papers */
  @Get(':id/pack-recalls')
  @RequirePermission('read', PackRecall)
  @ApiAnswer.page(PackRecallView)
  list(@CurrentActor() actor: Actor, @Id() id: string, @Query() query: PageQuery): Promise<AuthorizedResponse> {
    return this.recalls.list(actor, id, query);
  }

  /** Recall all papers or one item, until the agenda is circulated again (chair) */
  @Post(':id/pack-recall')
  @RequirePermission('recall', Meeting)
  @ApiAnswer.created(PackRecallView)
  recall(@CurrentActor() actor: Actor, @Id() id: string, @Body() body: PackRecallRequest): Promise<AuthorizedResponse> {
    return this.recalls.recall(actor, id, body);
  }
}
