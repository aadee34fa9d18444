import { Controller, Get, Post, Query } from '@nestjs/common';
import type { Actor } from '../policy/actor.js';
import { By, Can } from '../policy/guard.js';
import { Answers } from '../records/answers.js';
import { Id } from '../records/id.js';
import { PageQuery } from '../records/page-query.requests.js';
import type { Presented } from '../records/presented.js';
import { DisclosureRevision } from './disclosure-revision.entity.js';
import { Disclosure } from './disclosure.entity.js';
import { DisclosureQuery } from './disclosures.requests.js';
import { DisclosuresService } from './disclosures.service.js';
import { DisclosureRevisionView, DisclosureView } from './disclosures.views.js';

@Controller('v1/disclosures')
export class DisclosuresController {
  constructor(private readonly disclosures: DisclosuresService) {}

  /** Which agency received what, when and for which purpose (originator, chair, coordinator, data protection officer) */
  @Get()
  @Can('read', Disclosure)
  @Answers.page(DisclosureView)
  list(@By() actor: Actor, @Query() query: DisclosureQuery): Promise<Presented> {
    return this.disclosures.list(actor, query);
  }

  /** One disclosure */
  @Get(':id')
  @Can('read', Disclosure)
  @Answers.one(DisclosureView)
  get(@By() actor: Actor, @Id() id: string): Promise<Presented> {
    return this.disclosures.get(actor, id);
  }

  /** Every correction and recall of what was disclosed, and when the recipient was told of each */
  @Get(':id/revisions')
  @Can('read', DisclosureRevision)
  @Answers.page(DisclosureRevisionView)
  revisions(@By() actor: Actor, @Id() id: string, @Query() query: PageQuery): Promise<Presented> {
    return this.disclosures.revisions(actor, id, query);
  }

  /** The recipient was told of every correction and recall until now */
  @Post(':id/notice')
  @Can('tell', Disclosure)
  @Answers.changed(DisclosureView)
  told(@By() actor: Actor, @Id() id: string): Promise<Presented> {
    return this.disclosures.told(actor, id);
  }
}
