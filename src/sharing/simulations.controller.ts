import { Body, Controller, Get, Headers, Post, Query } from '@nestjs/common';
import { ApiProduces } from '@nestjs/swagger';
import type { Actor } from '../policy/actor.js';
import { By, Can } from '../policy/guard.js';
import { Answers } from '../records/answers.js';
import { Expensive } from '../records/expensive.js';
import { Id } from '../records/id.js';
import { PageQuery } from '../records/page-query.requests.js';
import type { Presented } from '../records/presented.js';
import { SharingAgreement } from './agreement.entity.js';
import { SharingSimulation } from './simulation.entity.js';
import { SimulationRequest } from './simulation.requests.js';
import { SharingSimulationItemView, SharingSimulationView } from './simulation.views.js';
import { SimulationsService } from './simulations.service.js';

@Controller('v1/sharing-agreements/:id/simulations')
export class SimulationsController {
  constructor(private readonly simulations: SimulationsService) {}

  /** Simulations that you ran */
  @Get()
  @Can('read', SharingSimulation)
  @Answers.page(SharingSimulationItemView)
  list(@By() actor: Actor, @Id() id: string, @Query() query: PageQuery): Promise<Presented> {
    return this.simulations.list(actor, id, query);
  }

  /** Compare a proposed version with what is in force, over the cases as they are (data protection officer) */
  @Post()
  @Expensive({ concurrent: 2, queue: 8 })
  @Can('simulate', SharingAgreement)
  @Answers.made(SharingSimulationView)
  run(@By() actor: Actor, @Id() id: string, @Body() body: SimulationRequest): Promise<Presented> {
    return this.simulations.run(actor, id, body);
  }

  /** One simulation (JSON, or with Accept: text/plain a page to read and sign) */
  @Get(':simulationId')
  @Can('read', SharingSimulation)
  @Answers.one(SharingSimulationView)
  @ApiProduces('application/json', 'text/plain')
  get(
    @By() actor: Actor,
    @Id() id: string,
    @Id('simulationId') simulationId: string,
    @Headers('accept') accept?: string,
  ): Promise<Presented> {
    return this.simulations.get(actor, id, simulationId, { asText: accept?.startsWith('text/plain') ?? false });
  }

  /** Sign what would change, as long as it still would (data protection officer) */
  @Post(':simulationId/signature')
  @Can('sign', SharingSimulation)
  @Answers.changed(SharingSimulationView)
  sign(@By() actor: Actor, @Id() id: string, @Id('simulationId') simulationId: string): Promise<Presented> {
    return this.simulations.sign(actor, id, simulationId);
  }
}
