import { Body, Controller, Get, Post, Query } from '@nestjs/common';
import type { Actor } from '../policy/actor.js';
import { By, Can } from '../policy/guard.js';
import { Answers } from '../records/answers.js';
import { BodyLimit, LONG_BODY_BYTES } from '../records/body-limit.js';
import { Id } from '../records/id.js';
import { PageQuery } from '../records/page-query.requests.js';
import type { Presented } from '../records/presented.js';
import { Assessment } from './assessment.entity.js';
import { AssessmentRequest } from './assessment.requests.js';
import { AssessmentView } from './assessment.views.js';
import { AssessmentsService } from './assessments.service.js';
import { Case } from './case.entity.js';

@Controller('v1')
export class AssessmentsController {
  constructor(private readonly assessments: AssessmentsService) {}

  /** Assessments in a case, as far as you may see them */
  @Get('cases/:id/assessments')
  @Can('read', Assessment)
  @Answers.page(AssessmentView)
  list(@By() actor: Actor, @Id() id: string, @Query() query: PageQuery): Promise<Presented> {
    return this.assessments.list(actor, id, query);
  }

  /** Assess a risk in a case by an instrument */
  @Post('cases/:id/assessments')
  @BodyLimit(LONG_BODY_BYTES)
  @Can('assess', Case)
  @Answers.made(AssessmentView)
  assess(@By() actor: Actor, @Id() id: string, @Body() body: AssessmentRequest): Promise<Presented> {
    return this.assessments.assess(actor, id, body);
  }

  /** One assessment */
  @Get('assessments/:id')
  @Can('read', Assessment)
  @Answers.one(AssessmentView)
  get(@By() actor: Actor, @Id() id: string): Promise<Presented> {
    return this.assessments.get(actor, id);
  }
}
