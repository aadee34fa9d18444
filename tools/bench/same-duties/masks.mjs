/**
 * Field masks of the comparison server: the level of the sharing agreement for each field, in plain code. The levels of
 * one type of agency are read once, so that a change of an agreement takes effect after a restart.
 */

/** @typedef {import('./reader.mjs').Reader} Reader */
/** @typedef {Record<string, any>} Row */

/**
 * Rule of a field: category of data, level from which it is shown, and whether the panel itself contributed it. The
 * category `row` is the category of the record. Null for administrative fields, which are always shown.
 * @typedef {{ category: string, from: 'existence' | 'summary' | 'full', isOfPanel?: boolean } | null} FieldRule
 */

const LEVELS = ['none', 'existence', 'summary', 'full'];

/** @param {string} category @param {'existence' | 'summary' | 'full'} [from] @returns {FieldRule} */
const of = (category, from = 'full') => ({ category, from });
/** @param {string} category @returns {FieldRule} */
const ofPanel = (category) => ({ category, from: 'full', isOfPanel: true });
/** @param {string} names @returns {Record<string, FieldRule>} */
const open = (names) => Object.fromEntries(names.split(' ').map((name) => [name, null]));

/** @satisfies {Record<string, Record<string, FieldRule>>} */
export const FIELDS = {
  caseItem: {
    ...open('id version reference panelId stage subjectKind leadAgencyId nextReviewOn updatedAt'),
    riskBand: of('risk_assessment', 'summary'),
    isRepeat: of('risk_assessment', 'summary'),
  },
  case: {
    ...open('id version reference partnershipId panelId stage subjectKind personId placeId groupId category agencyId'),
    ...open('leadAgencyId nextReviewOn rulesEdition openedAt updatedAt closedAt closureReason outcome reopenedAt'),
    summary: of('row'),
    whyMultiAgency: of('professional_opinion'),
    riskBand: of('risk_assessment', 'summary'),
    riskBandReason: ofPanel('risk_assessment'),
    isRepeat: of('risk_assessment', 'summary'),
    previousCaseId: of('risk_assessment'),
    reopeningReason: ofPanel('professional_opinion'),
  },
  contribution: {
    ...open('id version caseId agencyId category originatorControl recalledAt agencyOnly updatedAt'),
    kind: of('row', 'summary'),
    summary: of('row', 'summary'),
    text: of('row'),
    handling: of('row', 'existence'),
    conditions: of('row', 'existence'),
    recallReason: of('row'),
    occurredOn: of('row'),
  },
  person: {
    ...open('id version partnershipId agencyId datePrecision updatedAt contextPanelIds'),
    givenName: of('identity'),
    familyName: of('identity'),
    aliases: of('identity'),
    dateOfBirth: of('identity'),
    datePrecision: of('identity'),
    sex: of('demographic'),
    ethnicity: of('equality'),
    firstLanguage: of('demographic'),
    interpreterNeeded: of('demographic'),
    nhsNumber: of('health_physical'),
    phone: of('contact'),
    email: of('contact'),
    safeContact: of('safe_contact'),
    currentAddress: of('location_current'),
  },
};

/** Fields of an action that its owner sees without access to the case. */
export const TASK_FIELDS =
  'id version description measure evidenceOfCompletion dueOn originalDueOn endedOn status overdue ownerAgencyId ownerPractitionerId outcomeText updatedAt'.split(
    ' ',
  );

const AGREED = {
  name: 'agreed',
  text: `WITH agreements AS (
    SELECT sa.*, (SELECT min(activated_at) FROM sharing_agreement_versions v WHERE v.agreement_id = sa.id) AS since FROM sharing_agreements sa)
  SELECT p.id AS "panelId", r.category, r.contributing_type AS "contributingType", r.level,
    r.receiving_type = 'panel_coordination' AS "isForCoordination",
    -- the panel's own agreement, the first that came into force, covers every contributor
    CASE WHEN EXISTS (SELECT FROM agreements o WHERE o.partnership_id = sa.partnership_id AND p.type = ANY(o.panel_types) AND o.since < sa.since)
      THEN ARRAY(SELECT s.agency_id FROM sharing_parties s WHERE s.agreement_version_id = v.id AND s.signed_on IS NOT NULL) END AS "contributorIds"
  FROM agreements sa JOIN panels p ON p.partnership_id = sa.partnership_id AND p.type = ANY(sa.panel_types)
    JOIN sharing_agreement_versions v ON v.agreement_id = sa.id AND v.status = 'active' AND current_date BETWEEN v.effective_from AND v.expires_on
    JOIN sharing_parties mine ON mine.agreement_version_id = v.id AND mine.agency_id = $1 AND mine.signed_on IS NOT NULL
    JOIN sharing_rows r ON r.agreement_version_id = v.id AND r.purpose = 'PANEL_MEETING' AND r.receiving_type IN ($2, 'panel_coordination')`,
};

