/**
 * Has the panel heard this matter before? The service's own question over all referrals of the panel, asked when one is
 * submitted; only the panel reads the answer.
 */
import type { PanelType } from '../panels/panel.entity.js';
import type { Work } from '../records/work.js';
import { Referral, ReferralScreening } from './referral.entity.js';
import { HARM_ROLES, VICTIM_ROLES } from './submission.js';

/** An earlier referral that became a case is about whom the case names, where mistakes are put right. */
const sharesPerson = (roles: string): string => `EXISTS (
  SELECT 1 FROM referral_people mine JOIN (
      SELECT person_id, role FROM referral_people WHERE referral_id = earlier.id AND earlier.case_id IS NULL
      UNION ALL SELECT person_id, role FROM case_people WHERE case_id = earlier.case_id) theirs
    ON theirs.person_id = mine.person_id
  WHERE mine.referral_id = now.id AND mine.role = ANY(${roles}) AND theirs.role = ANY(${roles}))`;

/**
 * The same matter: for a MARAC the same victim and the same perpetrator (a new perpetrator is a new case), elsewhere the
 * same subject. It is a repeat where the incident (or, where none is dated, the referral) is not later than the panel's
 * window after the latest referral that the panel accepted; the same day a year on is inside. A repeat needs no threshold and no
 * crime, so a referral that still waits for its decision makes none: nobody makes a repeat of two referrals of their own. It is a
 * possible duplicate. Source: MARAC note, section 2.7 "Repeat rule (exact)" and section 0, points 2 to 4.
 */
const EARLIER = `
  SELECT earlier.id, earlier.status, earlier.case_id AS "caseId",
    (earlier.submitted_at AT TIME ZONE 'Europe/London')::date + make_interval(months => $2::integer)
      >= coalesce(now.incident_on, (now.submitted_at AT TIME ZONE 'Europe/London')::date) AS inside
  FROM referrals now JOIN referrals earlier ON earlier.panel_id = now.panel_id
    AND (earlier.submitted_at, earlier.id) < (now.submitted_at, now.id)
  WHERE now.id = $1 AND earlier.status IN ('submitted', 'accepted') AND CASE WHEN $3::boolean
    THEN ${sharesPerson('$4::text[]')} AND ${sharesPerson('$5::text[]')}
    ELSE earlier.person_id = now.person_id OR earlier.place_id = now.place_id OR earlier.group_id = now.group_id END
  ORDER BY earlier.submitted_at DESC, earlier.id DESC`;

export async function screen(work: Work, referral: Referral, panelType: PanelType, months: number): Promise<void> {
  // two referrals of one matter at the same moment must see each other
  await work.manager.query(`SELECT pg_advisory_xact_lock(hashtextextended($1, 0))`, [`screening ${referral.panelId}`]);
  const asked = [referral.id, months, panelType === 'marac', VICTIM_ROLES, HARM_ROLES];
  const earlier = await work.asService(() =>
    work.manager.query<{ id: string; status: string; caseId: string | null; inside: boolean }[]>(EARLIER, asked),
  );
  const latest = earlier.find((one) => one.status === 'accepted');
  const isRepeat = latest?.inside ?? false;
  const learnt = {
    isRepeat,
    previousReferralId: isRepeat && latest ? latest.id : null,
    previousCaseId: isRepeat && latest ? latest.caseId : null,
    duplicateOfId: earlier.find((one) => one.status === 'submitted')?.id ?? null,
  };
  const known = await screeningOf(work, referral.id);
  if (known) await work.update(ReferralScreening, known, learnt);
  else {
    const { id, panelId, partnershipId, agencyId, contributingType } = referral;
    await work.insert(ReferralScreening, { id, panelId, partnershipId, agencyId, contributingType, ...learnt });
  }
}

/** Screens again before a decision: an earlier referral may have been accepted since. What was a repeat stays one. */
export async function screenAgain(work: Work, referral: Referral, panelType: PanelType, months: number): Promise<void> {
  if (!(await screeningOf(work, referral.id))?.isRepeat) await screen(work, referral, panelType, months);
}

/** Later referrals of the panel that wait and of which an earlier one waited when they were screened. $1 the accepted one. */
const WAITING = `
  SELECT r.id FROM referrals accepted JOIN referrals r ON r.panel_id = accepted.panel_id
    AND (r.submitted_at, r.id) > (accepted.submitted_at, accepted.id) AND r.status IN ('submitted', 'returned')
  JOIN referral_screenings s ON s.id = r.id AND NOT s.is_repeat AND s.duplicate_of_id IS NOT NULL
  WHERE accepted.id = $1`;

/**
 * Screens what waits beside a referral that was just accepted: from now on it is a repeat, and hidden with the case from those who
 * are excluded from the case.
 */
export async function screenWaiting(work: Work, { id }: Referral, panelType: PanelType, months: number): Promise<void> {
  await work.asService(async () => {
    const waiting = await work.manager.query<{ id: string }[]>(WAITING, [id]);
    for (const one of waiting)
      await screen(work, await work.manager.findOneByOrFail(Referral, { id: one.id }), panelType, months);
  });
}

/** For the service's own decisions; readers go through the policy. */
export const screeningOf = (work: Work, id: string): Promise<ReferralScreening | null> =>
  work.manager.findOneBy(ReferralScreening, { id });
