import { Injectable } from '@nestjs/common';
import type { Actor } from '../policy/actor.js';
import type { Presented } from '../records/presented.js';
import { Records } from '../records/records.js';
import { Instrument } from './instrument.entity.js';
import type { InstrumentQuery } from './instrument.requests.js';
import { InstrumentView } from './instrument.views.js';

/** The risk instruments that assessments are made with. */
@Injectable()
export class InstrumentsService {
  constructor(private readonly records: Records) {}

  list(actor: Actor, { code, ...query }: InstrumentQuery): Promise<Presented> {
    return this.records.read(actor, (work) => work.page(InstrumentView, code ? { code } : {}, query));
  }

  get(actor: Actor, id: string): Promise<Presented> {
    return this.records.read(actor, async (work) =>
      work.present(InstrumentView, await work.find('read', Instrument, id)),
    );
  }
}
