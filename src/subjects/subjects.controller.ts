import { Body, Controller, Get, Patch, Post, Query } from '@nestjs/common';
import { Partnership } from '../agencies/agency.entity.js';
import type { Actor } from '../authentication/actor.js';
import { CurrentActor, RequirePermission } from '../authorization/permission.guard.js';
import { routeConfig } from '../http/route-config.js';
import { ApiAnswer } from '../openapi/api-answer.js';
import { Id } from '../http/id.js';
import { PageQuery } from '../http/page-query.dto.js';
import type { AuthorizedResponse } from '../records/authorized-response.js';
import { Group, Person, Place, ProtectedAddress } from './subject.entity.js';
import {
  GroupChange,
  GroupRequest,
  PersonChange,
  PersonRequest,
  PersonSearch,
  PlaceChange,
  PlaceRequest,
  ProtectedAddressChange,
  ProtectedAddressRequest,
  RevealRequest,
  SubjectQuery,
  SubjectsQuery,
} from './subject.dto.js';
import {
  GroupView,
  PersonView,
  PlaceView,
  ProtectedAddressItemView,
  ProtectedAddressView,
} from './subject.response.js';
import { SubjectsService } from './subjects.service.js';

@Controller('v1')
export class SubjectsController {
  constructor(private readonly subjects: SubjectsService) {}

  /** List the people that you may see, last changed first */
  @Get('persons')
  @RequirePermission('read', Person)
  @ApiAnswer.page(PersonView)
  persons(@CurrentActor() actor: Actor, @Query() query: SubjectsQuery): Promise<AuthorizedResponse> {
    return this.subjects.page(actor, PersonView, query);
  }

  /** Get a person */
  @Get('persons/:id')
  @RequirePermission('read', Person)
  @ApiAnswer.one(PersonView)
  person(
    @CurrentActor() actor: Actor,
    @Id() id: string,
    @Query() { panelId }: SubjectQuery,
  ): Promise<AuthorizedResponse> {
    return this.subjects.get(actor, Person, PersonView, id, panelId);
  }

  /** Record a person */
  @Post('persons')
  @RequirePermission('record-subjects', Partnership)
  @ApiAnswer.created(PersonView)
  makePerson(@CurrentActor() actor: Actor, @Body() body: PersonRequest): Promise<AuthorizedResponse> {
    return this.subjects.createPerson(actor, body);
  }

  /** Change a person that your agency recorded */
  @Patch('persons/:id')
  @RequirePermission('change', Person)
  @ApiAnswer.updated(PersonView)
  changePerson(
    @CurrentActor() actor: Actor,
    @Id() id: string,
    @Body() body: PersonChange,
  ): Promise<AuthorizedResponse> {
    return this.subjects.changePerson(actor, id, body);
  }

  /** List the protected addresses of a person that are shared with you, without the addresses themselves */
  @Get('persons/:id/protected-addresses')
  @RequirePermission('read', ProtectedAddress)
  @ApiAnswer.page(ProtectedAddressItemView)
  protectedAddresses(
    @CurrentActor() actor: Actor,
    @Id() id: string,
    @Query() query: PageQuery,
  ): Promise<AuthorizedResponse> {
    return this.subjects.protectedAddresses(actor, id, query);
  }

  /** Record a protected address of a person */
  @Post('persons/:id/protected-addresses')
  @RequirePermission('name', Person)
  @ApiAnswer.created(ProtectedAddressView)
  protect(
    @CurrentActor() actor: Actor,
    @Id() id: string,
    @Body() body: ProtectedAddressRequest,
  ): Promise<AuthorizedResponse> {
    return this.subjects.recordProtectedAddress(actor, id, body);
  }

  /** Get a protected address without the address itself */
  @Get('protected-addresses/:id')
  @RequirePermission('read', ProtectedAddress)
  @ApiAnswer.one(ProtectedAddressItemView)
  protectedAddress(@CurrentActor() actor: Actor, @Id() id: string): Promise<AuthorizedResponse> {
    return this.subjects.get(actor, ProtectedAddress, ProtectedAddressItemView, id);
  }

