import { Body, Controller, Get, Patch, Post, Query } from '@nestjs/common';
import { Panel } from '../panels/panel.entity.js';
import { Plan } from '../plans/plan.entity.js';
import type { Actor } from '../authentication/actor.js';
import { CurrentActor, RequirePermission } from '../authorization/permission.guard.js';
import { ApiAnswer } from '../openapi/api-answer.js';
import { Id } from '../http/id.js';
import { PageQuery } from '../http/page-query.dto.js';
import type { AuthorizedResponse } from '../records/authorized-response.js';
import { Bid, BidDecision, BidResult } from './bid.entity.js';
import {
  BidDecisionRequest,
  BidEnd,
  BidListing,
  BidQuery,
  BidRequest,
  BidResultRequest,
  BidWaiverRequest,
  ResourceChange,
  ResourceQuery,
  ResourceRequest,
} from './bid.dto.js';
import { BidDecisionView, BidResultView, BidView, ResourceView } from './bid.response.js';
import { BidsService } from './bids.service.js';
import { Resource } from './resource.entity.js';
import { ResourcesService } from './resources.service.js';
import { BidDecisionsService } from './bid-decisions.service.js';
import { BidDeploymentService } from './bid-deployment.service.js';
import { BidWaiversService } from './bid-waivers.service.js';

@Controller('v1')
export class BidsController {
  constructor(
    private readonly bids: BidsService,
    private readonly bidDecisions: BidDecisionsService,
    private readonly waivers: BidWaiversService,
    private readonly deployment: BidDeploymentService,
    private readonly resources: ResourcesService,
  ) {}

  /** List the resources of your partnerships */
  @Get('resources')
  @RequirePermission('read', Resource)
  @ApiAnswer.page(ResourceView)
  allResources(@CurrentActor() actor: Actor, @Query() query: ResourceQuery): Promise<AuthorizedResponse> {
    return this.resources.list(actor, query);
  }

  /** Add a resource to the catalogue (chair or coordinator of the panel that allocates it) */
  @Post('resources')
  @RequirePermission('keep-resources', Panel)
  @ApiAnswer.created(ResourceView)
  add(@CurrentActor() actor: Actor, @Body() body: ResourceRequest): Promise<AuthorizedResponse> {
    return this.resources.add(actor, body);
  }

  /** Get a resource */
  @Get('resources/:id')
  @RequirePermission('read', Resource)
  @ApiAnswer.one(ResourceView)
  resource(@CurrentActor() actor: Actor, @Id() id: string): Promise<AuthorizedResponse> {
    return this.resources.get(actor, id);
  }

  /** Change a resource or make it unavailable (chair, coordinator) */
  @Patch('resources/:id')
  @RequirePermission('change', Resource)
  @ApiAnswer.updated(ResourceView)
  changeResource(
    @CurrentActor() actor: Actor,
    @Id() id: string,
    @Body() body: ResourceChange,
  ): Promise<AuthorizedResponse> {
    return this.resources.change(actor, id, body);
  }

  /** List bids of your agency, for cases that you read, and to your panels */
  @Get('bids')
  @RequirePermission('read', Bid)
  @ApiAnswer.page(BidView)
  all(@CurrentActor() actor: Actor, @Query() query: BidQuery): Promise<AuthorizedResponse> {
    return this.bids.list(actor, query);
  }

  /** Draft a bid for a resource that a plan needs */
  @Post('bids')
  @RequirePermission('bid', Plan)
  @ApiAnswer.created(BidView)
  draft(@CurrentActor() actor: Actor, @Body() body: BidRequest): Promise<AuthorizedResponse> {
    return this.bids.draft(actor, body);
  }

  /** Get a bid, with the fields that you may see */
  @Get('bids/:id')
  @RequirePermission('read', Bid)
  @ApiAnswer.one(BidView)
  get(@CurrentActor() actor: Actor, @Id() id: string): Promise<AuthorizedResponse> {
    return this.bids.get(actor, id);
  }

  /** List the decisions on a bid */
  @Get('bids/:id/decisions')
  @RequirePermission('read', BidDecision)
  @ApiAnswer.page(BidDecisionView)
  decisions(@CurrentActor() actor: Actor, @Id() id: string, @Query() query: PageQuery): Promise<AuthorizedResponse> {
    return this.bids.decisions(actor, id, query);
  }

  /** List the results of a bid */
  @Get('bids/:id/results')
  @RequirePermission('read', BidResult)
  @ApiAnswer.page(BidResultView)
  results(@CurrentActor() actor: Actor, @Id() id: string, @Query() query: PageQuery): Promise<AuthorizedResponse> {
    return this.bids.results(actor, id, query);
  }

  /** Submit a bid (your agency’s) */
  @Post('bids/:id/submission')
  @RequirePermission('submit', Bid)
  @ApiAnswer.updated(BidView)
  submit(@CurrentActor() actor: Actor, @Id() id: string): Promise<AuthorizedResponse> {
    return this.bids.submit(actor, id);
  }

