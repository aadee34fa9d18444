import { Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import { Agency, AgencyPartnership, Practitioner } from '../agencies/agency.entity.js';
import { staffNameKey } from '../agencies/name-key.js';
import { Case, CasePerson } from '../cases/case.entity.js';
import { mustBePerson } from '../cases/handling.service.js';
import { exclusionsApplyingTo } from '../cases/applying-exclusions.js';
import { matterKnownToActor } from '../cases/matter.js';
import { ItemPresenceService } from '../proceedings/item-presence.service.js';
import { watchOffices } from '../panels/oversight.js';
import { lockPanel } from '../panels/panel-lock.js';
import { Panel, STEERING_GROUP } from '../panels/panel.entity.js';
import { Actors, type Actor } from '../authentication/actor.js';
import type { Row } from '../authorization/conditions.js';
import { conflict, unacceptable } from '../http/problems.js';
import type { AuthorizedResponse } from '../records/authorized-response.js';
import { Records } from '../records/records.js';
import type { UnitOfWork } from '../records/unit-of-work.js';
import { Referral } from '../referrals/referral.entity.js';
import { Exclusion } from '../sharing/exclusion.entity.js';
import { Person } from '../subjects/subject.entity.js';
import { ExclusionView } from './access.response.js';
import type { ExclusionEnd, ExclusionQuery, ExclusionRequest } from './exclusion.dto.js';

type ExclusionTarget = Pick<Exclusion, 'practitionerId' | 'agencyId' | 'name' | 'nameKey'>;
type ExclusionScope = Pick<Exclusion, 'caseId' | 'personId' | 'panelId' | 'partnershipId' | 'reach'>;
type ExclusionBasis = Pick<Exclusion, 'reason' | 'declared' | 'hiddenFromDeclarerIds'>;
const NO_TARGET: ExclusionTarget = { practitionerId: null, agencyId: null, name: null, nameKey: null };

/**
 * Exclusions of people and agencies from cases and people. Source: MARAC note, section 6.4 "Conflicts and staff cases".
 */
@Injectable()
export class ExclusionsService {
  constructor(
    private readonly records: Records,
    private readonly actors: Actors,
    private readonly itemPresence: ItemPresenceService,
  ) {}

  list(actor: Actor, query: ExclusionQuery): Promise<AuthorizedResponse> {
    return this.records.read(actor, async (work) => {
      const { caseId } = query;
      if (caseId) await work.records.find('read', Case, caseId);
      const applying = caseId ? await exclusionsApplyingTo(work, [caseId]) : [];
      const filter = caseId ? { id: { $in: applying.map(({ id }) => id) } } : {};
      return work.respond.page(ExclusionView, filter, query, { given: (rows) => matchesOf(work, rows) });
    });
  }

  get(actor: Actor, id: string): Promise<AuthorizedResponse> {
    return this.records.read(actor, async (work) => {
      const found = await work.records.find('read', Exclusion, id);
      return work.respond.one(ExclusionView, found, { given: await matchesOf(work, [found]) });
    });
  }

  exclude(actor: Actor, request: ExclusionRequest): Promise<AuthorizedResponse> {
    const { caseId, personId, practitionerId, agencyId, name, reach, panelId, declared } = request;
    const named = [practitionerId, agencyId, name].filter(Boolean);
    if (!caseId === !personId)
      throw unacceptable('exclusion-target-missing', 'Name one case or one person.', [
        { pointer: '/caseId', detail: 'give either caseId or personId' },
      ]);
    if (named.length + (declared ? 1 : 0) !== 1)
      throw unacceptable(
        'whom',
        'Name one person, one agency or one name to keep out. To declare a conflict of your own, say declared: true and name none.',
        [
          named.length
            ? { pointer: '/practitionerId', detail: 'give one of practitionerId, agencyId, name and declared' }
            : { pointer: '/declared', detail: 'is missing, as are practitionerId, agencyId and name' },
        ],
      );
    if (caseId && (panelId || reach === 'partnership'))
      throw unacceptable(
        'reach-of-a-case',
        'An exclusion from a case is kept by the panel of the case. Name no other.',
        [{ pointer: panelId ? '/panelId' : '/reach', detail: 'is said of an exclusion from a person only' }],
      );
    if (named.length && reach === 'partnership')
      throw unacceptable(
        'reach-too-wide',
        'A panel excludes from its own cases and referrals. Leave out reach; other panels decide for theirs.',
        [{ pointer: '/reach', detail: 'partnership is for a conflict of your own' }],
      );
    return this.records.change(actor, (work) =>
      named.length ? this.impose(work, request) : this.declare(work, request),
    );
  }

  /** Ends an exclusion, from now on. It remains hidden from the excluded person. */
  end(actor: Actor, id: string, { reason }: ExclusionEnd): Promise<AuthorizedResponse> {
    return this.records.change(actor, async (work) => {
      const found = await work.records.findForUpdate('end', Exclusion, ExclusionView, id);
      if (found.until) throw conflict('ended', 'This exclusion has ended already.');
      const changed = await work.write.update(Exclusion, found, {
        until: work.now,
        endedById: actor.id,
        endReason: reason,
      });
      happenedUnseen(work, 'exclusion.ended', changed);
      return work.respond.one(ExclusionView, changed, { given: await matchesOf(work, [changed]) });
    });
  }

  /** Declares a conflict, effective at once even if the panel is left without a chair. */
  private async declare(
    work: UnitOfWork,
    { caseId, personId, reason, ...asked }: ExclusionRequest,
  ): Promise<AuthorizedResponse> {
    const { actor } = work;
    const scope = caseId
      ? scopeOfCase(await work.records.find('read', Case, caseId))
      : await scopeOfDeclared(work, await work.records.find('read', Person, personId as string), asked);
    mustBePerson(actor);
    await lockPanels(work, [scope]);
    const running = await runningDeclared(work, scope);
    if (running) throw excludedAlready(running);
    const basis = { reason, declared: true, hiddenFromDeclarerIds: caseId ? actor.excludedCaseIds : [] };
    return this.record(work, scope, { ...NO_TARGET, practitionerId: actor.id }, basis);
  }

  private async impose(
    work: UnitOfWork,
    { caseId, personId, reason, ...asked }: ExclusionRequest,
  ): Promise<AuthorizedResponse> {
    const scopes = caseId
      ? ([scopeOfCase(await work.records.find('exclude', Case, caseId))] as const)
      : await scopesOfImposed(work, await work.records.find('exclude', Person, personId as string), asked);
    const { partnershipId } = scopes[0];
    const target = await resolveTarget(work, asked, partnershipId);
    await lockPanels(work, scopes);
    const concerned = caseId
      ? { caseIds: await matterKnownToActor(work, caseId) }
      : { personIds: [personId as string] };
    const mustLeaveSomebody = await watchOffices(work, this.actors, { partnershipId, ...concerned });
    const newScopes: ExclusionScope[] = [];
    let existingId: string | null = null;
    for (const scope of scopes) {
      const running = await runningImposed(work, scope, target);
      existingId ??= running;
      if (!running) newScopes.push(scope);
    }
    const [answered, ...others] = newScopes;
    if (!answered) throw excludedAlready(existingId as string);
    const basis = { reason, declared: false, hiddenFromDeclarerIds: [] };
    for (const scope of others) await this.record(work, scope, target, basis);
    const response = await this.record(work, answered, target, basis);
    await mustLeaveSomebody();
    return response;
  }

  private async record(
    work: UnitOfWork,
    scope: ExclusionScope,
    target: ExclusionTarget,
    basis: ExclusionBasis,
  ): Promise<AuthorizedResponse> {
    const { actor } = work;
    await this.itemPresence.recordPresenceUntilNow(work, { partnershipId: scope.partnershipId });
    const exclusion = await work.write.insert(Exclusion, {
      ...scope,
      ...target,
      ...basis,
      since: work.now,
      until: null,
      madeById: actor.id,
      madeByAgencyId: actor.agencyId,
      madeByAgencyType: actor.agencyType,
      endedById: null,
      endReason: null,
    });
    happenedUnseen(work, 'exclusion.made', exclusion);
    return work.respond.one(ExclusionView, exclusion, { status: 201, given: await matchesOf(work, [exclusion]) });
  }
}

/**
 * Locks the panels on which the exclusions will apply, in one order: a removal of a person at the same time is evaluated
 * before or after them.
 */
async function lockPanels(work: UnitOfWork, scopes: readonly ExclusionScope[]): Promise<void> {
  const partnershipIds = scopes.filter(({ reach }) => reach === 'partnership').map((one) => one.partnershipId);
  const panels = await work.asSystem(() => work.manager.findBy(Panel, { partnershipId: In(partnershipIds) }));
  const panelIds = new Set([...panels.map(({ id }) => id), ...scopes.flatMap(({ panelId }) => panelId ?? [])]);
  for (const panelId of [...panelIds].sort()) await lockPanel(work, panelId);
}

const RUNNING = `FROM exclusions e WHERE coalesce(e.case_id, e.person_id) = $1 AND e.panel_id IS NOT DISTINCT FROM $2
  AND e.reach = $3 AND (e.until IS NULL OR e.until > $4)`;

/**
 * Returns the identifier of the equal exclusion in force: same target, same case or person, same panel. One imposed by a
 * colleague of the excluded person, who may end it, does not count for requesters of another agency.
 */
async function runningImposed(
  work: UnitOfWork,
  scope: ExclusionScope,
  target: ExclusionTarget,
): Promise<string | null> {
  const [existing] = await work.manager.query<{ id: string }[]>(
    `SELECT e.id ${RUNNING} AND NOT e.declared AND (NOT e.by_colleague OR e.made_by_agency_id = $8)
       AND e.practitioner_id IS NOT DISTINCT FROM $5 AND e.agency_id IS NOT DISTINCT FROM $6
       AND e.name_key IS NOT DISTINCT FROM $7 ORDER BY 1 LIMIT 1`,
    [
      ...[scope.caseId ?? scope.personId, scope.panelId, scope.reach, work.now],
      ...[target.practitionerId, target.agencyId, target.nameKey, work.actor.agencyId],
    ],
  );
  return existing?.id ?? null;
}

/**
 * Returns an exclusion in force that the actor declared. Those that others imposed on the actor must remain unknown to
 * the actor.
 */
async function runningDeclared(work: UnitOfWork, scope: ExclusionScope): Promise<string | null> {
  const [existing] = await work.manager.query<{ id: string }[]>(
    `SELECT e.id ${RUNNING} AND e.declared AND e.practitioner_id = $5 AND e.made_by_id = $5 LIMIT 1`,
    [scope.caseId ?? scope.personId, scope.panelId, scope.reach, work.now, work.actor.id],
  );
  return existing?.id ?? null;
}

const excludedAlready = (id: string): Error =>
  conflict('excluded-already', `Exclusion ${id} says the same and is running. It needs no second one.`, {
    exclusionId: id,
  });

const scopeOfCase = ({ id, panelId, partnershipId }: Case): ExclusionScope => ({
  caseId: id,
  personId: null,
  panelId,
  partnershipId,
  reach: 'panel',
});

type Reach = Pick<ExclusionRequest, 'reach' | 'panelId'>;

/**
 * Returns the scopes of an imposed exclusion from a person: each applies on one panel only. An actor who coordinates
 * several panels names one, or excludes on each of them.
 */
async function scopesOfImposed(
  work: UnitOfWork,
  { id, partnershipId }: Person,
  { panelId }: Reach,
): Promise<[ExclusionScope, ...ExclusionScope[]]> {
  const panels = await panelsNaming(work, 'exclude', id);
  const scope = { caseId: null, personId: id, partnershipId, reach: 'panel' as const };
  const [first = onePanel(panels, panelId), ...others] = panelId ? [] : panels;
  return [{ ...scope, panelId: first }, ...others.map((one) => ({ ...scope, panelId: one }))];
}

/**
 * Returns the scope of a declared conflict with a person. It is managed by a panel through which the person is known;
 * if there is none, by the steering group of the partnership. Without a steering group, no panel manages it, and a data
 * protection officer ends it.
 */
async function scopeOfDeclared(
  work: UnitOfWork,
  { id, partnershipId }: Person,
  { reach = 'partnership', panelId }: Reach,
): Promise<ExclusionScope> {
  const scope = { caseId: null, personId: id, partnershipId, reach };
  const panels = await panelsNaming(work, 'read', id);
  if (reach === 'panel' || panelId) return { ...scope, panelId: onePanel(panels, panelId) };
  const steering = await work.manager.findOneBy(Panel, { partnershipId, type: STEERING_GROUP });
  return { ...scope, panelId: panels[0] ?? steering?.id ?? null };
}

/**
 * Returns panels on which the actor may do `action` to a case or referral that names the person. Excluding is left to others
 * on panels of which a matter with the person is hidden from the actor.
 */
async function panelsNaming(work: UnitOfWork, action: 'read' | 'exclude', personId: string): Promise<string[]> {
  const roles = await work.records.findMany('read', CasePerson, { personId });
  const named = [
    ...(await work.records.findMany(action, Case, { personId })),
    ...(await work.records.findMany(action, Case, { id: { $in: roles.map((one) => one.caseId) } })),
    ...(await work.records.findMany(action, Referral, { personId })),
    ...(await work.records.findMany(action, Referral, { people: { $elemMatch: { personId } } })),
  ];
  const hidden = work.actor.peopleOfHiddenMatters.filter((one) => action === 'exclude' && one.personId === personId);
  const panelIds = new Set(named.map(({ panelId }) => panelId));
  for (const { panelId } of hidden) panelIds.delete(panelId);
  return [...panelIds].sort();
}

function onePanel(panels: string[], panelId: string | undefined): string {
  const [only = null, ...others] = panelId ? panels.filter((one) => one === panelId) : panels;
  if (only && !others.length) return only;
  throw unacceptable('panel-missing', 'Name one panel through whose cases or referrals you know the person.', [
    { pointer: '/panelId', detail: panelId ? 'is no such panel' : 'is needed: it could be several panels, or none' },
  ]);
}

/**
 * Returns the target of a request. A typed name is not replaced by the identity of the person who has it now.
 * `practitioner_names` loses no name by a rename, so people who match when the exclusion is made continue to match.
 */
async function resolveTarget(
  work: UnitOfWork,
  { practitionerId, agencyId, name }: Pick<ExclusionRequest, 'practitionerId' | 'agencyId' | 'name'>,
  partnershipId: string,
): Promise<ExclusionTarget> {
  if (name) return { ...NO_TARGET, name, nameKey: staffNameKey(name) };
  const person = practitionerId ? await work.records.findOrNull('read', Practitioner, practitionerId) : null;
  const agency = agencyId ? await work.records.findOrNull('read', Agency, agencyId) : null;
  const targetAgencyId = person?.agencyId ?? agency?.id;
  if (!targetAgencyId || !(await work.manager.existsBy(AgencyPartnership, { agencyId: targetAgencyId, partnershipId })))
    throw unacceptable('unknown-in-partnership', 'Name somebody whose agency acts in this partnership, or a name.', [
      { pointer: practitionerId ? '/practitionerId' : '/agencyId', detail: 'not known in this partnership' },
    ]);
  return { ...NO_TARGET, practitionerId: person?.id ?? null, agencyId: person ? null : targetAgencyId };
}

/**
 * Selects active staff of the partnership concerned by exclusions by person or by name: every registration of the
 * person, and everybody who has or had the name. $1 the exclusions.
 */
const CONCERNED = `SELECT e.id AS "exclusionId", p.id FROM exclusions e
  CROSS JOIN LATERAL (SELECT unnest(CASE WHEN e.declared THEN login_registrations_of(e.practitioner_id) ELSE registrations_of(e.practitioner_id) END) AS id
    UNION SELECT unnest(registrations_named(e.name_key))) one
  JOIN practitioners p ON p.id = one.id AND p.active
  JOIN agency_partnerships ap ON ap.agency_id = p.agency_id AND ap.partnership_id = e.partnership_id
  WHERE e.id = ANY ($1::uuid[])`;

/** Counts the people concerned by each exclusion by person or name whom the actor may read in the directory. */
async function matchesOf(work: UnitOfWork, exclusions: Exclusion[]): Promise<Row> {
  const counted = exclusions.filter(({ agencyId }) => agencyId === null).map(({ id }) => id);
  if (!counted.length) return {};
  const concerned = await work.manager.query<{ exclusionId: string; id: string }[]>(CONCERNED, [counted]);
  const ids = [...new Set(concerned.map(({ id }) => id))];
  const known = ids.length ? await work.records.findMany('read', Practitioner, { id: { $in: ids } }, ids.length) : [];
  const readable = new Set(known.map(({ id }) => id));
  const count = (exclusion: string): number =>
    concerned.filter((one) => one.exclusionId === exclusion && readable.has(one.id)).length;
  return Object.fromEntries(counted.map((id) => [id, count(id)]));
}

/** Records an event without the case, because everybody in a case reads its timeline. */
function happenedUnseen(work: UnitOfWork, event: string, { caseId: _, ...exclusion }: Exclusion): void {
  work.recordEvent(event, Exclusion, exclusion);
}
