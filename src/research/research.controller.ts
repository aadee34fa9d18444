import { Body, Controller, Get, Patch, Post, Query } from '@nestjs/common';
import type { Actor } from '../authentication/actor.js';
import { CurrentActor, RequirePermission } from '../authorization/permission.guard.js';
import { ApiAnswer, ApiProblems } from '../openapi/api-answer.js';
import { Id } from '../http/id.js';
import { PageQuery } from '../http/page-query.dto.js';
import type { AuthorizedResponse } from '../records/authorized-response.js';
import { Person } from '../subjects/subject.entity.js';
import { Listing } from '../meetings/meeting.entity.js';
import { ResearchPoint, ResearchRequest } from './research.entity.js';
import {
  PointChange,
  PointRequest,
  PointSharing,
  PointWithholding,
  ResearchAsking,
  ResearchQuery,
  ResearchReturn,
} from './research.dto.js';
import { ResearchService } from './research.service.js';
import { ResearchPointView, ResearchRequestView, SoughtPersonView } from './research.response.js';
import { ResearchPointsService } from './research-points.service.js';

@Controller('v1')
export class ResearchController {
  constructor(
    private readonly research: ResearchService,
    private readonly researchPoints: ResearchPointsService,
  ) {}

  /** Ask agencies not asked before for information on the items of a meeting (chair, coordinator) */
  @Post('meetings/:id/research-requests')
  @RequirePermission('ask', Listing)
  @ApiProblems(404, 409)
  @ApiAnswer.search(ResearchRequestView)
  ask(@CurrentActor() actor: Actor, @Id() id: string, @Body() body: ResearchAsking): Promise<AuthorizedResponse> {
    return this.research.ask(actor, id, body);
  }

  /** List the research requests of a meeting: all for its coordination, otherwise those to your agency */
  @Get('meetings/:id/research-requests')
  @RequirePermission('read', ResearchRequest)
  @ApiAnswer.page(ResearchRequestView)
  ofMeeting(@CurrentActor() actor: Actor, @Id() id: string, @Query() query: PageQuery): Promise<AuthorizedResponse> {
    return this.research.ofMeeting(actor, id, query);
  }

  /** List research requests to your agency and of panels that you coordinate */
  @Get('research-requests')
  @RequirePermission('read', ResearchRequest)
  @ApiAnswer.page(ResearchRequestView)
  list(@CurrentActor() actor: Actor, @Query() query: ResearchQuery): Promise<AuthorizedResponse> {
    return this.research.list(actor, query);
  }

  /** Get a research request */
  @Get('research-requests/:id')
  @RequirePermission('read', ResearchRequest)
  @ApiAnswer.one(ResearchRequestView)
  get(@CurrentActor() actor: Actor, @Id() id: string): Promise<AuthorizedResponse> {
    return this.research.get(actor, id);
  }

  /** List the people to search for in your agency’s records, while the request is open */
  @Get('research-requests/:id/people')
  @RequirePermission('research', Person)
  @ApiAnswer.page(SoughtPersonView)
  people(@CurrentActor() actor: Actor, @Id() id: string): Promise<AuthorizedResponse> {
    return this.research.people(actor, id);
  }

  /** List the findings of your agency, which no other agency reads */
  @Get('research-requests/:id/points')
  @RequirePermission('read', ResearchPoint)
  @ApiAnswer.page(ResearchPointView)
  points(@CurrentActor() actor: Actor, @Id() id: string, @Query() query: PageQuery): Promise<AuthorizedResponse> {
    return this.researchPoints.points(actor, id, query);
  }

  /** Record a finding of your agency */
  @Post('research-requests/:id/points')
  @RequirePermission('answer', ResearchRequest)
  @ApiAnswer.created(ResearchPointView)
  note(@CurrentActor() actor: Actor, @Id() id: string, @Body() body: PointRequest): Promise<AuthorizedResponse> {
    return this.researchPoints.note(actor, id, body);
  }

  /** Answer a request: shared findings are contributed to the case, withheld ones stay with your agency */
  @Post('research-requests/:id/return')
  @RequirePermission('answer', ResearchRequest)
  @ApiAnswer.updated(ResearchRequestView)
  return(@CurrentActor() actor: Actor, @Id() id: string, @Body() body: ResearchReturn): Promise<AuthorizedResponse> {
    return this.research.return(actor, id, body);
  }

  /** Reopen an answered request, so that the agency sees the people again (chair, coordinator) */
  @Post('research-requests/:id/reopening')
  @RequirePermission('reopen', ResearchRequest)
  @ApiAnswer.updated(ResearchRequestView)
  reopen(@CurrentActor() actor: Actor, @Id() id: string): Promise<AuthorizedResponse> {
    return this.research.reopen(actor, id);
  }

  /** Cancel a request (chair, coordinator) */
  @Post('research-requests/:id/cancellation')
  @RequirePermission('cancel', ResearchRequest)
  @ApiAnswer.updated(ResearchRequestView)
  cancel(@CurrentActor() actor: Actor, @Id() id: string): Promise<AuthorizedResponse> {
    return this.research.cancel(actor, id);
  }

  /** List the findings of your agency for all requests that you answer */
  @Get('research-points')
  @RequirePermission('read', ResearchPoint)
  @ApiAnswer.page(ResearchPointView)
  allPoints(@CurrentActor() actor: Actor, @Query() query: PageQuery): Promise<AuthorizedResponse> {
    return this.researchPoints.allPoints(actor, query);
  }

  /** Get a finding of your agency */
  @Get('research-points/:id')
  @RequirePermission('read', ResearchPoint)
  @ApiAnswer.one(ResearchPointView)
  point(@CurrentActor() actor: Actor, @Id() id: string): Promise<AuthorizedResponse> {
    return this.researchPoints.point(actor, id);
  }

  /** Correct a finding that is not contributed yet, which makes it a draft again */
  @Patch('research-points/:id')
  @RequirePermission('change', ResearchPoint)
  @ApiAnswer.updated(ResearchPointView)
  correct(@CurrentActor() actor: Actor, @Id() id: string, @Body() body: PointChange): Promise<AuthorizedResponse> {
    return this.researchPoints.correct(actor, id, body);
  }

  /** Decide to share a finding, which is contributed when the request is answered */
  @Post('research-points/:id/sharing')
  @RequirePermission('decide', ResearchPoint)
  @ApiAnswer.updated(ResearchPointView)
  share(@CurrentActor() actor: Actor, @Id() id: string, @Body() body: PointSharing): Promise<AuthorizedResponse> {
    return this.researchPoints.share(actor, id, body);
  }

  /** Decide to withhold a finding, which stays in your agency’s own file with the reason */
  @Post('research-points/:id/withholding')
  @RequirePermission('decide', ResearchPoint)
  @ApiAnswer.updated(ResearchPointView)
  withhold(
    @CurrentActor() actor: Actor,
    @Id() id: string,
    @Body() body: PointWithholding,
  ): Promise<AuthorizedResponse> {
    return this.researchPoints.withhold(actor, id, body);
  }
}
