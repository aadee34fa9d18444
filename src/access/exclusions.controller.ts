import { Body, Controller, Get, Post, Query } from '@nestjs/common';
import { Case } from '../cases/case.entity.js';
import type { Actor } from '../authentication/actor.js';
import { CurrentActor, RequirePermission } from '../authorization/permission.guard.js';
import { ApiAnswer } from '../openapi/api-answer.js';
import { Id } from '../http/id.js';
import type { AuthorizedResponse } from '../records/authorized-response.js';
import { Expensive } from '../records/concurrency-limit.js';
import { Exclusion } from '../sharing/exclusion.entity.js';
import { ExclusionView } from './access.response.js';
import { ExclusionEnd, ExclusionQuery, ExclusionRequest } from './exclusion.dto.js';
import { ExclusionsService } from './exclusions.service.js';

@Controller('v1/exclusions')
export class ExclusionsController {
  constructor(private readonly exclusions: ExclusionsService) {}

  /** List the exclusions from cases and people of the panels that you chair or coordinate */
  @Get()
  @RequirePermission('read', Exclusion)
  @ApiAnswer.page(ExclusionView)
  list(@CurrentActor() actor: Actor, @Query() query: ExclusionQuery): Promise<AuthorizedResponse> {
    return this.exclusions.list(actor, query);
  }

  /**
   * Exclude a person, agency or name (chair, coordinator), or declare a conflict of your own (any reader of the case)
   */
  @Post()
  @Expensive({ concurrent: 4, queue: 32 })
  @RequirePermission('read', Case)
  @ApiAnswer.created(ExclusionView)
  exclude(@CurrentActor() actor: Actor, @Body() body: ExclusionRequest): Promise<AuthorizedResponse> {
    return this.exclusions.exclude(actor, body);
  }

  /** Get an exclusion */
  @Get(':id')
  @RequirePermission('read', Exclusion)
  @ApiAnswer.one(ExclusionView)
  get(@CurrentActor() actor: Actor, @Id() id: string): Promise<AuthorizedResponse> {
    return this.exclusions.get(actor, id);
  }

  /** End an exclusion (chair; a data protection officer if no panel manages it) */
  @Post(':id/ending')
  @RequirePermission('end', Exclusion)
  @ApiAnswer.updated(ExclusionView)
  end(@CurrentActor() actor: Actor, @Id() id: string, @Body() body: ExclusionEnd): Promise<AuthorizedResponse> {
    return this.exclusions.end(actor, id, body);
  }
}
