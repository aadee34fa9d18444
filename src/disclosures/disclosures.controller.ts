import { Controller, Get, Post, Query } from '@nestjs/common';
import type { Actor } from '../authentication/actor.js';
import { CurrentActor, RequirePermission } from '../authorization/permission.guard.js';
import { ApiAnswer } from '../openapi/api-answer.js';
import { Id } from '../http/id.js';
import { PageQuery } from '../http/page-query.dto.js';
import type { AuthorizedResponse } from '../records/authorized-response.js';
import { DisclosureRevision } from './disclosure-revision.entity.js';
import { Disclosure } from './disclosure.entity.js';
import { DisclosureQuery } from './disclosures.dto.js';
import { DisclosuresService } from './disclosures.service.js';
import { DisclosureRevisionView, DisclosureView } from './disclosures.response.js';

@Controller('v1/disclosures')
export class DisclosuresController {
  constructor(private readonly disclosures: DisclosuresService) {}

  /** List disclosures: recipient, record, time and purpose (originator, chair, coordinator, data protection officer) */
  @Get()
  @RequirePermission('read', Disclosure)
  @ApiAnswer.page(DisclosureView)
  list(@CurrentActor() actor: Actor, @Query() query: DisclosureQuery): Promise<AuthorizedResponse> {
    return this.disclosures.list(actor, query);
  }

  /** Get a disclosure */
  @Get(':id')
  @RequirePermission('read', Disclosure)
  @ApiAnswer.one(DisclosureView)
  get(@CurrentActor() actor: Actor, @Id() id: string): Promise<AuthorizedResponse> {
    return this.disclosures.get(actor, id);
  }

  /** List the corrections and recalls of a disclosed record, with the times at which the recipient was notified */
  @Get(':id/revisions')
  @RequirePermission('read', DisclosureRevision)
  @ApiAnswer.page(DisclosureRevisionView)
  revisions(@CurrentActor() actor: Actor, @Id() id: string, @Query() query: PageQuery): Promise<AuthorizedResponse> {
    return this.disclosures.revisions(actor, id, query);
  }

  /** Record that the recipient was notified of every correction and recall so far */
  @Post(':id/notification')
  @RequirePermission('tell', Disclosure)
  @ApiAnswer.updated(DisclosureView)
  told(@CurrentActor() actor: Actor, @Id() id: string): Promise<AuthorizedResponse> {
    return this.disclosures.told(actor, id);
  }
}
