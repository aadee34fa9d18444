import { Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import { Case, caseMachine } from '../cases/case.entity.js';
import { Membership } from '../panels/panel.entity.js';
import { type Actor, contributorOf } from '../authentication/actor.js';
import type { Where } from '../authorization/conditions.js';
import { conflict, refused, unacceptable, type FieldError } from '../http/problems.js';
import type { PageQuery } from '../http/page-query.dto.js';
import type { AuthorizedResponse } from '../records/authorized-response.js';
import { londonDay } from '../time/clock.js';
import { Records } from '../records/records.js';
import { after } from '../records/state-machine.js';
import type { UnitOfWork } from '../records/unit-of-work.js';
import { Action, isOpen, OPEN_STATUSES } from './action.entity.js';
import { hasEnded, Plan, planMachine } from './plan.entity.js';
import type { PlanAgreement, PlanChange, PlanEvaluation, PlanRequest } from './plan.dto.js';
import { PlanView } from './plan.response.js';
import { smart, SMART_FIELDS, SMART_LETTERS } from './smart.js';
import { mustBeOpen } from '../cases/open-case.js';

/** Plans of a case. */
@Injectable()
export class PlansService {
  constructor(private readonly records: Records) {}

  list(actor: Actor, caseId: string, query: PageQuery): Promise<AuthorizedResponse> {
    return this.records.read(actor, async (work) => {
      const { panelId } = await work.records.find('read', Case, caseId);
      return work.respond.page(PlanView, { caseId }, query, { panelId });
    });
  }

  get(actor: Actor, id: string): Promise<AuthorizedResponse> {
    return this.records.read(actor, async (work) =>
      work.respond.one(PlanView, await work.records.find('read', Plan, id)),
    );
  }

  draft(actor: Actor, caseId: string, request: PlanRequest): Promise<AuthorizedResponse> {
    return this.records.change(actor, async (work) => {
      const found = await work.records.find('plan', Case, caseId);
      mustBeOpen(found, 'no plan');
      const { panelId, partnershipId } = found;
      const leadAgencyId = request.leadAgencyId ?? found.leadAgencyId;
      if (leadAgencyId !== found.leadAgencyId) await requirePanelMember(work, leadAgencyId, panelId, '/leadAgencyId');
      checkDates(request);
      const plan = await work.write.insert(Plan, {
        ...request,
        ...{ leadAgencyId, caseId, panelId, partnershipId, ...contributorOf(actor) },
      });
      work.recordEvent('plan.drafted', Plan, plan);
      return work.respond.one(PlanView, plan, { status: 201 });
    });
  }

  change(actor: Actor, id: string, request: PlanChange): Promise<AuthorizedResponse> {
    return this.records.change(actor, async (work) => {
      const found = await work.records.findForUpdate('change', Plan, PlanView, id, { writes: request });
      if (hasEnded(found)) throw planEnded();
      if (found.status !== 'draft' && (request.title !== undefined || request.aims !== undefined))
        throw unacceptable(
          'plan-agreed',
          'Title and aims of an agreed plan cannot be changed. Draft another plan: POST /v1/cases/{id}/plans.',
        );
      if (request.leadAgencyId) await requirePanelMember(work, request.leadAgencyId, found.panelId, '/leadAgencyId');
      checkDates({ ...found, ...request });
      const changed = await work.write.updateIfChanged(Plan, found, request);
      work.recordEvent('plan.changed', Plan, changed, { fields: Object.keys(request) });
      return work.respond.one(PlanView, changed);
    });
  }

  /**
   * Agrees the plan, and moves the case to the stage `plan_agreed`. Source: JAG note, section 1.6, guard of
   * PLAN_AGREED, and section 2.3: every action scores 5, or the chair gives a reason.
   */
  agree(actor: Actor, id: string, { chairReason }: PlanAgreement): Promise<AuthorizedResponse> {
    return this.records.change(actor, async (work) => {
      const found = await work.records.findForUpdate('agree', Plan, PlanView, id);
      const status = after(planMachine, found.status, 'agreement');
      const weak = await this.findSmartErrors(work, found);
      if (weak.length && !chairReason)
        throw unacceptable(
          'not-smart',
          'Every action must be SMART. Correct the actions, or have the chair agree the plan with `chairReason`.',
          weak,
        );
      if (weak.length && !(await work.records.findOrNull('agree-nonetheless', Plan, id)))
        throw refused(
          'chair-only',
          'Only the panel’s chair may agree a plan whose actions are not SMART. Ask the chair, or correct the actions.',
        );
      const about = await work.records.find('change', Case, found.caseId);
      const moved = await work.write.update(Case, about, { stage: after(caseMachine, about.stage, 'plan-agreement') });
      work.recordEvent('case.plan-agreed', Case, moved, { stage: moved.stage });
      const agreed = await work.write.update(Plan, found, {
        status,
        agreedAt: work.now,
        chairReason: weak.length ? chairReason : null,
      });
      work.recordEvent('plan.agreed', Plan, agreed, { smart: !weak.length });
      return work.respond.one(PlanView, agreed);
    });
  }

  start(actor: Actor, id: string): Promise<AuthorizedResponse> {
    return this.records.change(actor, async (work) => {
      const found = await work.records.findForUpdate('start', Plan, PlanView, id);
      const started = await work.write.update(Plan, found, { status: after(planMachine, found.status, 'start') });
      work.recordEvent('plan.started', Plan, started);
      return work.respond.found(PlanView, id);
    });
  }

  /** Evaluates a plan against the agreed aims. Source: JAG note, section 2.1, steps E, R and S, and section 2.5. */
  evaluate(actor: Actor, id: string, request: PlanEvaluation): Promise<AuthorizedResponse> {
    return this.records.change(actor, async (work) => {
      const found = await work.records.findForUpdate('evaluate', Plan, PlanView, id);
      const status = after(planMachine, found.status, 'evaluation');
      if (request.outcomes.length !== found.aims.length) throw anOutcomeForEachAim();
      if ((request.evaluationMethod === 'not_possible') !== Boolean(request.methodReason))
        throw unacceptable(
          'method-reason',
          'A reason is required for the method `not_possible`, and not allowed for others.',
          [{ pointer: '/methodReason', detail: 'must be sent if, and only if, the method is `not_possible`' }],
        );
      const evaluated = await work.write.update(Plan, found, { ...request, status, evaluatedAt: work.now });
      work.recordEvent('plan.evaluated', Plan, evaluated, { method: request.evaluationMethod });
      return work.respond.found(PlanView, id);
    });
  }

  close(actor: Actor, id: string): Promise<AuthorizedResponse> {
    return this.records.change(actor, async (work) => {
      const found = await work.records.findForUpdate('close', Plan, PlanView, id);
      const status = after(planMachine, found.status, 'closure');
      await refuseOpenActions(work, found);
      await detachHiddenActions(work, found);
      const closed = await work.write.update(Plan, found, { status });
      work.recordEvent('plan.closed', Plan, closed);
      return work.respond.found(PlanView, id);
    });
  }

  /** Returns the SMART criteria that each action misses, without its content. */
  private async findSmartErrors(work: UnitOfWork, { id: planId, caseId, endOn }: Plan): Promise<FieldError[]> {
    const actions = (await work.records.findMany('read', Action, { caseId, planId })).filter(
      ({ status }) => isOpen(status) || status === 'done' || status === 'verified',
    );
    if (!actions.length)
      throw unacceptable('no-action', 'A plan needs at least one action before it can be agreed. Propose one first.');
    const shown = await work.records.shownOf(
      Action,
      actions.map((one) => one.id),
    );
    return actions.flatMap((action) => {
      // withheld values must change neither the decision nor its message
      if (!SMART_FIELDS.every((field) => shown.get(action.id)?.has(field)))
        return [{ pointer: '/chairReason', detail: `action ${action.id} is not shown to you in full` }];
      const { score, warnings } = smart(action, endOn);
      return score === SMART_LETTERS.length
        ? []
        : warnings
            .filter(({ missed }) => missed)
            .map(({ letter, detail }) => ({
              pointer: '/chairReason',
              detail: `action ${action.id}, ${letter}: ${detail}`,
            }));
    });
  }
}

/** Refuses to close a plan while the actor can see an open action. Hidden actions do not prevent the closure. */
async function refuseOpenActions(work: UnitOfWork, { id: planId, caseId }: Plan): Promise<void> {
  const open = await work.records.findMany('read', Action, { caseId, planId, status: { $in: [...OPEN_STATUSES] } });
  if (!open.length) return;
  throw conflict(
    'open-actions',
    'A plan can be closed only after each of its actions has ended. Complete or cancel the actions listed.',
    {
      errors: open.map(({ id }) => ({ pointer: '', detail: `action ${id} has not ended` })),
    },
  );
}

/** Detaches open actions hidden from the actor from the closed plan. They continue in the case. */
async function detachHiddenActions(work: UnitOfWork, { id: planId }: Plan): Promise<void> {
  await work.asSystem(async () => {
    for (const action of await work.manager.findBy(Action, { planId, status: In(OPEN_STATUSES) })) {
      const moved = await work.write.update(Action, action, { planId: null });
      work.recordEvent('action.changed', Action, moved, { fields: ['planId'] });
    }
  });
}

/**
 * Refuses an agency without a core or flexible seat on the panel. Source: JAG note, section 1.6, guard of PLAN_AGREED.
 */
export async function requirePanelMember(
  work: UnitOfWork,
  agencyId: string,
  panelId: string,
  pointer: string,
): Promise<void> {
  if (!(await findCurrentSeats(work, panelId, { agencyId })).length)
    throw unacceptable('not-on-the-panel', 'Name an agency with a member on the panel.', [
      { pointer, detail: 'is an agency without a member on the panel' },
    ]);
}

/** Returns the current seats on the panel, without observers. */
export async function findCurrentSeats(work: UnitOfWork, panelId: string, which: Where = {}): Promise<Membership[]> {
  const today = londonDay(work.now);
  const current = { validFrom: { $lte: today }, $or: [{ validTo: null }, { validTo: { $gte: today } }] };
  return work.records.findMany('read', Membership, { panelId, tier: { $ne: 'observer' }, ...current, ...which });
}

function checkDates({ startOn, endOn }: Pick<PlanChange, 'startOn' | 'endOn'>): void {
  if (startOn && endOn && endOn < startOn)
    throw unacceptable('ends-before-it-starts', 'A plan cannot end before it starts. Correct one of the two days.', [
      { pointer: '/endOn', detail: 'must not be before startOn' },
    ]);
}

const planEnded = (): Error =>
  unacceptable(
    'plan-ended',
    'An evaluated or closed plan cannot be changed. Draft another plan: POST /v1/cases/{id}/plans.',
  );

const anOutcomeForEachAim = (): Error =>
  unacceptable('an-outcome-for-each-aim', 'Send one outcome for each aim of the plan, in the order of the aims.', [
    { pointer: '/outcomes', detail: 'must have as many entries as the plan has aims' },
  ]);
