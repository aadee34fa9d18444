import { Injectable } from '@nestjs/common';
import { Agency, AgencyPartnership, Practitioner } from '../agencies/agency.entity.js';
import { staffNameKey } from '../agencies/name-key.js';
import { Case, CasePerson } from '../cases/case.entity.js';
import { onlyAPerson } from '../cases/handling.service.js';
import { Membership } from '../panels/panel.entity.js';
import { Actors, type Actor } from '../policy/actor.js';
import { conflict, unacceptable } from '../policy/problems.js';
import { londonDay } from '../records/london-day.js';
import type { PageQuery } from '../records/page-query.requests.js';
import type { Presented } from '../records/presented.js';
import { Records } from '../records/records.js';
import type { Work } from '../records/work.js';
import { Exclusion } from '../sharing/exclusion.entity.js';
import { Person } from '../subjects/subject.entity.js';
import { ExclusionView } from './access.views.js';
import type { ExclusionEnd, ExclusionRequest } from './exclusion.requests.js';

type Whom = Pick<Exclusion, 'practitionerId' | 'agencyId' | 'name' | 'nameKey'>;
type FromWhat = Pick<Exclusion, 'caseId' | 'personId' | 'panelId' | 'partnershipId'>;
const NOBODY: Whom = { practitionerId: null, agencyId: null, name: null, nameKey: null };

/** Keeps people and agencies away from cases and people. Source: MARAC note, section 6.4 "Conflicts and staff cases". */
@Injectable()
export class ExclusionsService {
  constructor(
    private readonly records: Records,
    private readonly actors: Actors,
  ) {}

  list(actor: Actor, query: PageQuery): Promise<Presented> {
    return this.records.read(actor, (work) => work.page(ExclusionView, {}, query));
  }

  get(actor: Actor, id: string): Promise<Presented> {
    return this.records.read(actor, async (work) =>
      work.present(ExclusionView, await work.find('read', Exclusion, id)),
    );
  }

  exclude(actor: Actor, request: ExclusionRequest): Promise<Presented> {
    const { caseId, personId, practitionerId, agencyId, name } = request;
    const named = [practitionerId, agencyId, name].filter(Boolean);
    if (!caseId === !personId)
      throw unacceptable('from-what', 'Name one case or one person.', [
        { pointer: '/caseId', detail: 'give either caseId or personId' },
      ]);
    if (named.length > 1 || (!named.length && !caseId))
      throw unacceptable('whom', 'Name one person, one agency or one name; to declare your own conflict, none.', [
        { pointer: '/practitionerId', detail: 'give one of practitionerId, agencyId and name' },
      ]);
    return this.records.change(actor, (work) =>
      caseId && !named.length ? this.declare(work, caseId, request.reason) : this.impose(work, request),
    );
  }

  /** The chair ends it; the one it keeps out never sees it. */
  end(actor: Actor, id: string, { reason }: ExclusionEnd): Promise<Presented> {
    return this.records.change(actor, async (work) => {
      const found = await work.take('end', Exclusion, ExclusionView, id);
      if (found.until) throw conflict('ended', 'This exclusion has ended already.');
      const changed = await work.update(Exclusion, found, {
        until: work.now,
        endedById: actor.id,
        endReason: reason,
      });
      happenedUnseen(work, 'exclusion.ended', changed);
      return work.present(ExclusionView, changed);
    });
  }

  /** A conflict that somebody declares is never refused: they lose the case at once. */
  private async declare(work: Work, caseId: string, reason: string): Promise<Presented> {
    const { actor } = work;
    const about = await work.find('read', Case, caseId);
    onlyAPerson(actor);
    return this.record(work, fromCase(about), { ...NOBODY, practitionerId: actor.id }, reason, true);
  }

  private async impose(work: Work, { caseId, personId, reason, ...asked }: ExclusionRequest): Promise<Presented> {
    const from = caseId
      ? fromCase(await work.find('exclude', Case, caseId))
      : await fromPerson(work, await work.find('exclude', Person, personId as string));
    const whom = await whomOf(work, asked, from.partnershipId);
    await this.mustLeaveAChair(work, from, whom);
    return this.record(work, from, whom, reason, false);
  }

