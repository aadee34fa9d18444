import { Controller, Get, Query } from '@nestjs/common';
import type { Actor } from '../policy/actor.js';
import { By, Can } from '../policy/guard.js';
import { Answers } from '../records/answers.js';
import { Id } from '../records/id.js';
import type { Presented } from '../records/presented.js';
import { Instrument } from './instrument.entity.js';
import { InstrumentQuery } from './instrument.requests.js';
import { InstrumentView } from './instrument.views.js';
import { InstrumentsService } from './instruments.service.js';

@Controller('v1/instruments')
export class InstrumentsController {
  constructor(private readonly instruments: InstrumentsService) {}

  /** Risk instruments, all editions */
  @Get()
  @Can('read', Instrument)
  @Answers.page(InstrumentView)
  list(@By() actor: Actor, @Query() query: InstrumentQuery): Promise<Presented> {
    return this.instruments.list(actor, query);
  }

  /** One edition of an instrument: its keys, points and bands */
  @Get(':id')
  @Can('read', Instrument)
  @Answers.one(InstrumentView)
  get(@By() actor: Actor, @Id() id: string): Promise<Presented> {
    return this.instruments.get(actor, id);
  }
}
