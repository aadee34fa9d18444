import { Body, Controller, Get, Patch, Post, Query } from '@nestjs/common';
import { Case } from '../cases/case.entity.js';
import type { Actor } from '../authentication/actor.js';
import { CurrentActor, RequirePermission } from '../authorization/permission.guard.js';
import { ApiAnswer } from '../openapi/api-answer.js';
import { BodyLimit, LONG_BODY_BYTES } from '../http/body-limit.js';
import { Id } from '../http/id.js';
import { PageQuery } from '../http/page-query.dto.js';
import type { AuthorizedResponse } from '../records/authorized-response.js';
import { Plan } from './plan.entity.js';
import { PlanAgreement, PlanChange, PlanEvaluation, PlanRequest } from './plan.dto.js';
import { PlanView } from './plan.response.js';
import { PlansService } from './plans.service.js';

@Controller('v1')
export class PlansController {
  constructor(private readonly plans: PlansService) {}

  /** List the plans of a case */
  @Get('cases/:id/plans')
  @RequirePermission('read', Plan)
  @ApiAnswer.page(PlanView)
  list(@CurrentActor() actor: Actor, @Id() id: string, @Query() query: PageQuery): Promise<AuthorizedResponse> {
    return this.plans.list(actor, id, query);
  }

  /** Draft a plan for a case */
  @Post('cases/:id/plans')
  @BodyLimit(LONG_BODY_BYTES)
  @RequirePermission('plan', Case)
  @ApiAnswer.created(PlanView)
  draft(@CurrentActor() actor: Actor, @Id() id: string, @Body() body: PlanRequest): Promise<AuthorizedResponse> {
    return this.plans.draft(actor, id, body);
  }

  /** Get a plan */
  @Get('plans/:id')
  @RequirePermission('read', Plan)
  @ApiAnswer.one(PlanView)
  get(@CurrentActor() actor: Actor, @Id() id: string): Promise<AuthorizedResponse> {
    return this.plans.get(actor, id);
  }

  /** Change a plan (its agency, chair, coordinator) */
  @Patch('plans/:id')
  @BodyLimit(LONG_BODY_BYTES)
  @RequirePermission('change', Plan)
  @ApiAnswer.updated(PlanView)
  change(@CurrentActor() actor: Actor, @Id() id: string, @Body() body: PlanChange): Promise<AuthorizedResponse> {
    return this.plans.change(actor, id, body);
  }

  /** Agree a plan for the panel (chair, coordinator) */
  @Post('plans/:id/agreement')
  @RequirePermission('agree', Plan)
  @ApiAnswer.updated(PlanView)
  agree(@CurrentActor() actor: Actor, @Id() id: string, @Body() body: PlanAgreement): Promise<AuthorizedResponse> {
    return this.plans.agree(actor, id, body);
  }

  /** Start an agreed plan (those who may plan for the case) */
  @Post('plans/:id/start')
  @RequirePermission('start', Plan)
  @ApiAnswer.updated(PlanView)
  start(@CurrentActor() actor: Actor, @Id() id: string): Promise<AuthorizedResponse> {
    return this.plans.start(actor, id);
  }

  /** Evaluate a plan (chair, coordinator, the agency that leads it) */
  @Post('plans/:id/evaluation')
  @RequirePermission('evaluate', Plan)
  @ApiAnswer.updated(PlanView)
  evaluate(@CurrentActor() actor: Actor, @Id() id: string, @Body() body: PlanEvaluation): Promise<AuthorizedResponse> {
    return this.plans.evaluate(actor, id, body);
  }

  /** Close an evaluated plan (chair, coordinator, the agency that leads it) */
  @Post('plans/:id/closure')
  @RequirePermission('close', Plan)
  @ApiAnswer.updated(PlanView)
  close(@CurrentActor() actor: Actor, @Id() id: string): Promise<AuthorizedResponse> {
    return this.plans.close(actor, id);
  }
}
