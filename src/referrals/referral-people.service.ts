import { Injectable } from '@nestjs/common';
import { coordinatedPanels, corePanels } from '../panels/panels.policy.js';
import { lockPanel } from '../panels/panel-lock.js';
import { Actors, type Actor } from '../authentication/actor.js';
import { conflict, notFound, unacceptable } from '../http/problems.js';
import { asKnownToAsker } from '../records/known-attributes.js';
import type { PageQuery } from '../http/page-query.dto.js';
import type { AuthorizedResponse } from '../records/authorized-response.js';
import { Records } from '../records/records.js';
import type { UnitOfWork } from '../records/unit-of-work.js';
import { ReferralPersonCorrection, type ReferralCorrectionKind } from './referral-person-correction.entity.js';
import { Referral, ReferralPerson, ReferralSubject, RepeatedCase } from './referral.entity.js';
import type { RemovalReversal } from '../cases/case.dto.js';
import { mustBeReversible, refuseIfExclusionExists, restoreHistory, watchExclusions } from '../cases/removals.js';
import { Person } from '../subjects/subject.entity.js';
import type { ReferralPersonChange, ReferralPersonEnding } from './referral.dto.js';
import { ReferralPersonCorrectionView, ReferralPersonView } from './referral.response.js';
import { happenedTo, isRewriting, rewritten } from './referral-events.js';
import { screen, screenByCases, screeningRules } from './screening.js';

/** Corrections of the people named in a referral. Source: design, section 1, principle 13. */
@Injectable()
export class ReferralPeopleService {
  constructor(
    private readonly records: Records,
    private readonly actors: Actors,
  ) {}

  get(actor: Actor, referralId: string, id: string): Promise<AuthorizedResponse> {
    return this.records.read(actor, async (work) => {
      const found = await work.records.find('read', ReferralPerson, id);
      if (found.referralId !== referralId) throw notFound();
      return work.respond.one(ReferralPersonView, found);
    });
  }

  corrections(actor: Actor, referralId: string, query: PageQuery): Promise<AuthorizedResponse> {
    return this.records.read(actor, async (work) => {
      await work.records.find('read', Referral, referralId);
      return work.respond.page(ReferralPersonCorrectionView, { referralId }, query);
    });
  }

  change(actor: Actor, referralId: string, id: string, request: ReferralPersonChange): Promise<AuthorizedResponse> {
    const { reason, ...writes } = request;
    return this.records.change(actor, async (work) => {
      const found = await work.records.findForUpdate('change', ReferralPerson, ReferralPersonView, id, { writes });
      const referral = await referralOf(work, found, referralId);
      mustWait(referral);
      if (!work.write.isUnchanged(found)) await this.mustNotTellAnExcludedAuthor(work, referral);
      const changed = await work.write.updateIfChanged(ReferralPerson, found, writes);
      if (work.write.isUnchanged(found)) return work.respond.one(ReferralPersonView, found);
      await keep(work, referral, found, 'changed', reason);
      await rescreened(work, referral);
      const rewriting = rewritten(work, referral);
      const touched = await work.write.update(Referral, referral, rewriting);
      happenedTo(work, 'referral.person-changed', touched, {}, isRewriting(rewriting));
      return work.respond.one(ReferralPersonView, changed);
    });
  }

