import { Body, Controller, Get, Patch, Post, Query } from '@nestjs/common';
import { Case } from '../cases/case.entity.js';
import type { Actor } from '../policy/actor.js';
import { By, Can } from '../policy/guard.js';
import { Answers } from '../records/answers.js';
import { BodyLimit, LONG_BODY_BYTES } from '../records/body-limit.js';
import { Id } from '../records/id.js';
import { PageQuery } from '../records/page-query.requests.js';
import type { Presented } from '../records/presented.js';
import { Plan } from './plan.entity.js';
import { PlanAgreement, PlanChange, PlanEvaluation, PlanRequest } from './plan.requests.js';
import { PlanView } from './plan.views.js';
import { PlansService } from './plans.service.js';

@Controller('v1')
export class PlansController {
  constructor(private readonly plans: PlansService) {}

  /** Plans for a case */
  @Get('cases/:id/plans')
  @Can('read', Plan)
  @Answers.page(PlanView)
  list(@By() actor: Actor, @Id() id: string, @Query() query: PageQuery): Promise<Presented> {
    return this.plans.list(actor, id, query);
  }

  /** Draft a plan for a case */
  @Post('cases/:id/plans')
  @BodyLimit(LONG_BODY_BYTES)
  @Can('plan', Case)
  @Answers.made(PlanView)
  draft(@By() actor: Actor, @Id() id: string, @Body() body: PlanRequest): Promise<Presented> {
    return this.plans.draft(actor, id, body);
  }

  /** One plan */
  @Get('plans/:id')
  @Can('read', Plan)
  @Answers.one(PlanView)
  get(@By() actor: Actor, @Id() id: string): Promise<Presented> {
    return this.plans.get(actor, id);
  }

  /** Change a plan (its agency, chair, coordinator) */
  @Patch('plans/:id')
  @BodyLimit(LONG_BODY_BYTES)
  @Can('change', Plan)
  @Answers.changed(PlanView)
  change(@By() actor: Actor, @Id() id: string, @Body() body: PlanChange): Promise<Presented> {
    return this.plans.change(actor, id, body);
  }

  /** The panel agrees a plan (chair, coordinator) */
  @Post('plans/:id/agreement')
  @Can('agree', Plan)
  @Answers.changed(PlanView)
  agree(@By() actor: Actor, @Id() id: string, @Body() body: PlanAgreement): Promise<Presented> {
    return this.plans.agree(actor, id, body);
  }

  /** Begin to carry out a plan that was agreed (those who may plan for the case) */
  @Post('plans/:id/start')
  @Can('start', Plan)
  @Answers.changed(PlanView)
  start(@By() actor: Actor, @Id() id: string): Promise<Presented> {
    return this.plans.start(actor, id);
  }

  /** Say what came of a plan (chair, coordinator, the agency that leads it) */
  @Post('plans/:id/evaluation')
  @Can('evaluate', Plan)
  @Answers.changed(PlanView)
  evaluate(@By() actor: Actor, @Id() id: string, @Body() body: PlanEvaluation): Promise<Presented> {
    return this.plans.evaluate(actor, id, body);
  }

  /** Close a plan that was evaluated (chair, coordinator, the agency that leads it) */
  @Post('plans/:id/closure')
  @Can('close', Plan)
  @Answers.changed(PlanView)
  close(@By() actor: Actor, @Id() id: string): Promise<Presented> {
    return this.plans.close(actor, id);
  }
}
