/** An accepted referral becomes a case, in the same transaction. */
import { Case, caseMachine, CasePerson } from '../cases/case.entity.js';
import { newReference } from '../cases/references.js';
import type { Panel } from '../panels/panel.entity.js';
import { rulesInForce } from '../panels/panels.service.js';
import { londonDay } from '../records/london-day.js';
import type { Work } from '../records/work.js';
import { Referral, ReferralPerson } from './referral.entity.js';
import { screeningOf } from './screening.js';

export async function openCase(work: Work, referral: Referral, panel: Panel, leadAgencyId: string): Promise<Case> {
  const { panelId, partnershipId, agencyId, contributingType } = referral;
  const screening = await screeningOf(work, referral.id);
  const previous = await previousOf(work, screening?.previousReferralId ?? null);
  const opened = await work.insert(Case, {
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
    previousCaseId: previous?.caseId ?? null,
    rulesEdition: (await rulesInForce(work, panelId))?.edition ?? referral.rulesEdition ?? 1,
    openedAt: work.now,
  });
  const people = await work.asService(() => work.manager.findBy(ReferralPerson, { referralId: referral.id }));
  for (const { personId, role, rationale, agencyId, contributingType, madeAt } of people)
    await work.insert(CasePerson, {
      caseId: opened.id,
      panelId,
      partnershipId,
      agencyId,
      contributingType,
      personId,
      role,
      rationale,
      since: londonDay(madeAt),
    });
  work.happened('case.opened', Case, opened);
  return opened;
}

/** The earlier referral of a repeat. It is stored and not answered: also where it is hidden from the person who accepts. */
async function previousOf(work: Work, id: string | null): Promise<Referral | null> {
  if (!id) return null;
  return work.asService(() => work.manager.findOneBy(Referral, { id }));
}
