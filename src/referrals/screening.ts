/**
 * Screening: finds repeats and duplicates of a referral. The queries run with the service's own rights over all
 * referrals and cases of the panel, so that a hidden one counts too. The policy decides who reads the result.
 */
import { In } from 'typeorm';
import type { Case } from '../cases/case.entity.js';
import { isCaseInError } from '../cases/cases.policy.js';
import type { PeopleDependent } from '../cases/people-of-case.js';
import { Panel, PanelRules, type PanelType } from '../panels/panel.entity.js';
import { rulesInForce } from '../panels/panels.service.js';
import type { UnitOfWork } from '../records/unit-of-work.js';
import { Referral, ReferralScreening, RepeatedCase } from './referral.entity.js';
import { HARM_ROLES, intakeRules, VICTIM_ROLES } from './submission.js';

/**
 * Condition that two referrals name the same person in one of the roles. For an earlier referral that became a case,
 * the people of the case are compared, because mistakes are corrected there.
 */
const sharesPerson = (roles: string): string => `EXISTS (
  SELECT 1 FROM referral_people mine JOIN (
      SELECT person_id, role FROM referral_people WHERE referral_id = earlier.id AND earlier.case_id IS NULL
      UNION ALL SELECT person_id, role FROM case_people WHERE case_id = earlier.case_id) theirs
    ON theirs.person_id = mine.person_id
  WHERE mine.referral_id = now.id AND mine.role = ANY(${roles}) AND theirs.role = ANY(${roles}))`;

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
const EARLIER = `
  SELECT earlier.id, earlier.status,
    (earlier.submitted_at AT TIME ZONE 'Europe/London')::date + make_interval(months => $2::integer)
      >= coalesce(now.incident_on, (now.submitted_at AT TIME ZONE 'Europe/London')::date) AS inside,
    ${isCaseInError('earlier.case_id')} AS "isInError"
  FROM referrals now JOIN referrals earlier ON earlier.panel_id = now.panel_id
    AND (earlier.submitted_at, earlier.id) < (now.submitted_at, now.id)
  WHERE now.id = $1 AND earlier.status IN ('submitted', 'accepted') AND CASE WHEN $3::boolean
    THEN ${sharesPerson('$4::text[]')} AND ${sharesPerson('$5::text[]')}
    ELSE earlier.person_id = now.person_id OR earlier.place_id = now.place_id OR earlier.group_id = now.group_id END
  ORDER BY earlier.submitted_at DESC, earlier.id DESC`;

/** Roles that a case has now. */
const PRESENT_ROLES = 'SELECT case_id, person_id, role FROM case_people';

/** Roles that a case had before a correction: a corrected role does not separate a repeat from the case. */
const FORMER_ROLES = `SELECT p.case_id, p.person_id, had.role FROM case_people p
    JOIN case_person_corrections had ON had.role_id = p.id AND had.kind = 'changed'`;

/**
 * Roles that somebody whose agency had a conflict in the matter removed as entered in error. Their former kinds are
 * included. Nobody lifts the exclusion or recusal of a colleague, or an own one, by a removal. A later removal of the same
 * role of the person, by somebody without a conflict, ends this. Other removed roles do not count.
 */
const KEPT_ROLES = `SELECT had.case_id, had.person_id, had.role FROM case_person_corrections had
    JOIN case_person_corrections removal ON removal.role_id = had.role_id AND removal.kind = 'entered_in_error' AND removal.in_conflict
    WHERE NOT EXISTS (SELECT FROM case_person_corrections later WHERE later.kind = 'entered_in_error' AND NOT later.in_conflict
      AND (later.case_id, later.person_id, later.role) = (removal.case_id, removal.person_id, removal.role)
      AND (later.corrected_at, later.id) > (removal.corrected_at, removal.id))`;

const PEOPLE_OF_REFERRAL =
  'SELECT person_id, role FROM referral_people WHERE referral_id = now.id AND now.case_id IS NULL';

/**
 * Condition that `now` and `earlier` name the same person in one of the roles. `now` is a referral, of which the case counts
 * if it opened one; `earlier` is a case. `kept` adds the roles that count although they were removed.
 */
const sharesPersonOfCase = (roles: string, kept = true): string => `EXISTS (
  SELECT 1 FROM (${PEOPLE_OF_REFERRAL}
      UNION ALL SELECT person_id, role FROM (${PRESENT_ROLES}${kept ? ` UNION ALL ${KEPT_ROLES}` : ''}) own WHERE own.case_id = now.case_id) mine
    JOIN (${PRESENT_ROLES} UNION ALL ${FORMER_ROLES}${kept ? ` UNION ALL ${KEPT_ROLES}` : ''}) theirs
      ON theirs.person_id = mine.person_id
  WHERE theirs.case_id = earlier.id AND mine.role = ANY(${roles}) AND theirs.role = ANY(${roles}))`;

/**
 * Selects cases about the same people or subject as referrals. Matches like `EARLIER`, but within the longest window of
 * any edition of the rules, from any case of the panel, and by the roles that count. For a referral that is undecided or ended
 * without a case, the order of submission is irrelevant. For a referral with a case, which a correction may give the
 * same matter, only cases opened earlier count.
 * $1 the panel, $2 one referral or null, $3 one case or null, $4 months of the longest window, $5 whether it is a MARAC, $6 and $7 roles.
 */
