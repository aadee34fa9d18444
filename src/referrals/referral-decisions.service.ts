import { Injectable } from '@nestjs/common';
import { mustActIn } from '../agencies/acting-in.js';
import { Panel } from '../panels/panel.entity.js';
import { rulesInForce } from '../panels/panels.service.js';
import { lockPanel } from '../panels/panel-lock.js';
import type { Actor } from '../authentication/actor.js';
import { unacceptable } from '../http/problems.js';
import type { AuthorizedResponse } from '../records/authorized-response.js';
import { Records } from '../records/records.js';
import { after } from '../records/state-machine.js';
import type { UnitOfWork } from '../records/unit-of-work.js';
import { openCase } from './opening.js';
import { happenedTo } from './referral-events.js';
import {
  Referral,
  ReferralDecision,
  referralMachine,
  ReferralPerson,
  ReferralScreening,
  ReferralSubject,
  type ReferralDecisionKind,
  type DecisionReason,
} from './referral.entity.js';
import type {
  ReferralAcceptance,
  ReferralRedirection,
  ReferralRefusal,
  ReferralReturn,
  ReferralWithdrawal,
} from './referral.dto.js';
import { ReferralView } from './referral.response.js';
import { screenAgain, screenWaiting } from './screening.js';
import { checkPeople, intakeRules } from './submission.js';
import type { ActionOf } from '../database/columns.js';
import { ofReferral } from './referrals.service.js';

interface Deciding {
  action: ActionOf<typeof Referral>;
  kind: ReferralDecisionKind;
  /** Name of the event. */
  event: string;
  reasonCode?: DecisionReason;
  reason?: string | null;
  targetPanelId?: string | null;
  targetProcess?: ReferralDecision['targetProcess'];
}

/** Decisions on referrals: of the panel, and withdrawals by the referrer. */
@Injectable()
export class ReferralDecisionsService {
  constructor(private readonly records: Records) {}

  accept(actor: Actor, id: string, { leadAgencyId }: ReferralAcceptance): Promise<AuthorizedResponse> {
    return this.decide(actor, id, { action: 'accept', kind: 'acceptance', event: 'accepted' }, async (work, found) => {
      const panel = await work.records.find('read', Panel, found.panelId);
      await mustNamePeople(work, found, panel);
      await screenedAgain(work, found, panel, 'accept');
      const lead = leadAgencyId ?? found.agencyId;
      await mustActIn(work, lead, found.partnershipId, '/leadAgencyId');
      return { caseId: (await openCase(work, found, panel, lead)).id };
    });
  }

  return(actor: Actor, id: string, request: ReferralReturn): Promise<AuthorizedResponse> {
    return this.decide(actor, id, { action: 'return', kind: 'return', event: 'returned', ...request });
  }

  refuse(actor: Actor, id: string, request: ReferralRefusal): Promise<AuthorizedResponse> {
    const refusal: Deciding = { action: 'refuse', kind: 'refusal', event: 'refused', ...request };
    return this.decide(actor, id, refusal, async (work, found) => {
      if (request.reasonCode === 'below_threshold') {
        await mustSeeScreening(work, id);
        await screenedAgain(work, found, await work.records.find('read', Panel, found.panelId), 'refuse');
        await mustNotBeRepeat(work, id);
      }
      return {};
    });
  }

  redirect(actor: Actor, id: string, request: ReferralRedirection): Promise<AuthorizedResponse> {
    const redirection: Deciding = { action: 'redirect', kind: 'redirection', event: 'redirected', ...request };
    return this.decide(actor, id, redirection, async (work, found) => {
      await mustHaveTarget(work, found, request);
      return {};
    });
  }

  withdraw(actor: Actor, id: string, request: ReferralWithdrawal): Promise<AuthorizedResponse> {
    const withdrawal: Deciding = { action: 'withdraw', kind: 'withdrawal', event: 'withdrawn', ...request };
    return this.decide(actor, id, withdrawal, async (work, found) => {
      if (request.reasonCode === 'referred_in_error') await takeBack(work, found);
      return {};
    });
  }

  /**
   * Changes the status of the referral and stores the decision. `also` performs further checks and changes of one kind
   * of decision.
   */
  private decide(
    actor: Actor,
    id: string,
    { action, kind, event, ...decision }: Deciding,
    also: (work: UnitOfWork, found: Referral) => Promise<Partial<Pick<Referral, 'caseId'>>> = async () => ({}),
  ): Promise<AuthorizedResponse> {
    return this.records.change(actor, async (work) => {
      // before the referral is locked: a screening references other undecided referrals while it holds the panel's lock
      const asked =
        kind === 'acceptance' || kind === 'refusal' ? await work.records.findOrNull(action, Referral, id) : null;
      if (asked) await lockPanel(work, asked.panelId);
      const found = await work.records.findForUpdate(action, Referral, ReferralView, id);
      const status = after(referralMachine, found.status, kind);
      const reasonCode = decision.reasonCode ?? null;
      const more = await also(work, found);
      await work.write.insert(ReferralDecision, {
        ...decision,
        ...ofReferral(found),
        kind,
        decidedById: actor.id,
        decidedAt: work.now,
      });
      const referral = await work.write.update(Referral, found, {
        ...more,
        status,
        decision: kind,
        reasonCode,
        decidedAt: work.now,
      });
      await work.manager.delete(ReferralSubject, { referralId: id });
      if (kind === 'acceptance') await othersScreened(work, referral);
      happenedTo(work, `referral.${event}`, referral, { reasonCode });
      return work.respond.one(ReferralView, referral);
    });
  }
}

