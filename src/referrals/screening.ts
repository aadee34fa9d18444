/**
 * Screening: finds repeats and duplicates of a referral. The queries run with the service's own rights over all
 * referrals and cases of the panel, so that a hidden one counts too. The policy decides who reads the result.
 */
import { In } from 'typeorm';
import type { Case } from '../cases/case.entity.js';
import { isCaseInError } from '../cases/cases.policy.js';
import type { PeopleDependent } from '../cases/people-of-case.js';
import { Panel, type PanelType } from '../panels/panel.entity.js';
import { lockPanel } from '../panels/panel-lock.js';
import { rulesInForce } from '../panels/panels.service.js';
import type { UnitOfWork } from '../records/unit-of-work.js';
import { Referral, ReferralScreening } from './referral.entity.js';
import { addRepeatedCases, candidates, prepareRepeatUpdate } from './repeated-cases.js';
import { HARM_ROLES, intakeRules, VICTIM_ROLES } from './submission.js';

/**
 * Condition that two referrals name the same person in one of the roles. For an earlier referral that became a case,
 * the people of the case are compared, because mistakes are corrected there.
 */
const sharesPerson = (roles: string): string => `EXISTS (
  SELECT 1 FROM referral_people screened_roles JOIN (
      SELECT person_id, role FROM referral_people WHERE referral_id = earlier.id AND earlier.case_id IS NULL
      UNION ALL SELECT person_id, role FROM case_people WHERE case_id = earlier.case_id) earlier_roles
    ON earlier_roles.person_id = screened_roles.person_id
  WHERE screened_roles.referral_id = screened.id AND screened_roles.role = ANY(${roles}) AND earlier_roles.role = ANY(${roles}))`;

/**
 * Selects earlier referrals of the same matter. For a MARAC, the matter is the same victim and the same perpetrator (a
 * new perpetrator is a new case); for other panels, the same subject.
 * A referral is a repeat if the incident (if undated, the referral) is not later than the panel's window after the
 * latest referral that the panel accepted. The same day one year later is inside the window. A repeat needs no
 * threshold and no crime. A referral that still awaits its decision is a possible duplicate and does not make another a
 * repeat; otherwise an agency could create a repeat from two referrals of its own. Source: MARAC note, section 2.7
 * "Repeat rule (exact)" and section 0, points 2 to 4.
 * A referral whose case was closed as referred in error counts only if there is no other: the policy shows such a
 * repeat to nobody until the case is reopened.
 */
const EARLIER = `WITH ${candidates('$1::uuid', 'NULL::uuid')}
  SELECT earlier.id, earlier.status,
    (earlier.submitted_at AT TIME ZONE 'Europe/London')::date + make_interval(months => $2::integer)
      >= coalesce(screened.incident_on, (screened.submitted_at AT TIME ZONE 'Europe/London')::date) AS inside,
    ${isCaseInError('earlier.case_id')} AS "isInError"
  FROM referrals screened JOIN candidate_referrals candidate ON true
    JOIN referrals earlier ON earlier.id = candidate.id AND earlier.panel_id = screened.panel_id
    AND (earlier.submitted_at, earlier.id) < (screened.submitted_at, screened.id)
  WHERE screened.id = $1 AND earlier.status IN ('submitted', 'accepted') AND CASE WHEN $3::boolean
    THEN ${sharesPerson('$4::text[]')} AND ${sharesPerson('$5::text[]')}
    ELSE earlier.person_id = screened.person_id OR earlier.place_id = screened.place_id OR earlier.group_id = screened.group_id END
  ORDER BY earlier.submitted_at DESC, earlier.id DESC`;

/** Screens a referral that the actor submits, corrects or decides on. */
export async function screen(
  work: UnitOfWork,
  referral: Referral,
  panelType: PanelType,
  months: number,
): Promise<void> {
  await screenByReferrals(work, referral, panelType, months);
  await screenByCases(work, referral, panelType, months);
}

async function screenByReferrals(
  work: UnitOfWork,
  referral: Referral,
  panelType: PanelType,
  months: number,
): Promise<void> {
  await lockPanel(work, referral.panelId);
  const parameters = [referral.id, months, panelType === 'marac', VICTIM_ROLES, HARM_ROLES];
  const earlier = await work.asSystem(() =>
    work.manager.query<{ id: string; status: string; inside: boolean; isInError: boolean }[]>(EARLIER, parameters),
  );
  const inside = earlier.filter((one) => one.status === 'accepted' && one.inside);
  const latest = inside.find((one) => !one.isInError) ?? inside[0];
  const screening = {
    isRepeat: latest !== undefined,
    previousReferralId: latest?.id ?? null,
    duplicateOfId: earlier.find((one) => one.status === 'submitted')?.id ?? null,
  };
  const known = await screeningOf(work, referral.id);
  // version and time are left unchanged: a change would reveal to a reader that a referral hidden from them was
  // accepted
  if (known)
    await work.manager.query(
      'UPDATE referral_screenings SET is_repeat = $2, previous_referral_id = $3, duplicate_of_id = $4 WHERE id = $1',
      [referral.id, screening.isRepeat, screening.previousReferralId, screening.duplicateOfId],
    );
  else {
    const { id, panelId, partnershipId, agencyId, contributingType } = referral;
    await work.write.insert(ReferralScreening, {
      id,
      panelId,
      partnershipId,
      agencyId,
      contributingType,
      ...screening,
    });
  }
}

