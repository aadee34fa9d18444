/**
 * Read access to referrals: the referring agency, and from submission on the panel that is asked. The referrer may
 * continue to follow the resulting case, and learns nothing else about it.
 */
import type { Actor, ActorAttributes } from '../authentication/actor.js';
import type { Where } from '../authorization/conditions.js';
import { subjectOf } from '../authorization/subjects.js';
import { Policy } from '../records/policy.js';
import { Case } from '../cases/case.entity.js';
import { excludedFromPersonOfRow, ofOwnPerson } from '../cases/cases.policy.js';
import { coordinatedPanels, corePanels, outsideCompartment, seatedPanels } from '../panels/panels.policy.js';
import { EXCLUSION_OF_ACTOR_IN_FORCE, excludedByPanel, isAbsentAt } from '../sharing/access.policy.js';
import { Group, Person, Place, ProtectedAddress } from '../subjects/subject.entity.js';
import { ofOwnAgency } from '../subjects/subjects.policy.js';
import { ReferralPersonCorrection } from './referral-person-correction.entity.js';
import {
  Referral,
  ReferralDecision,
  ReferralPerson,
  ReferralScreening,
  ReferralSubject,
  RepeatedCase,
} from './referral.entity.js';
import type { DenyRule, AllowRule } from '../authorization/subject.types.js';
import { notDenied, applicableRules, refersToHiddenRecord } from '../authorization/applicable-rules.js';
import type { RecordClass } from '../database/columns.js';

export const policy = new Policy();

declare module '../authentication/actor.js' {
  interface ActorAttributes {
    /**
     * People named by a panel's cases and referrals that an exclusion hides from the actor. Each entry has those cases
     * and the excluded people.
     * Other records that name the same people make no difference, or the actor could name them elsewhere. For a
     * conflict that the actor declared, only people named at the time of the declaration.
     */
    peopleOfHiddenMatters: { panelId: string; personId: string; caseIds: string[]; excludedPersonIds: string[] }[];
    /**
     * Referrals without a case that an exclusion from a person still hides. A colleague of the actor removed the person from
     * them as entered in error.
     */
    excludedReferralIds: string[];
  }
}

/**
 * Exclusions of the actor, with the time after which naming a person has no effect: for a declared conflict, the
 * declaration. Otherwise any colleague on the panel could, by naming people later, take away records with which the
 * actor still works.
 */
const OWN_EXCLUSIONS = `SELECT e.id, e.case_id, e.person_id, e.declared, CASE WHEN e.reach = 'panel' THEN e.panel_id END AS limited_to_panel_id,
    CASE WHEN e.declared THEN e.since ELSE 'infinity' END AS named_until
  FROM exclusions e WHERE ${EXCLUSION_OF_ACTOR_IN_FORCE}`;

/**
 * Columns `id`, `by_matter` and `named_until`: cases to which these exclusions apply, whomever the cases name now. A declared
 * conflict applies to nobody whom another case than its own names.
 */
const EXCLUDED_CASES_WITH_TIME = `SELECT one.case_id AS id, one.by_matter,
     CASE WHEN mine.declared AND one.by_matter AND one.case_id IS DISTINCT FROM mine.case_id THEN '-infinity' ELSE mine.named_until END AS named_until
   FROM excluded_cases(ARRAY(SELECT id FROM mine), who.agency_id) one JOIN mine ON mine.id = one.exclusion_id`;

/** SQL condition that a role named its person no later than the time `named_until` of an exclusion. */
const isNamedUntil = (role: string, exclusion: string): string =>
  `${role}.created_at <= ${exclusion}.named_until AND NOT ${isAbsentAt(role, `${exclusion}.named_until`)}`;

