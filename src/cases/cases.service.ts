import { Injectable } from '@nestjs/common';
import { mustActIn } from '../agencies/acting-in.js';
import { mustNotLieAhead } from '../panels/limits.js';
import type { Actor } from '../authentication/actor.js';
import type { Where } from '../authorization/conditions.js';
import { unacceptable } from '../http/problems.js';
import { flagOf } from '../authorization/subjects.js';
import { BANDS } from '../instruments/instrument.entity.js';
import type { PageQuery } from '../http/page-query.dto.js';
import { AuthorizedResponse } from '../records/authorized-response.js';
import { Records } from '../records/records.js';
import { after } from '../records/state-machine.js';
import type { UnitOfWork } from '../records/unit-of-work.js';
import { Person } from '../subjects/subject.entity.js';
import {
  Case,
  CASE_STAGES,
  caseMachine,
  CasePerson,
  Contribution,
  SHOWN_AS_LISTED,
  type CaseStage,
} from './case.entity.js';
import type {
  CaseChange,
  CaseClosure,
  CaseCountQuery,
  CaseFilter,
  CasePersonRequest,
  CaseReopening,
  CaseQuery,
  ContributionChange,
  ContributionRequest,
} from './case.dto.js';
import { CaseItemView, CasePersonView, CaseStatusView, CaseView, ContributionView } from './case.response.js';
import { CaseHooks } from './case.hooks.js';
import { alreadyRecalled, voidAcknowledgements } from './handling.service.js';
import { NAMING_HINT, findNameable, NOT_NAMEABLE } from './naming.js';
import { mustBeOpen, touch } from './open-case.js';
import { lockPeople, updatePeopleDependents } from './people-of-case.js';

/** Work of agencies on a case of the panel. */
@Injectable()
export class CasesService {
  constructor(
    private readonly records: Records,
    private readonly caseHooks: CaseHooks,
  ) {}

  list(actor: Actor, { limit, cursor, sort, ...asked }: CaseQuery): Promise<AuthorizedResponse> {
    return this.records.read(actor, (work) =>
      work.respond.page(CaseItemView, filterOf(actor, asked), { limit, cursor }, { orderBy: sort, asked }),
    );
  }

  count(actor: Actor, { by = 'stage', ...asked }: CaseCountQuery): Promise<AuthorizedResponse> {
    return this.records.read(actor, async (work) => {
      const data =
        by === 'stage' ? await countByStage(work, asked) : await work.records.count(Case, by, filterOf(actor, asked));
      return new AuthorizedResponse({
        data: data.map((one) => ({ ...one, value: String(one.value) })),
        next: null,
        withheld: [],
      });
    });
  }

  get(actor: Actor, id: string): Promise<AuthorizedResponse> {
    return this.records.read(actor, async (work) =>
      work.respond.one(CaseView, await work.records.find('read', Case, id)),
    );
  }

  /**
   * Returns a case and the first page of its contributions. The two queries are pipelined so that both read the same
   * state.
   */
  file(actor: Actor, id: string, query: PageQuery): Promise<AuthorizedResponse> {
    return this.records.read(actor, async (work) => {
      const finding = work.records.find('read', Case, id);
      const paging = work.respond.page(ContributionView, { caseId: id }, query, {
        panelId: async () => (await finding).panelId,
      });
      paging.catch(() => undefined); // a case that is not found is reported first
      const found = await finding;
      const contributions = await paging;
      return AuthorizedResponse.together({ case: await work.respond.one(CaseView, found), contributions });
    });
  }

  /** Returns the status of a case without its content, for actors who may only follow the case. */
  status(actor: Actor, id: string): Promise<AuthorizedResponse> {
    return this.records.read(actor, async (work) => {
      const found = await work.records.find('track', Case, id);
      const extra = await this.caseHooks.statusValuesOf(work, found);
      return work.respond.one(CaseStatusView, found, { action: 'track', extra });
    });
  }

  change(actor: Actor, id: string, request: CaseChange): Promise<AuthorizedResponse> {
    return this.records.change(actor, async (work) => {
      const found = await work.records.findForUpdate('change', Case, CaseView, id, { writes: request });
      mustBeOpen(found, 'no changes');
      mustReasonLowerBand(found, request);
      await mustActIn(work, request.leadAgencyId, found.partnershipId, '/leadAgencyId');
      const changed = await work.write.updateIfChanged(Case, found, request);
      work.recordEvent('case.changed', Case, changed, { fields: Object.keys(request) });
      return work.respond.one(CaseView, changed);
    });
  }

