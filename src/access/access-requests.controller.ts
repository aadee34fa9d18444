import { Body, Controller, Get, Post, Query } from '@nestjs/common';
import type { Actor } from '../authentication/actor.js';
import { CurrentActor, RequirePermission } from '../authorization/permission.guard.js';
import { ApiAnswer } from '../openapi/api-answer.js';
import { Id } from '../http/id.js';
import { PageQuery } from '../http/page-query.dto.js';
import type { AuthorizedResponse } from '../records/authorized-response.js';
import { AccessRequest } from './access-request.entity.js';
import { AccessApproval, AccessAsking, AccessRefusal, AccessRevocation } from './access-request.dto.js';
import { AccessRequestsService } from './access-requests.service.js';
import { AccessRequestView } from './access.response.js';

@Controller('v1/access-requests')
export class AccessRequestsController {
  constructor(private readonly requests: AccessRequestsService) {}

  /** List your requests to read a case, and those for cases of panels that you chair or coordinate */
  @Get()
  @RequirePermission('read', AccessRequest)
  @ApiAnswer.page(AccessRequestView)
  list(@CurrentActor() actor: Actor, @Query() query: PageQuery): Promise<AuthorizedResponse> {
    return this.requests.list(actor, query);
  }

  /** Request access to a case. The response does not reveal whether the case exists */
  @Post()
  @RequirePermission('ask', AccessRequest)
  @ApiAnswer.created(AccessRequestView)
  ask(@CurrentActor() actor: Actor, @Body() body: AccessAsking): Promise<AuthorizedResponse> {
    return this.requests.ask(actor, body);
  }

  /** Get a request to read a case */
  @Get(':id')
  @RequirePermission('read', AccessRequest)
  @ApiAnswer.one(AccessRequestView)
  get(@CurrentActor() actor: Actor, @Id() id: string): Promise<AuthorizedResponse> {
    return this.requests.get(actor, id);
  }

  /** Permit the requester to read the case until a date (chair, coordinator; not for oneself) */
  @Post(':id/approval')
  @RequirePermission('approve', AccessRequest)
  @ApiAnswer.updated(AccessRequestView)
  approve(@CurrentActor() actor: Actor, @Id() id: string, @Body() body: AccessApproval): Promise<AuthorizedResponse> {
    return this.requests.approve(actor, id, body);
  }

  /** Refuse a request (chair, coordinator) */
  @Post(':id/refusal')
  @RequirePermission('refuse', AccessRequest)
  @ApiAnswer.updated(AccessRequestView)
  refuse(@CurrentActor() actor: Actor, @Id() id: string, @Body() body: AccessRefusal): Promise<AuthorizedResponse> {
    return this.requests.refuse(actor, id, body);
  }

  /** Withdraw your request */
  @Post(':id/withdrawal')
  @RequirePermission('withdraw', AccessRequest)
  @ApiAnswer.updated(AccessRequestView)
  withdraw(@CurrentActor() actor: Actor, @Id() id: string): Promise<AuthorizedResponse> {
    return this.requests.withdraw(actor, id);
  }

  /** End the access early (chair, coordinator) */
  @Post(':id/revocation')
  @RequirePermission('revoke', AccessRequest)
  @ApiAnswer.updated(AccessRequestView)
  revoke(@CurrentActor() actor: Actor, @Id() id: string, @Body() body: AccessRevocation): Promise<AuthorizedResponse> {
    return this.requests.revoke(actor, id, body);
  }
}
