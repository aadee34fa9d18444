import { Injectable } from '@nestjs/common';
import { mustNotLieAhead } from '../panels/limits.js';
import type { Actor } from '../authentication/actor.js';
import { conflict, notFound, unacceptable } from '../http/problems.js';
import { throwDeferredProblem } from '../http/request-context.js';
import { londonDay } from '../time/clock.js';
import type { PageQuery } from '../http/page-query.dto.js';
import type { AuthorizedResponse } from '../records/authorized-response.js';
import { Records } from '../records/records.js';
import type { UnitOfWork } from '../records/unit-of-work.js';
import { Person } from '../subjects/subject.entity.js';
import { Assessment } from './assessment.entity.js';
import { CasePersonCorrection, type CorrectionKind } from './case-person-correction.entity.js';
import { Case, CasePerson } from './case.entity.js';
import type { CasePersonChange, CasePersonEnding, RemovalReversal } from './case.dto.js';
import { CasePersonCorrectionView, CasePersonView } from './case.response.js';
import { mustBeOpen, touch } from './open-case.js';
import { lockPeople, prepareRoleChange, updatePeopleDependents } from './people-of-case.js';
import { mustBeReversible, restoreHistory, watchExclusions } from './removals.js';

/** Corrections of the roles of people in a case. Source: design, section 1, principle 13. */
@Injectable()
export class CasePeopleService {
  constructor(private readonly records: Records) {}

  get(actor: Actor, caseId: string, id: string): Promise<AuthorizedResponse> {
    return this.records.read(actor, async (work) => {
      const found = await work.records.find('read', CasePerson, id);
      if (found.caseId !== caseId) throw notFound();
      return work.respond.one(CasePersonView, found);
    });
  }

  corrections(actor: Actor, caseId: string, query: PageQuery): Promise<AuthorizedResponse> {
    return this.records.read(actor, async (work) => {
      await work.records.find('read', Case, caseId);
      return work.respond.page(CasePersonCorrectionView, { caseId }, query);
    });
  }

  change(
    actor: Actor,
    caseId: string,
    id: string,
    { reason, ...changes }: CasePersonChange,
  ): Promise<AuthorizedResponse> {
    return this.records.change(actor, async (work) => {
      const found = await work.records.findForUpdate('change', CasePerson, CasePersonView, id, { writes: changes });
      const about = await lockCaseOf(work, found, caseId);
      mustBeOpen(about, 'no corrections of roles');
      mustNotLieAhead(changes.since, work.now, '/since');
      mustNotLieAhead(changes.until, work.now, '/until');
      mustBeInOrder({ ...found, ...changes });
      const changed = await work.write.updateIfChanged(CasePerson, found, changes);
      if (work.write.isUnchanged(found)) return work.respond.one(CasePersonView, found);
      await insertCorrection(work, found, 'changed', reason);
      await touch(work, about);
      await updatePeopleDependents(work, about);
      work.recordEvent('case.person-changed', CasePerson, changed, { fields: Object.keys(changes) });
      return work.respond.one(CasePersonView, changed);
    });
  }

  /** Responds with the correction, because a role entered in error no longer exists in the case. */
  end(
    actor: Actor,
    caseId: string,
    id: string,
    { kind, until, reason, opensToExcluded }: CasePersonEnding,
  ): Promise<AuthorizedResponse> {
    return this.records.change(actor, async (work) => {
      const found = await work.records.find('change', CasePerson, id, { lock: true });
      const about = await lockCaseOf(work, found, caseId);
      // without a valid `kind`, the further permission that the command needs is unknown
      throwDeferredProblem(actor.call);
      if (kind !== 'ended') await work.records.find('take-out', CasePerson, id);
      const correction =
        kind === 'ended'
          ? await endRole(work, about, found, until ?? londonDay(work.now), reason)
          : await removeRole(work, about, found, { until, reason, opensToExcluded });
      await touch(work, about);
      await updatePeopleDependents(work, about);
      return work.respond.one(CasePersonCorrectionView, correction, { status: 201 });
    });
  }

