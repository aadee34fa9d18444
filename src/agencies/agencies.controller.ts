import { Body, Controller, Get, Patch, Post, Query } from '@nestjs/common';
import type { Actor } from '../policy/actor.js';
import { By, Can, SignedIn } from '../policy/guard.js';
import { Answers } from '../records/answers.js';
import { Id } from '../records/id.js';
import { PageQuery } from '../records/page-query.requests.js';
import type { Presented } from '../records/presented.js';
import { Agency, Client, Partnership, Practitioner } from './agency.entity.js';
import { PractitionerChange, PractitionerRequest } from './agency.requests.js';
import { AgencyView, ClientView, MeView, PartnershipView, PractitionerView } from './agency.views.js';
import { AgenciesService } from './agencies.service.js';

@Controller('v1')
export class AgenciesController {
  constructor(private readonly agencies: AgenciesService) {}

  /** Who you are to this service */
  @Get('me')
  @SignedIn('everybody may know who they are here')
  @Answers.one(MeView)
  me(@By() actor: Actor): Promise<Presented> {
    return this.agencies.me(actor);
  }

  /** Partnerships in which your agency acts */
  @Get('partnerships')
  @Can('read', Partnership)
  @Answers.page(PartnershipView)
  partnerships(@By() actor: Actor, @Query() query: PageQuery): Promise<Presented> {
    return this.agencies.partnerships(actor, query);
  }

  /** Agencies of your partnerships */
  @Get('agencies')
  @Can('read', Agency)
  @Answers.page(AgencyView)
  list(@By() actor: Actor, @Query() query: PageQuery): Promise<Presented> {
    return this.agencies.list(actor, query);
  }

  /** One agency */
  @Get('agencies/:id')
  @Can('read', Agency)
  @Answers.one(AgencyView)
  get(@By() actor: Actor, @Id() id: string): Promise<Presented> {
    return this.agencies.get(actor, id);
  }

  /** People of an agency who sign in */
  @Get('agencies/:id/people')
  @Can('read', Practitioner)
  @Answers.page(PractitionerView)
  people(@By() actor: Actor, @Id() id: string, @Query() query: PageQuery): Promise<Presented> {
    return this.agencies.people(actor, id, query);
  }

  /** Register a member of staff (the agency's administrator) */
  @Post('agencies/:id/people')
  @Can('employ', Agency)
  @Answers.made(PractitionerView)
  employ(@By() actor: Actor, @Id() id: string, @Body() body: PractitionerRequest): Promise<Presented> {
    return this.agencies.employ(actor, id, body);
  }

  /** Change a member of staff, or end their access (the agency's administrator) */
  @Patch('agencies/:id/people/:personId')
  @Can('change', Practitioner)
  @Answers.changed(PractitionerView)
  change(
    @By() actor: Actor,
    @Id() id: string,
    @Id('personId') personId: string,
    @Body() body: PractitionerChange,
  ): Promise<Presented> {
    return this.agencies.change(actor, id, personId, body);
  }

  /** Machine clients of your agency (the agency's administrator) */
  @Get('clients')
  @Can('read', Client)
  @Answers.page(ClientView)
  clients(@By() actor: Actor, @Query() query: PageQuery): Promise<Presented> {
    return this.agencies.clients(actor, query);
  }
}
