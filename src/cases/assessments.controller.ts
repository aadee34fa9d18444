import { Body, Controller, Get, Post, Query } from '@nestjs/common';
import type { Actor } from '../authentication/actor.js';
import { CurrentActor, RequirePermission } from '../authorization/permission.guard.js';
import { ApiAnswer } from '../openapi/api-answer.js';
import { BodyLimit, LONG_BODY_BYTES } from '../http/body-limit.js';
import { Id } from '../http/id.js';
import { PageQuery } from '../http/page-query.dto.js';
import type { AuthorizedResponse } from '../records/authorized-response.js';
import { Assessment } from './assessment.entity.js';
import { AssessmentRequest } from './assessment.dto.js';
import { AssessmentView } from './assessment.response.js';
import { AssessmentsService } from './assessments.service.js';
import { Case } from './case.entity.js';

@Controller('v1')
export class AssessmentsController {
  constructor(private readonly assessments: AssessmentsService) {}

  /** List the assessments of a case, with the fields that you may see */
  @Get('cases/:id/assessments')
  @RequirePermission('read', Assessment)
  @ApiAnswer.page(AssessmentView)
  list(@CurrentActor() actor: Actor, @Id() id: string, @Query() query: PageQuery): Promise<AuthorizedResponse> {
    return this.assessments.list(actor, id, query);
  }

  /** Assess a risk in a case with an instrument */
  @Post('cases/:id/assessments')
  @BodyLimit(LONG_BODY_BYTES)
  @RequirePermission('assess', Case)
  @ApiAnswer.created(AssessmentView)
  assess(@CurrentActor() actor: Actor, @Id() id: string, @Body() body: AssessmentRequest): Promise<AuthorizedResponse> {
    return this.assessments.assess(actor, id, body);
  }

  /** Get an assessment */
  @Get('assessments/:id')
  @RequirePermission('read', Assessment)
  @ApiAnswer.one(AssessmentView)
  get(@CurrentActor() actor: Actor, @Id() id: string): Promise<AuthorizedResponse> {
    return this.assessments.get(actor, id);
  }
}
