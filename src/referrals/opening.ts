/** Opens the case of an accepted referral, in the same transaction. */
import { Case, caseMachine, CasePerson } from '../cases/case.entity.js';
import { newReference } from '../cases/references.js';
import type { Panel } from '../panels/panel.entity.js';
import { rulesInForce } from '../panels/panels.service.js';
import { londonDay } from '../time/clock.js';
import type { UnitOfWork } from '../records/unit-of-work.js';
import { Referral, ReferralPerson, type ReferralScreening } from './referral.entity.js';
import { screeningOf } from './screening.js';

export async function openCase(
  work: UnitOfWork,
  referral: Referral,
  panel: Panel,
  leadAgencyId: string,
): Promise<Case> {
  const { panelId, partnershipId, agencyId, contributingType } = referral;
  const screening = await screeningOf(work, referral.id);
  const opened = await work.write.insert(Case, {
    panelId,
    partnershipId,
    agencyId,
    contributingType,
    reference: await newReference(work, panel.referencePrefix),
    stage: caseMachine.initial,
    subjectKind: referral.subjectKind,
    personId: referral.personId,
    placeId: referral.placeId,
    groupId: referral.groupId,
    category: referral.category,
    summary: referral.problem ?? '',
    whyMultiAgency: referral.whyMultiAgency,
    leadAgencyId,
    isRepeat: screening?.isRepeat ?? false,
    // stored but not in the response: the case may be hidden from the person who accepts
    previousCaseId: await previousCaseOf(work, screening),
    rulesEdition: (await rulesInForce(work, panelId))?.edition ?? referral.rulesEdition ?? 1,
    openedAt: work.now,
  });
  const people = await work.asSystem(() => work.manager.findBy(ReferralPerson, { referralId: referral.id }));
  for (const { personId, role, rationale, agencyId, contributingType, createdAt } of people)
    await work.write.insert(CasePerson, {
      caseId: opened.id,
      panelId,
      partnershipId,
      agencyId,
      contributingType,
      personId,
      role,
      rationale,
      since: londonDay(createdAt),
    });
  work.recordEvent('case.opened', Case, opened);
  return opened;
}

/** Returns the case of the matter's latest accepted referral; null if the new case is no repeat. */
async function previousCaseOf(work: UnitOfWork, screening: ReferralScreening | null): Promise<string | null> {
  const id = screening?.previousReferralId;
  if (!id) return null;
  return (await work.asSystem(() => work.manager.findOneBy(Referral, { id })))?.caseId ?? null;
}