  /**
   * Refuses to add information to an undecided referral that an excluded person can read. The authors can still read the
   * referral despite an exclusion by the panel, and so can the user who made it a repeat. Information of other agencies
   * about its people must therefore not be added, even by a colleague who learned it from the panel. Only exclusions
   * that the actor may know count, so that the refusal reveals none.
   */
  private async mustNotTellAnExcludedAuthor(
    work: UnitOfWork,
    { id, panelId, agencyId, authorId, coAuthorIds, personId }: Referral,
  ) {
    const { now, call } = work.actor;
    const knowsThePanel = [...corePanels(work.actor), ...coordinatedPanels(work.actor)].includes(panelId);
    if (agencyId === work.actor.agencyId && !knowsThePanel) return;
    const roles = await work.manager.findBy(ReferralPerson, { referralId: id });
    const repeated = await work.manager.findBy(RepeatedCase, { referralId: id });
    const named = [personId, ...roles.map((one) => one.personId)];
    const readers = new Set([authorId, ...coAuthorIds, ...repeated.flatMap((one) => one.foundById ?? [])]);
    // actors who can read the referral learn nothing from their own text
    readers.delete(work.actor.id);
    const found: Actor[] = [];
    for (const reader of readers) {
      const one = await this.actors.practitioner(reader, { now, call });
      if (one) found.push(one);
    }
    const isExcluded = (one: Actor): boolean => {
      const byPanel = one.panelExclusions.filter((exclusion) => exclusion.panelId === panelId);
      const people = [...one.excludedPersonIds, ...byPanel.flatMap(({ personIds }) => personIds)];
      return (
        one.excludedReferralIds.includes(id) ||
        named.some((person) => people.includes(person ?? '')) ||
        repeated.some(
          ({ matchedCaseId, forAgencyIds }) =>
            one.namedExcludedCaseIds.includes(matchedCaseId) && (forAgencyIds?.includes(one.agencyId) ?? true),
        )
      );
    };
    if ((await asKnownToAsker(work, found)).some(isExcluded))
      throw unacceptable(
        'author-is-excluded',
        'Somebody who wrote or submitted the referral is excluded from the matter, and still reads its text. Accept the referral and write this in the case, or return it to another person of that agency.',
      );
  }

  /** Removes a person from the referral in any status, because a wrong disclosure must be stopped at any time. */
  end(
    actor: Actor,
    referralId: string,
    id: string,
    { reason, opensToExcluded }: ReferralPersonEnding,
  ): Promise<AuthorizedResponse> {
    return this.records.change(actor, async (work) => {
      const found = await work.records.find('take-out', ReferralPerson, id, { lock: true });
      const before = await work.records.find('correct', Referral, referralId);
      const referral = await referralOf(work, found, referralId);
      if (referral.caseId !== before.caseId)
        throw conflict(
          'accepted-meanwhile',
          'The panel has accepted the referral meanwhile, and its case names the person. Read the case, and take the person out of it as well: POST /v1/cases/{id}/people/{roleId}/ending.',
        );
      if (!work.actor.coordinatedPanelIds.includes(referral.panelId)) mustWait(referral);
      const { personId } = found;
      const others = await work.manager.countBy(ReferralPerson, { referralId, personId });
      if (referral.personId === personId && others === 1)
        throw unacceptable(
          'about-this-person',
          'The referral is about this person. Withdraw it as referred_in_error, or refuse or return it, and refer the right person.',
          [{ pointer: '/kind', detail: 'not for the last role of the person that the referral is about' }],
        );
      if (others === 1 && !opensToExcluded) await refuseIfExclusionExists(work, found);
      const refuseIfExclusionEnds =
        referral.caseId && !opensToExcluded ? await watchExclusions(work, referral.caseId) : null;
      const correction = await keep(work, referral, found, 'entered_in_error', reason, others === 1);
      await work.write.delete(ReferralPerson, [found]);
      await refuseIfExclusionEnds?.();
      if (others === 1) await work.manager.delete(ReferralSubject, { referralId, personId });
      // notifies agencies that received the role, or the record of the person, of the recall
      work.write.noteRecall(ReferralPerson, found.id);
      if (others === 1)
        work.write.withdrawnPeople.push({ personId, panelId: referral.panelId, referralId, at: work.now });
      await rescreened(work, referral);
      const rewriting = rewritten(work, referral);
      const touched = await work.write.update(Referral, referral, rewriting);
      happenedTo(work, 'referral.person-removed', touched, {}, isRewriting(rewriting));
      return work.respond.one(ReferralPersonCorrectionView, correction, { status: 201 });
    });
  }

