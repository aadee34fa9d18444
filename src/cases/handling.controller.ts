import { Body, Controller, Get, Post, Query } from '@nestjs/common';
import type { Actor } from '../policy/actor.js';
import { By, Can } from '../policy/guard.js';
import { Answers } from '../records/answers.js';
import { Id } from '../records/id.js';
import { PageQuery } from '../records/page-query.requests.js';
import type { Presented } from '../records/presented.js';
import { Contribution } from './case.entity.js';
import { ContributionView } from './case.views.js';
import { ReleaseRequest } from './handling.entity.js';
import { ContributionRecall, ReleaseApproval, ReleaseAsking, ReleaseRefusal } from './handling.requests.js';
import { HandlingService } from './handling.service.js';
import { ReleaseRequestView } from './handling.views.js';

@Controller('v1')
export class HandlingController {
  constructor(private readonly handling: HandlingService) {}

  /** Take note of the conditions of handling C, as you read them: then you may read what they guard */
  @Post('contributions/:id/acknowledgement')
  @Can('acknowledge', Contribution)
  @Answers.changed(ContributionView)
  acknowledge(@By() actor: Actor, @Id() id: string): Promise<Presented> {
    return this.handling.acknowledge(actor, id);
  }

  /** Take back what your agency contributed: nobody else reads it from then on */
  @Post('contributions/:id/recall')
  @Can('recall', Contribution)
  @Answers.changed(ContributionView)
  recall(@By() actor: Actor, @Id() id: string, @Body() body: ContributionRecall): Promise<Presented> {
    return this.handling.recall(actor, id, body);
  }

  /** Requests to release a contribution */
  @Get('contributions/:id/release-requests')
  @Can('read', ReleaseRequest)
  @Answers.page(ReleaseRequestView)
  requestsFor(@By() actor: Actor, @Id() id: string, @Query() query: PageQuery): Promise<Presented> {
    return this.handling.requestsFor(actor, id, query);
  }

  /** Ask the originator to release a contribution to your agency, or to you */
  @Post('contributions/:id/release-requests')
  @Can('ask-release', Contribution)
  @Answers.made(ReleaseRequestView)
  ask(@By() actor: Actor, @Id() id: string, @Body() body: ReleaseAsking): Promise<Presented> {
    return this.handling.askRelease(actor, id, body);
  }

  /** Requests for release that your agency made or decides */
  @Get('release-requests')
  @Can('read', ReleaseRequest)
  @Answers.page(ReleaseRequestView)
  requests(@By() actor: Actor, @Query() query: PageQuery): Promise<Presented> {
    return this.handling.requests(actor, query);
  }

  /** One request for release */
  @Get('release-requests/:id')
  @Can('read', ReleaseRequest)
  @Answers.one(ReleaseRequestView)
  request(@By() actor: Actor, @Id() id: string): Promise<Presented> {
    return this.handling.request(actor, id);
  }

  /** Release it until a date (originating agency) */
  @Post('release-requests/:id/approval')
  @Can('approve', ReleaseRequest)
  @Answers.changed(ReleaseRequestView)
  approve(@By() actor: Actor, @Id() id: string, @Body() body: ReleaseApproval): Promise<Presented> {
    return this.handling.approve(actor, id, body);
  }

  /** Refuse to release it (originating agency) */
  @Post('release-requests/:id/refusal')
  @Can('refuse', ReleaseRequest)
  @Answers.changed(ReleaseRequestView)
  refuse(@By() actor: Actor, @Id() id: string, @Body() body: ReleaseRefusal): Promise<Presented> {
    return this.handling.refuse(actor, id, body);
  }

  /** End a release before its time (originating agency) */
  @Post('release-requests/:id/revocation')
  @Can('revoke', ReleaseRequest)
  @Answers.changed(ReleaseRequestView)
  revoke(@By() actor: Actor, @Id() id: string): Promise<Presented> {
    return this.handling.revoke(actor, id);
  }
}
