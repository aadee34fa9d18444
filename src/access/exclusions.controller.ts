import { Body, Controller, Get, Post, Query } from '@nestjs/common';
import { Case } from '../cases/case.entity.js';
import type { Actor } from '../policy/actor.js';
import { By, Can } from '../policy/guard.js';
import { Answers } from '../records/answers.js';
import { Id } from '../records/id.js';
import { PageQuery } from '../records/page-query.requests.js';
import type { Presented } from '../records/presented.js';
import { Exclusion } from '../sharing/exclusion.entity.js';
import { ExclusionView } from './access.views.js';
import { ExclusionEnd, ExclusionRequest } from './exclusion.requests.js';
import { ExclusionsService } from './exclusions.service.js';

@Controller('v1/exclusions')
export class ExclusionsController {
  constructor(private readonly exclusions: ExclusionsService) {}

  /** Who is kept out of cases and people of the panels that you chair or coordinate */
  @Get()
  @Can('read', Exclusion)
  @Answers.page(ExclusionView)
  list(@By() actor: Actor, @Query() query: PageQuery): Promise<Presented> {
    return this.exclusions.list(actor, query);
  }

  /** Keep somebody out (chair, coordinator), or declare a conflict of your own (whoever may read the case) */
  @Post()
  @Can('read', Case)
  @Answers.made(ExclusionView)
  exclude(@By() actor: Actor, @Body() body: ExclusionRequest): Promise<Presented> {
    return this.exclusions.exclude(actor, body);
  }

  /** One exclusion */
  @Get(':id')
  @Can('read', Exclusion)
  @Answers.one(ExclusionView)
  get(@By() actor: Actor, @Id() id: string): Promise<Presented> {
    return this.exclusions.get(actor, id);
  }

  /** End an exclusion (chair) */
  @Post(':id/ending')
  @Can('end', Exclusion)
  @Answers.changed(ExclusionView)
  end(@By() actor: Actor, @Id() id: string, @Body() body: ExclusionEnd): Promise<Presented> {
    return this.exclusions.end(actor, id, body);
  }
}
