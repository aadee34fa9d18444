/**
 * Rows of `repeated_cases`: pairs of a referral and a case of its panel about the same matter. They determine which repeats are
 * hidden together with a case from somebody excluded or recused. Source: docs/decisions/0049.
 */
import { isDeepStrictEqual } from 'node:util';
import { In } from 'typeorm';
import { PanelRules, type PanelType } from '../panels/panel.entity.js';
import { lockPanel } from '../panels/panel-lock.js';
import type { UnitOfWork } from '../records/unit-of-work.js';
import { RepeatedCase } from './referral.entity.js';
import { HARM_ROLES, intakeRules, VICTIM_ROLES } from './submission.js';

/** Roles that a case has now. */
const PRESENT_ROLES = 'SELECT case_id, person_id, role FROM case_people';

/** Roles that a case had before a correction: a corrected role does not separate a repeat from the case. */
const FORMER_ROLES = `SELECT p.case_id, p.person_id, former.role FROM case_people p
    JOIN case_person_corrections former ON former.role_id = p.id AND former.kind = 'changed'`;

/**
 * Roles removed as entered in error, with the agency of the remover. They count for the people of that agency, until another
 * agency removes the same role of the person. Their former kinds are included.
 */
const REMOVED_ROLES = `SELECT former.case_id, former.person_id, former.role, removal.corrected_by_agency_id AS agency_id FROM case_person_corrections former
    JOIN case_person_corrections removal ON removal.role_id = former.role_id AND removal.kind = 'entered_in_error'
    WHERE NOT EXISTS (SELECT FROM case_person_corrections later WHERE later.kind = 'entered_in_error'
      AND later.corrected_by_agency_id <> removal.corrected_by_agency_id
      AND (later.role_id = removal.role_id
        OR (later.case_id, later.person_id, later.role) = (removal.case_id, removal.person_id, removal.role))
      AND (later.corrected_at, later.id) > (removal.corrected_at, removal.id))`;

/** Roles that a referral had after its first submission, before it was corrected. */
const FORMER_ROLES_OF_REFERRAL = `SELECT k.referral_id, k.person_id, k.role FROM referral_person_corrections k
    JOIN referral_screenings s ON s.id = k.referral_id AND s.created_at <= k.corrected_at`;

/** Roles that count in a comparison of a referral with a case. */
interface CountedRoles {
  /** SQL of an agency: roles that its staff removed count. */
  agency?: string;
  /** Whether roles before a correction count on both sides, those of the referrals included. */
  withFormer?: boolean;
}

/** SQL of the roles of cases that count. */
const rolesOfCases = ({ agency, withFormer = false }: CountedRoles): string =>
  [
    PRESENT_ROLES,
    ...(withFormer ? [FORMER_ROLES] : []),
    ...(agency ? [`SELECT case_id, person_id, role FROM (${REMOVED_ROLES}) removed WHERE agency_id = ${agency}`] : []),
  ].join(' UNION ALL ');

/**
 * Condition that `referral` and the case `matched` name the same person in one of the roles. If the referral opened a case,
 * that case counts instead.
 */
const sharesPersonOfCase = (roles: string, counted: CountedRoles): string => {
  const formerOf = (referral: string): string =>
    counted.withFormer
      ? `UNION ALL SELECT person_id, role FROM (${FORMER_ROLES_OF_REFERRAL}) former_roles WHERE ${referral}`
      : '';
  return `EXISTS (
  SELECT 1 FROM (SELECT person_id, role FROM referral_people WHERE referral_id = referral.id AND referral.case_id IS NULL
      UNION ALL SELECT person_id, role FROM (${rolesOfCases(counted)}) opened_roles WHERE opened_roles.case_id = referral.case_id
      ${formerOf('former_roles.referral_id = referral.id')}) referral_roles
    JOIN (SELECT person_id, role FROM (${rolesOfCases({ ...counted, withFormer: true })}) matched_roles WHERE matched_roles.case_id = matched.id
      ${formerOf('former_roles.referral_id IN (SELECT id FROM referrals WHERE case_id = matched.id)')}) case_roles
      ON case_roles.person_id = referral_roles.person_id
  WHERE referral_roles.role = ANY(${roles}) AND case_roles.role = ANY(${roles}))`;
};

/**
 * SQL of the agencies for whose people alone `referral` repeats `matched`, as their staff removed a person: empty if it does
 * for nobody, null if it does for everybody.
 */
