import { Controller, Get, Post, Query } from '@nestjs/common';
import type { Actor } from '../../policy/actor.js';
import { By, Can } from '../../policy/guard.js';
import { Answers } from '../../records/answers.js';
import { Id } from '../../records/id.js';
import type { Presented } from '../../records/presented.js';
import { AgendaService } from './agenda.service.js';
import { AgendaView, DrawnAgendaView } from './agenda.views.js';
import { Meeting } from '../meeting.entity.js';
import { AgendaQuery } from '../meeting.requests.js';
import { MeetingView } from '../meeting.views.js';

@Controller('v1/meetings')
export class AgendaController {
  constructor(private readonly agenda: AgendaService) {}

  /** The agenda, or an edition of it as it was circulated, as far as you may see it now */
  @Get(':id/agenda')
  @Can('read', Meeting)
  @Answers.one(AgendaView)
  get(@By() actor: Actor, @Id() id: string, @Query() { edition }: AgendaQuery): Promise<Presented> {
    return this.agenda.get(actor, id, edition);
  }

  /** Draw up the agenda from what waits, and put it in order (chair, coordinator) */
  @Post(':id/agenda')
  @Can('draw-agenda', Meeting)
  @Answers.made(DrawnAgendaView)
  draw(@By() actor: Actor, @Id() id: string): Promise<Presented> {
    return this.agenda.draw(actor, id);
  }

  /** Circulate the agenda: from then on its order stands (chair, coordinator) */
  @Post(':id/agenda/circulation')
  @Can('circulate', Meeting)
  @Answers.changed(MeetingView)
  circulate(@By() actor: Actor, @Id() id: string): Promise<Presented> {
    return this.agenda.circulate(actor, id);
  }
}
