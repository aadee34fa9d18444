import { Controller, Get, Query } from '@nestjs/common';
import type { Actor } from '../authentication/actor.js';
import { CurrentActor, RequirePermission } from '../authorization/permission.guard.js';
import { ApiAnswer } from '../openapi/api-answer.js';
import { Id } from '../http/id.js';
import type { AuthorizedResponse } from '../records/authorized-response.js';
import { Instrument } from './instrument.entity.js';
import { InstrumentQuery } from './instrument.dto.js';
import { InstrumentView } from './instrument.response.js';
import { InstrumentsService } from './instruments.service.js';

@Controller('v1/instruments')
export class InstrumentsController {
  constructor(private readonly instruments: InstrumentsService) {}

  /** List the risk instruments in all editions */
  @Get()
  @RequirePermission('read', Instrument)
  @ApiAnswer.page(InstrumentView)
  list(@CurrentActor() actor: Actor, @Query() query: InstrumentQuery): Promise<AuthorizedResponse> {
    return this.instruments.list(actor, query);
  }

  /** Get an edition of a risk instrument with its keys, points and bands */
  @Get(':id')
  @RequirePermission('read', Instrument)
  @ApiAnswer.one(InstrumentView)
  get(@CurrentActor() actor: Actor, @Id() id: string): Promise<AuthorizedResponse> {
    return this.instruments.get(actor, id);
  }
}
