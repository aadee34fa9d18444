import { Body, Controller, Get, Patch, Post, Query } from '@nestjs/common';
import type { Actor } from '../authentication/actor.js';
import { CurrentActor, RequirePermission, Authenticated } from '../authorization/permission.guard.js';
import { ApiAnswer } from '../openapi/api-answer.js';
import { Id } from '../http/id.js';
import { PageQuery } from '../http/page-query.dto.js';
import type { AuthorizedResponse } from '../records/authorized-response.js';
import { Agency, Client, Partnership, Practitioner } from './agency.entity.js';
import { PractitionerChange, PractitionerRequest } from './agency.dto.js';
import { AgencyView, ClientView, MeView, PartnershipView, PractitionerView } from './agency.response.js';
import { AgenciesService } from './agencies.service.js';

@Controller('v1')
export class AgenciesController {
  constructor(private readonly agencies: AgenciesService) {}

  /** Get your identity, agency and roles */
  @Get('me')
  @Authenticated('everybody may know who they are here')
  @ApiAnswer.one(MeView)
  me(@CurrentActor() actor: Actor): Promise<AuthorizedResponse> {
    return this.agencies.me(actor);
  }

  /** List the partnerships in which your agency acts */
  @Get('partnerships')
  @RequirePermission('read', Partnership)
  @ApiAnswer.page(PartnershipView)
  partnerships(@CurrentActor() actor: Actor, @Query() query: PageQuery): Promise<AuthorizedResponse> {
    return this.agencies.partnerships(actor, query);
  }

  /** List the agencies of your partnerships */
  @Get('agencies')
  @RequirePermission('read', Agency)
  @ApiAnswer.page(AgencyView)
  list(@CurrentActor() actor: Actor, @Query() query: PageQuery): Promise<AuthorizedResponse> {
    return this.agencies.list(actor, query);
  }

  /** Get an agency */
  @Get('agencies/:id')
  @RequirePermission('read', Agency)
  @ApiAnswer.one(AgencyView)
  get(@CurrentActor() actor: Actor, @Id() id: string): Promise<AuthorizedResponse> {
    return this.agencies.get(actor, id);
  }

  /** List the staff of an agency with access to this service */
  @Get('agencies/:id/people')
  @RequirePermission('read', Practitioner)
  @ApiAnswer.page(PractitionerView)
  people(@CurrentActor() actor: Actor, @Id() id: string, @Query() query: PageQuery): Promise<AuthorizedResponse> {
    return this.agencies.people(actor, id, query);
  }

  /** Register a member of staff (the agency's administrator) */
  @Post('agencies/:id/people')
  @RequirePermission('employ', Agency)
  @ApiAnswer.created(PractitionerView)
  employ(
    @CurrentActor() actor: Actor,
    @Id() id: string,
    @Body() body: PractitionerRequest,
  ): Promise<AuthorizedResponse> {
    return this.agencies.employ(actor, id, body);
  }

  /** Change a member of staff, or end their access (the agency's administrator) */
  @Patch('agencies/:id/people/:personId')
  @RequirePermission('change', Practitioner)
  @ApiAnswer.updated(PractitionerView)
  change(
    @CurrentActor() actor: Actor,
    @Id() id: string,
    @Id('personId') personId: string,
    @Body() body: PractitionerChange,
  ): Promise<AuthorizedResponse> {
    return this.agencies.change(actor, id, personId, body);
  }

  /** List the machine clients of your agency (the agency's administrator) */
  @Get('clients')
  @RequirePermission('read', Client)
  @ApiAnswer.page(ClientView)
  clients(@CurrentActor() actor: Actor, @Query() query: PageQuery): Promise<AuthorizedResponse> {
    return this.agencies.clients(actor, query);
  }
}
