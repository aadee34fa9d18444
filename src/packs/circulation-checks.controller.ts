import { Controller, Get, Post, Query } from '@nestjs/common';
import type { Actor } from '../authentication/actor.js';
import { CurrentActor, RequirePermission } from '../authorization/permission.guard.js';
import { ApiAnswer } from '../openapi/api-answer.js';
import { Expensive } from '../records/concurrency-limit.js';
import { Id } from '../http/id.js';
import { PageQuery } from '../http/page-query.dto.js';
import type { AuthorizedResponse } from '../records/authorized-response.js';
import { Meeting } from '../meetings/meeting.entity.js';
import { CirculationCheck } from './circulation-check.entity.js';
import { CirculationCheckItemView, CirculationCheckView } from './circulation-check.response.js';
import { CirculationChecksService } from './circulation-checks.service.js';

@Controller('v1/meetings')
export class CirculationChecksController {
  constructor(private readonly circulationChecks: CirculationChecksService) {}

  /** List the circulation checks of a meeting (chair, coordinator) */
  @Get(':id/circulation-checks')
  @RequirePermission('read', CirculationCheck)
  @ApiAnswer.page(CirculationCheckItemView)
  list(@CurrentActor() actor: Actor, @Id() id: string, @Query() query: PageQuery): Promise<AuthorizedResponse> {
    return this.circulationChecks.list(actor, id, query);
  }

  /** Check before circulation who would receive what (chair, coordinator) */
  @Post(':id/circulation-checks')
  @Expensive({ concurrent: 2, queue: 8 })
  @RequirePermission('circulate', Meeting)
  @ApiAnswer.created(CirculationCheckView)
  check(@CurrentActor() actor: Actor, @Id() id: string): Promise<AuthorizedResponse> {
    return this.circulationChecks.check(actor, id);
  }

  /** Get a circulation check (chair, coordinator) */
  @Get(':id/circulation-checks/:circulationCheckId')
  @RequirePermission('read', CirculationCheck)
  @ApiAnswer.one(CirculationCheckView)
  get(
    @CurrentActor() actor: Actor,
    @Id() id: string,
    @Id('circulationCheckId') circulationCheckId: string,
  ): Promise<AuthorizedResponse> {
    return this.circulationChecks.get(actor, id, circulationCheckId);
  }

  /** Approve a check; not your own if many people are named (chair, coordinator) */
  @Post(':id/circulation-checks/:circulationCheckId/approval')
  @RequirePermission('approve', CirculationCheck)
  @ApiAnswer.updated(CirculationCheckView)
  approve(
    @CurrentActor() actor: Actor,
    @Id() id: string,
    @Id('circulationCheckId') circulationCheckId: string,
  ): Promise<AuthorizedResponse> {
    return this.circulationChecks.approve(actor, id, circulationCheckId);
  }
}