  close(actor: Actor, id: string, { closureReason, outcome }: CaseClosure): Promise<AuthorizedResponse> {
    return this.records.change(actor, async (work) => {
      const found = await work.records.findForUpdate('close', Case, CaseView, id);
      const stage = after(caseMachine, found.stage, 'closure');
      await this.caseHooks.mustBeClosable(work, found);
      const closed = await work.write.update(Case, found, { stage, closureReason, outcome, closedAt: work.now });
      if (closureReason === 'referred_in_error') await recallCase(work, closed);
      work.recordEvent('case.closed', Case, closed, { closureReason, outcome });
      return work.respond.one(CaseView, closed);
    });
  }

  /** Reopens a case. The readers remain the same; later contributions are shared as in any open case. */
  reopen(actor: Actor, id: string, { reason }: CaseReopening): Promise<AuthorizedResponse> {
    return this.records.change(actor, async (work) => {
      const found = await work.records.findForUpdate('reopen', Case, CaseView, id);
      const stage = after(caseMachine, found.stage, 'reopening');
      const { closureReason, outcome, closedAt } = found;
      if (closureReason === 'referred_in_error' && closedAt)
        work.write.endedRecalls.push({
          ...{ panelId: found.panelId, caseId: id, referralId: null },
          ...{ since: closedAt, at: work.now },
        });
      const reopened = await work.write.update(Case, found, {
        stage,
        closureReason: null,
        outcome: null,
        closedAt: null,
        reopenedAt: work.now,
        reopeningReason: reason,
      });
      work.recordEvent('case.reopened', Case, reopened, {
        fields: ['stage', 'reopenedAt', 'reopeningReason'],
        closureReason,
        outcome,
      });
      return work.respond.one(CaseView, reopened);
    });
  }

  people(actor: Actor, caseId: string, query: PageQuery): Promise<AuthorizedResponse> {
    return this.records.read(actor, async (work) => {
      await work.records.find('read', Case, caseId);
      return work.respond.page(CasePersonView, { caseId }, query);
    });
  }

  namePerson(actor: Actor, caseId: string, request: CasePersonRequest): Promise<AuthorizedResponse> {
    return this.records.change(actor, async (work) => {
      work.command.noteNaming(Person, request.personId);
      const asked = await work.records.findOrNull('name-person', Case, caseId);
      if (asked) await lockPeople(work, asked.panelId);
      const found = await work.records.find('name-person', Case, caseId, { lock: true });
      const person = await findNameable(work, Person, request.personId, caseFieldsOf(actor, found));
      mustBeOpen(found, 'no further people');
      mustNotLieAhead(request.since, work.now, '/since');
      if (!person) throw unacceptable('unknown-person', NAMING_HINT, [{ pointer: '/personId', detail: NOT_NAMEABLE }]);
      const role = await work.write.insert(CasePerson, {
        ...request,
        until: null,
        ...caseFieldsOf(actor, found),
      });
      await touch(work, found);
      await updatePeopleDependents(work, found);
      work.recordEvent('case.person-named', CasePerson, role);
      return work.respond.one(CasePersonView, role, { status: 201 });
    });
  }

  contributions(actor: Actor, caseId: string, query: PageQuery): Promise<AuthorizedResponse> {
    return this.records.read(actor, async (work) => {
      const { panelId } = await work.records.find('read', Case, caseId);
      return work.respond.page(ContributionView, { caseId }, query, { panelId });
    });
  }

  contribute(actor: Actor, caseId: string, request: ContributionRequest): Promise<AuthorizedResponse> {
    return this.records.change(actor, async (work) => {
      const found = await work.records.find('contribute', Case, caseId, { lock: true });
      return work.respond.one(ContributionView, await contribute(work, found, request), { status: 201 });
    });
  }

  contribution(actor: Actor, id: string): Promise<AuthorizedResponse> {
    return this.records.read(actor, async (work) =>
      work.respond.one(ContributionView, await work.records.find('read', Contribution, id)),
    );
  }

  changeContribution(actor: Actor, id: string, request: ContributionChange): Promise<AuthorizedResponse> {
    return this.records.change(actor, async (work) => {
      const found = await work.records.findForUpdate('change', Contribution, ContributionView, id, { writes: request });
      if (found.recalledAt) throw alreadyRecalled();
      mustHaveConditions({ ...found, ...request });
      mustNotLieAhead(request.occurredOn, work.now, '/occurredOn');
      const changed = await work.write.updateIfChanged(Contribution, found, request);
      if (changed.handling !== found.handling || changed.conditions !== found.conditions)
        await voidAcknowledgements(work, id);
      work.recordEvent('contribution.changed', Contribution, changed, { fields: Object.keys(request) });
      return work.respond.one(ContributionView, changed);
    });
  }
}