/**
 * Screens a referral that the actor corrects or decides on, only against the cases of its panel. The screening as shown
 * to readers does not change.
 */
export const screenByCases = (
  work: UnitOfWork,
  { id: referralId, panelId }: Referral,
  panelType: PanelType,
  months: number,
): Promise<void> => addRepeatedCases(work, { panelId, referralId, isOwnAct: true }, panelType, months);

/**
 * Repeats the screening before a decision, because an earlier referral may have been accepted since. A repeat remains a
 * repeat, unless the earlier case was closed as referred in error: then another one may count.
 */
export async function screenAgain(
  work: UnitOfWork,
  referral: Referral,
  panelType: PanelType,
  months: number,
): Promise<void> {
  await lockPanel(work, referral.panelId);
  const [known] = await work.asSystem(() => work.manager.query<object[]>(VALID_REPEAT, [referral.id]));
  if (known) await screenByCases(work, referral, panelType, months);
  else await screen(work, referral, panelType, months);
}

/** SQL condition that a screening `s` found a repeat of a case not closed as referred in error. */
const IS_VALID_REPEAT = `(s.is_repeat AND NOT EXISTS (SELECT FROM referrals p
  WHERE p.id = s.previous_referral_id AND ${isCaseInError('p.case_id')}))`;

/** Selects the screening of a referral that is a valid repeat. $1 the referral. */
const VALID_REPEAT = `SELECT s.id FROM referral_screenings s WHERE s.id = $1 AND ${IS_VALID_REPEAT}`;

/**
 * Selects later undecided referrals of the panel for which an earlier one was undecided when they were screened. $1 the
 * accepted one.
 */
const WAITING = `
  SELECT r.id FROM referrals accepted JOIN referrals r ON r.panel_id = accepted.panel_id
    AND (r.submitted_at, r.id) > (accepted.submitted_at, accepted.id) AND r.status IN ('submitted', 'returned')
  JOIN referral_screenings s ON s.id = r.id AND NOT ${IS_VALID_REPEAT} AND s.duplicate_of_id IS NOT NULL
  WHERE accepted.id = $1`;

/**
 * Screens undecided referrals, and those that ended without a case, against a referral that was just accepted. From
 * then on they are hidden, with the case, from people excluded from the case. Undecided referrals submitted later also
 * become repeats.
 */
export async function screenWaiting(
  work: UnitOfWork,
  { id, panelId, caseId }: Referral,
  panelType: PanelType,
  months: number,
): Promise<void> {
  if (caseId) await addRepeatedCases(work, { panelId, caseId }, panelType, months);
  await work.asSystem(async () => {
    const waiting = await work.manager.query<{ id: string }[]>(WAITING, [id]);
    for (const one of waiting) {
      const referral = await work.manager.findOneByOrFail(Referral, { id: one.id });
      await screenByReferrals(work, referral, panelType, months);
      await addRepeatedCases(work, { panelId: referral.panelId, referralId: referral.id }, panelType, months);
    }
  });
}

/**
 * Loads the screening without the policy, for the service's own decisions; responses to readers go through the policy.
 */
export const screeningOf = (work: UnitOfWork, id: string): Promise<ReferralScreening | null> =>
  work.manager.findOneBy(ReferralScreening, { id });

/** Returns the type of a panel and the months of its repeat window, by the rules in force. */
export async function screeningRules(work: UnitOfWork, panelId: string): Promise<[PanelType, number]> {
  const panel = await work.manager.findOneByOrFail(Panel, { id: panelId });
  return [panel.type, intakeRules((await rulesInForce(work, panelId))?.rules).repeatWindowMonths];
}

/**
 * Updates repeats when a role is removed as entered in error, or put back. Screens the waiting referrals concerned again.
 */
async function prepareRoleChange(work: UnitOfWork, { id, panelId }: Case): Promise<() => Promise<void>> {
  const [panelType, months] = await work.asSystem(() => screeningRules(work, panelId));
  // for other panels a repeat has the same subject, which no correction changes
  if (panelType !== 'marac') return async () => {};
  const updateRepeats = await prepareRepeatUpdate(work, id);
  return async () => {
    const referralIds = await updateRepeats();
    await work.asSystem(async () => {
      for (const referral of await work.manager.findBy(Referral, { id: In(referralIds), status: 'submitted' }))
        await screenByReferrals(work, referral, panelType, months);
    });
  };
}

/** Updates repeats when the people of a case change: naming or removing somebody can join it to another matter or part it. */
export const repeatsOfCase: PeopleDependent = {
  lock: lockPanel,
  update: async (work, { id: caseId, panelId }) =>
    addRepeatedCases(work, { panelId, caseId }, ...(await work.asSystem(() => screeningRules(work, panelId)))),
  prepareRoleChange,
};
