import { Injectable } from '@nestjs/common';
import { Agency, Practitioner } from '../agencies/agency.entity.js';
import { mustEntrustSeldom } from '../agencies/entrusting.js';
import { CaseHooks } from '../cases/case.hooks.js';
import { findExcludedAgencies } from '../cases/excluded-agencies.js';
import { mustNotBeInError } from '../cases/open-case.js';
import { Panel } from '../panels/panel.entity.js';
import { type Actor, contributorOf } from '../authentication/actor.js';
import type { Where } from '../authorization/conditions.js';
import { refused, unacceptable } from '../http/problems.js';
import type { PageQuery } from '../http/page-query.dto.js';
import type { AuthorizedResponse } from '../records/authorized-response.js';
import { londonDay } from '../time/clock.js';
import { Records } from '../records/records.js';
import { after } from '../records/state-machine.js';
import { MOST_COUNTED } from '../records/authorized-repository.js';
import type { UnitOfWork } from '../records/unit-of-work.js';
import { Action, ActionNote, actionMachine, isOpen, OPEN_STATUSES, type ActionCommand } from './action.entity.js';
import type {
  ActionAcceptance,
  ActionCancellation,
  ActionChange,
  ActionCompletion,
  ActionOwner,
  ActionProgress,
  ActionQuery,
  ActionRequest,
  ActionVerification,
  LedgerQuery,
} from './action.dto.js';
import { ActionNoteView, ActionView, PlanActionView } from './action.response.js';
import { ActionHooks } from './action.hooks.js';
import { countByResult, type ActionCounts } from './ledger.js';
import { LedgerView } from './ledger.response.js';
import { hasEnded, Plan } from './plan.entity.js';
import { requirePanelMember, findCurrentSeats } from './plans.service.js';
import { subjectOf } from '../authorization/subjects.js';

const ENDS = {
  done: 'completion',
  not_possible: 'impossibility',
  not_done: 'omission',
  cancelled: 'cancellation',
  superseded: 'supersession',
} as const;

/** Actions that agencies take on, and their results. */
@Injectable()
export class ActionsService {
  constructor(
    private readonly records: Records,
    private readonly hooks: ActionHooks,
    caseHooks: CaseHooks,
  ) {
    caseHooks.register({
      status: async (work, { id: caseId }) => {
        const open = { caseId, ownerAgencyId: work.actor.agencyId, status: { $in: [...OPEN_STATUSES] } };
        const actions = await work.records.findMany('read', Action, open, 100);
        return { openActions: actions.map(({ id, status, dueOn }) => ({ id, status, dueOn })) };
      },
      // hidden actions do not prevent the closure of the case and stay with their owners: a refusal would reveal them
      obstacles: async (work, { id: caseId }) => {
        const open = await work.records.findMany('read', Action, { caseId, status: { $in: [...OPEN_STATUSES] } });
        return open.map(({ id, dueOn }) => ({
          pointer: '',
          detail: `action ${id}, due on ${dueOn}, has not ended: its owner must complete it, or the panel must cancel it`,
        }));
      },
    });
  }

  list(actor: Actor, { panelId, status, overdue, mine, ...query }: ActionQuery): Promise<AuthorizedResponse> {
    const today = londonDay(actor.now);
    const late = { dueOn: { $lt: today }, status: { $in: [...OPEN_STATUSES] } };
    const filters: Where[] = [
      ...(panelId ? [{ panelId }] : []),
      ...(status ? [{ status }] : []),
      ...(overdue === undefined ? [] : [overdue ? late : { $nor: [late] }]),
      ...(mine === undefined ? [] : [{ ownerAgencyId: mine ? actor.agencyId : { $ne: actor.agencyId } }]),
    ];
    return this.records.read(actor, async (work) =>
      work.respond.page(ActionView, filters.length ? { $and: filters } : {}, query, {
        action: panelId ? 'locate' : 'read',
        asked: { panelId, status, overdue, mine },
      }),
    );
  }

  get(actor: Actor, id: string): Promise<AuthorizedResponse> {
    return this.records.read(actor, async (work) =>
      work.respond.one(ActionView, await work.records.find('read', Action, id)),
    );
  }

