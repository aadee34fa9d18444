import { Controller, Get, Post, Query } from '@nestjs/common';
import type { Actor } from '../authentication/actor.js';
import { CurrentActor, RequirePermission } from '../authorization/permission.guard.js';
import { ApiAnswer } from '../openapi/api-answer.js';
import { Id } from '../http/id.js';
import type { AuthorizedResponse } from '../records/authorized-response.js';
import { AgendaService } from './agenda.service.js';
import { AgendaView, DrawnAgendaView } from './agenda.response.js';
import { Meeting } from '../meetings/meeting.entity.js';
import { AgendaQuery } from '../meetings/meeting.dto.js';
import { MeetingView } from '../meetings/meeting.response.js';

@Controller('v1/meetings')
export class AgendaController {
  constructor(private readonly agenda: AgendaService) {}

  /** Get the present agenda, or an edition as circulated, as far as you may see it now */
  @Get(':id/agenda')
  @RequirePermission('read', Meeting)
  @ApiAnswer.one(AgendaView)
  get(@CurrentActor() actor: Actor, @Id() id: string, @Query() { edition }: AgendaQuery): Promise<AuthorizedResponse> {
    return this.agenda.get(actor, id, edition);
  }

  /** Draw up the agenda from waiting cases, and put it in order (chair, coordinator) */
  @Post(':id/agenda')
  @RequirePermission('draw-agenda', Meeting)
  @ApiAnswer.created(DrawnAgendaView)
  draw(@CurrentActor() actor: Actor, @Id() id: string): Promise<AuthorizedResponse> {
    return this.agenda.draw(actor, id);
  }

  /** Circulate the agenda, which fixes its order (chair, coordinator) */
  @Post(':id/agenda/circulation')
  @RequirePermission('circulate', Meeting)
  @ApiAnswer.updated(MeetingView)
  circulate(@CurrentActor() actor: Actor, @Id() id: string): Promise<AuthorizedResponse> {
    return this.agenda.circulate(actor, id);
  }
}
