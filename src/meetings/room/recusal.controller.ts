import { Body, Controller, Get, Post, Query } from '@nestjs/common';
import type { Actor } from '../../policy/actor.js';
import { By, Can } from '../../policy/guard.js';
import { Answers } from '../../records/answers.js';
import { Id } from '../../records/id.js';
import { PageQuery } from '../../records/page-query.requests.js';
import type { Presented } from '../../records/presented.js';
import { Listing } from '../meeting.entity.js';
import { Recusal } from './recusal.entity.js';
import { RecusalEnd, RecusalRequest } from './recusal.requests.js';
import { RecusalService } from './recusal.service.js';
import { RecusalView } from './recusal.views.js';

@Controller('v1/meetings')
export class RecusalController {
  constructor(private readonly recusals: RecusalService) {}

  /** Who takes no part in which item (chair, coordinator); what you declared yourself */
  @Get(':id/recusals')
  @Can('read', Recusal)
  @Answers.page(RecusalView)
  list(@By() actor: Actor, @Id() id: string, @Query() query: PageQuery): Promise<Presented> {
    return this.recusals.list(actor, id, query);
  }

  /** Declare a conflict of your own in one item, or take somebody out of it (chair, coordinator) */
  @Post(':id/recusals')
  @Can('read', Listing)
  @Answers.made(RecusalView)
  recuse(@By() actor: Actor, @Id() id: string, @Body() body: RecusalRequest): Promise<Presented> {
    return this.recusals.recuse(actor, id, body);
  }

  /** One recusal */
  @Get(':id/recusals/:recusalId')
  @Can('read', Recusal)
  @Answers.one(RecusalView)
  get(@By() actor: Actor, @Id() id: string, @Id('recusalId') recusalId: string): Promise<Presented> {
    return this.recusals.get(actor, id, recusalId);
  }

  /** End a recusal (chair) */
  @Post(':id/recusals/:recusalId/ending')
  @Can('end', Recusal)
  @Answers.changed(RecusalView)
  end(
    @By() actor: Actor,
    @Id() id: string,
    @Id('recusalId') recusalId: string,
    @Body() body: RecusalEnd,
  ): Promise<Presented> {
    return this.recusals.end(actor, id, recusalId, body);
  }
}
