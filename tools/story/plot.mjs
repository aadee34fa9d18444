/** What the chapters hand on to each other. */

/**
 * @typedef {object} Told a contribution, as it was written
 * @property {string} id
 * @property {string} by who told it
 * @property {string} agencyId
 * @property {string} agencyType
 * @property {string} category
 * @property {string} summary
 * @property {string} text
 * @property {'P' | 'C'} handling
 * @property {boolean} agencyOnly
 */

/** @typedef {Awaited<ReturnType<typeof openPlot>>} Plot */

/** @param {import('./stage.mjs').Stage} stage */
export async function openPlot(stage) {
  const coordinator = await stage.cast('jag-coordinator');
  const panels = (await coordinator.all('/v1/panels')).rows;
  const panelNamed = (/** @type {string} */ code) => panels.find((one) => one.code === code) ?? {};
  const jag = panelNamed('ask-jag');
  const serial = Number(stage.run);
  return {
    partnership: /** @type {string} */ (jag.partnershipId),
    panel: /** @type {Record<'jag' | 'marac' | 'syv', string>} */ ({
      jag: jag.id,
      marac: panelNamed('ask-marac').id,
      syv: panelNamed('ask-syv').id,
    }),
    victim: {
      givenName: 'Rowena',
      familyName: `Thornquill ${stage.run}`,
      aliases: ['Ro'],
      dateOfBirth: '1991-03-14',
      datePrecision: 'day',
      sex: 'F',
      ethnicity: 'M1',
      firstLanguage: 'eng',
      interpreterNeeded: false,
      nhsNumber: nhsNumber(serial),
      phone: `07700 900${String(serial % 1000).padStart(3, '0')}`,
      email: `rowena.${stage.run}@example.org`,
      safeContact: `Weekdays 10 to 12 only; say that it is the library (${stage.run}).`,
      currentAddress: `${stage.run} Weir View, Wherrygate, YK1 4QT`,
    },
    /** Where she lives now, which only those who must know are told. */
    refuge: { kind: 'refuge', address: `Flat ${stage.run}, Marigold Yard, YK3 7SF` },
    refugeId: '',
    perpetrator: {
      givenName: 'Dorian',
      familyName: `Hasselby ${stage.run}`,
      dateOfBirth: '1988-09-02',
      datePrecision: 'day',
      sex: 'M',
    },
    victimId: '',
    /** The cases, by panel; `earlier` is the MARAC case that was heard before. */
    jag: '',
    marac: '',
    earlier: '',
    syv: '',
    /** What was contributed to which case. @type {Record<string, Told[]>} */
    told: {},
    /** The assessment of the MARAC case. */
    assessment: { id: '', agencyId: '', agencyType: '' },
    /** Actions by what they are called here. @type {Record<string, string>} */
    actions: {},
    /** The MARAC meeting and its items. */
    meeting: { id: '', listing: '', other: '', minute: '' },
  };
}

/** A number of the range for tests (999 …), with its check digit. @param {number} serial */
function nhsNumber(serial) {
  for (let number = 999_000_000 + (serial % 1_000_000); ; number += 1) {
    const sum = [...String(number)].reduce((total, digit, at) => total + Number(digit) * (10 - at), 0);
    const check = 11 - (sum % 11);
    if (check !== 10) return `${number}${check % 11}`;
  }
}
