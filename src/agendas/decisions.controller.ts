import { Body, Controller, Get, Post, Query } from '@nestjs/common';
import type { Actor } from '../authentication/actor.js';
import { CurrentActor, RequirePermission } from '../authorization/permission.guard.js';
import { ApiAnswer, ApiProblems, OptionalIfMatch } from '../openapi/api-answer.js';
import { Id } from '../http/id.js';
import { PageQuery } from '../http/page-query.dto.js';
import type { AuthorizedResponse } from '../records/authorized-response.js';
import { Decision, Listing } from '../meetings/meeting.entity.js';
import { DecisionCorrection, DecisionRequest } from '../meetings/meeting.dto.js';
import { DecisionView } from '../meetings/meeting.response.js';
import { DecisionsService } from './decisions.service.js';

@Controller('v1/meetings')
export class DecisionsController {
  constructor(private readonly decisions: DecisionsService) {}

  /** List the decisions of a meeting, as far as you may see them */
  @Get(':id/decisions')
  @RequirePermission('read', Decision)
  @ApiAnswer.page(DecisionView)
  list(@CurrentActor() actor: Actor, @Id() id: string, @Query() query: PageQuery): Promise<AuthorizedResponse> {
    return this.decisions.list(actor, id, query);
  }

  /** Record the decision on an item (chair, coordinator); If-Match with its ETag refuses the decision after a change */
  @Post(':id/decisions')
  @RequirePermission('decide', Listing)
  @OptionalIfMatch
  @ApiProblems(412)
  @ApiAnswer.created(DecisionView)
  decide(@CurrentActor() actor: Actor, @Id() id: string, @Body() body: DecisionRequest): Promise<AuthorizedResponse> {
    return this.decisions.decide(actor, id, body);
  }

  /** Get a decision, as far as you may see it */
  @Get(':id/decisions/:decisionId')
  @RequirePermission('read', Decision)
  @ApiAnswer.one(DecisionView)
  get(
    @CurrentActor() actor: Actor,
    @Id() id: string,
    @Id('decisionId') decisionId: string,
  ): Promise<AuthorizedResponse> {
    return this.decisions.get(actor, id, decisionId);
  }

  /** Correct a decision that was recorded wrongly, by a record that replaces it (chair, coordinator) */
  @Post(':id/decisions/:decisionId/correction')
  @RequirePermission('correct', Decision)
  @ApiAnswer.updated(DecisionView)
  correct(
    @CurrentActor() actor: Actor,
    @Id() id: string,
    @Id('decisionId') decisionId: string,
    @Body() body: DecisionCorrection,
  ): Promise<AuthorizedResponse> {
    return this.decisions.correct(actor, id, decisionId, body);
  }
}