/** Columns `id` and `named_until`: cases hidden by these exclusions. */
const HIDDEN_CASES = `SELECT id, named_until FROM excluded
   UNION SELECT cp.case_id, mine.named_until FROM case_people cp JOIN mine USING (person_id)
     WHERE (mine.limited_to_panel_id IS NULL OR mine.limited_to_panel_id = cp.panel_id) AND ${isNamedUntil('cp', 'mine')}
   UNION SELECT c.id, mine.named_until FROM cases c JOIN mine USING (person_id)
     WHERE (mine.limited_to_panel_id IS NULL OR mine.limited_to_panel_id = c.panel_id) AND c.created_at <= mine.named_until`;

/** SQL of `ofOwnAuthorship`, for a referral `r`. */
const BY_ME = `(r.author_id = who.id OR who.id = ANY (r.co_author_ids))`;

/** Condition for referrals that the actor wrote, or submitted or completed for the referring agency. */
const ofOwnAuthorship = ({ id }: Actor): Where => ({ $or: [{ authorId: id }, { coAuthorIds: { $overlaps: [id] } }] });

/**
 * Columns `id`, `case_id`, `excluded_id` and `named_until`: referrals of hidden cases, and referrals that name a person
 * from whom the actor is excluded.
 */
const HIDDEN_REFERRALS = `SELECT r.id, r.case_id, NULL::uuid AS excluded_id, hidden.named_until FROM referrals r JOIN hidden ON hidden.id = r.case_id
   UNION SELECT r.id, rc.matched_case_id, NULL, excluded.named_until FROM repeated_cases rc
     JOIN excluded ON excluded.by_matter AND excluded.id = rc.matched_case_id
     JOIN referrals r ON r.id = rc.referral_id AND r.case_id IS NULL AND NOT ${BY_ME} AND rc.found_by_id IS DISTINCT FROM who.id
       AND (rc.for_agency_ids IS NULL OR who.agency_id = ANY (rc.for_agency_ids))
   UNION SELECT r.id, NULL, mine.person_id, mine.named_until FROM mine JOIN kept_after_removal(ARRAY[mine.id], who.agency_id) k ON k.case_id IS NULL
     JOIN referrals r ON r.id = k.referral_id AND NOT ${BY_ME}
   UNION SELECT r.id, NULL, mine.person_id, mine.named_until FROM mine
     JOIN referrals r ON r.submitted_at IS NOT NULL AND (mine.limited_to_panel_id IS NULL OR mine.limited_to_panel_id = r.panel_id)
       AND (NOT ${BY_ME} OR r.case_id IS NOT NULL) AND r.created_at <= mine.named_until
     WHERE mine.person_id IS NOT NULL AND (mine.person_id = r.person_id OR EXISTS (SELECT FROM referral_people p
       WHERE p.referral_id = r.id AND p.person_id = mine.person_id AND ${isNamedUntil('p', 'mine')}))`;

/** SQL condition that a correction `p` is the last removal of a person, by staff of the actor's agency. */
const removedByColleague = (table: string, record: string): string =>
  `p.kind = 'entered_in_error' AND p.corrected_by_agency_id = who.agency_id AND NOT EXISTS (SELECT FROM ${table} later
     WHERE later.kind = 'entered_in_error' AND later.corrected_by_agency_id <> p.corrected_by_agency_id
       AND (later.${record}, later.person_id) = (p.${record}, p.person_id) AND (later.corrected_at, later.id) > (p.corrected_at, p.id))`;