  /** Counts actions for the agencies on the panel and for agencies whose actions the reader may read. */
  ledger(actor: Actor, { panelId }: LedgerQuery): Promise<AuthorizedResponse> {
    return this.records.read(actor, async (work) => {
      if (panelId) await work.records.find('read', Panel, panelId);
      const seats = panelId ? await findCurrentSeats(work, panelId) : [];
      // as in the list of actions: filtering by panel asks about the case
      const actions = await work.records.findMany(
        panelId ? 'locate' : 'read',
        Action,
        panelId ? { panelId } : {},
        MOST_COUNTED,
      );
      const fields = ['ownerAgencyId', 'status', 'dueOn', 'originalDueOn', 'endedOn'];
      work.audit.add('consult', 'count', subjectOf(Action), [], { action: 'read', fields });
      const concerned = [...seats.map(({ agencyId }) => agencyId), ...actions.map((one) => one.ownerAgencyId)];
      const agencies = await work.records.findMany('read', Agency, { id: { $in: [...new Set(concerned)] } });
      const byAgency = Map.groupBy(actions, ({ ownerAgencyId }) => ownerAgencyId);
      const account = ({ id }: Agency): ActionCounts => countByResult(byAgency.get(id) ?? [], work.now);
      return work.respond.list(
        LedgerView,
        agencies.map((agency) => ({ ...agency, ...account(agency) })).sort((a, b) => (a.name < b.name ? -1 : 1)),
      );
    });
  }

  ofPlan(actor: Actor, planId: string, query: PageQuery): Promise<AuthorizedResponse> {
    return this.records.read(actor, async (work) => {
      const { caseId, panelId, endOn } = await work.records.find('read', Plan, planId);
      return work.respond.page(PlanActionView, { caseId, planId }, query, { panelId, given: { endOn } });
    });
  }

  propose(actor: Actor, planId: string, request: ActionRequest): Promise<AuthorizedResponse> {
    return this.records.change(actor, async (work) => {
      // locked, so that the plan does not end meanwhile
      const plan = await work.records.find('add-action', Plan, planId, { lock: true });
      const proposed = await insertAction(work, placeInPlan(plan), request);
      return work.respond.found(ActionView, proposed.id, 201);
    });
  }

  /**
   * Changes an action for the coordination. The first due day is preserved, so that slippage shows (JAG note, section
   * 1.8).
   */
  change(actor: Actor, id: string, request: ActionChange): Promise<AuthorizedResponse> {
    return this.records.change(actor, async (work) => {
      const found = await work.records.findForUpdate('change', Action, ActionView, id, { writes: request });
      if (!isOpen(found.status))
        throw unacceptable(
          'action-ended',
          'An action that has ended cannot be changed. Propose another action instead.',
        );
      const words = (['description', 'measure', 'evidenceOfCompletion'] as const).filter((word) => word in request);
      if (found.status !== 'proposed' && words.length)
        throw unacceptable(
          'action-accepted',
          'The owner accepted the action in these words. Cancel the action as superseded and propose another.',
          words.map((word) => ({ pointer: `/${word}`, detail: 'cannot change after the owner accepted' })),
        );
      if (request.dueOn !== undefined && request.dueOn !== found.dueOn) checkNewDueDay(work, found, request.dueOn);
      const named = await resolveOwner(work, found, request.ownerPractitionerId);
      const changed = await work.write.updateIfChanged(Action, found, { ...request, ...named });
      const moved = changed.dueOn === found.dueOn ? {} : { dueOn: [found.dueOn, changed.dueOn] };
      work.recordEvent('action.changed', Action, changed, { fields: Object.keys(request), ...moved });
      return work.respond.found(ActionView, id);
    });
  }

  accept(actor: Actor, id: string, { ownerPractitionerId }: ActionAcceptance): Promise<AuthorizedResponse> {
    return this.records.change(actor, async (work) => {
      const found = await work.records.findForUpdate('accept', Action, ActionView, id);
      return this.move(work, found, 'acceptance', await resolveOwner(work, found, ownerPractitionerId));
    });
  }

  /** Assigns an open action to a person. The owning agency can reassign it, because people leave and hand tasks on. */
  assign(actor: Actor, id: string, { ownerPractitionerId }: ActionOwner): Promise<AuthorizedResponse> {
    return this.records.change(actor, async (work) => {
      const found = await work.records.findForUpdate('name-owner', Action, ActionView, id);
      if (!isOpen(found.status))
        throw unacceptable(
          'action-ended',
          'An action that has ended cannot be changed. Propose another action instead.',
        );
      const changed = await work.write.update(Action, found, await resolveOwner(work, found, ownerPractitionerId));
      work.recordEvent('action.changed', Action, changed, { fields: ['ownerPractitionerId'] });
      return work.respond.found(ActionView, id);
    });
  }

