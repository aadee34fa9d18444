import { Injectable } from '@nestjs/common';
import type { Actor } from '../policy/actor.js';
import { notFound, refused, unacceptable } from '../policy/problems.js';
import type { PageQuery } from '../records/page-query.requests.js';
import type { Presented } from '../records/presented.js';
import { Records } from '../records/records.js';
import type { PractitionerChange, PractitionerRequest } from './agency.requests.js';
import { Agency, Practitioner, type SystemRole } from './agency.entity.js';
import { AgencyView, ClientView, MeView, PartnershipView, PractitionerView } from './agency.views.js';
import { staffNameKey } from './name-key.js';
import { issuersOf } from './sign-in.js';

/** The directory: partnerships, agencies, the people and the systems that sign in. */
@Injectable()
export class AgenciesService {
  constructor(private readonly records: Records) {}

  me(actor: Actor): Promise<Presented> {
    return this.records.read(actor, async (work) => {
      const agency = await work.find('act-for', Agency, actor.agencyId);
      const { kind, id, name, agencyId, agencyType, roles, purpose, partnershipIds, memberships } = actor;
      const extra = { kind, id, name, agencyId, agencyType, roles, purpose, partnershipIds, memberships };
      return work.present(MeView, agency, { action: 'act-for', extra: { ...extra, scopes: actor.scopes ?? [] } });
    });
  }

  partnerships(actor: Actor, query: PageQuery): Promise<Presented> {
    return this.records.read(actor, (work) => work.page(PartnershipView, {}, query));
  }

  list(actor: Actor, query: PageQuery): Promise<Presented> {
    return this.records.read(actor, (work) => work.page(AgencyView, {}, query));
  }

  get(actor: Actor, id: string): Promise<Presented> {
    return this.records.read(actor, async (work) => work.present(AgencyView, await work.find('read', Agency, id)));
  }

  people(actor: Actor, agencyId: string, query: PageQuery): Promise<Presented> {
    return this.records.read(actor, async (work) => {
      await work.find('read', Agency, agencyId);
      return work.page(PractitionerView, { agencyId }, query);
    });
  }

  employ(actor: Actor, agencyId: string, request: PractitionerRequest): Promise<Presented> {
    return this.records.change(actor, async (work) => {
      const agency = await work.find('employ', Agency, agencyId);
      onlyOfTheAgency(request.roles);
      mustVouch(agency, request.issuer);
      const practitioner = await work.insert(Practitioner, {
        ...request,
        nameKey: staffNameKey(request.name),
        agencyId,
        active: true,
      });
      work.happened('practitioner.registered', Practitioner, practitioner);
      return work.present(PractitionerView, practitioner, { status: 201 });
    });
  }

  change(actor: Actor, agencyId: string, id: string, request: PractitionerChange): Promise<Presented> {
    return this.records.change(actor, async (work) => {
      const agency = await work.find('employ', Agency, agencyId);
      const found = await work.take('change', Practitioner, PractitionerView, id);
      if (found.agencyId !== agencyId) throw notFound();
      onlyOfTheAgency(request.roles, found.roles);
      if (request.active && !found.active) mustVouch(agency, found.issuer);
      const changed = await work.update(Practitioner, found, {
        ...request,
        ...(request.name === undefined ? {} : { nameKey: staffNameKey(request.name) }),
      });
      work.happened('practitioner.changed', Practitioner, changed, { fields: Object.keys(request) });
      return work.present(PractitionerView, changed);
    });
  }

  clients(actor: Actor, query: PageQuery): Promise<Presented> {
    return this.records.read(actor, (work) => work.page(ClientView, {}, query));
  }
}

/** Refuses a login of an issuer that does not vouch for the agency's people. */
function mustVouch({ code }: Agency, issuer: string): void {
  const issuers = issuersOf(code);
  if (issuers.includes(issuer)) return;
  const known = issuers.length ? `Use ${issuers.join(' or ')}.` : 'Ask who runs the service to configure one.';
  throw unacceptable('issuer-not-of-the-agency', `This issuer does not vouch for the people of your agency. ${known}`, [
    { pointer: '/issuer', detail: 'not an issuer of the agency' },
  ]);
}

/** Who watches over the service, or may break the glass, is not appointed by one agency: an administrator gives no such role, but may keep it. */
function onlyOfTheAgency(asked: SystemRole[] = [], held: SystemRole[] = []): void {
  if (asked.some((role) => role !== 'agency_administrator' && !held.includes(role)))
    throw refused('role-not-yours', 'An agency appoints its own administrators only. Ask who runs the service.');
}
