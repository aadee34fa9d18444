/**
 * What a sharing agreement promises, worked out from its rows as a data protection officer reads them, and from nothing
 * of the service's own policy: the more specific row wins; who coordinates the panel receives as that too; a party that
 * has not signed, a day outside the dates and a category without a row receive nothing.
 */

/** @typedef {'none' | 'existence' | 'summary' | 'full'} Level */
/** @typedef {Awaited<ReturnType<typeof readAgreement>>} Agreement */

const LEVELS = /** @type {Level[]} */ (['none', 'existence', 'summary', 'full']);

/** Does one level give at least another? @param {Level} granted @param {Level} needed */
export const reaches = (granted, needed) => LEVELS.indexOf(granted) >= LEVELS.indexOf(needed);

/**
 * @param {import('./stage.mjs').Stage} stage
 * @param {string} code
 * @param {string} panelId
 */
export async function readAgreement(stage, code, panelId) {
  const dpo = await stage.cast('dpo');
  const agreement = (await dpo.all('/v1/sharing-agreements')).rows.find((one) => one.code === code);
  const path = `/v1/sharing-agreements/${agreement?.id}/versions`;
  const today = stage.day(0);
  const version = (await dpo.all(path)).rows.find(
    (one) => one.status === 'active' && one.effectiveFrom <= today && today <= one.expiresOn,
  );
  const rows = version ? (await dpo.all(`${path}/${version.id}/rows`)).rows : [];
  const parties = version ? (await dpo.all(`${path}/${version.id}/parties`)).rows : [];
  const signed = new Set(parties.filter((one) => one.signedOn && one.signedOn <= today).map((one) => one.agencyId));
  const key = (/** @type {string[]} */ ...parts) => parts.join('/');
  const levels = new Map(
    rows.map((one) => [key(one.purpose, one.receivingType, one.category, one.contributingType), one.level]),
  );
  stage.promise(`the agreement ${code} is in force, and the DPO reads its rows`, rows.length > 0, rows.length);

  /**
   * @param {import('./stage.mjs').Player} reader
   * @param {string} category
   * @param {string} contributingType
   * @returns {Level}
   */
  function level({ me }, category, contributingType) {
    if (!signed.has(me.agencyId)) return 'none';
    const coordinates = me.memberships.some(
      (/** @type {any} */ one) =>
        one.panelId === panelId && ['chair', 'co_chair', 'coordinator'].includes(String(one.role)),
    );
    const capacities = [String(me.agencyType), ...(coordinates ? ['panel_coordination'] : [])];
    return capacities
      .map((type) => {
        const named = levels.get(key(me.purpose, type, category, contributingType));
        return /** @type {Level} */ (named ?? levels.get(key(me.purpose, type, category, 'any')) ?? 'none');
      })
      .reduce((widest, one) => (reaches(widest, one) ? widest : one));
  }

  return { rows: rows.length, categories: [...new Set(rows.map((one) => String(one.category)))].sort(), level };
}