  progress(actor: Actor, id: string, { status, note }: ActionProgress): Promise<AuthorizedResponse> {
    return this.records.change(actor, async (work) => {
      const found = await work.records.findForUpdate('progress', Action, ActionView, id);
      return this.move(work, found, status === 'blocked' ? 'obstruction' : 'progress', {}, note);
    });
  }

  /** Reports the end of an action. Only the owner or the coordination may. Source: JAG note, section 1.8. */
  complete(actor: Actor, id: string, { outcome, outcomeText }: ActionCompletion): Promise<AuthorizedResponse> {
    return this.records.change(actor, async (work) => {
      const found = await work.records.findForUpdate('complete', Action, ActionView, id);
      if (outcome !== 'done' && !outcomeText)
        throw unacceptable('reason-missing', 'An action that was not done needs a reason. Send `outcomeText`.', [
          { pointer: '/outcomeText', detail: 'must say what changed, or why the agency did not act' },
        ]);
      const changes = { outcomeText: outcomeText ?? null, completedById: actor.id };
      return this.move(work, found, ENDS[outcome], changes, outcomeText);
    });
  }

  cancel(actor: Actor, id: string, { outcome, outcomeText }: ActionCancellation): Promise<AuthorizedResponse> {
    return this.records.change(actor, async (work) => {
      const found = await work.records.findForUpdate('cancel', Action, ActionView, id);
      return this.move(work, found, ENDS[outcome], { outcomeText }, outcomeText);
    });
  }

  verify(actor: Actor, id: string, { note }: ActionVerification): Promise<AuthorizedResponse> {
    return this.records.change(actor, async (work) =>
      this.move(work, await work.records.findForUpdate('verify', Action, ActionView, id), 'verification', {}, note),
    );
  }

  notes(actor: Actor, actionId: string, query: PageQuery): Promise<AuthorizedResponse> {
    return this.records.read(actor, async (work) => {
      await work.records.find('read', Action, actionId);
      return work.respond.page(ActionNoteView, { actionId }, query);
    });
  }

  private async move(
    work: UnitOfWork,
    found: Action,
    command: ActionCommand,
    changes: Partial<Pick<Action, 'outcomeText' | 'completedById' | 'ownerPractitionerId' | 'ownerNamedById'>>,
    note?: string,
  ): Promise<AuthorizedResponse> {
    const status = after(actionMachine, found.status, command);
    const endedOn = isOpen(status) ? null : (found.endedOn ?? londonDay(work.now));
    const moved = await work.write.update(Action, found, { ...changes, status, endedOn });
    const { id: actionId, caseId, listingId, panelId, partnershipId } = found;
    const place = { caseId, listingId, panelId, partnershipId, ...contributorOf(work.actor) };
    if (note) await work.write.insert(ActionNote, { actionId, status, note, ...place });
    work.recordEvent(`action.${status.replace('_', '-')}`, Action, moved, { from: found.status, status });
    if (isOpen(found.status) && !isOpen(status)) await this.hooks.afterEnd(work, moved);
    return work.respond.found(ActionView, found.id);
  }
}

/** Location of an action: a plan, or the case alone if it has no plan. */
export type ActionPlace = Pick<Action, 'planId' | 'caseId' | 'panelId' | 'partnershipId'> &
  Partial<Pick<Action, 'listingId'>>;

export function placeInPlan(plan: Plan): ActionPlace {
  const { id: planId, caseId, panelId, partnershipId } = plan;
  if (hasEnded(plan))
    throw unacceptable(
      'plan-ended',
      'An evaluated or closed plan accepts no actions. Draft another plan: POST /v1/cases/{id}/plans.',
    );
  return { planId, caseId, panelId, partnershipId };
}

/** Inserts an action, at a desk or in a meeting. The caller has checked that the actor may add to the plan or item. */
async function mustBeAcceptable(work: UnitOfWork, standing: ActionPlace, request: ActionRequest): Promise<void> {
  const { dueOn, ownerAgencyId, ownerPractitionerId } = request;
  refusePastDay(work, dueOn);
  await requirePanelMember(work, ownerAgencyId, standing.panelId, '/ownerAgencyId');
  await requireOwnerNotExcluded(work, ownerAgencyId, standing);
  if (ownerPractitionerId && ownerAgencyId !== work.actor.agencyId) throw ownerNamesPersonProblem();
  await requirePersonOfAgency(work, ownerPractitionerId, ownerAgencyId);
  if (ownerPractitionerId) await mustEntrustSeldom(work, ownerPractitionerId);
}

