import { Body, Controller, Get, Post, Query } from '@nestjs/common';
import type { Actor } from '../policy/actor.js';
import { By, Can } from '../policy/guard.js';
import { Answers } from '../records/answers.js';
import { Id } from '../records/id.js';
import { PageQuery } from '../records/page-query.requests.js';
import type { Presented } from '../records/presented.js';
import { AccessRequest } from './access-request.entity.js';
import { AccessApproval, AccessAsking, AccessRefusal, AccessRevocation } from './access-request.requests.js';
import { AccessRequestsService } from './access-requests.service.js';
import { AccessRequestView } from './access.views.js';

@Controller('v1/access-requests')
export class AccessRequestsController {
  constructor(private readonly requests: AccessRequestsService) {}

  /** Your requests to read a case, and those for cases of panels that you chair or coordinate */
  @Get()
  @Can('read', AccessRequest)
  @Answers.page(AccessRequestView)
  list(@By() actor: Actor, @Query() query: PageQuery): Promise<Presented> {
    return this.requests.list(actor, query);
  }

  /** Ask to read a case. The answer does not tell whether there is such a case */
  @Post()
  @Can('ask', AccessRequest)
  @Answers.made(AccessRequestView)
  ask(@By() actor: Actor, @Body() body: AccessAsking): Promise<Presented> {
    return this.requests.ask(actor, body);
  }

  /** One request */
  @Get(':id')
  @Can('read', AccessRequest)
  @Answers.one(AccessRequestView)
  get(@By() actor: Actor, @Id() id: string): Promise<Presented> {
    return this.requests.get(actor, id);
  }

  /** Let whoever asked read the case until a date (chair, coordinator; not for oneself) */
  @Post(':id/approval')
  @Can('approve', AccessRequest)
  @Answers.changed(AccessRequestView)
  approve(@By() actor: Actor, @Id() id: string, @Body() body: AccessApproval): Promise<Presented> {
    return this.requests.approve(actor, id, body);
  }

  /** Refuse a request (chair, coordinator) */
  @Post(':id/refusal')
  @Can('refuse', AccessRequest)
  @Answers.changed(AccessRequestView)
  refuse(@By() actor: Actor, @Id() id: string, @Body() body: AccessRefusal): Promise<Presented> {
    return this.requests.refuse(actor, id, body);
  }

  /** Withdraw your request */
  @Post(':id/withdrawal')
  @Can('withdraw', AccessRequest)
  @Answers.changed(AccessRequestView)
  withdraw(@By() actor: Actor, @Id() id: string): Promise<Presented> {
    return this.requests.withdraw(actor, id);
  }

  /** End the access before its time (chair, coordinator) */
  @Post(':id/revocation')
  @Can('revoke', AccessRequest)
  @Answers.changed(AccessRequestView)
  revoke(@By() actor: Actor, @Id() id: string, @Body() body: AccessRevocation): Promise<Presented> {
    return this.requests.revoke(actor, id, body);
  }
}
