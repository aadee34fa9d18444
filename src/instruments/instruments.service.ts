import { Injectable } from '@nestjs/common';
import type { Actor } from '../authentication/actor.js';
import type { AuthorizedResponse } from '../records/authorized-response.js';
import { Records } from '../records/records.js';
import { Instrument } from './instrument.entity.js';
import type { InstrumentQuery } from './instrument.dto.js';
import { InstrumentView } from './instrument.response.js';

/** Risk instruments for assessments. */
@Injectable()
export class InstrumentsService {
  constructor(private readonly records: Records) {}

  list(actor: Actor, { code, ...query }: InstrumentQuery): Promise<AuthorizedResponse> {
    return this.records.read(actor, (work) => work.respond.page(InstrumentView, code ? { code } : {}, query));
  }

  get(actor: Actor, id: string): Promise<AuthorizedResponse> {
    return this.records.read(actor, async (work) =>
      work.respond.one(InstrumentView, await work.records.find('read', Instrument, id)),
    );
  }
}