export async function insertAction(work: UnitOfWork, standing: ActionPlace, request: ActionRequest): Promise<Action> {
  await mustBeAcceptable(work, standing, request);
  const { ownerPractitionerId } = request;
  const proposed = await work.write.insert(Action, {
    ...request,
    ...standing,
    ownerNamedById: ownerPractitionerId ? work.actor.id : null,
    originalDueOn: request.dueOn,
    // an agency that proposes an action to itself has accepted it
    status: request.ownerAgencyId === work.actor.agencyId ? 'agreed' : 'proposed',
    ...contributorOf(work.actor),
  });
  work.recordEvent('action.proposed', Action, proposed, { status: proposed.status });
  return proposed;
}

/** Refuses an owner that is excluded from the case, because the agency would never see the action. */
async function requireOwnerNotExcluded(
  work: UnitOfWork,
  agencyId: string,
  { caseId, panelId }: ActionPlace,
): Promise<void> {
  if ((await findExcludedAgencies(work, caseId, panelId)).includes(agencyId))
    throw unacceptable(
      'owner-excluded',
      'The agency is excluded from this case and would never see the action. Propose the action to another agency, or end the exclusion first: POST /v1/exclusions/{id}/ending.',
      [{ pointer: '/ownerAgencyId', detail: 'is excluded from the case' }],
    );
}

/** Refuses due days in the past, which would start an escalation at once. */
function refusePastDay(work: UnitOfWork, dueOn: string): void {
  if (dueOn < londonDay(work.now))
    throw unacceptable('in-the-past', 'An action cannot be due in the past. Choose today or a later day.', [
      { pointer: '/dueOn', detail: 'must not be before today' },
    ]);
}

/**
 * Refuses due days earlier than the owner accepted. Once accepted, an action can move back only to the earlier of its
 * present and its first due day.
 */
function checkNewDueDay(work: UnitOfWork, { status, dueOn, originalDueOn }: Action, to: string): void {
  refusePastDay(work, to);
  const earliest = dueOn < originalDueOn ? dueOn : originalDueOn;
  if (status !== 'proposed' && to < earliest)
    throw unacceptable(
      'action-accepted',
      'The owner accepted the action for a later day. Cancel the action as superseded and propose another.',
      [{ pointer: '/dueOn', detail: 'must not be before the day that the owner accepted' }],
    );
}

const ownerNamesPersonProblem = (): Error =>
  refused(
    'agency-names-the-person',
    'Only the agency that owns an action can name the person, through a panel member or its safeguarding lead. Leave out `ownerPractitionerId`.',
  );

/**
 * Returns the changes that name or remove the person. Only the owning agency names a person, because naming gives the
 * person access to the task; others may only remove the name.
 */
async function resolveOwner(
  work: UnitOfWork,
  found: Action,
  ownerPractitionerId: string | null | undefined,
): Promise<Partial<Pick<Action, 'ownerPractitionerId' | 'ownerNamedById'>>> {
  if (ownerPractitionerId === undefined) return {};
  if (ownerPractitionerId === null) return { ownerPractitionerId, ownerNamedById: null };
  // no change for people who confirm their own name, which somebody else entered before
  if (ownerPractitionerId === found.ownerPractitionerId && ownerPractitionerId === work.actor.id) return {};
  if (!(await work.records.findOrNull('name-owner', Action, found.id))) throw ownerNamesPersonProblem();
  await mustNotBeInError(work, found.caseId);
  await requirePersonOfAgency(work, ownerPractitionerId, found.ownerAgencyId);
  await mustEntrustSeldom(work, ownerPractitionerId);
  return { ownerPractitionerId, ownerNamedById: work.actor.id };
}

async function requirePersonOfAgency(
  work: UnitOfWork,
  practitionerId: string | null | undefined,
  agencyId: string,
): Promise<void> {
  if (!practitionerId) return;
  const person = await work.records.findOrNull('read', Practitioner, practitionerId);
  if (person?.agencyId === agencyId && !person.active)
    throw unacceptable('owner-not-active', 'This person has left the agency. Name somebody who still works there.', [
      { pointer: '/ownerPractitionerId', detail: 'does not sign in any more' },
    ]);
  if (person?.agencyId !== agencyId)
    throw unacceptable('not-of-the-owner', 'Name a person who works for the agency that owns the action.', [
      { pointer: '/ownerPractitionerId', detail: 'is no person of that agency' },
    ]);
}
