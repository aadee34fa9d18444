import { Body, Controller, Get, Post, Query } from '@nestjs/common';
import type { Actor } from '../authentication/actor.js';
import { CurrentActor, RequirePermission } from '../authorization/permission.guard.js';
import { ApiAnswer } from '../openapi/api-answer.js';
import { Id } from '../http/id.js';
import type { AuthorizedResponse } from '../records/authorized-response.js';
import { Escalation } from './escalation.entity.js';
import { EscalationAnswer, EscalationQuery } from './escalation.dto.js';
import { EscalationView } from './escalation.response.js';
import { EscalationsService } from './escalations.service.js';

@Controller('v1/escalations')
export class EscalationsController {
  constructor(private readonly escalations: EscalationsService) {}

  /** List escalated actions of your agency, of cases that you read, and before your steering group */
  @Get()
  @RequirePermission('read', Escalation)
  @ApiAnswer.page(EscalationView)
  list(@CurrentActor() actor: Actor, @Query() query: EscalationQuery): Promise<AuthorizedResponse> {
    return this.escalations.list(actor, query);
  }

  /** Get an escalated action, as far as you may see it */
  @Get(':id')
  @RequirePermission('read', Escalation)
  @ApiAnswer.one(EscalationView)
  get(@CurrentActor() actor: Actor, @Id() id: string): Promise<AuthorizedResponse> {
    return this.escalations.get(actor, id);
  }

  /** Instruct the agency, with a deadline (the steering group’s chair or coordinator) */
  @Post(':id/answer')
  @RequirePermission('answer', Escalation)
  @ApiAnswer.updated(EscalationView)
  answer(@CurrentActor() actor: Actor, @Id() id: string, @Body() body: EscalationAnswer): Promise<AuthorizedResponse> {
    return this.escalations.answer(actor, id, body);
  }

  /** Close an answered escalation whose action will not be done (the steering group’s chair or coordinator) */
  @Post(':id/closure')
  @RequirePermission('close', Escalation)
  @ApiAnswer.updated(EscalationView)
  close(@CurrentActor() actor: Actor, @Id() id: string): Promise<AuthorizedResponse> {
    return this.escalations.close(actor, id);
  }
}