/**
 * Returns the masks of the readers of a database.
 * @param {import('pg').Pool} pool
 */
export function masks(pool) {
  /** @type {Map<string, Promise<Map<string, Row[]>>>} */
  const known = new Map();

  /** Returns the agreed rows of the reader's agency by panel and category. @param {Reader} reader */
  const agreedFor = ({ agencyId, agencyType }) => {
    const found =
      known.get(agencyId) ??
      pool
        .query({ ...AGREED, values: [agencyId, agencyType] })
        .then(({ rows }) => Map.groupBy(rows, (row) => `${row.panelId} ${row.category}`));
    known.set(agencyId, found);
    return found;
  };

  /**
   * Returns a function for the level of a category, of the agency and type that contributed it.
   * @param {Reader} reader
   */
  const levelsFor = async (reader) => {
    const agreed = await agreedFor(reader);
    /** @param {string} panelId @param {string} category @param {string | null} agencyId @param {string | null} type */
    return (panelId, category, agencyId, type) => {
      let [agency, coordination] = [NONE, NONE];
      for (const row of agreed.get(`${panelId} ${category}`) ?? []) {
        if (row.contributorIds && !row.contributorIds.includes(agencyId)) continue;
        if (row.contributingType !== 'any' && row.contributingType !== type) continue;
        // the row for a named type of agency goes before the row for any
        const next = { level: LEVELS.indexOf(row.level), isNamed: row.contributingType !== 'any' };
        if (!row.isForCoordination) agency = next.isNamed || !agency.isNamed ? next : agency;
        else if (reader.coordinatedPanels.includes(panelId))
          coordination = next.isNamed || !coordination.isNamed ? next : coordination;
      }
      return Math.max(agency.level, coordination.level);
    };
  };

  /**
   * Returns a function that masks rows by the rules of their fields. A row of several panels shows what each of them
   * allows.
   * @param {Reader} reader
   */
  return async (reader) => {
    const levelOf = await levelsFor(reader);
    /** @param {Row} row @param {string} category @param {boolean} isOfPanel */
    const level = (row, category, isOfPanel = false) => {
      const isOwn = row.agencyId === reader.agencyId;
      if (isOwn && !isOfPanel) return LEVELS.length;
      const [agencyId, type] = isOfPanel ? [null, null] : [row.agencyId, row.contributingType];
      const panelIds = row.contextPanelIds ?? [row.panelId];
      const shared = panelIds.map((/** @type {string} */ id) => levelOf(id, category, agencyId, type));
      const granted = shared.length ? Math.min(...shared) : 0;
      return row.isCapped ? Math.min(granted, LEVELS.indexOf('existence')) : granted;
    };
    return {
      /** @param {Row} row @param {string} category @param {string} from */
      isShown: (row, category, from) => level(row, category) >= LEVELS.indexOf(from),
      /** @param {Record<string, FieldRule>} fields @param {Row} row */
      mask: (fields, row) => {
        /** @type {Row} */
        const shown = {};
        /** @type {string[]} */
        const withheld = [];
        for (const [field, rule] of Object.entries(fields)) {
          const category = rule?.category === 'row' ? row.category : rule?.category;
          if (!rule || level(row, category, rule.isOfPanel) >= LEVELS.indexOf(rule.from)) shown[field] = row[field];
          else withheld.push(field);
        }
        return { ...shown, withheld };
      },
    };
  };
}

const NONE = { level: 0, isNamed: false };