policy.declareAttribute(
  'peopleOfHiddenMatters',
  `WITH mine AS (${OWN_EXCLUSIONS}), excluded AS (${EXCLUDED_CASES_WITH_TIME}), hidden AS (${HIDDEN_CASES}), matters AS (${HIDDEN_REFERRALS}),
     within AS (SELECT c.panel_id, c.person_id, c.id AS case_id, NULL::uuid AS excluded_id FROM cases c
         JOIN hidden h ON h.id = c.id AND c.created_at <= h.named_until
       UNION SELECT p.panel_id, p.person_id, p.case_id, NULL FROM case_people p
         JOIN hidden h ON h.id = p.case_id AND ${isNamedUntil('p', 'h')}
       UNION SELECT p.panel_id, p.person_id, p.case_id, NULL FROM case_person_corrections p
         JOIN hidden h ON h.id = p.case_id AND p.named_at <= h.named_until
         WHERE ${removedByColleague('case_person_corrections', 'case_id')}
       UNION SELECT r.panel_id, r.person_id, m.case_id, m.excluded_id FROM referrals r
         JOIN matters m ON m.id = r.id AND r.created_at <= m.named_until
       UNION SELECT p.panel_id, p.person_id, m.case_id, m.excluded_id FROM referral_people p
         JOIN matters m ON m.id = p.referral_id AND ${isNamedUntil('p', 'm')}
       UNION SELECT p.panel_id, p.person_id, m.case_id, m.excluded_id FROM referral_person_corrections p
         JOIN matters m ON m.id = p.referral_id AND p.named_at <= m.named_until
         WHERE ${removedByColleague('referral_person_corrections', 'referral_id')})
   SELECT coalesce(jsonb_agg(jsonb_build_object('panelId', one.panel_id, 'personId', one.person_id, 'caseIds', one.cases,
     'excludedPersonIds', one.people) ORDER BY one.panel_id, one.person_id), '[]')
   FROM (SELECT w.panel_id, w.person_id, coalesce(jsonb_agg(DISTINCT w.case_id) FILTER (WHERE w.case_id IS NOT NULL), '[]') AS cases,
       coalesce(jsonb_agg(DISTINCT w.excluded_id) FILTER (WHERE w.excluded_id IS NOT NULL), '[]') AS people FROM within w
     GROUP BY w.panel_id, w.person_id HAVING w.person_id IS NOT NULL) one`,
);

policy.declareAttribute(
  'excludedReferralIds',
  `SELECT to_jsonb(referrals_after_removal(ARRAY(SELECT e.id FROM exclusions e WHERE ${EXCLUSION_OF_ACTOR_IN_FORCE}), who.agency_id))`,
);

/** Attributes that exclusions determine: all empty for an actor whom no exclusion concerns. */
export const EXCLUSION_ATTRIBUTES = [
  'excludedCaseIds',
  'namedExcludedCaseIds',
  'excludedPersonIds',
  'panelExclusions',
  'peopleOfHiddenMatters',
  'excludedReferralIds',
] as const satisfies (keyof ActorAttributes)[];

/** Rows of a panel about people named there by a record that an exclusion hides from the actor. */
export const namedInHiddenMatters = ({ peopleOfHiddenMatters }: Actor): Where[] =>
  peopleOfHiddenMatters.map(({ panelId, personId }) => ({ panelId, personId }));

/** Condition for referrals that name one of the people, as their subject or in a role. */
const naming = (personIds: string[]): Where[] => {
  const people = { personId: { $in: personIds } };
  return [people, { people: { $elemMatch: people } }];
};

/**
 * Referrals that an exclusion by their panel does not hide: drafts, which are before no panel, and referrals that led to no
 * case, for those of its agency who wrote, completed or submitted it and do not decide on it. A draft that vanishes when
 * a person is named in it, or a referral that its author loses, would reveal that the panel knows the person.
 */
export const beyondExclusions = (actor: Actor): Where => ({
  $or: [
    { submittedAt: null },
    {
      ...ofOwnAuthorship(actor),
      caseId: null,
      panelId: { $nin: coordinatedPanels(actor) },
    },
  ],
});

/** Referrals that name a person from whom the actor is excluded, by the panel or in the whole partnership. */
const namingExcluded = (actor: Actor): Where[] => [
  ...excludedByPanel(actor, (personIds) => ({ $or: naming(personIds), $nor: [beyondExclusions(actor)] })),
  ...(actor.excludedPersonIds.length ? naming(actor.excludedPersonIds) : []),
];

/**
 * Hides records of other agencies about a person from whom the reader is excluded. A reader who may still read a
 * referral that names the person reads only the record of the reader's own agency: other records hold the present
 * knowledge of other agencies.
 */
