/** Seeds an access request, a release request and a reviewed emergency access. */
import { AccessRequest } from '../access/access-request.entity.js';
import { ReleaseRequest } from '../cases/handling.entity.js';
import { workingDaysAfter } from '../panels/working-days.js';
import { EMERGENCY_MINUTES, EmergencyAccess } from '../sharing/access.entity.js';
import { ACCESS_REQUEST, EMERGENCY, RELEASE_REQUEST } from './content/ways-in.js';
import type { Seeding } from './seeding.js';

export async function waysIn(seeding: Seeding): Promise<void> {
  const cases = new Map(seeding.caseload.cases.map((one) => [one.key, one]));
  const inside = (key: string) => {
    const { panel, borough } = cases.get(key) as { panel: string; borough: string };
    return {
      caseId: seeding.id('case', key),
      panelId: seeding.id('panel', panel),
      partnershipId: seeding.id('partnership', borough),
    };
  };
  await seeding.put(AccessRequest, [
    {
      id: seeding.id('access-request', ACCESS_REQUEST.key),
      at: seeding.day(-ACCESS_REQUEST.daysAgo),
      practitionerId: seeding.id('practitioner', ACCESS_REQUEST.asker),
      agencyId: seeding.id('agency', ACCESS_REQUEST.agency),
      asked: cases.get(ACCESS_REQUEST.case)?.reference,
      caseId: seeding.id('case', ACCESS_REQUEST.case),
      reason: ACCESS_REQUEST.reason,
      purpose: ACCESS_REQUEST.purpose,
      status: 'submitted',
      withdrawnAt: null,
      grantId: null,
    },
  ]);
  await seeding.put(ReleaseRequest, [
    {
      ...inside(RELEASE_REQUEST.case),
      ...seeding.agency(RELEASE_REQUEST.agency),
      id: seeding.id('release-request', RELEASE_REQUEST.key),
      at: seeding.day(-RELEASE_REQUEST.daysAgo),
      contributionId: seeding.id('contribution', RELEASE_REQUEST.contribution),
      originatorAgencyId: seeding.id('agency', RELEASE_REQUEST.originator),
      practitionerId: seeding.id('practitioner', RELEASE_REQUEST.asker),
      releasedTo: 'agency',
      reason: RELEASE_REQUEST.reason,
      status: 'submitted',
      expiresAt: null,
      refusalReason: null,
      decidedById: null,
      decidedAt: null,
    },
  ]);
  const opened = seeding.caseload.cases.find((one) => one.panel === EMERGENCY.panel) as { key: string };
  const day = seeding.day(-EMERGENCY.daysAgo);
  const openedAt = new Date(`${day}T21:40:00Z`);
  const reviewDueOn = workingDaysAfter(day, 2);
  await seeding.put(EmergencyAccess, [
    {
      ...inside(opened.key),
      id: seeding.id('emergency-access', EMERGENCY.key),
      at: reviewDueOn,
      practitionerId: seeding.id('practitioner', EMERGENCY.by),
      agencyId: seeding.id('agency', EMERGENCY.agency),
      reasonCode: EMERGENCY.reasonCode,
      reason: EMERGENCY.reason,
      openedAt,
      expiresAt: new Date(openedAt.getTime() + EMERGENCY_MINUTES * 60_000),
      endedAt: new Date(openedAt.getTime() + 25 * 60_000),
      reviewDueOn,
      outcome: EMERGENCY.outcome,
      reviewNote: EMERGENCY.note,
      reviewedById: seeding.id('practitioner', EMERGENCY.reviewer),
      reviewedAt: seeding.at(reviewDueOn),
    },
  ]);
}
