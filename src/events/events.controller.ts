import { Controller, Get, Query } from '@nestjs/common';
import type { Actor } from '../authentication/actor.js';
import { CurrentActor, RequirePermission } from '../authorization/permission.guard.js';
import { Case } from '../cases/case.entity.js';
import { ApiAnswer } from '../openapi/api-answer.js';
import { Id } from '../http/id.js';
import { PageQuery } from '../http/page-query.dto.js';
import type { AuthorizedResponse } from '../records/authorized-response.js';
import { Records } from '../records/records.js';
import { visibleDataOf } from './event-data.js';
import { Event } from './event.entity.js';
import { EventView } from './event.response.js';

@Controller('v1')
export class EventsController {
  constructor(private readonly records: Records) {}

  /** List the events of a case, newest first */
  @Get('cases/:id/timeline')
  @RequirePermission('read', Event)
  @ApiAnswer.page(EventView)
  timeline(@CurrentActor() actor: Actor, @Id() caseId: string, @Query() query: PageQuery): Promise<AuthorizedResponse> {
    return this.records.read(actor, async (work) => {
      await work.records.find('read', Case, caseId);
      const page = await work.respond.page(EventView, { caseId }, query, {
        given: (rows) => visibleDataOf(work, rows),
      });
      return page.only<EventView>(({ data }) => !('fields' in data) || (data['fields'] as string[]).length > 0);
    });
  }
}