const forAgencies = (victims: string, harming: string, withFormer: boolean): string => {
  const shares = (agency?: string): string =>
    [victims, harming].map((roles) => sharesPersonOfCase(roles, { agency, withFormer })).join(' AND ');
  return `CASE WHEN ${shares()} THEN NULL
    ELSE ARRAY(SELECT DISTINCT removing.corrected_by_agency_id FROM case_person_corrections removing
      WHERE removing.kind = 'entered_in_error' AND removing.case_id IN (referral.case_id, matched.id)
        AND ${shares('removing.corrected_by_agency_id')}
      ORDER BY 1) END`;
};

/**
 * SQL of `candidate_cases` and `candidate_referrals`: records that share a person, place or group with one referral or case. Roles
 * that were removed count too. Both parameters can be null. The conditions of a repeat are then tested on few rows, found by
 * indexes.
 */
export const candidates = (referral: string, caseId: string): string => `
  target_referrals AS (SELECT id, case_id, person_id, place_id, group_id FROM referrals WHERE id = ${referral} OR case_id = ${caseId}),
  own_case AS (SELECT id, person_id, place_id, group_id FROM cases WHERE id = ${caseId} OR id IN (SELECT case_id FROM target_referrals)),
  subjects AS (SELECT person_id, place_id, group_id FROM target_referrals UNION SELECT person_id, place_id, group_id FROM own_case),
  named AS (SELECT person_id FROM subjects
    UNION SELECT person_id FROM referral_people WHERE referral_id IN (SELECT id FROM target_referrals)
    UNION SELECT person_id FROM case_people WHERE case_id IN (SELECT id FROM own_case)
    UNION SELECT person_id FROM case_person_corrections WHERE case_id IN (SELECT id FROM own_case)),
  candidate_cases AS (SELECT case_id AS id FROM case_people JOIN named USING (person_id)
    UNION SELECT case_id FROM case_person_corrections JOIN named USING (person_id)
    UNION SELECT c.id FROM cases c JOIN subjects USING (person_id)
    UNION SELECT c.id FROM cases c JOIN subjects USING (place_id)
    UNION SELECT c.id FROM cases c JOIN subjects USING (group_id)),
  candidate_referrals AS (SELECT referral_id AS id FROM referral_people JOIN named USING (person_id)
    UNION SELECT r.id FROM referrals r JOIN candidate_cases c ON c.id = r.case_id
    UNION SELECT r.id FROM referrals r JOIN subjects USING (person_id)
    UNION SELECT r.id FROM referrals r JOIN subjects USING (place_id)
    UNION SELECT r.id FROM referrals r JOIN subjects USING (group_id))`;

/**
 * Selects repeats missing from `repeated_cases`, or there for too few agencies: cases about the same people or subject.
 * Matches like the screening, but within the longest window of any edition of the rules, from any case of the panel, and by
 * the roles that count. For a referral that is undecided or ended without a case, the order of submission is
 * irrelevant. For a referral with a case, which a correction may give the same matter, only cases opened earlier count.
 * $1 the panel, $2 one referral or null, $3 one case or null, $4 months of the longest window, $5 whether it is a MARAC,
 * $6 and $7 roles.
 */
const REPEATED = `WITH ${candidates('$2::uuid', '$3::uuid')},
  pairs AS (SELECT target_referrals.id AS referral_id, c.id AS matched_id FROM target_referrals, candidate_cases c
    UNION SELECT r.id, $3 FROM candidate_referrals r WHERE $3::uuid IS NOT NULL),
  found AS (SELECT referral.id, matched.id AS matched_id, referral.partnership_id,
      CASE WHEN $5::boolean THEN ${forAgencies('$6::text[]', '$7::text[]', false)}
        WHEN matched.person_id = referral.person_id OR matched.place_id = referral.place_id OR matched.group_id = referral.group_id THEN NULL
        ELSE '{}' END AS agencies
    FROM pairs JOIN referrals referral ON referral.id = pairs.referral_id AND referral.panel_id = $1
      JOIN referral_screenings screened ON screened.id = referral.id
      JOIN cases matched ON matched.id = pairs.matched_id AND matched.panel_id = $1
      LEFT JOIN referrals opening ON opening.case_id = matched.id
    WHERE (referral.case_id IS NULL
        OR (matched.opened_at, matched.id) < (SELECT opened.opened_at, opened.id FROM cases opened WHERE opened.id = referral.case_id))
      AND (coalesce(opening.submitted_at, matched.opened_at) AT TIME ZONE 'Europe/London')::date + make_interval(months => $4::integer)
        >= coalesce(referral.incident_on, (referral.submitted_at AT TIME ZONE 'Europe/London')::date))
  SELECT found.id AS "referralId", found.matched_id AS "matchedCaseId", $1::uuid AS "panelId",
    found.partnership_id AS "partnershipId",
    CASE WHEN found.agencies IS NOT NULL
      THEN ARRAY(SELECT unnest(known.for_agency_ids) UNION SELECT unnest(found.agencies) ORDER BY 1) END AS "forAgencyIds"
  FROM found LEFT JOIN repeated_cases known ON known.referral_id = found.id AND known.matched_case_id = found.matched_id
  WHERE found.agencies IS DISTINCT FROM '{}'
    AND (known.id IS NULL OR known.for_agency_ids IS NOT NULL AND (found.agencies <@ known.for_agency_ids) IS NOT TRUE)`;

