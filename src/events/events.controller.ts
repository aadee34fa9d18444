import { Controller, Get, Query } from '@nestjs/common';
import type { Actor } from '../policy/actor.js';
import { By, Can } from '../policy/guard.js';
import { Case } from '../cases/case.entity.js';
import { Answers } from '../records/answers.js';
import { Id } from '../records/id.js';
import { PageQuery } from '../records/page-query.requests.js';
import type { Presented } from '../records/presented.js';
import { Records } from '../records/records.js';
import { shownData } from './event-data.js';
import { Event } from './event.entity.js';
import { EventView } from './event.views.js';

@Controller('v1')
export class EventsController {
  constructor(private readonly records: Records) {}

  /** What happened in a case, newest first */
  @Get('cases/:id/timeline')
  @Can('read', Event)
  @Answers.page(EventView)
  timeline(@By() actor: Actor, @Id() caseId: string, @Query() query: PageQuery): Promise<Presented> {
    return this.records.read(actor, async (work) => {
      await work.find('read', Case, caseId);
      const page = await work.page(EventView, { caseId }, query, { given: (rows) => shownData(work, rows as never) });
      return page.only<EventView>(({ data }) => !('fields' in data) || (data['fields'] as string[]).length > 0);
    });
  }
}
