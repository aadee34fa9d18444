import { Body, Controller, Get, Patch, Post, Query } from '@nestjs/common';
import { Panel } from '../panels/panel.entity.js';
import { Plan } from '../plans/plan.entity.js';
import type { Actor } from '../policy/actor.js';
import { By, Can } from '../policy/guard.js';
import { Answers } from '../records/answers.js';
import { Id } from '../records/id.js';
import { PageQuery } from '../records/page-query.requests.js';
import type { Presented } from '../records/presented.js';
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
} from './bid.requests.js';
import { BidDecisionView, BidResultView, BidView, ResourceView } from './bid.views.js';
import { BidsService } from './bids.service.js';
import { Resource } from './resource.entity.js';
import { ResourcesService } from './resources.service.js';

@Controller('v1')
export class BidsController {
  constructor(
    private readonly bids: BidsService,
    private readonly resources: ResourcesService,
  ) {}

  /** What can be bid for in your partnerships */
  @Get('resources')
  @Can('read', Resource)
  @Answers.page(ResourceView)
  allResources(@By() actor: Actor, @Query() query: ResourceQuery): Promise<Presented> {
    return this.resources.list(actor, query);
  }

  /** Add a resource to the catalogue (chair or coordinator of the panel that gives it) */
  @Post('resources')
  @Can('keep-resources', Panel)
  @Answers.made(ResourceView)
  add(@By() actor: Actor, @Body() body: ResourceRequest): Promise<Presented> {
    return this.resources.add(actor, body);
  }

  /** One resource */
  @Get('resources/:id')
  @Can('read', Resource)
  @Answers.one(ResourceView)
  resource(@By() actor: Actor, @Id() id: string): Promise<Presented> {
    return this.resources.get(actor, id);
  }

  /** Change a resource, or take it out of the catalogue for a time (chair, coordinator) */
  @Patch('resources/:id')
  @Can('change', Resource)
  @Answers.changed(ResourceView)
  changeResource(@By() actor: Actor, @Id() id: string, @Body() body: ResourceChange): Promise<Presented> {
    return this.resources.change(actor, id, body);
  }

  /** Bids of your agency, of cases that you read, and before your panels */
  @Get('bids')
  @Can('read', Bid)
  @Answers.page(BidView)
  all(@By() actor: Actor, @Query() query: BidQuery): Promise<Presented> {
    return this.bids.list(actor, query);
  }

  /** Bid for what a plan needs: a draft */
  @Post('bids')
  @Can('bid', Plan)
  @Answers.made(BidView)
  draft(@By() actor: Actor, @Body() body: BidRequest): Promise<Presented> {
    return this.bids.draft(actor, body);
  }

  /** One bid, as far as you may see it */
  @Get('bids/:id')
  @Can('read', Bid)
  @Answers.one(BidView)
  get(@By() actor: Actor, @Id() id: string): Promise<Presented> {
    return this.bids.get(actor, id);
  }

  /** What meetings decided about it */
  @Get('bids/:id/decisions')
  @Can('read', BidDecision)
  @Answers.page(BidDecisionView)
  decisions(@By() actor: Actor, @Id() id: string, @Query() query: PageQuery): Promise<Presented> {
    return this.bids.decisions(actor, id, query);
  }

  /** What came of it */
  @Get('bids/:id/results')
  @Can('read', BidResult)
  @Answers.page(BidResultView)
  results(@By() actor: Actor, @Id() id: string, @Query() query: PageQuery): Promise<Presented> {
    return this.bids.results(actor, id, query);
  }

  /** Submit it (your agency’s) */
  @Post('bids/:id/submission')
  @Can('submit', Bid)
  @Answers.changed(BidView)
  submit(@By() actor: Actor, @Id() id: string): Promise<Presented> {
    return this.bids.submit(actor, id);
  }

  /** Screen it for the panel (chair, coordinator) */
  @Post('bids/:id/screening')
  @Can('screen', Bid)
  @Answers.changed(BidView)
  screen(@By() actor: Actor, @Id() id: string): Promise<Presented> {
    return this.bids.screen(actor, id);
  }