const excludedFromNamed: DenyRule = {
  name: 'excluded-from-named',
  step: 'conflict',
  sentence:
    'who is excluded from a person named in a referral that is hidden from them; of a person whom another agency recorded, who is excluded from the person, or from the case that the referral repeats',
  where: (actor) => {
    const hidden = namingExcluded(actor);
    const repeating = repeatingForDecision(actor);
    const kept: Where[] = [...excludedByPanel(actor), ...(repeating ? [{ referral: { $elemMatch: repeating } }] : [])];
    // a person hidden by row-level security is not found
    const ofOthers = { $nor: [{ person: { $elemMatch: { agencyId: actor.agencyId } } }] };
    const wheres: Where[] = [
      ...(hidden.length ? [{ referral: { $elemMatch: { $or: hidden } } }] : []),
      ...(kept.length ? [{ $and: [{ $or: kept }, ofOthers] }] : []),
    ];
    return wheres.length ? { $or: wheres } : null;
  },
};

/** Condition for rows of `repeated_cases` that apply to the actor, with a case from which the actor is excluded. */
const repeatsExcludedCase = ({
  namedExcludedCaseIds,
  agencyId,
}: Pick<Actor, 'namedExcludedCaseIds' | 'agencyId'>): Where => ({
  matchedCaseId: { $in: namedExcludedCaseIds },
  $or: [{ forAgencyIds: null }, { forAgencyIds: { $overlaps: [agencyId] } }],
});

/**
 * Referrals about the same matter as a case from which the actor is excluded, including refused, redirected and
 * withdrawn ones. A referral that opened a case is hidden with the case. They stay visible to their
 * author, unless the author decides on them, and to the user who made them repeats: losing a text just written or read
 * would reveal that the panel knows the matter.
 */
const repeatingExcluded = (actor: Actor): Where[] => {
  const { namedExcludedCaseIds } = actor;
  if (!namedExcludedCaseIds.length) return [];
  const decided = coordinatedPanels(actor);
  const others: Where[] = [
    { $nor: [ofOwnAuthorship(actor)] },
    ...(decided.length ? [{ panelId: { $in: decided } }] : []),
  ];
  return [
    {
      caseId: null,
      repeated: { $elemMatch: { ...repeatsExcludedCase(actor), foundById: { $ne: actor.id } } },
      $or: others,
    },
  ];
};

/** Referrals on which the actor may not decide, including those that the actor made repeats and may read. */
export const repeatingForDecision = (actor: Pick<Actor, 'namedExcludedCaseIds' | 'agencyId'>): Where | null =>
  actor.namedExcludedCaseIds.length ? { caseId: null, repeated: { $elemMatch: repeatsExcludedCase(actor) } } : null;

/** Hides a referral, and records that refer to it, from actors excluded from it. */
export const excludedFromReferral: DenyRule = {
  name: 'excluded-from-referral',
  step: 'conflict',
  sentence:
    'who is excluded, by its panel or in the whole partnership, from a person named in the referral, or taken out of it in error by a colleague, from the case that it led to, or from a case that it repeats; neither reaches those who wrote a referral without a case, or submitted or completed it for their agency, unless they chair or coordinate that panel, and one from a case does not reach those who made the referral a repeat of it by submitting or correcting it',
  where: (actor) => {
    const { excludedCaseIds, excludedReferralIds } = actor;
    const hidden = namingExcluded(actor);
    if (excludedReferralIds.length) hidden.push({ id: { $in: excludedReferralIds }, $nor: [beyondExclusions(actor)] });
    if (excludedCaseIds.length) hidden.push({ caseId: { $in: excludedCaseIds } });
    hidden.push(...repeatingExcluded(actor));
    return hidden.length ? { $or: hidden } : null;
  },
};