  /**
   * Puts back a role that was removed as entered in error. The panel knew the person, so the agency that recorded the person
   * is not asked again. People excluded from the person lose the referral again.
   */
  putBack(actor: Actor, referralId: string, id: string, { reason }: RemovalReversal): Promise<AuthorizedResponse> {
    return this.records.change(actor, async (work) => {
      const removal = await work.records.find('put-back', ReferralPersonCorrection, id);
      const referral = await referralOf(work, removal, referralId);
      if (['refused', 'redirected', 'withdrawn'].includes(referral.status))
        throw conflict(
          'decided-already',
          'The referral has ended without a case. Make a new referral: POST /v1/referrals.',
          {
            state: referral.status,
          },
        );
      const { roleId, partnershipId, agencyId, contributingType, panelId, personId, role, rationale } = removal;
      const present = await work.manager.findBy(ReferralPerson, { referralId, personId });
      const isNamed = present.some((one) => one.id === roleId || one.role === role);
      const ofPerson = await work.manager.findBy(ReferralPersonCorrection, { referralId, personId });
      mustBeReversible(removal, { isNamed, ofPerson }, work.now);
      if (referral.submittedAt && referral.submittedAt > removal.correctedAt)
        throw conflict(
          'submitted-again',
          'The referral was submitted again after this removal, and its author decides whom it names. Return it and ask them: POST /v1/referrals/{id}/return.',
        );
      const restored = await work.write.insert(ReferralPerson, {
        ...{ id: roleId, partnershipId, agencyId, contributingType, referralId, panelId, personId, role, rationale },
      });
      const person = await work.asSystem(() => work.manager.findOneByOrFail(Person, { id: personId }));
      work.command.noteNaming(Person, personId, person, { panelId, referralId });
      await keep(work, referral, restored, 'put_back', reason);
      work.write.endedRecalls.push({ panelId, caseId: null, referralId, since: removal.correctedAt, at: work.now });
      await restoreHistory(work, 'referral_people', removal);
      const isSubject = await work.manager.existsBy(ReferralSubject, { referralId, personId });
      if (referral.status === 'submitted' && !isSubject)
        await work.write.insert(ReferralSubject, {
          ...{ partnershipId, agencyId, contributingType, referralId, panelId, personId, placeId: null, groupId: null },
        });
      await rescreened(work, referral);
      const touched = await work.write.update(Referral, referral, {});
      happenedTo(work, 'referral.person-named', touched);
      return work.respond.found(ReferralPersonView, roleId, 201);
    });
  }
}

async function referralOf(
  work: UnitOfWork,
  role: Pick<ReferralPerson, 'referralId' | 'panelId'>,
  referralId: string,
): Promise<Referral> {
  if (role.referralId !== referralId) throw notFound();
  await lockPanel(work, role.panelId);
  return work.records.find('correct', Referral, referralId, { lock: true });
}

/**
 * Throws if the referral is decided. Accepted and refused referrals are compared with later ones, so their roles remain
 * as decided on.
 */
function mustWait({ status }: Referral): void {
  if (['draft', 'submitted', 'returned'].includes(status)) return;
  throw conflict(
    'decided-already',
    'The panel has decided on this referral. Ask its coordinator to correct the case, or to take out a person named in error.',
    { state: status },
  );
}

/**
 * Screens an undecided referral by the people who are named now. A returned referral is screened against the cases of
 * the panel only, until it is submitted again.
 */
async function rescreened(work: UnitOfWork, referral: Referral): Promise<void> {
  if (referral.status !== 'submitted' && referral.status !== 'returned') return;
  const rules = await screeningRules(work, referral.panelId);
  if (referral.status === 'submitted') await screen(work, referral, ...rules);
  else await screenByCases(work, referral, ...rules);
}

function keep(
  work: UnitOfWork,
  referral: Referral,
  before: ReferralPerson,
  kind: ReferralCorrectionKind,
  reason: string,
  wasLastRole = false,
): Promise<ReferralPersonCorrection> {
  const { partnershipId, agencyId, contributingType, referralId, panelId, personId, role, rationale } = before;
  return work.write.insert(ReferralPersonCorrection, {
    ...{ partnershipId, agencyId, contributingType, referralId, panelId, personId, role, rationale },
    ...{ roleId: before.id, kind, reason, wasLastRole },
    inDraft: referral.submittedAt === null || isRewriting(rewritten(work, referral)),
    namedAt: before.createdAt,
    correctedById: work.actor.id,
    correctedByAgencyId: work.actor.agencyId,
    correctedAt: work.now,
  });
}
