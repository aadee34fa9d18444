import { Injectable } from '@nestjs/common';
import { Agency, Practitioner } from '../agencies/agency.entity.js';
import { CaseFollowing } from '../cases/following.js';
import { findExcludedAgencies } from '../cases/kept-out.js';
import { Panel } from '../panels/panel.entity.js';
import type { Actor } from '../authentication/actor.js';
import type { Where } from '../authorization/conditions.js';
import { refused, unacceptable } from '../http/problems.js';
import type { PageQuery } from '../http/page-query.dto.js';
import type { AuthorizedResponse } from '../records/authorized-response.js';
import { londonDay } from '../time/london-day.js';
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
import { accountOf, type Account } from './ledger.js';
import { LedgerView } from './ledger.response.js';
import { hasEnded, Plan } from './plan.entity.js';
import { onThePanel, seatsOn } from './plans.service.js';

const ENDS = {
  done: 'completion',
  not_possible: 'impossibility',
  not_done: 'omission',
  cancelled: 'cancellation',
  superseded: 'supersession',
} as const;

/** What agencies have taken upon themselves, and what became of it. */
@Injectable()
export class ActionsService {
  constructor(
    private readonly records: Records,
    private readonly hooks: ActionHooks,
    following: CaseFollowing,
  ) {
    following.register({
      status: async (work, { id: caseId }) => {
        const open = { caseId, ownerAgencyId: work.actor.agencyId, status: { $in: [...OPEN_STATUSES] } };
        const actions = await work.records.findMany('read', Action, open, 100);
        return { openActions: actions.map(({ id, status, dueOn }) => ({ id, status, dueOn })) };
      },
      // an action that is hidden from whoever closes goes on with its owner: a refusal would tell that it is there
      obstacles: async (work, { id: caseId }) =>
        (await work.records.findMany('read', Action, { caseId, status: { $in: [...OPEN_STATUSES] } }, 1)).length
          ? [{ pointer: '', detail: 'an action has not ended: its owner completes it, or the panel cancels it' }]
          : [],
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

  /** For the agencies that sit on the panel, and for those whose actions the reader may read. */
  ledger(actor: Actor, { panelId }: LedgerQuery): Promise<AuthorizedResponse> {
    return this.records.read(actor, async (work) => {
      if (panelId) await work.records.find('read', Panel, panelId);
      const seats = panelId ? await seatsOn(work, panelId) : [];
      // as in the list of actions: to ask for those of a panel is to ask about the case
      const actions = await work.records.findMany(
        panelId ? 'locate' : 'read',
        Action,
        panelId ? { panelId } : {},
        MOST_COUNTED,
      );
      work.audit.count(Action, ['ownerAgencyId', 'status', 'dueOn', 'originalDueOn', 'endedOn']);
      const concerned = [...seats.map(({ agencyId }) => agencyId), ...actions.map((one) => one.ownerAgencyId)];
      const agencies = await work.records.findMany('read', Agency, { id: { $in: [...new Set(concerned)] } });
      const byAgency = Map.groupBy(actions, ({ ownerAgencyId }) => ownerAgencyId);
      const account = ({ id }: Agency): Account => accountOf(byAgency.get(id) ?? [], work.now);
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
      // so that it does not end meanwhile
      const plan = await work.records.find('add-action', Plan, planId, { lock: true });
      const proposed = await newAction(work, inPlan(plan), request);
      return work.respond.found(ActionView, proposed.id, 201);
    });
  }

  /** The panel's coordination moves a date; the first one stays, so that slippage shows (JAG note, section 1.8). */
  change(actor: Actor, id: string, request: ActionChange): Promise<AuthorizedResponse> {
    return this.records.change(actor, async (work) => {
      const found = await work.records.findForUpdate('change', Action, ActionView, id, { writes: request });
      if (!isOpen(found.status))
        throw unacceptable('action-ended', 'An action that has ended is not changed any more.');
      const words = (['description', 'measure', 'evidenceOfCompletion'] as const).filter((word) => word in request);
      if (found.status !== 'proposed' && words.length)
        throw unacceptable(
          'action-accepted',
          'Its owner accepted the action in these words. Cancel it as superseded and propose another.',
          words.map((word) => ({ pointer: `/${word}`, detail: 'settled since the owner accepted' })),
        );
      if (request.dueOn !== undefined && request.dueOn !== found.dueOn) mayMoveTo(work, found, request.dueOn);
      const named = await ownerNamed(work, found, request.ownerPractitionerId);
      const changed = await work.write.updateIfChanged(Action, found, { ...request, ...named });
      const moved = changed.dueOn === found.dueOn ? {} : { dueOn: [found.dueOn, changed.dueOn] };
      work.recordEvent('action.changed', Action, changed, { fields: Object.keys(request), ...moved });
      return work.respond.found(ActionView, id);
    });
  }

  accept(actor: Actor, id: string, { ownerPractitionerId }: ActionAcceptance): Promise<AuthorizedResponse> {
    return this.records.change(actor, async (work) => {
      const found = await work.records.findForUpdate('accept', Action, ActionView, id);
      return this.move(work, found, 'acceptance', await ownerNamed(work, found, ownerPractitionerId));
    });
  }

  /** People leave and tasks are handed on: as long as the action is open its agency names who does it. */
  assign(actor: Actor, id: string, { ownerPractitionerId }: ActionOwner): Promise<AuthorizedResponse> {
    return this.records.change(actor, async (work) => {
      const found = await work.records.findForUpdate('name-owner', Action, ActionView, id);
      if (!isOpen(found.status))
        throw unacceptable('action-ended', 'An action that has ended is not changed any more.');
      const changed = await work.write.update(Action, found, await ownerNamed(work, found, ownerPractitionerId));
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

  /** Only the owner or the coordination reports an action done. Source: JAG note, section 1.8. */
  complete(actor: Actor, id: string, { outcome, outcomeText }: ActionCompletion): Promise<AuthorizedResponse> {
    return this.records.change(actor, async (work) => {
      const found = await work.records.findForUpdate('complete', Action, ActionView, id);
      if (outcome !== 'done' && !outcomeText)
        throw unacceptable('reason-missing', 'An action that was not done needs the reason.', [
          { pointer: '/outcomeText', detail: 'say what changed, or why the agency did not act' },
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
    const { caseId, listingId, panelId, partnershipId } = found;
    const { agencyId, agencyType: contributingType } = work.actor;
    const stands = { caseId, listingId, panelId, partnershipId, agencyId, contributingType };
    if (note) await work.write.insert(ActionNote, { actionId: found.id, status, note, ...stands });
    work.recordEvent(`action.${status.replace('_', '-')}`, Action, moved, { from: found.status, status });
    if (isOpen(found.status) && !isOpen(status)) await this.hooks.afterEnd(work, moved);
    return work.respond.found(ActionView, found.id);
  }
}

/** Where an action stands: in a plan, or in the case alone, as long as that has none. */
export type Standing = Pick<Action, 'planId' | 'caseId' | 'panelId' | 'partnershipId'> &
  Partial<Pick<Action, 'listingId'>>;

export function inPlan(plan: Plan): Standing {
  const { id: planId, caseId, panelId, partnershipId } = plan;
  if (hasEnded(plan))
    throw unacceptable('plan-ended', 'A plan that is evaluated or closed takes no action. Draft another plan.');
  return { planId, caseId, panelId, partnershipId };
}

/** Where whoever acts may add to: at a desk, or as agencies offer it in a meeting. */
export async function newAction(work: UnitOfWork, standing: Standing, request: ActionRequest): Promise<Action> {
  notInThePast(work, request.dueOn);
  await onThePanel(work, request.ownerAgencyId, standing.panelId, '/ownerAgencyId');
  await notKeptOut(work, request.ownerAgencyId, standing);
  const { ownerAgencyId, ownerPractitionerId } = request;
  if (ownerPractitionerId && ownerAgencyId !== work.actor.agencyId) throw namesItsOwn();
  await inAgency(work, ownerPractitionerId, ownerAgencyId);
  const proposed = await work.write.insert(Action, {
    ...request,
    ...standing,
    ownerNamedById: ownerPractitionerId ? work.actor.id : null,
    originalDueOn: request.dueOn,
    // whoever proposes an action to their own agency has accepted it
    status: request.ownerAgencyId === work.actor.agencyId ? 'agreed' : 'proposed',
    agencyId: work.actor.agencyId,
    contributingType: work.actor.agencyType,
  });
  work.recordEvent('action.proposed', Action, proposed, { status: proposed.status });
  return proposed;
}

/** An agency that is excluded from the case would never see its action. */
async function notKeptOut(work: UnitOfWork, agencyId: string, { caseId, panelId }: Standing): Promise<void> {
  if ((await findExcludedAgencies(work, caseId, panelId)).includes(agencyId))
    throw unacceptable(
      'owner-excluded',
      'The agency is excluded from this case, so nobody of it would see the action. Give it to another agency, or end the exclusion first: POST /v1/exclusions/{id}/ending.',
      [{ pointer: '/ownerAgencyId', detail: 'is excluded from the case' }],
    );
}

/** Nobody sets an escalation going by a day that has passed already. */
function notInThePast(work: UnitOfWork, dueOn: string): void {
  if (dueOn < londonDay(work.now))
    throw unacceptable('in-the-past', 'An action is due today or later. Name the day by which it is to be done.', [
      { pointer: '/dueOn', detail: 'must not lie before today' },
    ]);
}

/** Its owner accepted the action for a day: from then on it is moved back no further than to the first day named. */
function mayMoveTo(work: UnitOfWork, { status, dueOn, originalDueOn }: Action, to: string): void {
  notInThePast(work, to);
  const earliest = dueOn < originalDueOn ? dueOn : originalDueOn;
  if (status !== 'proposed' && to < earliest)
    throw unacceptable(
      'action-accepted',
      'Its owner accepted the action for a later day. Cancel it as superseded and propose another.',
      [{ pointer: '/dueOn', detail: 'must not lie before the day that the owner accepted' }],
    );
}

const namesItsOwn = (): Error =>
  refused(
    'agency-names-the-person',
    'The agency that owns an action names the person: somebody of it with a seat on the panel, or its safeguarding lead. Leave the person out.',
  );

/** The owning agency names the person, because naming opens the task to that person; others may only take a name out. */
async function ownerNamed(
  work: UnitOfWork,
  found: Action,
  ownerPractitionerId: string | null | undefined,
): Promise<Partial<Pick<Action, 'ownerPractitionerId' | 'ownerNamedById'>>> {
  if (ownerPractitionerId === undefined) return {};
  if (ownerPractitionerId === null) return { ownerPractitionerId, ownerNamedById: null };
  // whoever confirms the own name was named by somebody else before
  if (ownerPractitionerId === found.ownerPractitionerId && ownerPractitionerId === work.actor.id) return {};
  if (!(await work.records.findOrNull('name-owner', Action, found.id))) throw namesItsOwn();
  await inAgency(work, ownerPractitionerId, found.ownerAgencyId);
  return { ownerPractitionerId, ownerNamedById: work.actor.id };
}

async function inAgency(work: UnitOfWork, practitionerId: string | null | undefined, agencyId: string): Promise<void> {
  if (!practitionerId) return;
  if ((await work.records.findOrNull('read', Practitioner, practitionerId))?.agencyId !== agencyId)
    throw unacceptable('not-of-the-owner', 'Name somebody who works for the agency that owns the action.', [
      { pointer: '/ownerPractitionerId', detail: 'no such person in that agency' },
    ]);
}