/**
 * Returns the deny rule of a referral for rows that name it by type and identifier. `typeColumn` holds the type,
 * `relation` leads to the referral. A referral that row-level security hides is not found, so the rule denies unless
 * the referral is found.
 */
export const hiddenWithReferral = (typeColumn: string, relation: string): DenyRule => ({
  name: excludedFromReferral.name,
  step: 'conflict',
  sentence: 'who is excluded from the referral that it is about',
  where: (actor) => {
    const excluded = excludedFromReferral.where(actor);
    return excluded && { [typeColumn]: 'Referral', $nor: [{ [relation]: { $elemMatch: { $nor: [excluded] } } }] };
  },
});

/**
 * Hides drafts, and drafts withdrawn without ever being submitted. A deny rule, so that lists can use the index by
 * panel alone.
 */
const drafted: DenyRule = {
  name: 'draft-of-another-agency',
  step: 'compartment',
  sentence: 'who is not of the agency that drafts it: until it is submitted it exists for nobody else',
  where: (actor) => ({ submittedAt: null, agencyId: { $ne: actor.agencyId } }),
};

const inPanels = (panelIds: string[], more: Where = {}): Where | null =>
  panelIds.length ? { panelId: { $in: panelIds }, ...more } : null;

/** Condition for referrals that the referrer has not changed since their return, including those withdrawn later. */
const AS_SUBMITTED = { rewrittenAt: null };

/** Conditions for referrals that were withdrawn as referred in error, or whose case was closed so. */
const IN_ERROR: Where[] = [{ status: 'withdrawn', reasonCode: 'referred_in_error' }, { caseInError: true }];
const NOT_IN_ERROR: Where = { $nor: IN_ERROR };

/**
 * Condition for screenings whose earlier referral is hidden from the actor, or was referred in error. Such a screening
 * shows no repeat. Source: docs/decisions/0061.
 */
const repeatsNoKnownReferral = (actor: Actor): Where =>
  refersToHiddenRecord(actor, ReferralScreening, 'previous', NOT_IN_ERROR);

/** Fields that the panel can read of a referral that is being rewritten: none that the referrer writes. */
const WITHOUT_THE_TEXT = [
  'id',
  'version',
  'reference',
  'partnershipId',
  'panelId',
  'agencyId',
  'authorId',
  'status',
  'rulesEdition',
  'createdAt',
  'updatedAt',
  'submittedAt',
  'decision',
  'reasonCode',
  'decidedAt',
];

/** Referrals of the actor's agency in which the actor is involved. */
const ofOwnReferral = (actor: Actor): Where => ofOwnAgency(actor, { panelId: { $in: seatedPanels(actor) } });

/**
 * Referrals of the actor's agency, for allow rules of other records: without those hidden by the deny rules of
 * referrals.
 */
const throughOwnReferral = (actor: Actor): Where => ({
  ...ofOwnReferral(actor),
  ...notDenied(actor, subjectOf(Referral)),
});

const contributor = { agency: 'agencyId', type: 'contributingType' };

