import { Body, Controller, Get, Patch, Post, Query } from '@nestjs/common';
import { ApiExtension, ApiOkResponse } from '@nestjs/swagger';
import type { Actor } from '../policy/actor.js';
import { By, Can } from '../policy/guard.js';
import { Answers } from '../records/answers.js';
import { Expensive } from '../records/expensive.js';
import { Id } from '../records/id.js';
import { PageQuery } from '../records/page-query.requests.js';
import { accessSchema } from '../records/policy.schemas.js';
import type { Presented } from '../records/presented.js';
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
} from './case.requests.js';
import { CaseItemView, CasePersonView, CaseStatusView, CaseView, ContributionView } from './case.views.js';
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

  /** Cases that you may see, last changed first */
  @Get('cases')
  @Can('read', Case)
  @Answers.page(CaseItemView)
  list(@By() actor: Actor, @Query() query: CaseQuery): Promise<Presented> {
    return this.cases.list(actor, query);
  }

  /** How many of the cases that you may see have which value, as far as you may see it */
  @Get('case-counts')
  @Expensive({ concurrent: 4, queue: 16 })
  @Can('read', Case)
  @ApiOkResponse({ schema: COUNTS })
  @ApiExtension('x-answers', 'document')
  count(@By() actor: Actor, @Query() query: CaseCountQuery): Promise<Presented> {
    return this.cases.count(actor, query);
  }

  /** One case */
  @Get('cases/:id')
  @Can('read', Case)
  @Answers.one(CaseView)
  get(@By() actor: Actor, @Id() id: string): Promise<Presented> {
    return this.cases.get(actor, id);
  }

  /** One case with the first page of what was contributed to it */
  @Get('cases/:id/file')
  @Can('read', Case)
  @Answers.together(['case', CaseView], ['contributions', ContributionView])
  file(@By() actor: Actor, @Id() id: string, @Query() query: PageQuery): Promise<Presented> {
    return this.cases.file(actor, id, query);
  }

  /** Where a case stands, for systems that follow it */
  @Get('cases/:id/status')
  @Can('track', Case)
  @Answers.one(CaseStatusView)
  status(@By() actor: Actor, @Id() id: string): Promise<Presented> {
    return this.cases.status(actor, id);
  }

  /** Who can see this case, and why (chair, coordinator, data protection officer) */
  @Get('cases/:id/access')
  @Expensive({ concurrent: 2, queue: 8 })
  @Can('explain', Case)
  @ApiOkResponse({ schema: accessSchema })
  @ApiExtension('x-answers', 'document')
  whoSees(@By() actor: Actor, @Id() id: string): Promise<Presented> {
    return this.access.of(actor, id);
  }

  /** Change lead agency, risk band or review date (chair, coordinator) */
  @Patch('cases/:id')
  @Can('change', Case)
  @Answers.changed(CaseView)
  change(@By() actor: Actor, @Id() id: string, @Body() body: CaseChange): Promise<Presented> {
    return this.cases.change(actor, id, body);
  }

  /** Close a case (chair, coordinator) */
  @Post('cases/:id/closure')
  @Can('close', Case)
  @Answers.changed(CaseView)
  close(@By() actor: Actor, @Id() id: string, @Body() body: CaseClosure): Promise<Presented> {
    return this.cases.close(actor, id, body);
  }

  /** Reopen a closed case (chair, coordinator) */
  @Post('cases/:id/reopening')
  @Can('reopen', Case)
  @Answers.changed(CaseView)
  reopen(@By() actor: Actor, @Id() id: string, @Body() body: CaseReopening): Promise<Presented> {
    return this.cases.reopen(actor, id, body);
  }

  /** People in a case, with their roles in it */
  @Get('cases/:id/people')
  @Can('read', CasePerson)
  @Answers.page(CasePersonView)
  people(@By() actor: Actor, @Id() id: string, @Query() query: PageQuery): Promise<Presented> {
    return this.cases.people(actor, id, query);
  }

  /** Give a person a role in a case */
  @Post('cases/:id/people')
  @Can('name-person', Case)
  @Answers.made(CasePersonView)
  namePerson(@By() actor: Actor, @Id() id: string, @Body() body: CasePersonRequest): Promise<Presented> {
    return this.cases.namePerson(actor, id, body);
  }

  /** What agencies contributed, as far as you may see it */
  @Get('cases/:id/contributions')
  @Can('read', Contribution)
  @Answers.page(ContributionView)
  contributions(@By() actor: Actor, @Id() id: string, @Query() query: PageQuery): Promise<Presented> {
    return this.cases.contributions(actor, id, query);
  }

  /** Contribute information of your agency */
  @Post('cases/:id/contributions')
  @Can('contribute', Case)
  @Answers.made(ContributionView)
  contribute(@By() actor: Actor, @Id() id: string, @Body() body: ContributionRequest): Promise<Presented> {
    return this.cases.contribute(actor, id, body);
  }

  /** One contribution */
  @Get('contributions/:id')
  @Can('read', Contribution)
  @Answers.one(ContributionView)
  contribution(@By() actor: Actor, @Id() id: string): Promise<Presented> {
    return this.cases.contribution(actor, id);
  }

  /** Change a contribution of your agency */
  @Patch('contributions/:id')
  @Can('change', Contribution)
  @Answers.changed(ContributionView)
  changeContribution(@By() actor: Actor, @Id() id: string, @Body() body: ContributionChange): Promise<Presented> {
    return this.cases.changeContribution(actor, id, body);
  }
}
