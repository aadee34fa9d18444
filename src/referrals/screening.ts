/**
 * Has the panel heard this matter before? The service's own question over all referrals of the panel, asked when one is
 * submitted; only the panel reads the answer.
 */
import { In } from 'typeorm';
import type { Case } from '../cases/case.entity.js';
import { registerPeopleDependent } from '../cases/people-of-case.js';
import { Panel, PanelRules, type PanelType } from '../panels/panel.entity.js';
import { rulesInForce } from '../panels/panels.service.js';
import type { UnitOfWork } from '../records/unit-of-work.js';
import { carryExclusionsOver } from './carried-exclusions.js';
import { Referral, ReferralScreening, RepeatedCase } from './referral.entity.js';
import { HARM_ROLES, intakeRules, VICTIM_ROLES } from './submission.js';

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
  SELECT earlier.id, earlier.status,
    (earlier.submitted_at AT TIME ZONE 'Europe/London')::date + make_interval(months => $2::integer)
      >= coalesce(now.incident_on, (now.submitted_at AT TIME ZONE 'Europe/London')::date) AS inside
  FROM referrals now JOIN referrals earlier ON earlier.panel_id = now.panel_id
    AND (earlier.submitted_at, earlier.id) < (now.submitted_at, now.id)
  WHERE now.id = $1 AND earlier.status IN ('submitted', 'accepted') AND CASE WHEN $3::boolean
    THEN ${sharesPerson('$4::text[]')} AND ${sharesPerson('$5::text[]')}
    ELSE earlier.person_id = now.person_id OR earlier.place_id = now.place_id OR earlier.group_id = now.group_id END
  ORDER BY earlier.submitted_at DESC, earlier.id DESC`;

/**
 * People whom a case names, with the roles that they have or had: a correction of a role does not part a repeat from the case. A role that
 * was entered in error is no row of `case_people` any more.
 */
const NAMED_IN_CASES = `(SELECT case_id, person_id, role FROM case_people
  UNION SELECT p.case_id, p.person_id, had.role FROM case_people p
    JOIN case_person_corrections had ON had.role_id = p.id AND had.kind = 'changed')`;

/** People of referral `now`: of its case, where it opened one. */
const NAMED_NOW = `(SELECT person_id, role FROM referral_people WHERE referral_id = now.id AND now.case_id IS NULL
  UNION ALL SELECT person_id, role FROM case_people WHERE case_id = now.case_id)`;

const sharesPersonOfCase = (roles: string): string => `EXISTS (
  SELECT 1 FROM ${NAMED_NOW} mine JOIN ${NAMED_IN_CASES} theirs ON theirs.person_id = mine.person_id
  WHERE theirs.case_id = earlier.id AND mine.role = ANY(${roles}) AND theirs.role = ANY(${roles}))`;

/**
 * Cases about the matter of referrals, in the sense of EARLIER: in whatever order they were submitted of a referral that waits or ended without
 * a case, and opened before it of one that has a case, which a correction may make one about the same matter.
 * $1 the panel, $2 one referral or null, $3 one case or null, $4 months, $5 whether it is a MARAC, $6 and $7 roles.
 */
const REPEATED = `
  SELECT DISTINCT now.id AS "referralId", earlier.id AS "earlierCaseId", now.panel_id AS "panelId", now.partnership_id AS "partnershipId",
    now.case_id AS "caseId"
  FROM referrals now JOIN referral_screenings screened ON screened.id = now.id JOIN cases earlier ON earlier.panel_id = now.panel_id
    LEFT JOIN referrals opening ON opening.case_id = earlier.id
  WHERE now.panel_id = $1 AND ($2::uuid IS NULL OR now.id = $2) AND ($3::uuid IS NULL OR $3 IN (earlier.id, now.case_id))
    AND (now.case_id IS NULL
      OR (earlier.opened_at, earlier.id) < (SELECT own.opened_at, own.id FROM cases own WHERE own.id = now.case_id))
    AND (coalesce(opening.submitted_at, earlier.opened_at) AT TIME ZONE 'Europe/London')::date + make_interval(months => $4::integer)
      >= coalesce(now.incident_on, (now.submitted_at AT TIME ZONE 'Europe/London')::date)
    AND CASE WHEN $5::boolean THEN ${sharesPersonOfCase('$6::text[]')} AND ${sharesPersonOfCase('$7::text[]')}
      ELSE earlier.person_id = now.person_id OR earlier.place_id = now.place_id OR earlier.group_id = now.group_id END
    AND NOT EXISTS (SELECT 1 FROM repeated_cases known WHERE known.referral_id = now.id AND known.earlier_case_id = earlier.id)`;

/**
 * Takes the lock of a panel under which referrals are screened: two of one matter at the same moment must see each other. A request
 * that locks a case, or a referral that waits, takes it first: what a screening inserts waits for the locks of both.
 */
export async function lockScreening(work: UnitOfWork, panelId: string): Promise<void> {
  await work.manager.query(`SELECT pg_advisory_xact_lock(hashtextextended($1, 0))`, [`screening ${panelId}`]);
}

/** Referrals of a panel without a case: one, or those about one case. */
interface Screened {
  panelId: string;
  referralId?: string;
  caseId?: string;
  /** The actor submits or corrects the referral. */
  isOwnAct?: boolean;
}

/**
 * Months of the repeat window in every edition of the panel's rules. An exclusion holds within the longest: a chair who is excluded could
 * set a shorter one for the next referral.
 */
async function windowsOf(work: UnitOfWork, panelId: string): Promise<number[]> {
  const editions = await work.manager.findBy(PanelRules, { panelId });
  return editions.map(({ rules }) => intakeRules(rules).repeatWindowMonths);
}

/**
 * Adds the cases that referrals repeat by what they and the cases name now. Removes none. Whoever is excluded from one of them is excluded
 * from the case that the referral opened before.
 */
async function addRepeatedCases(
  work: UnitOfWork,
  { panelId, referralId = '', caseId = '', isOwnAct = false }: Screened,
  panelType: PanelType,
  months: number,
): Promise<void> {
  await lockScreening(work, panelId);
  await work.asSystem(async () => {
    const longest = Math.max(months, ...(await windowsOf(work, panelId)));
    const asked = [
      panelId,
      referralId || null,
      caseId || null,
      longest,
      panelType === 'marac',
      VICTIM_ROLES,
      HARM_ROLES,
    ];
    const found = await work.manager.query<
      (Pick<RepeatedCase, 'referralId' | 'earlierCaseId' | 'panelId' | 'partnershipId'> & { caseId: string | null })[]
    >(REPEATED, asked);
    const { id, namedExcludedCaseIds } = work.actor;
    const isFinder = (caseId: string): boolean => isOwnAct && namedExcludedCaseIds.includes(caseId);
    await work.write.insertMany(
      RepeatedCase,
      found.map(({ caseId: _, ...one }) => ({ ...one, foundById: isFinder(one.earlierCaseId) ? id : null })),
    );
    for (const { referralId, caseId, panelId, partnershipId } of found)
      if (caseId) await carryExclusionsOver(work, referralId, { id: caseId, panelId, partnershipId });
  });
}

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
  await lockScreening(work, referral.panelId);
  const asked = [referral.id, months, panelType === 'marac', VICTIM_ROLES, HARM_ROLES];
  const earlier = await work.asSystem(() =>
    work.manager.query<{ id: string; status: string; inside: boolean }[]>(EARLIER, asked),
  );
  const latest = earlier.find((one) => one.status === 'accepted');
  const isRepeat = latest?.inside ?? false;
  const learnt = {
    isRepeat,
    previousReferralId: isRepeat && latest ? latest.id : null,
    duplicateOfId: earlier.find((one) => one.status === 'submitted')?.id ?? null,
  };
  const known = await screeningOf(work, referral.id);
  // neither version nor time changes: they would tell a reader that a referral hidden from them was accepted
  if (known)
    await work.manager.query(
      'UPDATE referral_screenings SET is_repeat = $2, previous_referral_id = $3, duplicate_of_id = $4 WHERE id = $1',
      [referral.id, learnt.isRepeat, learnt.previousReferralId, learnt.duplicateOfId],
    );
  else {
    const { id, panelId, partnershipId, agencyId, contributingType } = referral;
    await work.write.insert(ReferralScreening, { id, panelId, partnershipId, agencyId, contributingType, ...learnt });
  }
}

/**
 * Screens a referral that the actor corrects or decides on by the cases of its panel alone. What a reader is shown of the screening
 * stays.
 */
export const screenByCases = (
  work: UnitOfWork,
  { id: referralId, panelId }: Referral,
  panelType: PanelType,
  months: number,
): Promise<void> => addRepeatedCases(work, { panelId, referralId, isOwnAct: true }, panelType, months);

/** Screens again before a decision: an earlier referral may have been accepted since. What was a repeat stays one. */
export async function screenAgain(
  work: UnitOfWork,
  referral: Referral,
  panelType: PanelType,
  months: number,
): Promise<void> {
  await lockScreening(work, referral.panelId);
  if ((await screeningOf(work, referral.id))?.isRepeat) await screenByCases(work, referral, panelType, months);
  else await screen(work, referral, panelType, months);
}

/** Later referrals of the panel that wait and of which an earlier one waited when they were screened. $1 the accepted one. */
const WAITING = `
  SELECT r.id FROM referrals accepted JOIN referrals r ON r.panel_id = accepted.panel_id
    AND (r.submitted_at, r.id) > (accepted.submitted_at, accepted.id) AND r.status IN ('submitted', 'returned')
  JOIN referral_screenings s ON s.id = r.id AND NOT s.is_repeat AND s.duplicate_of_id IS NOT NULL
  WHERE accepted.id = $1`;

/**
 * Screens what waits, or ended without a case, beside a referral that was just accepted: from now on it is hidden with the case from
 * those who are excluded from the case. What was submitted later and waits is a repeat, too.
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

/** For the service's own decisions; readers go through the policy. */
export const screeningOf = (work: UnitOfWork, id: string): Promise<ReferralScreening | null> =>
  work.manager.findOneBy(ReferralScreening, { id });

/** Returns the type of a panel and the months of its repeat window, by the rules in force. */
export async function screeningRules(work: UnitOfWork, panelId: string): Promise<[PanelType, number]> {
  const panel = await work.manager.findOneByOrFail(Panel, { id: panelId });
  return [panel.type, intakeRules((await rulesInForce(work, panelId))?.rules).repeatWindowMonths];
}

/** Rows of referrals without a case that rest on whom a case names now. $1 the case, $2 and $3 roles. */
const RESTING = `SELECT repeated.id FROM repeated_cases repeated JOIN referrals now ON now.id = repeated.referral_id
    JOIN cases earlier ON earlier.id = repeated.earlier_case_id
  WHERE earlier.id = $1 AND now.case_id IS NULL AND ${sharesPersonOfCase('$2::text[]')} AND ${sharesPersonOfCase('$3::text[]')}`;

/** Whether somebody of the agency, or the agency, is excluded from the case. $1 the case, $2 the agency, $3 now. */
const KEEPS_OUT = `SELECT 1 FROM exclusions e WHERE e.case_id = $1 AND (e.until IS NULL OR e.until > $3) AND (e.agency_id = $2
  OR EXISTS (SELECT 1 FROM practitioners p WHERE p.agency_id = $2 AND (p.id = e.practitioner_id
    OR EXISTS (SELECT 1 FROM practitioner_names n WHERE n.practitioner_id = p.id AND n.name_key = e.name_key))))`;

/**
 * Removes what rested on a role that a chair or coordinator takes out of a case as entered in error: the two were never about one
 * matter. What a correction of the referral had parted from the case before stays, and so does all where somebody of the agency of the
 * chair or coordinator is excluded from the case: nobody frees a colleague.
 */
async function takeBackRepeats(work: UnitOfWork, { id, panelId }: Case): Promise<() => Promise<void>> {
  const [panelType] = await work.asSystem(() => screeningRules(work, panelId));
  // elsewhere a matter is what the case is about, which no correction changes
  if (panelType !== 'marac') return async () => {};
  const { agencyId } = work.actor;
  const keepsOut = await work.asSystem(() => work.manager.query<object[]>(KEEPS_OUT, [id, agencyId, work.now]));
  if (keepsOut.length) return async () => {};
  const resting = (): Promise<{ id: string }[]> =>
    work.asSystem(() => work.manager.query(RESTING, [id, VICTIM_ROLES, HARM_ROLES]));
  const before = await resting();
  return async () => {
    const after = new Set((await resting()).map((row) => row.id));
    const gone = before.map((row) => row.id).filter((rowId) => !after.has(rowId));
    await work.asSystem(async () =>
      work.write.delete(RepeatedCase, await work.manager.findBy(RepeatedCase, { id: In(gone) })),
    );
  };
}

// a person who is named in a case makes it a case about the matter of referrals that came before
registerPeopleDependent({
  lock: lockScreening,
  update: async (work, { id: caseId, panelId }) =>
    addRepeatedCases(work, { panelId, caseId }, ...(await work.asSystem(() => screeningRules(work, panelId)))),
  prepareRemoval: takeBackRepeats,
});