  /** List it at a meeting (chair, coordinator) */
  @Post('bids/:id/listing')
  @Can('list', Bid)
  @Answers.changed(BidView)
  listAt(@By() actor: Actor, @Id() id: string, @Body() body: BidListing): Promise<Presented> {
    return this.bids.listAt(actor, id, body);
  }

  /** Record what the meeting decided about it (chair, coordinator) */
  @Post('bids/:id/decision')
  @Can('decide', Bid)
  @Answers.changed(BidView)
  decide(@By() actor: Actor, @Id() id: string, @Body() body: BidDecisionRequest): Promise<Presented> {
    return this.bids.decide(actor, id, body);
  }

  /** Withdraw it (your agency’s) */
  @Post('bids/:id/withdrawal')
  @Can('withdraw', Bid)
  @Answers.changed(BidView)
  withdraw(@By() actor: Actor, @Id() id: string, @Body() body: BidEnd): Promise<Presented> {
    return this.bids.withdraw(actor, id, body);
  }

  /** Ask the chairs of both panels to let it go ahead of its plan (your agency’s draft) */
  @Post('bids/:id/waiver-request')
  @Can('ask-waiver', Bid)
  @Answers.changed(BidView)
  askWaiver(@By() actor: Actor, @Id() id: string, @Body() body: BidWaiverRequest): Promise<Presented> {
    return this.bids.askWaiver(actor, id, body);
  }

  /** Let it go ahead of its plan (the chairs of both panels, each for theirs) */
  @Post('bids/:id/waiver')
  @Can('waive', Bid)
  @Answers.changed(BidView)
  waive(@By() actor: Actor, @Id() id: string): Promise<Presented> {
    return this.bids.waive(actor, id);
  }

  /** Ratify that it went ahead of its plan (chair of the plan’s panel) */
  @Post('bids/:id/ratification')
  @Can('ratify', Bid)
  @Answers.changed(BidView)
  ratify(@By() actor: Actor, @Id() id: string): Promise<Presented> {
    return this.bids.ratify(actor, id);
  }

  /** Schedule what was granted (chair, coordinator) */
  @Post('bids/:id/scheduling')
  @Can('deploy', Bid)
  @Answers.changed(BidView)
  schedule(@By() actor: Actor, @Id() id: string): Promise<Presented> {
    return this.bids.schedule(actor, id);
  }

  /** Say that it is deployed: its results are owed by a day (chair, coordinator) */
  @Post('bids/:id/deployment')
  @Can('deploy', Bid)
  @Answers.changed(BidView)
  deploy(@By() actor: Actor, @Id() id: string): Promise<Presented> {
    return this.bids.deploy(actor, id);
  }

  /** Say that it is not deployed, and why (chair, coordinator) */
  @Post('bids/:id/non-deployment')
  @Can('deploy', Bid)
  @Answers.changed(BidView)
  notDeploy(@By() actor: Actor, @Id() id: string, @Body() body: BidEnd): Promise<Presented> {
    return this.bids.notDeploy(actor, id, body);
  }

  /** Report what came of it (your agency’s) */
  @Post('bids/:id/results')
  @Can('report-results', Bid)
  @Answers.changed(BidView)
  report(@By() actor: Actor, @Id() id: string, @Body() body: BidResultRequest): Promise<Presented> {
    return this.bids.report(actor, id, body);
  }

  /** Say that its results were evaluated (chair, coordinator) */
  @Post('bids/:id/evaluation')
  @Can('deploy', Bid)
  @Answers.changed(BidView)
  evaluate(@By() actor: Actor, @Id() id: string): Promise<Presented> {
    return this.bids.evaluate(actor, id);
  }

  /** Close it (chair, coordinator) */
  @Post('bids/:id/closure')
  @Can('deploy', Bid)
  @Answers.changed(BidView)
  close(@By() actor: Actor, @Id() id: string): Promise<Presented> {
    return this.bids.close(actor, id);
  }
}