type FoundRepeat = Pick<RepeatedCase, 'referralId' | 'matchedCaseId' | 'panelId' | 'partnershipId' | 'forAgencyIds'>;

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
 * none. A repeat that applied to the people of some agencies can become one for everybody.
 */
export async function addRepeatedCases(
  work: UnitOfWork,
  { panelId, referralId = '', caseId = '', isOwnAct = false }: RepeatSearch,
  panelType: PanelType,
  months: number,
): Promise<void> {
  await lockPanel(work, panelId);
  await work.asSystem(async () => {
    const longest = Math.max(months, ...(await windowsOf(work, panelId)));
    const found = await work.manager.query<FoundRepeat[]>(REPEATED, [
      panelId,
      referralId || null,
      caseId || null,
      longest,
      panelType === 'marac',
      VICTIM_ROLES,
      HARM_ROLES,
    ]);
    const { id, namedExcludedCaseIds } = work.actor;
    const finderOf = ({ matchedCaseId }: FoundRepeat): { foundById?: string } =>
      isOwnAct && namedExcludedCaseIds.includes(matchedCaseId) ? { foundById: id } : {};
    const known = await work.manager.findBy(RepeatedCase, { referralId: In(found.map((one) => one.referralId)) });
    const missing: FoundRepeat[] = [];
    for (const one of found) {
      const existing = known.find(
        (row) => row.referralId === one.referralId && row.matchedCaseId === one.matchedCaseId,
      );
      const finder = existing?.foundById ? {} : finderOf(one);
      if (existing) await work.write.update(RepeatedCase, existing, { forAgencyIds: one.forAgencyIds, ...finder });
      else missing.push(one);
    }
    await work.write.insertMany(
      RepeatedCase,
      missing.map((one) => ({ ...one, foundById: null, ...finderOf(one) })),
    );
  });
}

/**
 * Selects the pairs of a case, as the matched case or as that of the referral. A row has the agencies for which the pair
 * counts by all roles that the two have or had, and whether the two name the same people now. $1 the case, $2 and $3 roles.
 */
const PAIRS_OF_CASE = `SELECT repeated.id, ${forAgencies('$2::text[]', '$3::text[]', true)} AS "forAgencyIds",
    ${sharesPersonOfCase('$2::text[]', {})} AND ${sharesPersonOfCase('$3::text[]', {})} AS "isNamed"
  FROM repeated_cases repeated
    JOIN referrals referral ON referral.id = repeated.referral_id JOIN cases matched ON matched.id = repeated.matched_case_id
  WHERE matched.id = $1 OR referral.case_id = $1`;

type PairOfCase = Pick<RepeatedCase, 'id' | 'forAgencyIds'> & { isNamed: boolean };

/**
 * Updates the pairs of a case when a role is removed as entered in error, or put back. After a removal, a pair that the role
 * joined applies to the people of the remover's agency alone. It ends if another agency removes the same role. A reversal
 * restores it. Roles that were changed, or removed from a referral, continue to count. The function returned is called after
 * the change. It returns the referrals that name the same people no longer, or again.
 */
export async function prepareRepeatUpdate(work: UnitOfWork, caseId: string): Promise<() => Promise<string[]>> {
  const select = (): Promise<PairOfCase[]> =>
    work.asSystem(() => work.manager.query(PAIRS_OF_CASE, [caseId, VICTIM_ROLES, HARM_ROLES]));
  const before = new Map((await select()).map((pair) => [pair.id, pair]));
  return async () => {
    const pairs = await select();
    return work.asSystem(async () => {
      const rows = await work.manager.findBy(RepeatedCase, { id: In(pairs.map(({ id }) => id)) });
      const referralIds: string[] = [];
      for (const { id, forAgencyIds, isNamed } of pairs) {
        const row = rows.find((one) => one.id === id) as RepeatedCase;
        const previous = before.get(id);
        if (previous?.isNamed !== isNamed) referralIds.push(row.referralId);
        // the role does not join the two
        if (isDeepStrictEqual(previous?.forAgencyIds, forAgencyIds)) continue;
        if (forAgencyIds?.length === 0) await work.write.delete(RepeatedCase, [row]);
        else await work.write.update(RepeatedCase, row, { forAgencyIds });
      }
      return referralIds;
    });
  };
}
