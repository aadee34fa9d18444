import { Body, Controller, Get, Post, Query } from '@nestjs/common';
import type { Actor } from '../authentication/actor.js';
import { CurrentActor, RequirePermission } from '../authorization/permission.guard.js';
import { ApiAnswer } from '../openapi/api-answer.js';
import { Id } from '../http/id.js';
import type { AuthorizedResponse } from '../records/authorized-response.js';
import { Listing } from '../meetings/meeting.entity.js';
import { Recusal } from './recusal.entity.js';
import { RecusalEnd, RecusalQuery, RecusalRequest } from './recusal.dto.js';
import { RecusalService } from './recusal.service.js';
import { RecusalView } from './recusal.response.js';

@Controller('v1/meetings')
export class RecusalController {
  constructor(private readonly recusals: RecusalService) {}

  /** List recusals of a meeting (chair, coordinator), or those that you declared */
  @Get(':id/recusals')
  @RequirePermission('read', Recusal)
  @ApiAnswer.page(RecusalView)
  list(@CurrentActor() actor: Actor, @Id() id: string, @Query() query: RecusalQuery): Promise<AuthorizedResponse> {
    return this.recusals.list(actor, id, query);
  }

  /** Declare your own conflict in an item, or recuse somebody from it (chair, coordinator) */
  @Post(':id/recusals')
  @RequirePermission('read', Listing)
  @ApiAnswer.created(RecusalView)
  recuse(@CurrentActor() actor: Actor, @Id() id: string, @Body() body: RecusalRequest): Promise<AuthorizedResponse> {
    return this.recusals.recuse(actor, id, body);
  }

  /** Get a recusal */
  @Get(':id/recusals/:recusalId')
  @RequirePermission('read', Recusal)
  @ApiAnswer.one(RecusalView)
  get(@CurrentActor() actor: Actor, @Id() id: string, @Id('recusalId') recusalId: string): Promise<AuthorizedResponse> {
    return this.recusals.get(actor, id, recusalId);
  }

  /** End a recusal, or correct its end to entered in error (chair) */
  @Post(':id/recusals/:recusalId/ending')
  @RequirePermission('end', Recusal)
  @ApiAnswer.updated(RecusalView)
  end(
    @CurrentActor() actor: Actor,
    @Id() id: string,
    @Id('recusalId') recusalId: string,
    @Body() body: RecusalEnd,
  ): Promise<AuthorizedResponse> {
    return this.recusals.end(actor, id, recusalId, body);
  }
}
