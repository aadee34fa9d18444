import { Injectable } from '@nestjs/common';
import { Partnership } from '../agencies/agency.entity.js';
import { type Actor, contributorOf } from '../authentication/actor.js';
import { invalid, unacceptable, type Problem } from '../http/problems.js';
import { subjectOf } from '../authorization/subjects.js';
import type { RecordClass } from '../database/columns.js';
import { londonDay } from '../time/clock.js';
import type { PageQuery } from '../http/page-query.dto.js';
import type { AuthorizedResponse } from '../records/authorized-response.js';
import { Records } from '../records/records.js';
import type { UnitOfWork } from '../records/unit-of-work.js';
import type { ViewClass } from '../records/response-view.js';
import { nameKey } from '../agencies/name-key.js';
import { Person, ProtectedAddress, type KnownRecord } from './subject.entity.js';
import type {
  PersonChange,
  PersonRequest,
  PersonSearch,
  ProtectedAddressChange,
  ProtectedAddressRequest,
  RevealRequest,
  SubjectsQuery,
} from './subject.dto.js';
import { PersonView, ProtectedAddressItemView, ProtectedAddressView } from './subject.response.js';

/** People, places and groups. An agency records them in one partnership and is the only one to change them. */
@Injectable()
export class SubjectsService {
  constructor(private readonly records: Records) {}

  page(actor: Actor, view: ViewClass, { panelId, ...query }: SubjectsQuery): Promise<AuthorizedResponse> {
    return this.records.read(actor, (work) => work.respond.page(view, {}, query, { inPanel: panelId }));
  }

  get(actor: Actor, record: RecordClass, view: ViewClass, id: string, panelId?: string): Promise<AuthorizedResponse> {
    return this.records.read(actor, async (work) =>
      work.respond.one(view, await work.records.find('read', record, id, { inPanel: panelId })),
    );
  }

  create<T extends KnownRecord>(
    actor: Actor,
    record: RecordClass<T>,
    view: ViewClass,
    request: { partnershipId: string },
  ): Promise<AuthorizedResponse> {
    return this.records.change(actor, async (work) => {
      await work.records.find('record-subjects', Partnership, request.partnershipId);
      const contributed = { ...request, ...contributorOf(actor), authorId: actor.id };
      const made = await work.write.insert(record, contributed as unknown as Partial<T>);
      work.recordEvent(`${subjectOf(record).name.toLowerCase()}.recorded`, record, made);
      return work.respond.one(view, made, { status: 201, extra: { contextPanelIds: [] } });
    });
  }

  change<T extends KnownRecord>(
    actor: Actor,
    record: RecordClass<T>,
    view: ViewClass,
    id: string,
    request: Partial<T>,
    derive: () => Partial<T> = () => ({}),
  ): Promise<AuthorizedResponse> {
    return this.records.change(actor, async (work) => {
      const found = await work.records.findForUpdate('change', record, view, id, { writes: request });
      const changed = await work.write.updateIfChanged(record, found, { ...request, ...derive() });
      work.recordEvent(`${subjectOf(record).name.toLowerCase()}.changed`, record, changed, {
        fields: Object.keys(request),
      });
      return work.respond.one(view, changed);
    });
  }

  createPerson(actor: Actor, request: PersonRequest): Promise<AuthorizedResponse> {
    mustNotBeBornLater(actor, request);
    const person = { ...request, familyNameKey: nameKey(request.familyName) };
    return this.create(actor, Person, PersonView, person);
  }

  changePerson(actor: Actor, id: string, request: PersonChange): Promise<AuthorizedResponse> {
    return this.change(actor, Person, PersonView, id, request, () => {
      mustNotBeBornLater(actor, request);
      return request.familyName === undefined ? {} : { familyNameKey: nameKey(request.familyName) };
    });
  }

  protectedAddresses(actor: Actor, personId: string, query: PageQuery): Promise<AuthorizedResponse> {
    return this.records.read(actor, async (work) => {
      await work.records.find('read', Person, personId);
      return work.respond.page(ProtectedAddressItemView, { personId }, query);
    });
  }

