import { Injectable } from '@nestjs/common';
import { Partnership } from '../agencies/agency.entity.js';
import type { Actor } from '../policy/actor.js';
import { invalid } from '../policy/problems.js';
import { subjectOf, type RecordClass } from '../policy/subjects.js';
import { londonDay } from '../records/london-day.js';
import type { PageQuery } from '../records/page-query.requests.js';
import type { Presented } from '../records/presented.js';
import { Records } from '../records/records.js';
import type { ViewClass } from '../records/view.js';
import { nameKey } from '../agencies/name-key.js';
import { Person, ProtectedAddress, type KnownRecord } from './subject.entity.js';
import type {
  PersonChange,
  PersonRequest,
  PersonSearch,
  ProtectedAddressRequest,
  RevealRequest,
  SubjectsQuery,
} from './subject.requests.js';
import { PersonView, ProtectedAddressItemView, ProtectedAddressView } from './subject.views.js';

/** People, places and groups: recorded by an agency in one partnership, changed by that agency. */
@Injectable()
export class SubjectsService {
  constructor(private readonly records: Records) {}

  page(actor: Actor, view: ViewClass, { panelId, ...query }: SubjectsQuery): Promise<Presented> {
    return this.records.read(actor, (work) => work.page(view, {}, query, { inPanel: panelId }));
  }

  get(actor: Actor, record: RecordClass, view: ViewClass, id: string, panelId?: string): Promise<Presented> {
    return this.records.read(actor, async (work) =>
      work.present(view, await work.find('read', record, id, { inPanel: panelId })),
    );
  }

  make<T extends KnownRecord>(
    actor: Actor,
    record: RecordClass<T>,
    view: ViewClass,
    request: { partnershipId: string },
  ): Promise<Presented> {
    return this.records.change(actor, async (work) => {
      await work.find('record-subjects', Partnership, request.partnershipId);
      const contributed = {
        ...request,
        agencyId: actor.agencyId,
        contributingType: actor.agencyType,
        authorId: actor.id,
      };
      const made = await work.insert(record, contributed as unknown as Partial<T>);
      work.happened(`${subjectOf(record).name.toLowerCase()}.recorded`, record, made);
      return work.present(view, made, { status: 201, extra: { contextPanelIds: [] } });
    });
  }

  change<T extends KnownRecord>(
    actor: Actor,
    record: RecordClass<T>,
    view: ViewClass,
    id: string,
    request: Partial<T>,
  ): Promise<Presented> {
    return this.records.change(actor, async (work) => {
      const found = await work.take('change', record, view, id, { writes: request });
      const changed = await work.update(record, found, request);
      work.happened(`${subjectOf(record).name.toLowerCase()}.changed`, record, changed, {
        fields: Object.keys(request),
      });
      return work.present(view, changed);
    });
  }

  makePerson(actor: Actor, request: PersonRequest): Promise<Presented> {
    mustBeBorn(actor, request);
    const person = { ...request, familyNameKey: nameKey(request.familyName) };
    return this.make(actor, Person, PersonView, person);
  }

  changePerson(actor: Actor, id: string, request: PersonChange): Promise<Presented> {
    mustBeBorn(actor, request);
    const key = request.familyName === undefined ? {} : { familyNameKey: nameKey(request.familyName) };
    return this.change(actor, Person, PersonView, id, { ...request, ...key });
  }

  protectedAddresses(actor: Actor, personId: string, query: PageQuery): Promise<Presented> {
    return this.records.read(actor, async (work) => {
      await work.find('read', Person, personId);
      return work.page(ProtectedAddressItemView, { personId }, query);
    });
  }

  protect(actor: Actor, personId: string, request: ProtectedAddressRequest): Promise<Presented> {
    return this.records.change(actor, async (work) => {
      const { partnershipId } = await work.find('name', Person, personId);
      const made = await work.insert(ProtectedAddress, {
        ...request,
        personId,
        partnershipId,
        agencyId: actor.agencyId,
        contributingType: actor.agencyType,
        authorId: actor.id,
      });
      work.happened('protected-address.recorded', ProtectedAddress, made);
      return work.present(ProtectedAddressView, made, { status: 201 });
    });
  }

  reveal(actor: Actor, id: string, { reason }: RevealRequest): Promise<Presented> {
    return this.records.read(actor, async (work) =>
      work.present(ProtectedAddressView, await work.find('reveal', ProtectedAddress, id), { action: 'reveal', reason }),
    );
  }

  search(actor: Actor, { partnershipId, familyName, dateOfBirth, panelId }: PersonSearch): Promise<Presented> {
    const filter = { partnershipId, familyNameKey: nameKey(familyName), ...(dateOfBirth ? { dateOfBirth } : {}) };
    return this.records.read(actor, (work) => work.matching(PersonView, filter, { inPanel: panelId }));
  }
}

function mustBeBorn({ now }: Actor, { dateOfBirth }: PersonChange): void {
  if (dateOfBirth && dateOfBirth > londonDay(now))
    throw invalid('A date of birth lies ahead. Check the year.', [
      { pointer: '/dateOfBirth', detail: 'dateOfBirth must not lie in the future' },
    ]);
}
