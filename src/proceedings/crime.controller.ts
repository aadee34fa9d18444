import { Body, Controller, Get, Post, Query } from '@nestjs/common';
import type { Actor } from '../authentication/actor.js';
import { CurrentActor, RequirePermission } from '../authorization/permission.guard.js';
import { ApiAnswer } from '../openapi/api-answer.js';
import { Id } from '../http/id.js';
import { PageQuery } from '../http/page-query.dto.js';
import type { AuthorizedResponse } from '../records/authorized-response.js';
import { DisclosedCrime } from './crime.entity.js';
import { CrimeAmendment, CrimeRequest } from './crime.dto.js';
import { CrimeService } from './crime.service.js';
import { DisclosedCrimeView } from './crime.response.js';
import { Listing } from '../meetings/meeting.entity.js';

@Controller('v1/meetings')
export class CrimeController {
  constructor(private readonly crimes: CrimeService) {}

  /** List the crimes disclosed at a meeting, as far as you may see them */
  @Get(':id/crimes')
  @RequirePermission('read', DisclosedCrime)
  @ApiAnswer.page(DisclosedCrimeView)
  list(@CurrentActor() actor: Actor, @Id() id: string, @Query() query: PageQuery): Promise<AuthorizedResponse> {
    return this.crimes.list(actor, id, query);
  }

  /** Record a crime disclosed in an item (chair, coordinator) */
  @Post(':id/crimes')
  @RequirePermission('minute', Listing)
  @ApiAnswer.created(DisclosedCrimeView)
  record(@CurrentActor() actor: Actor, @Id() id: string, @Body() body: CrimeRequest): Promise<AuthorizedResponse> {
    return this.crimes.record(actor, id, body);
  }

  /** Get a disclosed crime, as far as you may see it */
  @Get(':id/crimes/:crimeId')
  @RequirePermission('read', DisclosedCrime)
  @ApiAnswer.one(DisclosedCrimeView)
  one(@CurrentActor() actor: Actor, @Id() id: string, @Id('crimeId') crimeId: string): Promise<AuthorizedResponse> {
    return this.crimes.get(actor, id, crimeId);
  }

  /** Amend a disclosed crime with later information, by a record that replaces it (chair, coordinator) */
  @Post(':id/crimes/:crimeId/amendment')
  @RequirePermission('amend', DisclosedCrime)
  @ApiAnswer.updated(DisclosedCrimeView)
  amend(
    @CurrentActor() actor: Actor,
    @Id() id: string,
    @Id('crimeId') crimeId: string,
    @Body() body: CrimeAmendment,
  ): Promise<AuthorizedResponse> {
    return this.crimes.amend(actor, id, crimeId, body);
  }
}
