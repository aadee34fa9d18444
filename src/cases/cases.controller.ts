import { Body, Controller, Get, Patch, Post, Query } from '@nestjs/common';
import { ApiExtension, ApiOkResponse } from '@nestjs/swagger';
import type { Actor } from '../authentication/actor.js';
import { CurrentActor, RequirePermission } from '../authorization/permission.guard.js';
import { ApiAnswer } from '../openapi/api-answer.js';
import { Expensive } from '../records/concurrency-limit.js';
import { Id } from '../http/id.js';
import { PageQuery } from '../http/page-query.dto.js';
import { accessSchema } from '../records/policy.schemas.js';
import type { AuthorizedResponse } from '../records/authorized-response.js';
import { Case, CasePerson, Contribution } from './case.entity.js';
import {
  CaseChange,
  CaseClosure,
  CaseCountQuery,
  CasePersonRequest,
  CaseReopening,
  CaseQuery,
  ContributionChange,
  ContributionRequest,
} from './case.dto.js';
import { CaseItemView, CasePersonView, CaseStatusView, CaseView, ContributionView } from './case.response.js';
import { CaseAccess } from './access.service.js';
import { CasesService } from './cases.service.js';

const COUNTS = {
  type: 'object' as const,
  required: ['data', 'next', 'withheld'],
  properties: {
    next: {
      type: 'string' as const,
      nullable: true,
      maxLength: 400,
      description: 'Always null: counts fit on a page.',
    },
    data: {
      type: 'array' as const,
      maxItems: 1000,
      items: {
        type: 'object' as const,
        required: ['value', 'count'],
        properties: {
          value: { type: 'string' as const, maxLength: 100 },
          count: { type: 'integer' as const, format: 'int32', minimum: 1, maximum: 50_000 },
        },
      },
    },
    withheld: { type: 'array' as const, maxItems: 100, items: { type: 'string' as const, maxLength: 100 } },
  },
};

@Controller('v1')
export class CasesController {
  constructor(
    private readonly cases: CasesService,
    private readonly access: CaseAccess,
  ) {}

  /** List the cases that you may see, last changed first */
  @Get('cases')
  @RequirePermission('read', Case)
  @ApiAnswer.page(CaseItemView)
  list(@CurrentActor() actor: Actor, @Query() query: CaseQuery): Promise<AuthorizedResponse> {
    return this.cases.list(actor, query);
  }

  /** Count the cases that you may see by one of their fields */
  @Get('case-counts')
  @Expensive({ concurrent: 4, queue: 16 })
  @RequirePermission('read', Case)
  @ApiOkResponse({ schema: COUNTS })
  @ApiExtension('x-answers', 'document')
  count(@CurrentActor() actor: Actor, @Query() query: CaseCountQuery): Promise<AuthorizedResponse> {
    return this.cases.count(actor, query);
  }

  /** Get a case */
  @Get('cases/:id')
  @RequirePermission('read', Case)
  @ApiAnswer.one(CaseView)
  get(@CurrentActor() actor: Actor, @Id() id: string): Promise<AuthorizedResponse> {
    return this.cases.get(actor, id);
  }

  /** Get a case with the first page of its contributions */
  @Get('cases/:id/file')
  @RequirePermission('read', Case)
  @ApiAnswer.combined(['case', CaseView], ['contributions', ContributionView])
  file(@CurrentActor() actor: Actor, @Id() id: string, @Query() query: PageQuery): Promise<AuthorizedResponse> {
    return this.cases.file(actor, id, query);
  }

  /** Get the status of a case, for systems that follow it */
  @Get('cases/:id/status')
  @RequirePermission('track', Case)
  @ApiAnswer.one(CaseStatusView)
  status(@CurrentActor() actor: Actor, @Id() id: string): Promise<AuthorizedResponse> {
    return this.cases.status(actor, id);
  }

  /** List the people who can see a case, with reasons (chair, coordinator, data protection officer) */
  @Get('cases/:id/access')
  @Expensive({ concurrent: 2, queue: 8 })
  @RequirePermission('explain', Case)
  @ApiOkResponse({ schema: accessSchema })
  @ApiExtension('x-answers', 'document')
  whoSees(@CurrentActor() actor: Actor, @Id() id: string): Promise<AuthorizedResponse> {
    return this.access.listPeople(actor, id);
  }

  /** Change lead agency, risk band or review date (chair, coordinator) */
  @Patch('cases/:id')
  @RequirePermission('change', Case)
  @ApiAnswer.updated(CaseView)
  change(@CurrentActor() actor: Actor, @Id() id: string, @Body() body: CaseChange): Promise<AuthorizedResponse> {
    return this.cases.change(actor, id, body);
  }

  /** Close a case (chair, coordinator) */
  @Post('cases/:id/closure')
  @RequirePermission('close', Case)
  @ApiAnswer.updated(CaseView)
  close(@CurrentActor() actor: Actor, @Id() id: string, @Body() body: CaseClosure): Promise<AuthorizedResponse> {
    return this.cases.close(actor, id, body);
  }

  /** Reopen a closed case (chair, coordinator) */
  @Post('cases/:id/reopening')
  @RequirePermission('reopen', Case)
  @ApiAnswer.updated(CaseView)
  reopen(@CurrentActor() actor: Actor, @Id() id: string, @Body() body: CaseReopening): Promise<AuthorizedResponse> {
    return this.cases.reopen(actor, id, body);
  }

  /** List the people in a case, with their roles */
  @Get('cases/:id/people')
  @RequirePermission('read', CasePerson)
  @ApiAnswer.page(CasePersonView)
  people(@CurrentActor() actor: Actor, @Id() id: string, @Query() query: PageQuery): Promise<AuthorizedResponse> {
    return this.cases.people(actor, id, query);
  }

  /** Give a person a role in a case */
  @Post('cases/:id/people')
  @RequirePermission('name-person', Case)
  @ApiAnswer.created(CasePersonView)
  namePerson(
    @CurrentActor() actor: Actor,
    @Id() id: string,
    @Body() body: CasePersonRequest,
  ): Promise<AuthorizedResponse> {
    return this.cases.namePerson(actor, id, body);
  }

  /** List the contributions to a case, with the fields that you may see */
  @Get('cases/:id/contributions')
  @RequirePermission('read', Contribution)
  @ApiAnswer.page(ContributionView)
  contributions(
    @CurrentActor() actor: Actor,
    @Id() id: string,
    @Query() query: PageQuery,
  ): Promise<AuthorizedResponse> {
    return this.cases.contributions(actor, id, query);
  }

  /** Contribute information of your agency */
  @Post('cases/:id/contributions')
  @RequirePermission('contribute', Case)
  @ApiAnswer.created(ContributionView)
  contribute(
    @CurrentActor() actor: Actor,
    @Id() id: string,
    @Body() body: ContributionRequest,
  ): Promise<AuthorizedResponse> {
    return this.cases.contribute(actor, id, body);
  }

  /** Get a contribution */
  @Get('contributions/:id')
  @RequirePermission('read', Contribution)
  @ApiAnswer.one(ContributionView)
  contribution(@CurrentActor() actor: Actor, @Id() id: string): Promise<AuthorizedResponse> {
    return this.cases.contribution(actor, id);
  }

  /** Change a contribution of your agency */
  @Patch('contributions/:id')
  @RequirePermission('change', Contribution)
  @ApiAnswer.updated(ContributionView)
  changeContribution(
    @CurrentActor() actor: Actor,
    @Id() id: string,
    @Body() body: ContributionChange,
  ): Promise<AuthorizedResponse> {
    return this.cases.changeContribution(actor, id, body);
  }
}
