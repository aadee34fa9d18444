import { Injectable } from '@nestjs/common';
import type { Actor } from '../authentication/actor.js';
import type { PageQuery } from '../http/page-query.dto.js';
import { conflict, notFound } from '../http/problems.js';
import type { AuthorizedResponse } from '../records/authorized-response.js';
import { Records } from '../records/records.js';
import type { UnitOfWork } from '../records/unit-of-work.js';
import { Practitioner } from './agency.entity.js';
import { PractitionerNameView } from './agency.response.js';
import { PractitionerName } from './practitioner-name.entity.js';

/** Present and former names of staff. */
@Injectable()
export class NamesService {
  constructor(private readonly records: Records) {}

  list(actor: Actor, agencyId: string, practitionerId: string, query: PageQuery): Promise<AuthorizedResponse> {
    return this.records.read(actor, async (work) => {
      await findInAgency(work, agencyId, practitionerId);
      return work.respond.page(PractitionerNameView, { practitionerId }, query);
    });
  }

  /**
   * Marks a former name as entered in error, so that it joins its bearer with nobody. Source: docs/who-may-widen.md,
   * row 31.
   */
  correct(
    actor: Actor,
    agencyId: string,
    practitionerId: string,
    nameId: string,
    reason: string,
  ): Promise<AuthorizedResponse> {
    return this.records.change(actor, async (work) => {
      const { nameKey } = await findInAgency(work, agencyId, practitionerId);
      const name = await work.records.findForUpdate('correct', PractitionerName, PractitionerNameView, nameId);
      if (name.practitionerId !== practitionerId) throw notFound();
      if (name.enteredInErrorAt) throw conflict('entered-in-error', 'This name is already marked as entered in error.');
      if (name.nameKey === nameKey)
        throw conflict('present-name', 'This is the present name. Ask the agency’s administrator to change it first.');
      const marked = { enteredInErrorAt: actor.now, enteredInErrorById: actor.id, enteredInErrorReason: reason };
      const corrected = await work.write.update(PractitionerName, name, marked);
      work.recordEvent('practitioner.name-corrected', PractitionerName, corrected);
      return work.respond.one(PractitionerNameView, corrected);
    });
  }
}

async function findInAgency(work: UnitOfWork, agencyId: string, id: string): Promise<Practitioner> {
  const practitioner = await work.records.find('read', Practitioner, id);
  if (practitioner.agencyId !== agencyId) throw notFound();
  return practitioner;
}