  /** Screen a bid for the panel (chair, coordinator) */
  @Post('bids/:id/screening')
  @RequirePermission('screen', Bid)
  @ApiAnswer.updated(BidView)
  screen(@CurrentActor() actor: Actor, @Id() id: string): Promise<AuthorizedResponse> {
    return this.bids.screen(actor, id);
  }

  /** List a bid at a meeting (chair, coordinator) */
  @Post('bids/:id/listing')
  @RequirePermission('list', Bid)
  @ApiAnswer.updated(BidView)
  listAt(@CurrentActor() actor: Actor, @Id() id: string, @Body() body: BidListing): Promise<AuthorizedResponse> {
    return this.bids.listAt(actor, id, body);
  }

  /** Record the decision of the meeting on a bid (chair, coordinator) */
  @Post('bids/:id/decision')
  @RequirePermission('decide', Bid)
  @ApiAnswer.updated(BidView)
  decide(
    @CurrentActor() actor: Actor,
    @Id() id: string,
    @Body() body: BidDecisionRequest,
  ): Promise<AuthorizedResponse> {
    return this.bidDecisions.decide(actor, id, body);
  }

  /** Withdraw a bid (your agency’s) */
  @Post('bids/:id/withdrawal')
  @RequirePermission('withdraw', Bid)
  @ApiAnswer.updated(BidView)
  withdraw(@CurrentActor() actor: Actor, @Id() id: string, @Body() body: BidEnd): Promise<AuthorizedResponse> {
    return this.bids.withdraw(actor, id, body);
  }

  /** Ask the chairs of both panels to allow a bid before its plan is agreed (your agency’s draft) */
  @Post('bids/:id/waiver-request')
  @RequirePermission('ask-waiver', Bid)
  @ApiAnswer.updated(BidView)
  askWaiver(
    @CurrentActor() actor: Actor,
    @Id() id: string,
    @Body() body: BidWaiverRequest,
  ): Promise<AuthorizedResponse> {
    return this.waivers.askWaiver(actor, id, body);
  }

  /** Allow a bid before its plan is agreed (chairs of both panels, each for their own) */
  @Post('bids/:id/waiver')
  @RequirePermission('waive', Bid)
  @ApiAnswer.updated(BidView)
  waive(@CurrentActor() actor: Actor, @Id() id: string): Promise<AuthorizedResponse> {
    return this.waivers.waive(actor, id);
  }

  /** Ratify the waiver of a bid (chair of the plan’s panel) */
  @Post('bids/:id/ratification')
  @RequirePermission('ratify', Bid)
  @ApiAnswer.updated(BidView)
  ratify(@CurrentActor() actor: Actor, @Id() id: string): Promise<AuthorizedResponse> {
    return this.waivers.ratify(actor, id);
  }

  /** Schedule the resources granted (chair, coordinator) */
  @Post('bids/:id/scheduling')
  @RequirePermission('deploy', Bid)
  @ApiAnswer.updated(BidView)
  schedule(@CurrentActor() actor: Actor, @Id() id: string): Promise<AuthorizedResponse> {
    return this.deployment.schedule(actor, id);
  }

  /** Record that the resources were deployed; this sets the day for results (chair, coordinator) */
  @Post('bids/:id/deployment')
  @RequirePermission('deploy', Bid)
  @ApiAnswer.updated(BidView)
  deploy(@CurrentActor() actor: Actor, @Id() id: string): Promise<AuthorizedResponse> {
    return this.deployment.deploy(actor, id);
  }

  /** Record that the resources were not deployed, with the reason (chair, coordinator) */
  @Post('bids/:id/non-deployment')
  @RequirePermission('deploy', Bid)
  @ApiAnswer.updated(BidView)
  notDeploy(@CurrentActor() actor: Actor, @Id() id: string, @Body() body: BidEnd): Promise<AuthorizedResponse> {
    return this.deployment.notDeploy(actor, id, body);
  }

  /** Report the results of a bid (your agency’s) */
  @Post('bids/:id/results')
  @RequirePermission('report-results', Bid)
  @ApiAnswer.updated(BidView)
  report(@CurrentActor() actor: Actor, @Id() id: string, @Body() body: BidResultRequest): Promise<AuthorizedResponse> {
    return this.deployment.report(actor, id, body);
  }

  /** Record that the results of a bid were evaluated (chair, coordinator) */
  @Post('bids/:id/evaluation')
  @RequirePermission('deploy', Bid)
  @ApiAnswer.updated(BidView)
  evaluate(@CurrentActor() actor: Actor, @Id() id: string): Promise<AuthorizedResponse> {
    return this.deployment.evaluate(actor, id);
  }

  /** Close a bid (chair, coordinator) */
  @Post('bids/:id/closure')
  @RequirePermission('deploy', Bid)
  @ApiAnswer.updated(BidView)
  close(@CurrentActor() actor: Actor, @Id() id: string): Promise<AuthorizedResponse> {
    return this.deployment.close(actor, id);
  }
}
