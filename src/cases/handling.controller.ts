import { Body, Controller, Get, Post, Query } from '@nestjs/common';
import type { Actor } from '../authentication/actor.js';
import { CurrentActor, RequirePermission } from '../authorization/permission.guard.js';
import { ApiAnswer } from '../openapi/api-answer.js';
import { Id } from '../http/id.js';
import { PageQuery } from '../http/page-query.dto.js';
import type { AuthorizedResponse } from '../records/authorized-response.js';
import { Contribution } from './case.entity.js';
import { ContributionView } from './case.response.js';
import { ReleaseRequest } from './handling.entity.js';
import { ContributionRecall, ReleaseApproval, ReleaseAsking, ReleaseRefusal } from './handling.dto.js';
import { HandlingService } from './handling.service.js';
import { ReleaseRequestView } from './handling.response.js';

/** Response to a recall by somebody of the originating agency who may not read the contribution. */
const RECALL_RECEIPT = {
  type: 'object',
  required: ['id', 'recalledAt', 'withheld'],
  properties: {
    id: { type: 'string', format: 'uuid' },
    recalledAt: { type: 'string', format: 'date-time' },
    withheld: { type: 'array', items: { type: 'string', maxLength: 100 } },
  },
};

@Controller('v1')
export class HandlingController {
  constructor(private readonly handling: HandlingService) {}

  /** Acknowledge the conditions of handling C to read the contribution */
  @Post('contributions/:id/acknowledgement')
  @RequirePermission('acknowledge', Contribution)
  @ApiAnswer.updated(ContributionView)
  acknowledge(@CurrentActor() actor: Actor, @Id() id: string): Promise<AuthorizedResponse> {
    return this.handling.acknowledge(actor, id);
  }

  /** Recall a contribution of your agency; nobody else can read it afterwards */
  @Post('contributions/:id/recall')
  @RequirePermission('recall', Contribution)
  @ApiAnswer.updatedUnread(ContributionView, RECALL_RECEIPT)
  recall(
    @CurrentActor() actor: Actor,
    @Id() id: string,
    @Body() body: ContributionRecall,
  ): Promise<AuthorizedResponse> {
    return this.handling.recall(actor, id, body);
  }

  /** List the requests to release a contribution */
  @Get('contributions/:id/release-requests')
  @RequirePermission('read', ReleaseRequest)
  @ApiAnswer.page(ReleaseRequestView)
  requestsFor(@CurrentActor() actor: Actor, @Id() id: string, @Query() query: PageQuery): Promise<AuthorizedResponse> {
    return this.handling.requestsFor(actor, id, query);
  }

  /** Ask the originator to release a contribution to your agency or to you */
  @Post('contributions/:id/release-requests')
  @RequirePermission('ask-release', Contribution)
  @ApiAnswer.created(ReleaseRequestView)
  ask(@CurrentActor() actor: Actor, @Id() id: string, @Body() body: ReleaseAsking): Promise<AuthorizedResponse> {
    return this.handling.askRelease(actor, id, body);
  }

  /** List the release requests that your agency made or decides */
  @Get('release-requests')
  @RequirePermission('read', ReleaseRequest)
  @ApiAnswer.page(ReleaseRequestView)
  requests(@CurrentActor() actor: Actor, @Query() query: PageQuery): Promise<AuthorizedResponse> {
    return this.handling.requests(actor, query);
  }

  /** Get a release request */
  @Get('release-requests/:id')
  @RequirePermission('read', ReleaseRequest)
  @ApiAnswer.one(ReleaseRequestView)
  request(@CurrentActor() actor: Actor, @Id() id: string): Promise<AuthorizedResponse> {
    return this.handling.request(actor, id);
  }

  /** Release a contribution until a date (originating agency) */
  @Post('release-requests/:id/approval')
  @RequirePermission('approve', ReleaseRequest)
  @ApiAnswer.updated(ReleaseRequestView)
  approve(@CurrentActor() actor: Actor, @Id() id: string, @Body() body: ReleaseApproval): Promise<AuthorizedResponse> {
    return this.handling.approve(actor, id, body);
  }

  /** Refuse to release a contribution (originating agency) */
  @Post('release-requests/:id/refusal')
  @RequirePermission('refuse', ReleaseRequest)
  @ApiAnswer.updated(ReleaseRequestView)
  refuse(@CurrentActor() actor: Actor, @Id() id: string, @Body() body: ReleaseRefusal): Promise<AuthorizedResponse> {
    return this.handling.refuse(actor, id, body);
  }

  /** End a release early (originating agency) */
  @Post('release-requests/:id/revocation')
  @RequirePermission('revoke', ReleaseRequest)
  @ApiAnswer.updated(ReleaseRequestView)
  revoke(@CurrentActor() actor: Actor, @Id() id: string): Promise<AuthorizedResponse> {
    return this.handling.revoke(actor, id);
  }
}