const REPEATED = `
  SELECT DISTINCT now.id AS "referralId", earlier.id AS "earlierCaseId", now.panel_id AS "panelId", now.partnership_id AS "partnershipId"
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
 * Takes the panel's screening lock, so that two simultaneous referrals of one matter see each other. A request that
 * needs this lock takes it before it locks a case or an undecided referral, because the inserts of a screening wait for the
 * locks of both. A request that excludes or recuses takes it too: what a removal finds of conflicts, and the order of the two,
 * is then certain.
 */
export async function lockScreening(work: UnitOfWork, panelId: string): Promise<void> {
  await work.manager.query(`SELECT pg_advisory_xact_lock(hashtextextended($1, 0))`, [`screening ${panelId}`]);
  work.refreshTime();
}

/** Scope of a search for repeats on a panel: one referral, or all referrals about one case. */
interface RepeatSearch {
  panelId: string;
  referralId?: string;
  caseId?: string;
  /** Set if the actor submits, corrects or decides on the referral. */
  isOwnAct?: boolean;
}

/**
 * Returns the months of the repeat window in every edition of the panel's rules. An exclusion applies within the
 * longest window; otherwise an excluded chair could set a shorter one for the next referral.
 */
async function windowsOf(work: UnitOfWork, panelId: string): Promise<number[]> {
  const editions = await work.manager.findBy(PanelRules, { panelId });
  return editions.map(({ rules }) => intakeRules(rules).repeatWindowMonths);
}

/**
 * Adds the cases that referrals repeat, by the people whom the referral names now, and the case names or named. Removes
 * none.
 */
async function addRepeatedCases(
  work: UnitOfWork,
  { panelId, referralId = '', caseId = '', isOwnAct = false }: RepeatSearch,
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
      Pick<RepeatedCase, 'referralId' | 'earlierCaseId' | 'panelId' | 'partnershipId'>[]
    >(REPEATED, asked);
    const { id, namedExcludedCaseIds } = work.actor;
    const isFinder = (caseId: string): boolean => isOwnAct && namedExcludedCaseIds.includes(caseId);
    await work.write.insertMany(
      RepeatedCase,
      found.map((one) => ({ ...one, foundById: isFinder(one.earlierCaseId) ? id : null })),
    );
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
    work.manager.query<{ id: string; status: string; inside: boolean; isInError: boolean }[]>(EARLIER, asked),
  );
  const inside = earlier.filter((one) => one.status === 'accepted' && one.inside);
  const latest = inside.find((one) => !one.isInError) ?? inside[0];
  const learnt = {
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
      [referral.id, learnt.isRepeat, learnt.previousReferralId, learnt.duplicateOfId],
    );
  else {
    const { id, panelId, partnershipId, agencyId, contributingType } = referral;
    await work.write.insert(ReferralScreening, { id, panelId, partnershipId, agencyId, contributingType, ...learnt });
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
  await lockScreening(work, referral.panelId);
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
 * Selects rows of `repeated_cases` that depend on the people named by a case, as the earlier or the later one. $1 the
 * case, $2 and $3 roles.
 */
const dependentRepeats = (kept: boolean): string => `SELECT repeated.id FROM repeated_cases repeated
    JOIN referrals now ON now.id = repeated.referral_id JOIN cases earlier ON earlier.id = repeated.earlier_case_id
  WHERE $1 IN (earlier.id, now.case_id) AND ${sharesPersonOfCase('$2::text[]', kept)} AND ${sharesPersonOfCase('$3::text[]', kept)}`;

/**
 * Removes repeats that depended on a role which a chair or coordinator removes from the earlier or the later case. The
 * role was entered in error, so the two never had the same people. Referrals that wait are screened again. A repeat stays if a
 * correction had already separated the two, and if the removed role still counts (`KEPT_ROLES`).
 */
async function prepareRepeatRemoval(work: UnitOfWork, { id, panelId }: Case): Promise<() => Promise<void>> {
  const [panelType, months] = await work.asSystem(() => screeningRules(work, panelId));
  // for other panels a repeat has the same subject, which no correction changes
  if (panelType !== 'marac') return async () => {};
  const dependent = async (kept: boolean): Promise<string[]> => {
    const sql = dependentRepeats(kept);
    const rows = await work.asSystem(() => work.manager.query<{ id: string }[]>(sql, [id, VICTIM_ROLES, HARM_ROLES]));
    return rows.map((row) => row.id);
  };
  const [counted, named] = [await dependent(true), await dependent(false)];
  return async () => {
    const [stillCounted, stillNamed] = [new Set(await dependent(true)), new Set(await dependent(false))];
    await work.asSystem(async () => {
      // in any case: a screening that stays as it was would reveal a conflict
      const parted = await work.manager.findBy(RepeatedCase, { id: In(named.filter((one) => !stillNamed.has(one))) });
      const gone = { id: In(counted.filter((one) => !stillCounted.has(one))) };
      await work.write.delete(RepeatedCase, await work.manager.findBy(RepeatedCase, gone));
      const waiting = { id: In(parted.map(({ referralId }) => referralId)), status: 'submitted' as const };
      for (const referral of await work.manager.findBy(Referral, waiting))
        await screenByReferrals(work, referral, panelType, months);
    });
  };
}

/** Updates repeats when the people of a case change: naming or removing somebody can join it to another matter or part it. */
export const repeatsOfCase: PeopleDependent = {
  lock: lockScreening,
  update: async (work, { id: caseId, panelId }) =>
    addRepeatedCases(work, { panelId, caseId }, ...(await work.asSystem(() => screeningRules(work, panelId)))),
  prepareRemoval: prepareRepeatRemoval,
};