policy.declareSubject(Referral, 'Referral', {
  relations: {
    people: { to: ReferralPerson, local: 'id', foreign: 'referralId' },
    repeated: { to: RepeatedCase, local: 'id', foreign: 'referralId' },
  },
  seek: ['panelId', 'agencyId'],
  panel: 'panelId',
  contributor,
  denyRules: [excludedFromReferral, outsideCompartment, drafted],
  allowRules: [
    {
      name: 'own-agency',
      sentence:
        'who wrote it, or whose agency did, with a seat on the panel or as safeguarding lead working in that partnership',
      actions: ['read', 'track', 'change', 'name-person', 'correct', 'submit', 'withdraw', 'refer-again'],
      where: ofOwnReferral,
    },
    {
      name: 'core-member',
      sentence:
        'who is a core member of the panel, as it was submitted, unless it was withdrawn as referred in error or its case was closed so',
      actions: ['read', 'track'],
      where: (actor) => inPanels(corePanels(actor), { ...AS_SUBMITTED, ...NOT_IN_ERROR }),
    },
    {
      name: 'core-member-while-rewritten',
      sentence: 'who is a core member of the panel, while the referrer rewrites what was returned: where it stands',
      actions: ['read', 'track'],
      where: (actor) => inPanels(corePanels(actor), NOT_IN_ERROR),
      fields: WITHOUT_THE_TEXT,
    },
    {
      name: 'coordination-of-an-error',
      sentence:
        'who is a core member of the panel and chairs or coordinates it, where the referral was withdrawn as referred in error or its case was closed so',
      actions: ['read', 'track'],
      where: (actor) => {
        const coordinated = coordinatedPanels(actor);
        return inPanels(
          corePanels(actor).filter((id) => coordinated.includes(id)),
          { $or: IN_ERROR },
        );
      },
    },
    {
      name: 'deciding-coordination',
      // a refusal quotes the sentence, so the sentence must not reveal that there is a case with an exclusion
      sentence:
        'who chairs or coordinates the panel, once the referral was submitted; in some matters another of them decides',
      actions: ['accept', 'refuse', 'redirect', 'return', 'correct', 'exclude'],
      where: (actor) => {
        const repeating = repeatingForDecision(actor);
        return inPanels(coordinatedPanels(actor), repeating ? { $nor: [repeating] } : {});
      },
    },
  ],
});

const OF_REFERRAL = {
  relations: { referral: { to: Referral, local: 'referralId', foreign: 'id' } },
  parent: 'referral',
};

const referralReader: AllowRule<'read'> = {
  name: 'referral-reader',
  sentence: 'who may read the referral',
  actions: ['read'],
  within: 'read',
  where: () => ({}),
};

/** Rows of referrals of the actor's agency, and of referrals that are not being rewritten. */
const ownOrAsSubmitted = (actor: Actor): Where => ({
  $or: [{ agencyId: actor.agencyId }, { referral: { $elemMatch: AS_SUBMITTED } }],
});

const submittedReader: AllowRule<'read'> = {
  ...referralReader,
  sentence: 'who may read the referral: of the agency that made it, or as it was submitted',
  where: ownOrAsSubmitted,
};

policy.declareSubject(ReferralPerson, 'ReferralPerson', {
  ...OF_REFERRAL,
  panel: 'panelId',
  contributor,
  allowRules: [
    submittedReader,
    {
      name: 'referral-corrector',
      sentence:
        'who may correct the referral: who made it, and who chairs or coordinates the panel, as it was submitted',
      actions: ['change', 'take-out'],
      within: 'correct',
      where: ownOrAsSubmitted,
    },
  ],
});

/**
 * Hides corrections about a person removed from the referral. A reader who may still read the referral as its author
 * may still read the corrections.
 */
const excludedFromPersonTakenOut: DenyRule = {
  ...excludedFromPersonOfRow,
  where: (actor) => {
    const excluded = excludedFromPersonOfRow.where(actor);
    return excluded && { $and: [excluded, { $nor: [{ referral: { $elemMatch: beyondExclusions(actor) } }] }] };
  },
};

/** Fields of a correction without the reason, which is free text in which the panel may state what it knows. */
const WITHOUT_WHY = [
  'id',
  'version',
  'referralId',
  'roleId',
  'personId',
  'agencyId',
  'kind',
  'role',
  'rationale',
  'correctedById',
  'correctedAt',
];