/** Contributes information of the actor's agency to the case. */
export async function contribute(work: UnitOfWork, found: Case, request: ContributionRequest): Promise<Contribution> {
  mustBeOpen(found, 'no contributions');
  mustHaveConditions(request);
  mustNotLieAhead(request.occurredOn, work.now, '/occurredOn');
  const contribution = await work.write.insert(Contribution, {
    ...request,
    handling: request.handling ?? 'P',
    originatorControl: request.originatorControl ?? false,
    agencyOnly: request.agencyOnly ?? false,
    authorId: work.actor.id,
    ...caseFieldsOf(work.actor, found),
  });
  work.recordEvent('contribution.made', Contribution, contribution, { category: contribution.category });
  return contribution;
}

function caseFieldsOf(actor: Actor, { id, panelId, partnershipId }: Case) {
  return { caseId: id, panelId, partnershipId, agencyId: actor.agencyId, contributingType: actor.agencyType };
}

const filterOf = (actor: Actor, { isRepeat, stage, ...asked }: CaseFilter): Where => ({
  ...Object.fromEntries(Object.entries(asked).filter(([, value]) => value !== undefined)),
  ...(isRepeat === undefined ? {} : { isRepeat: isRepeat === 'true' }),
  ...(stage === undefined ? {} : atStage(actor, stage)),
});

/** Returns a filter for the cases at a stage as shown to the actor. */
function atStage(actor: Actor, stage: CaseStage): Where {
  const onList = flagOf(actor, Case, 'onList');
  if (stage === 'listed') return { stage: { $in: [...SHOWN_AS_LISTED] }, ...onList };
  return SHOWN_AS_LISTED.some((one) => one === stage) ? { stage, $nor: [onList] } : { stage };
}

/** Counts cases by the stage shown: cases on the list of a future meeting count as `listed`. */
async function countByStage(work: UnitOfWork, asked: CaseFilter): Promise<{ value: unknown; count: number }[]> {
  const counts: { value: unknown; count: number }[] = [];
  for (const stage of asked.stage ? [asked.stage] : CASE_STAGES) {
    const found = await work.records.count(Case, 'stage', filterOf(work.actor, { ...asked, stage }));
    const count = found.reduce((sum, one) => sum + one.count, 0);
    if (count) counts.push({ value: stage, count });
  }
  return counts.sort((a, b) => (String(a.value) < String(b.value) ? -1 : 1));
}

/**
 * Requires a reason for lowering or clearing a band. Judgement may raise a band but must not lower it silently. Source:
 * MARAC note, section 0, point 5.
 */
function mustReasonLowerBand(found: Case, { riskBand, riskBandReason }: CaseChange): void {
  if (riskBandReason === null && found.riskBandReason !== null)
    throw unacceptable(
      'reason-stays',
      'The reason for a band cannot be deleted. Replace it with the reason that applies now.',
      [{ pointer: '/riskBandReason', detail: 'give the reason that applies now, or leave it out' }],
    );
  if (riskBand === undefined || found.riskBand === null || riskBandReason) return;
  if (riskBand === null || BANDS.indexOf(riskBand) < BANDS.indexOf(found.riskBand))
    throw unacceptable('reason-for-lower-band', 'Give a reason for lowering or clearing the band.', [
      { pointer: '/riskBandReason', detail: 'state what changed and who judged it' },
    ]);
}

export function mustHaveConditions({
  handling,
  conditions,
}: Pick<ContributionChange, 'handling' | 'conditions'>): void {
  if (handling === 'C' && !conditions)
    throw unacceptable('conditions-missing', 'Handling C requires conditions. State the conditions for sharing.', [
      { pointer: '/conditions', detail: 'state what a reader must or must not do' },
    ]);
  if (handling !== 'C' && conditions)
    throw unacceptable(
      'conditions-need-handling-c',
      'Conditions apply only to handling C. Send handling C, or no conditions.',
      [{ pointer: '/handling', detail: 'is not C, so that readers would not have to acknowledge the conditions' }],
    );
}

/** Notifies agencies of the error that received anything of the case or the record of a person named in it. */
async function recallCase(work: UnitOfWork, { id: caseId, panelId, personId }: Case): Promise<void> {
  work.write.noteRecall(Case, caseId);
  work.write.withdrawnCases.push({ caseId, at: work.now });
  const people = await work.asSystem(() => work.manager.findBy(CasePerson, { caseId }));
  for (const named of new Set([personId, ...people.map((one) => one.personId)]))
    if (named) work.write.withdrawnPeople.push({ personId: named, panelId, caseId, at: work.now });
}