  private async record(work: Work, from: FromWhat, whom: Whom, reason: string, declared: boolean): Promise<Presented> {
    const { actor } = work;
    const made = await work.insert(Exclusion, {
      ...from,
      ...whom,
      reason,
      since: work.now,
      until: null,
      declared,
      madeById: actor.id,
      madeByAgencyId: actor.agencyId,
      madeByAgencyType: actor.agencyType,
      endedById: null,
      endReason: null,
    });
    happenedUnseen(work, 'exclusion.made', made);
    return work.present(ExclusionView, made, { status: 201 });
  }

  /** Somebody must be left who could end it: a chair or co-chair of the panel who is not kept out. */
  private async mustLeaveAChair(work: Work, from: FromWhat, whom: Whom): Promise<void> {
    const today = londonDay(work.now);
    const chairs = await work.rows('read', Membership, {
      panelId: from.panelId,
      role: { $in: ['chair', 'co_chair'] },
      validFrom: { $lte: today },
      $or: [{ validTo: null }, { validTo: { $gte: today } }],
    });
    const { now, call } = work.actor;
    for (const practitionerId of new Set(chairs.map((one) => one.practitionerId))) {
      const chair = await this.actors.practitioner(practitionerId, { now, call });
      if (!chair) continue;
      const excluded =
        chair.id === whom.practitionerId ||
        chair.agencyId === whom.agencyId ||
        (whom.nameKey !== null && chair.nameKey === whom.nameKey) ||
        chair.excludedCaseIds.includes(from.caseId ?? '') ||
        chair.excludedPersonIds.includes(from.personId ?? '');
      if (!excluded) return;
    }
    throw unacceptable(
      'no-chair-left',
      'Nobody would be left who chairs the panel and may end this. Appoint a co-chair first: POST /v1/panels/{id}/memberships.',
    );
  }
}

const fromCase = ({ id, panelId, partnershipId }: Case): FromWhat => ({
  caseId: id,
  personId: null,
  panelId,
  partnershipId,
});

/** Kept by the panel through which the person is known to whoever records it. */
async function fromPerson(work: Work, { id, partnershipId }: Person): Promise<FromWhat> {
  const roles = await work.rows('read', CasePerson, { personId: id });
  const mine = [
    ...(await work.rows('exclude', Case, { personId: id })),
    ...(await work.rows('exclude', Case, { id: { $in: roles.map((one) => one.caseId) } })),
  ];
  return { caseId: null, personId: id, panelId: mine[0]?.panelId ?? null, partnershipId };
}

async function whomOf(
  work: Work,
  { practitionerId, agencyId, name }: Pick<ExclusionRequest, 'practitionerId' | 'agencyId' | 'name'>,
  partnershipId: string,
): Promise<Whom> {
  if (name) return { ...NOBODY, name, nameKey: staffNameKey(name) };
  const person = practitionerId ? await work.peek('read', Practitioner, practitionerId) : null;
  const agency = agencyId ? await work.peek('read', Agency, agencyId) : null;
  const of = person?.agencyId ?? agency?.id;
  if (!of || !(await work.manager.existsBy(AgencyPartnership, { agencyId: of, partnershipId })))
    throw unacceptable('unknown-in-partnership', 'Name somebody whose agency acts in this partnership, or a name.', [
      { pointer: practitionerId ? '/practitionerId' : '/agencyId', detail: 'not known in this partnership' },
    ]);
  return { ...NOBODY, practitionerId: person?.id ?? null, agencyId: person ? null : of };
}

/** That somebody is kept out is not told on the case's timeline, which everybody in it reads. */
function happenedUnseen(work: Work, event: string, { caseId: _, ...exclusion }: Exclusion): void {
  work.happened(event, Exclusion, exclusion);
}
