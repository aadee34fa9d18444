import { Body, Controller, Get, Post, Query } from '@nestjs/common';
import type { Actor } from '../../policy/actor.js';
import { By, Can } from '../../policy/guard.js';
import { Answers } from '../../records/answers.js';
import { Id } from '../../records/id.js';
import { PageQuery } from '../../records/page-query.requests.js';
import type { Presented } from '../../records/presented.js';
import { DisclosedCrime } from './crime.entity.js';
import { CrimeAmendment, CrimeRequest } from './crime.requests.js';
import { CrimeService } from './crime.service.js';
import { DisclosedCrimeView } from './crime.views.js';
import { Listing } from '../meeting.entity.js';

@Controller('v1/meetings')
export class CrimeController {
  constructor(private readonly crimes: CrimeService) {}

  /** Crimes that came to light at the meeting, as far as you may see them */
  @Get(':id/crimes')
  @Can('read', DisclosedCrime)
  @Answers.page(DisclosedCrimeView)
  list(@By() actor: Actor, @Id() id: string, @Query() query: PageQuery): Promise<Presented> {
    return this.crimes.list(actor, id, query);
  }

  /** Record a crime that came to light in an item (chair, coordinator) */
  @Post(':id/crimes')
  @Can('minute', Listing)
  @Answers.made(DisclosedCrimeView)
  record(@By() actor: Actor, @Id() id: string, @Body() body: CrimeRequest): Promise<Presented> {
    return this.crimes.record(actor, id, body);
  }

  /** One crime that came to light, as far as you may see it */
  @Get(':id/crimes/:crimeId')
  @Can('read', DisclosedCrime)
  @Answers.one(DisclosedCrimeView)
  one(@By() actor: Actor, @Id() id: string, @Id('crimeId') crimeId: string): Promise<Presented> {
    return this.crimes.get(actor, id, crimeId);
  }

  /** Amend it by what became known later: another record takes its place (chair, coordinator) */
  @Post(':id/crimes/:crimeId/amendment')
  @Can('amend', DisclosedCrime)
  @Answers.changed(DisclosedCrimeView)
  amend(
    @By() actor: Actor,
    @Id() id: string,
    @Id('crimeId') crimeId: string,
    @Body() body: CrimeAmendment,
  ): Promise<Presented> {
    return this.crimes.amend(actor, id, crimeId, body);
  }
}