  /** Change a protected address that your agency recorded */
  @Patch('protected-addresses/:id')
  @RequirePermission('change', ProtectedAddress)
  @ApiAnswer.updated(ProtectedAddressView)
  changeProtected(
    @CurrentActor() actor: Actor,
    @Id() id: string,
    @Body() body: ProtectedAddressChange,
  ): Promise<AuthorizedResponse> {
    return this.subjects.changeProtectedAddress(actor, id, body);
  }

  /** Reveal a protected address, for a reason that is recorded */
  @Post('protected-addresses/:id/revelation')
  @RequirePermission('reveal', ProtectedAddress)
  @ApiAnswer.revealed(ProtectedAddressView)
  reveal(@CurrentActor() actor: Actor, @Id() id: string, @Body() body: RevealRequest): Promise<AuthorizedResponse> {
    return this.subjects.reveal(actor, id, body);
  }

  /** Search people whom you may see by name */
  @Post('person-searches')
  @RequirePermission('read', Person)
  @routeConfig({ isReading: true })
  @ApiAnswer.search(PersonView)
  search(@CurrentActor() actor: Actor, @Body() body: PersonSearch): Promise<AuthorizedResponse> {
    return this.subjects.search(actor, body);
  }

  /** List the places that you may see, last changed first */
  @Get('places')
  @RequirePermission('read', Place)
  @ApiAnswer.page(PlaceView)
  places(@CurrentActor() actor: Actor, @Query() query: SubjectsQuery): Promise<AuthorizedResponse> {
    return this.subjects.page(actor, PlaceView, query);
  }

  /** Get a place */
  @Get('places/:id')
  @RequirePermission('read', Place)
  @ApiAnswer.one(PlaceView)
  place(
    @CurrentActor() actor: Actor,
    @Id() id: string,
    @Query() { panelId }: SubjectQuery,
  ): Promise<AuthorizedResponse> {
    return this.subjects.get(actor, Place, PlaceView, id, panelId);
  }

  /** Record a place */
  @Post('places')
  @RequirePermission('record-subjects', Partnership)
  @ApiAnswer.created(PlaceView)
  makePlace(@CurrentActor() actor: Actor, @Body() body: PlaceRequest): Promise<AuthorizedResponse> {
    return this.subjects.create(actor, Place, PlaceView, body);
  }

  /** Change a place that your agency recorded */
  @Patch('places/:id')
  @RequirePermission('change', Place)
  @ApiAnswer.updated(PlaceView)
  changePlace(@CurrentActor() actor: Actor, @Id() id: string, @Body() body: PlaceChange): Promise<AuthorizedResponse> {
    return this.subjects.change(actor, Place, PlaceView, id, body);
  }

  /** List the groups that you may see, last changed first */
  @Get('groups')
  @RequirePermission('read', Group)
  @ApiAnswer.page(GroupView)
  groups(@CurrentActor() actor: Actor, @Query() query: SubjectsQuery): Promise<AuthorizedResponse> {
    return this.subjects.page(actor, GroupView, query);
  }

  /** Get a group */
  @Get('groups/:id')
  @RequirePermission('read', Group)
  @ApiAnswer.one(GroupView)
  group(
    @CurrentActor() actor: Actor,
    @Id() id: string,
    @Query() { panelId }: SubjectQuery,
  ): Promise<AuthorizedResponse> {
    return this.subjects.get(actor, Group, GroupView, id, panelId);
  }

  /** Record a group */
  @Post('groups')
  @RequirePermission('record-subjects', Partnership)
  @ApiAnswer.created(GroupView)
  makeGroup(@CurrentActor() actor: Actor, @Body() body: GroupRequest): Promise<AuthorizedResponse> {
    return this.subjects.create(actor, Group, GroupView, body);
  }

  /** Change a group that your agency recorded */
  @Patch('groups/:id')
  @RequirePermission('change', Group)
  @ApiAnswer.updated(GroupView)
  changeGroup(@CurrentActor() actor: Actor, @Id() id: string, @Body() body: GroupChange): Promise<AuthorizedResponse> {
    return this.subjects.change(actor, Group, GroupView, id, body);
  }
}