policy.declareSubject(ReferralPersonCorrection, 'ReferralPersonCorrection', {
  ...OF_REFERRAL,
  panel: 'panelId',
  contributor,
  isAboutProcess: true,
  denyRules: [excludedFromPersonTakenOut],
  allowRules: [
    {
      name: 'own-agency',
      sentence:
        'whose agency made the referral, and who may change it: what the agency corrected before the panel had it, and what they corrected themselves',
      actions: ['read'],
      within: 'change',
      // an excluded author can still read: the panel's reasons are shown to nobody of the agency, so that their absence
      // reveals no exclusion
      where: (actor) => ({ $or: [{ correctedById: actor.id }, { inDraft: true }] }),
    },
    {
      name: 'own-agency-without-the-reason',
      sentence: 'whose agency made the referral, and who may change it: all but the reason',
      actions: ['read'],
      within: 'change',
      where: () => ({}),
      fields: WITHOUT_WHY,
    },
    {
      name: 'coordination',
      sentence: 'who chairs or coordinates the panel, once the referral was submitted: what was corrected from then on',
      actions: ['read'],
      within: 'return',
      where: () => ({ inDraft: false }),
    },
    {
      name: 'remover',
      sentence:
        'who removed the person, and chairs or coordinates the panel, while the referral is as it was submitted',
      actions: ['put-back'],
      within: 'return',
      where: ({ id }) => ({ correctedById: id, inDraft: false, referral: { $elemMatch: AS_SUBMITTED } }),
    },
  ],
});

policy.declareSubject(ReferralDecision, 'ReferralDecision', {
  ...OF_REFERRAL,
  panel: 'panelId',
  contributor,
  // the agency that made the referral can read the reason, whatever the agreement shares with it
  owner: 'agencyId',
  allowRules: [referralReader],
});

policy.declareSubject(ReferralScreening, 'ReferralScreening', {
  relations: {
    referral: { to: Referral, local: 'id', foreign: 'id' },
    previous: { to: Referral, local: 'previousReferralId', foreign: 'id' },
    duplicate: { to: Referral, local: 'duplicateOfId', foreign: 'id' },
  },
  parent: 'referral',
  panel: 'panelId',
  contributor,
  revealing: {
    isRepeat: {
      shownAs: false,
      hidden: [{ values: [true], where: repeatsNoKnownReferral }],
    },
    previousReferralId: { shownAs: null, hidden: [{ where: repeatsNoKnownReferral }] },
    duplicateOfId: {
      shownAs: null,
      hidden: [{ where: (actor) => refersToHiddenRecord(actor, ReferralScreening, 'duplicate', NOT_IN_ERROR) }],
    },
  },
  allowRules: [
    {
      name: 'core-member',
      sentence: 'who is a core member of the panel: never the referrer as such',
      actions: ['read'],
      within: 'read',
      where: (actor) => inPanels(corePanels(actor)),
    },
  ],
});

policy.declareSubject(ReferralSubject, 'ReferralSubject', {
  ...OF_REFERRAL,
  relations: { ...OF_REFERRAL.relations, person: { to: Person, local: 'personId', foreign: 'id' } },
  panel: 'panelId',
  contributor,
  denyRules: [excludedFromNamed],
  allowRules: [
    {
      name: 'core-member',
      sentence: 'who is a core member of the panel, while the referral waits for its decision',
      actions: ['read'],
      within: 'read',
      where: (actor) => inPanels(corePanels(actor)),
    },
  ],
});

// read only by conditions: no route and no allow rule gives access to it
policy.declareSubject(RepeatedCase, 'RepeatedCase', { ...OF_REFERRAL, panel: 'panelId' });

policy.extendSubject(Case, {
  relations: { referrals: { to: Referral, local: 'id', foreign: 'caseId' } },
  allowRules: [
    {
      name: 'referrer',
      sentence: 'whose agency referred it, as far as they may follow the referral: where it stands, and no more',
      actions: ['track'],
      where: (actor) => ({ referrals: { $elemMatch: throughOwnReferral(actor) } }),
    },
  ],
});

/**
 * Allows access through a submitted referral that names the record, until the referral is decided and a case replaces
 * it.
 */
const throughReferral: AllowRule<'read'> = {
  name: 'referral-reader',
  sentence: 'who is a core member of a panel before which a referral puts it',
  actions: ['read'],
  where: (actor: Actor) => {
    const ways = applicableRules(actor, subjectOf(ReferralSubject), 'read').map((one) => one.where);
    return ways.length ? { referred: { $elemMatch: { $or: ways } } } : null;
  },
};

