import { Body, Controller, Get, Post, Query } from '@nestjs/common';
import type { Actor } from '../policy/actor.js';
import { By, Can } from '../policy/guard.js';
import { Answers } from '../records/answers.js';
import { Id } from '../records/id.js';
import type { Presented } from '../records/presented.js';
import { Escalation } from './escalation.entity.js';
import { EscalationAnswer, EscalationQuery } from './escalation.requests.js';
import { EscalationView } from './escalation.views.js';
import { EscalationsService } from './escalations.service.js';

@Controller('v1/escalations')
export class EscalationsController {
  constructor(private readonly escalations: EscalationsService) {}

  /** Actions before the steering group: your agency’s, of cases that you read, and before your steering group */
  @Get()
  @Can('read', Escalation)
  @Answers.page(EscalationView)
  list(@By() actor: Actor, @Query() query: EscalationQuery): Promise<Presented> {
    return this.escalations.list(actor, query);
  }

  /** One action before the steering group, as far as you may see it */
  @Get(':id')
  @Can('read', Escalation)
  @Answers.one(EscalationView)
  get(@By() actor: Actor, @Id() id: string): Promise<Presented> {
    return this.escalations.get(actor, id);
  }

  /** Tell the agency what to do, and by when (the steering group’s chair or coordinator) */
  @Post(':id/answer')
  @Can('answer', Escalation)
  @Answers.changed(EscalationView)
  answer(@By() actor: Actor, @Id() id: string, @Body() body: EscalationAnswer): Promise<Presented> {
    return this.escalations.answer(actor, id, body);
  }

  /** Close what was answered and will not be done any more (the steering group’s chair or coordinator) */
  @Post(':id/closure')
  @Can('close', Escalation)
  @Answers.changed(EscalationView)
  close(@By() actor: Actor, @Id() id: string): Promise<Presented> {
    return this.escalations.close(actor, id);
  }
}
