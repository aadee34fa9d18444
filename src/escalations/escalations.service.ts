import { Injectable } from '@nestjs/common';
import { Action, isOpen } from '../plans/action.entity.js';
import { ActionHooks } from '../plans/action.hooks.js';
import type { Actor } from '../authentication/actor.js';
import { conflict, unacceptable } from '../http/problems.js';
import { londonDay } from '../time/clock.js';
import type { AuthorizedResponse } from '../records/authorized-response.js';
import { Records } from '../records/records.js';
import { after, permittedCommands } from '../records/state-machine.js';
import type { UnitOfWork } from '../records/unit-of-work.js';
import { Escalation, escalationMachine } from './escalation.entity.js';
import type { EscalationAnswer, EscalationQuery } from './escalation.dto.js';
import { EscalationView } from './escalation.response.js';

/** Answers and closures of the steering group for actions left undone. */
@Injectable()
export class EscalationsService {
  constructor(
    private readonly records: Records,
    hooks: ActionHooks,
  ) {
    hooks.registerAfterEnd(updateAfterActionEnd);
  }

  list(actor: Actor, { kind, status, ...query }: EscalationQuery): Promise<AuthorizedResponse> {
    const filter = { ...(kind ? { kind } : {}), ...(status ? { status } : {}) };
    return this.records.read(actor, (work) => work.respond.page(EscalationView, filter, query));
  }

  get(actor: Actor, id: string): Promise<AuthorizedResponse> {
    return this.records.read(actor, async (work) =>
      work.respond.one(EscalationView, await work.records.find('read', Escalation, id)),
    );
  }

  answer(actor: Actor, id: string, request: EscalationAnswer): Promise<AuthorizedResponse> {
    return this.records.change(actor, async (work) => {
      const found = await work.records.findForUpdate('answer', Escalation, EscalationView, id);
      const status = after(escalationMachine, found.status, 'answer');
      if (request.answerDueOn < londonDay(work.now))
        throw unacceptable('in-the-past', 'An instruction cannot be due in the past. Choose today or a later day.', [
          { pointer: '/answerDueOn', detail: 'must not be before today' },
        ]);
      const by = { answeredById: actor.id, agencyId: actor.agencyId, contributingType: actor.agencyType };
      await work.write.update(Escalation, found, { ...request, ...by, status, answeredAt: work.now });
      await recordActionEvent(work, 'action.steering-group-answered', found);
      return work.respond.found(EscalationView, id);
    });
  }

  /** Closes an escalation whose action was not done. While the action is open, the escalation ends with the action. */
  close(actor: Actor, id: string): Promise<AuthorizedResponse> {
    return this.records.change(actor, async (work) => {
      const found = await work.records.findForUpdate('close', Escalation, EscalationView, id);
      const status = after(escalationMachine, found.status, 'closure');
      if (isOpen((await findAction(work, found)).status))
        throw conflict(
          'action-open',
          'The action has not ended. The escalation ends with the action, so no closure is needed.',
        );
      await work.write.update(Escalation, found, { status, closedOn: londonDay(work.now) });
      await recordActionEvent(work, 'action.steering-group-closed', found);
      return work.respond.found(EscalationView, id);
    });
  }
}

/**
 * Updates the escalation when its action ends. An action that ends because the agency did not act leaves the escalation
 * open, as `not_done`.
 */
async function updateAfterActionEnd(work: UnitOfWork, { id: actionId, status }: Action): Promise<void> {
  const found = await work.manager.findOneBy(Escalation, { actionId });
  if (!found || !permittedCommands(escalationMachine, found.status).includes('ending')) return;
  await work.write.update(
    Escalation,
    found,
    status === 'not_done'
      ? { kind: 'not_done' }
      : { status: after(escalationMachine, found.status, 'ending'), closedOn: londonDay(work.now) },
  );
}

const findAction = (work: UnitOfWork, { actionId: id }: Escalation): Promise<Action> =>
  work.manager.findOneByOrFail(Action, { id });

/** Records the event for the action, so that it is visible to people who may know of the action. */
async function recordActionEvent(work: UnitOfWork, type: string, escalation: Escalation): Promise<void> {
  work.recordEvent(type, Action, await findAction(work, escalation));
}