const REFERRED: readonly [type: RecordClass, foreign: string][] = [
  [Person, 'personId'],
  [Place, 'placeId'],
  [Group, 'groupId'],
];
for (const [type, foreign] of REFERRED)
  policy.extendSubject(type, {
    relations: { referred: { to: ReferralSubject, local: 'id', foreign } },
    contexts: ['referred'],
    allowRules: [throughReferral],
  });

/**
 * Referrals by which the panel has, or is asked to take, a matter. Drafts are not among them, because a draft is not
 * visible to the panel.
 */
const OPEN_OR_ACCEPTED = { submittedAt: { $ne: null }, status: { $in: ['submitted', 'returned', 'accepted'] } };
const toItsPanel = { local: 'personId', foreign: 'personId', also: { panelId: 'panelId' } };

policy.extendSubject(ProtectedAddress, {
  relations: {
    referred: { to: ReferralSubject, ...toItsPanel },
    referrals: { to: Referral, ...toItsPanel },
    referralRoles: { to: ReferralPerson, ...toItsPanel },
  },
  denyRules: [
    {
      name: 'before-a-hidden-matter',
      step: 'conflict',
      sentence:
        'who is excluded from the person, or from a case or referral that names the person, on the panel before which it stands, or on any panel where its agency keeps it, unless they wrote the address; by a conflict that they declared, as far as the person was named then',
      where: (actor) => {
        const wheres = [...excludedByPanel(actor), ...namedInHiddenMatters(actor)];
        // hidden before it is submitted to the panel, too: disappearing at that moment would reveal the exclusion
        const kept = wheres.map((where) => ({ ...where, panelId: null }));
        return wheres.length ? { authorId: { $ne: actor.id }, $or: [...wheres, ...kept] } : null;
      },
    },
  ],
  allowRules: [
    {
      name: 'own-agency-of-the-person-in-a-referral',
      sentence:
        'whose agency wrote it, and recorded the person, and who may read a submitted referral of the person to the panel, or is of the agency that submitted one, as its author, with a seat on the panel or as safeguarding lead',
      actions: ['put-before'],
      where: (actor) => {
        const own = { ...throughOwnReferral(actor), ...OPEN_OR_ACCEPTED };
        const submitted = applicableRules(actor, subjectOf(ReferralSubject), 'read').map((one) => one.where);
        return {
          $and: [
            ofOwnPerson(actor),
            {
              $or: [
                { referrals: { $elemMatch: own } },
                { referralRoles: { $elemMatch: { referral: { $elemMatch: own } } } },
                ...submitted.map((where) => ({ referred: { $elemMatch: where } })),
              ],
            },
          ],
        };
      },
    },
  ],
});

policy.declareWording(Referral, 'Referring', 'referral', {
  track: 'follow where it stands',
  'name-person': 'name people in it',
  correct: 'correct whom it names',
  submit: 'submit it',
  withdraw: 'withdraw it',
  'refer-again': 'draft it for the panel to which it was redirected',
  accept: 'accept it',
  return: 'return it for more',
  refuse: 'refuse it',
  redirect: 'redirect it',
  exclude: 'keep somebody away from a person whom it names',
});
policy.declareWording(ReferralPerson, 'Referring', 'role of a person in a referral', {
  'take-out': 'take out a person named in error',
});
policy.declareWording(ReferralPersonCorrection, 'Referring', 'correction of a role in a referral', {
  'put-back': 'put back a person taken out by mistake',
});
policy.declareWording(ReferralDecision, 'Referring', 'decision on a referral');
policy.declareWording(ReferralScreening, 'Referring', 'screening of a referral');
policy.declareWording(RepeatedCase, 'Referring', 'case that a referral repeats');
policy.declareWording(ReferralSubject, 'Referring', 'list of whom and what a referral is about');