  /**
   * Puts back a role that was removed as entered in error. The panel knew the person, so the agency that recorded the person
   * is not asked again. People excluded from the person lose the case again.
   */
  putBack(actor: Actor, caseId: string, id: string, { reason }: RemovalReversal): Promise<AuthorizedResponse> {
    return this.records.change(actor, async (work) => {
      const removal = await work.records.find('put-back', CasePersonCorrection, id);
      if (removal.caseId !== caseId) throw notFound();
      await lockPeople(work, removal.panelId);
      const about = await work.records.find('read', Case, caseId, { lock: true });
      const { roleId, personId, role, since, rationale, until, pregnant, inCustody, ...rest } = removal;
      const present = await work.manager.findBy(CasePerson, { caseId, personId });
      const isNamed = present.some((one) => one.id === roleId || (one.role === role && one.since === since));
      const ofPerson = await work.manager.findBy(CasePersonCorrection, { caseId, personId });
      mustBeReversible(removal, { isNamed, ofPerson }, work.now);
      const updateRepeats = await prepareRoleChange(work, about);
      const { partnershipId, agencyId, contributingType, panelId } = rest;
      const restored = await work.write.insert(CasePerson, {
        ...{ id: roleId, partnershipId, agencyId, contributingType, caseId, panelId, personId },
        ...{ role, since, rationale, until, pregnant, inCustody },
      });
      const person = await work.asSystem(() => work.manager.findOneByOrFail(Person, { id: personId }));
      work.command.noteNaming(Person, personId, person, { panelId, caseId });
      await insertCorrection(work, restored, 'put_back', reason);
      work.write.endedRecalls.push({ panelId, caseId, referralId: null, since: removal.correctedAt, at: work.now });
      await restoreHistory(work, 'case_people', removal);
      await updateRepeats();
      await touch(work, about);
      await updatePeopleDependents(work, about);
      work.recordEvent('case.person-named', CasePerson, restored);
      return work.respond.found(CasePersonView, roleId, 201);
    });
  }
}

async function lockCaseOf(work: UnitOfWork, role: CasePerson, caseId: string): Promise<Case> {
  if (role.caseId !== caseId) throw notFound();
  await lockPeople(work, role.panelId);
  return work.records.find('read', Case, caseId, { lock: true });
}
async function endRole(
  work: UnitOfWork,
  about: Case,
  role: CasePerson,
  until: string,
  reason: string,
): Promise<CasePersonCorrection> {
  mustBeOpen(about, 'no corrections of roles');
  if (role.until)
    throw conflict('ended', 'This role has already ended. Correct its last day with PATCH, giving a reason.');
  mustNotLieAhead(until, work.now, '/until');
  mustBeInOrder({ ...role, until });
  const correction = await insertCorrection(work, role, 'ended', reason);
  work.recordEvent('case.person-ended', CasePerson, await work.write.update(CasePerson, role, { until }));
  return correction;
}

/** Removes a role entered in error, also from a closed case: a wrong disclosure must stop in any state of the case. */
async function removeRole(
  work: UnitOfWork,
  about: Case,
  role: CasePerson,
  { until, reason, opensToExcluded }: Omit<CasePersonEnding, 'kind'>,
): Promise<CasePersonCorrection> {
  if (until)
    throw unacceptable(
      'no-last-day',
      'A role entered in error has no last day. Leave out until, or choose kind ended.',
      [{ pointer: '/until', detail: 'only for ended' }],
    );
  const others = await work.manager.countBy(CasePerson, { caseId: role.caseId, personId: role.personId });
  if (about.personId === role.personId && others === 1)
    throw unacceptable(
      'about-this-person',
      'The case is about this person. Close it as referred_in_error (POST /v1/cases/{id}/closure), or add the right role first.',
      [{ pointer: '/kind', detail: 'not allowed for the last role of the person that the case is about' }],
    );
  const refuseIfExclusionEnds = opensToExcluded ? null : await watchExclusions(work, about.id);
  const updateRepeats = await prepareRoleChange(work, about);
  const correction = await insertCorrection(work, role, 'entered_in_error', reason, others === 1);
  await work.write.delete(CasePerson, [role]);
  await updateRepeats();
  await refuseIfExclusionEnds?.();
  // agencies that received the role, or the record of the person, are notified of the recall
  work.write.noteRecall(CasePerson, role.id);
  if (others === 1) {
    const { caseId, personId } = role;
    const assessments = await work.asSystem(() => work.manager.findBy(Assessment, { caseId, personId }));
    for (const { id } of assessments) work.write.noteRecall(Assessment, id);
    work.write.withdrawnPeople.push({ personId, panelId: role.panelId, caseId, at: work.now });
  }
  work.recordEvent('case.person-removed', CasePersonCorrection, correction);
  return correction;
}

async function insertCorrection(
  work: UnitOfWork,
  role: CasePerson,
  kind: CorrectionKind,
  reason: string,
  wasLastRole = false,
): Promise<CasePersonCorrection> {
  const { id: roleId, partnershipId, agencyId, contributingType, caseId, panelId, personId } = role;
  const before = {
    role: role.role,
    rationale: role.rationale,
    since: role.since,
    until: role.until,
    pregnant: role.pregnant,
    inCustody: role.inCustody,
  };
  return work.write.insert(CasePersonCorrection, {
    ...{ roleId, partnershipId, agencyId, contributingType, caseId, panelId, personId },
    ...before,
    kind,
    reason,
    wasLastRole,
    namedAt: role.createdAt,
    correctedById: work.actor.id,
    correctedByAgencyId: work.actor.agencyId,
    correctedAt: work.now,
  });
}

function mustBeInOrder({ since, until }: Pick<CasePerson, 'since' | 'until'>): void {
  if (until && until < since)
    throw unacceptable(
      'ends-before-it-begins',
      'The last day of the role is before its first day. Choose a later day.',
      [{ pointer: '/until', detail: `must not be earlier than ${since}` }],
    );
}
