import { Body, Controller, Get, Patch, Post, Query } from '@nestjs/common';
import { Partnership } from '../agencies/agency.entity.js';
import type { Actor } from '../policy/actor.js';
import { By, Can } from '../policy/guard.js';
import { routeConfig } from '../policy/route-config.js';
import { Answers } from '../records/answers.js';
import { Id } from '../records/id.js';
import { PageQuery } from '../records/page-query.requests.js';
import type { Presented } from '../records/presented.js';
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
} from './subject.requests.js';
import { GroupView, PersonView, PlaceView, ProtectedAddressItemView, ProtectedAddressView } from './subject.views.js';
import { SubjectsService } from './subjects.service.js';

@Controller('v1')
export class SubjectsController {
  constructor(private readonly subjects: SubjectsService) {}

  /** Persons that you may see, last changed first */
  @Get('persons')
  @Can('read', Person)
  @Answers.page(PersonView)
  persons(@By() actor: Actor, @Query() query: SubjectsQuery): Promise<Presented> {
    return this.subjects.page(actor, PersonView, query);
  }

  /** One person */
  @Get('persons/:id')
  @Can('read', Person)
  @Answers.one(PersonView)
  person(@By() actor: Actor, @Id() id: string, @Query() { panelId }: SubjectQuery): Promise<Presented> {
    return this.subjects.get(actor, Person, PersonView, id, panelId);
  }

  /** Record a person */
  @Post('persons')
  @Can('record-subjects', Partnership)
  @Answers.made(PersonView)
  makePerson(@By() actor: Actor, @Body() body: PersonRequest): Promise<Presented> {
    return this.subjects.makePerson(actor, body);
  }

  /** Change a person that your agency recorded */
  @Patch('persons/:id')
  @Can('change', Person)
  @Answers.changed(PersonView)
  changePerson(@By() actor: Actor, @Id() id: string, @Body() body: PersonChange): Promise<Presented> {
    return this.subjects.changePerson(actor, id, body);
  }

  /** The addresses that protect a person, as far as they are shared with you: that they exist, not where they are */
  @Get('persons/:id/protected-addresses')
  @Can('read', ProtectedAddress)
  @Answers.page(ProtectedAddressItemView)
  protectedAddresses(@By() actor: Actor, @Id() id: string, @Query() query: PageQuery): Promise<Presented> {
    return this.subjects.protectedAddresses(actor, id, query);
  }

  /** Record an address that protects a person */
  @Post('persons/:id/protected-addresses')
  @Can('name', Person)
  @Answers.made(ProtectedAddressView)
  protect(@By() actor: Actor, @Id() id: string, @Body() body: ProtectedAddressRequest): Promise<Presented> {
    return this.subjects.protect(actor, id, body);
  }

  /** That there is a protected address, not where it is */
  @Get('protected-addresses/:id')
  @Can('read', ProtectedAddress)
  @Answers.one(ProtectedAddressItemView)
  protectedAddress(@By() actor: Actor, @Id() id: string): Promise<Presented> {
    return this.subjects.get(actor, ProtectedAddress, ProtectedAddressItemView, id);
  }

  /** Change a protected address that your agency recorded */
  @Patch('protected-addresses/:id')
  @Can('change', ProtectedAddress)
  @Answers.changed(ProtectedAddressView)
  changeProtected(@By() actor: Actor, @Id() id: string, @Body() body: ProtectedAddressChange): Promise<Presented> {
    return this.subjects.changeProtected(actor, id, body);
  }

  /** Reveal a protected address, for a reason that is written down */
  @Post('protected-addresses/:id/revelation')
  @Can('reveal', ProtectedAddress)
  @Answers.revealed(ProtectedAddressView)
  reveal(@By() actor: Actor, @Id() id: string, @Body() body: RevealRequest): Promise<Presented> {
    return this.subjects.reveal(actor, id, body);
  }

  /** Find people whom you may see, by name */
  @Post('person-searches')
  @Can('read', Person)
  @routeConfig({ isReading: true })
  @Answers.found(PersonView)
  search(@By() actor: Actor, @Body() body: PersonSearch): Promise<Presented> {
    return this.subjects.search(actor, body);
  }

  /** Places that you may see, last changed first */
  @Get('places')
  @Can('read', Place)
  @Answers.page(PlaceView)
  places(@By() actor: Actor, @Query() query: SubjectsQuery): Promise<Presented> {
    return this.subjects.page(actor, PlaceView, query);
  }

  /** One place */
  @Get('places/:id')
  @Can('read', Place)
  @Answers.one(PlaceView)
  place(@By() actor: Actor, @Id() id: string, @Query() { panelId }: SubjectQuery): Promise<Presented> {
    return this.subjects.get(actor, Place, PlaceView, id, panelId);
  }

  /** Record a place */
  @Post('places')
  @Can('record-subjects', Partnership)
  @Answers.made(PlaceView)
  makePlace(@By() actor: Actor, @Body() body: PlaceRequest): Promise<Presented> {
    return this.subjects.make(actor, Place, PlaceView, body);
  }

  /** Change a place that your agency recorded */
  @Patch('places/:id')
  @Can('change', Place)
  @Answers.changed(PlaceView)
  changePlace(@By() actor: Actor, @Id() id: string, @Body() body: PlaceChange): Promise<Presented> {
    return this.subjects.change(actor, Place, PlaceView, id, body);
  }

  /** Groups that you may see, last changed first */
  @Get('groups')
  @Can('read', Group)
  @Answers.page(GroupView)
  groups(@By() actor: Actor, @Query() query: SubjectsQuery): Promise<Presented> {
    return this.subjects.page(actor, GroupView, query);
  }

  /** One group */
  @Get('groups/:id')
  @Can('read', Group)
  @Answers.one(GroupView)
  group(@By() actor: Actor, @Id() id: string, @Query() { panelId }: SubjectQuery): Promise<Presented> {
    return this.subjects.get(actor, Group, GroupView, id, panelId);
  }

  /** Record a group */
  @Post('groups')
  @Can('record-subjects', Partnership)
  @Answers.made(GroupView)
  makeGroup(@By() actor: Actor, @Body() body: GroupRequest): Promise<Presented> {
    return this.subjects.make(actor, Group, GroupView, body);
  }

  /** Change a group that your agency recorded */
  @Patch('groups/:id')
  @Can('change', Group)
  @Answers.changed(GroupView)
  changeGroup(@By() actor: Actor, @Id() id: string, @Body() body: GroupChange): Promise<Presented> {
    return this.subjects.change(actor, Group, GroupView, id, body);
  }
}
