import { Controller, Get, Post, Query } from '@nestjs/common';
import type { Actor } from '../../policy/actor.js';
import { By, Can } from '../../policy/guard.js';
import { Answers } from '../../records/answers.js';
import { Expensive } from '../../records/expensive.js';
import { Id } from '../../records/id.js';
import { PageQuery } from '../../records/page-query.requests.js';
import type { Presented } from '../../records/presented.js';
import { Meeting } from '../meeting.entity.js';
import { PreFlight } from './pre-flight.entity.js';
import { PreFlightItemView, PreFlightView } from './pre-flight.views.js';
import { PreFlightsService } from './pre-flights.service.js';

@Controller('v1/meetings')
export class PreFlightsController {
  constructor(private readonly preFlights: PreFlightsService) {}

  /** Checks of the meeting’s papers (chair, coordinator) */
  @Get(':id/pre-flights')
  @Can('read', PreFlight)
  @Answers.page(PreFlightItemView)
  list(@By() actor: Actor, @Id() id: string, @Query() query: PageQuery): Promise<Presented> {
    return this.preFlights.list(actor, id, query);
  }

  /** Check before the papers go out who would receive what (chair, coordinator) */
  @Post(':id/pre-flights')
  @Expensive({ concurrent: 2, queue: 8 })
  @Can('circulate', Meeting)
  @Answers.made(PreFlightView)
  check(@By() actor: Actor, @Id() id: string): Promise<Presented> {
    return this.preFlights.check(actor, id);
  }

  /** One check (chair, coordinator) */
  @Get(':id/pre-flights/:preFlightId')
  @Can('read', PreFlight)
  @Answers.one(PreFlightView)
  get(@By() actor: Actor, @Id() id: string, @Id('preFlightId') preFlightId: string): Promise<Presented> {
    return this.preFlights.get(actor, id, preFlightId);
  }

  /** Approve a check; where many people are named, somebody else than its maker does (chair, coordinator) */
  @Post(':id/pre-flights/:preFlightId/approval')
  @Can('approve', PreFlight)
  @Answers.changed(PreFlightView)
  approve(@By() actor: Actor, @Id() id: string, @Id('preFlightId') preFlightId: string): Promise<Presented> {
    return this.preFlights.approve(actor, id, preFlightId);
  }
}