/** Notifies agencies that received the referral, or the record of a person named in it, of the error. */
async function takeBack(work: UnitOfWork, { id, panelId, personId }: Referral): Promise<void> {
  const people = await work.asSystem(() => work.manager.findBy(ReferralPerson, { referralId: id }));
  for (const type of [Referral, ReferralScreening]) work.write.noteRecall(type, id);
  for (const one of people) work.write.noteRecall(ReferralPerson, one.id);
  for (const named of new Set([personId, ...people.map((one) => one.personId)]))
    if (named) work.write.withdrawnPeople.push({ personId: named, panelId, referralId: id, at: work.now });
}

/** Checks the roles again: a person may have been removed, or given another role, since the referral was submitted. */
async function mustNamePeople(work: UnitOfWork, { id }: Referral, panel: Panel): Promise<void> {
  const people = await work.manager.findBy(ReferralPerson, { referralId: id });
  const errors = checkPeople(
    panel.type,
    people.map((one) => one.role),
  );
  if (errors.length)
    throw unacceptable(
      'not-ready-to-accept',
      'The referral does not name the people that this panel needs any more. Return it to the referrer, who names them and submits it again: POST /v1/referrals/{id}/return.',
      errors,
    );
}

/**
 * Screens again before a decision. An actor cannot decide on a referral that turns out to repeat a case from which the
 * actor is excluded.
 */
async function screenedAgain(
  work: UnitOfWork,
  found: Referral,
  panel: Panel,
  action: 'accept' | 'refuse',
): Promise<void> {
  const rules = intakeRules((await rulesInForce(work, panel.id))?.rules);
  await screenAgain(work, found, panel.type, rules.repeatWindowMonths);
  await work.records.find(action, Referral, found.id);
}

async function othersScreened(work: UnitOfWork, accepted: Referral): Promise<void> {
  const panel = await work.records.find('read', Panel, accepted.panelId);
  const rules = intakeRules((await rulesInForce(work, panel.id))?.rules);
  await screenWaiting(work, accepted, panel.type, rules.repeatWindowMonths);
}

/**
 * Refuses a refusal for the score to actors who may not read the screening: the response would reveal whether it is a
 * repeat.
 */
async function mustSeeScreening(work: UnitOfWork, id: string): Promise<void> {
  if (!(await work.records.shownOf(ReferralScreening, [id])).get(id)?.has('isRepeat'))
    throw unacceptable(
      'repeat-not-shown',
      'You cannot see whether this is a repeat, which no score excludes. Choose another reason, or ask the chair to decide.',
      [{ pointer: '/reasonCode', detail: 'only for somebody who sees the screening' }],
    );
}

/**
 * Refuses non-acceptance of a valid repeat. Source: MARAC note, section 2.3 (not accepted is forbidden for a valid
 * repeat) and section 2.7.
 */
async function mustNotBeRepeat(work: UnitOfWork, id: string): Promise<void> {
  const [screening] = work.records.asShown(
    ReferralScreening,
    await work.records.findMany('read', ReferralScreening, { id }, 1),
  );
  // an earlier referral that is hidden from the actor must not affect the response
  if (screening?.isRepeat)
    throw unacceptable(
      'repeat-needs-no-threshold',
      'A repeat is eligible whatever its score. Accept it, or choose another reason.',
      [{ pointer: '/reasonCode', detail: 'not for a repeat within the panel’s window' }],
    );
}

/**
 * Requires a target process or panel. Source: JAG note, section 1.6, guard of REDIRECTED: a target process is named.
 */
async function mustHaveTarget(work: UnitOfWork, found: Referral, request: ReferralRedirection): Promise<void> {
  const { targetPanelId } = request;
  // a redirection may name nothing: otherwise a missing target would reveal a panel hidden from the reader
  if (!targetPanelId) return;
  const target = await work.records.findOrNull('read', Panel, targetPanelId);
  if (!target || target.id === found.panelId)
    throw unacceptable('unknown-panel', 'Redirect to another panel that you may see.', [
      { pointer: '/targetPanelId', detail: 'no such panel, or this one' },
    ]);
}