  recordProtectedAddress(
    actor: Actor,
    personId: string,
    request: ProtectedAddressRequest,
  ): Promise<AuthorizedResponse> {
    return this.records.change(actor, async (work) => {
      const { partnershipId } = await work.records.find('name', Person, personId);
      await mustBelongToPartnership(work, partnershipId, request.panelId);
      const by = { ...contributorOf(actor), authorId: actor.id };
      const made = await work.write.insert(ProtectedAddress, { ...request, personId, partnershipId, ...by });
      await mustBeDisclosable(work, made);
      work.recordEvent('protected-address.recorded', ProtectedAddress, made);
      return work.respond.one(ProtectedAddressView, made, { status: 201 });
    });
  }

  changeProtectedAddress(actor: Actor, id: string, request: ProtectedAddressChange): Promise<AuthorizedResponse> {
    return this.records.change(actor, async (work) => {
      const found = await work.records.findForUpdate('change', ProtectedAddress, ProtectedAddressView, id, {
        writes: request,
      });
      await mustBelongToPartnership(work, found.partnershipId, request.panelId ?? null);
      if (request.panelId && request.panelId !== found.panelId) await mustBeNoCompartment(work, request.panelId);
      const changed = await work.write.updateIfChanged(ProtectedAddress, found, request);
      if (changed.panelId !== found.panelId) {
        await mustBeDisclosable(work, changed);
        // agencies that received the address through the earlier panel are notified of the recall
        if (found.panelId !== null) work.write.noteRecall(ProtectedAddress, id);
      }
      work.recordEvent('protected-address.changed', ProtectedAddress, changed, { fields: Object.keys(request) });
      return work.respond.one(ProtectedAddressView, changed);
    });
  }

  reveal(actor: Actor, id: string, { reason }: RevealRequest): Promise<AuthorizedResponse> {
    return this.records.read(actor, async (work) =>
      work.respond.one(ProtectedAddressView, await work.records.find('reveal', ProtectedAddress, id), {
        action: 'reveal',
        reason,
      }),
    );
  }

  search(actor: Actor, { partnershipId, familyName, dateOfBirth, panelId }: PersonSearch): Promise<AuthorizedResponse> {
    const filter = { partnershipId, familyNameKey: nameKey(familyName), ...(dateOfBirth ? { dateOfBirth } : {}) };
    return this.records.read(actor, (work) => work.respond.search(PersonView, filter, { inPanel: panelId }));
  }
}

function mustNotBeBornLater({ now }: Actor, { dateOfBirth }: PersonChange): void {
  if (dateOfBirth && dateOfBirth > londonDay(now))
    throw invalid('The date of birth is in the future. Check the year.', [
      { pointer: '/dateOfBirth', detail: 'dateOfBirth must not be in the future' },
    ]);
}

const noSuchPanel = (): Problem =>
  unacceptable(
    'unknown-panel',
    'Choose a panel of which you are a core member and which has a case that names the person. If your agency recorded the person, you may also choose a panel where you read a case or a submitted referral about the person, or to which your agency refers the person. Send null to keep the address inside your agency.',
    [{ pointer: '/panelId', detail: 'is not a panel to which you may disclose the address' }],
  );

/** Throws unless the panel belongs to the partnership. The error does not reveal panels that the actor may not know. */
async function mustBelongToPartnership(work: UnitOfWork, partnershipId: string, panelId: string | null): Promise<void> {
  if (panelId === null) return;
  const found = await work.manager.query<unknown[]>('SELECT FROM panels WHERE id = $1 AND partnership_id = $2', [
    panelId,
    partnershipId,
  ]);
  if (!found.length) throw noSuchPanel();
}

/**
 * Refuses to move an address into a compartment: it would vanish from colleagues who read it, and so reveal the
 * compartment. Members of a compartment record an address for it from the beginning.
 */
async function mustBeNoCompartment(work: UnitOfWork, panelId: string): Promise<void> {
  if (!work.actor.memberships.some((one) => one.panelId === panelId && one.compartment)) return;
  throw unacceptable(
    'address-for-compartment',
    'An address that is already recorded cannot be moved to this panel, because colleagues who read it would miss it. Record the address again with this panelId (POST /v1/persons/{id}/protected-addresses).',
    [{ pointer: '/panelId', detail: 'is a panel for which an address is recorded anew' }],
  );
}

/**
 * Requires permission to disclose the address to the readers of its panel. Source: docs/who-may-widen.md, rows 12 and
 * 13.
 */
async function mustBeDisclosable(work: UnitOfWork, { id, panelId }: ProtectedAddress): Promise<void> {
  if (panelId !== null && !(await work.records.findOrNull('put-before', ProtectedAddress, id))) throw noSuchPanel();
}
