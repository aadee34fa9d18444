import { Body, Controller, Get, Headers, Post, Query } from '@nestjs/common';
import { ApiProduces } from '@nestjs/swagger';
import type { Actor } from '../authentication/actor.js';
import { CurrentActor, RequirePermission } from '../authorization/permission.guard.js';
import { ApiAnswer } from '../openapi/api-answer.js';
import { Expensive } from '../records/concurrency-limit.js';
import { Id } from '../http/id.js';
import { PageQuery } from '../http/page-query.dto.js';
import type { AuthorizedResponse } from '../records/authorized-response.js';
import { SharingAgreement } from './agreement.entity.js';
import { SharingSimulation } from './simulation.entity.js';
import { SimulationRequest } from './simulation.dto.js';
import { SharingSimulationItemView, SharingSimulationView } from './simulation.response.js';
import { SimulationsService } from './simulations.service.js';

@Controller('v1/sharing-agreements/:id/simulations')
export class SimulationsController {
  constructor(private readonly simulations: SimulationsService) {}

  /** List the simulations that you ran */
  @Get()
  @RequirePermission('read', SharingSimulation)
  @ApiAnswer.page(SharingSimulationItemView)
  list(@CurrentActor() actor: Actor, @Id() id: string, @Query() query: PageQuery): Promise<AuthorizedResponse> {
    return this.simulations.list(actor, id, query);
  }

  /** Compare a proposed version with the agreements in force, over the present cases (data protection officer) */
  @Post()
  @Expensive({ concurrent: 2, queue: 8 })
  @RequirePermission('simulate', SharingAgreement)
  @ApiAnswer.created(SharingSimulationView)
  run(@CurrentActor() actor: Actor, @Id() id: string, @Body() body: SimulationRequest): Promise<AuthorizedResponse> {
    return this.simulations.run(actor, id, body);
  }

  /** Get a simulation (JSON, or with Accept: text/plain a page to read and sign) */
  @Get(':simulationId')
  @RequirePermission('read', SharingSimulation)
  @ApiAnswer.one(SharingSimulationView)
  @ApiProduces('application/json', 'text/plain')
  get(
    @CurrentActor() actor: Actor,
    @Id() id: string,
    @Id('simulationId') simulationId: string,
    @Headers('accept') accept?: string,
  ): Promise<AuthorizedResponse> {
    return this.simulations.get(actor, id, simulationId, { asText: accept?.startsWith('text/plain') ?? false });
  }

  /** Sign the effects of a simulation, unless it is stale (data protection officer) */
  @Post(':simulationId/signature')
  @RequirePermission('sign', SharingSimulation)
  @ApiAnswer.updated(SharingSimulationView)
  sign(
    @CurrentActor() actor: Actor,
    @Id() id: string,
    @Id('simulationId') simulationId: string,
  ): Promise<AuthorizedResponse> {
    return this.simulations.sign(actor, id, simulationId);
  }
}
