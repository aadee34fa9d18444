/** Week 2: agencies say what they know, and the risk is assessed. */

/** @typedef {import('./stage.mjs').Stage} Stage */
/** @typedef {import('./plot.mjs').Plot} Plot */
/** @typedef {[who: string, category: string, kind: string, summary: string, text: string, more?: object]} Line */

const inConfidence = (/** @type {string} */ conditions) => ({ handling: 'C', conditions });

/** @type {Record<'jag' | 'marac' | 'syv', Line[]>} */
// prettier-ignore
const LINES = {
  jag: [
    ['housing-officer', 'asb_incident', 'fact', 'Eleven households report noise.', 'Eleven households reported noise after midnight on nineteen nights; the rear door was forced three times.'],
    ['police-sergeant', 'police_incident', 'fact', 'Six calls in a month.', 'Six calls to the west stairwell in a month, four of them after midnight; no arrest.'],
    ['environmental-health-officer', 'professional_opinion', 'opinion', 'Noise above the night level.', 'Recorder left for five nights: above the night level on three, loudest at one o’clock.'],
    ['nhs-safeguarding-lead', 'health_mental', 'fact', 'One resident is under care.', 'One resident on the first landing is under the community team; broken sleep makes it worse.'],
    ['victim-support-worker', 'voice_of_subject', 'self_report', 'Afraid of the landing at night.', 'She goes down only by daylight and wants a light that works and a door that locks.'],
    ['substance-worker', 'substance_use', 'fact', 'Outreach met two people.', 'Outreach met two people on the landing and offered both an appointment.', inConfidence('Treatment information: not for landlords or enforcement.')],
    ['legal-adviser', 'legal_privileged', 'opinion', 'Advice given.', 'Advice on what a partial closure order would need and does not have yet.', inConfidence('Legally privileged.')],
  ],
  marac: [
    ['police-sergeant', 'police_incident', 'fact', 'Arrest; bail with conditions.', 'Arrested for assault and threats to kill, bailed not to contact her. The window was broken while on bail.'],
    ['police-sergeant', 'police_intelligence', 'intelligence', 'Information that he is looking for her.', 'Graded information that he has asked two people where she now lives.', inConfidence('Not to be minuted or shared onward: the source could be inferred.')],
    ['idva', 'voice_of_subject', 'self_report', 'Wants to keep her job and her flat.', 'She wants to keep her job, does not want a police car at the door and is most afraid on the way to work.'],
    ['nhs-safeguarding-lead', 'health_mental', 'fact', 'Receiving support from the Trust.', 'Seen weekly for post-traumatic stress at another site; appointments are never confirmed by post.'],
    ['social-worker', 'social_care_child', 'fact', 'Child in need plan.', 'Assessment finished: the child heard the assault. A child in need plan is in place with fortnightly visits.'],
    ['housing-officer', 'housing', 'fact', 'Joint tenancy; locks changed.', 'Joint tenancy since 2019, no arrears. Locks changed; the online account is closed to him.'],
    ['probation-officer', 'probation', 'fact', 'Under supervision until spring.', 'Under supervision for an earlier assault; misses every third appointment.', inConfidence('Must not become known to the person who causes harm.')],
    ['education-officer', 'education', 'fact', 'Attendance falling.', 'Attendance fell from 96 to 81 per cent in a term; staff know whom to call.'],
    ['refuge-worker', 'protected_address', 'fact', 'A room is held.', 'A room is held until Friday at a house whose street only the refuge tells.'],
    ['housing-officer', 'professional_opinion', 'opinion', 'A note to ourselves.', 'Ask the caretaker quietly whether he has been seen in the yard again.', { agencyOnly: true }],
  ],
  syv: [
    ['police-sergeant', 'police_incident', 'fact', 'Two fights at the interchange.', 'Two fights in a fortnight, both between half past three and four; one knife found in a bin.'],
    ['police-sergeant', 'police_intelligence', 'intelligence', 'An adult gives lifts.', 'Reporting links an adult’s car to the interchange on three Fridays.', inConfidence('Ask the originator before any use.')],
    ['youth-justice-worker', 'youth_justice', 'fact', 'One of them is supervised.', 'One of the six is on a referral order and has kept every appointment.'],
    ['social-worker', 'social_care_child', 'fact', 'One missing episode.', 'One missing episode of a night; the return interview points to the interchange.'],
    ['education-officer', 'education', 'fact', 'Three on reduced timetables.', 'Three of the six are on reduced timetables and alone in town from one o’clock.'],
    ['youth-outreach-worker', 'voice_of_subject', 'self_report', 'Nowhere feels safe.', 'They say that they stand together because each of them alone was robbed.', inConfidence('Told in confidence: not as evidence.')],
    ['acute-safeguarding-nurse', 'health_physical', 'fact', 'One treated for a cut.', 'One was treated for a cut to the hand and left before the safeguarding talk.'],
    ['nhs-safeguarding-lead', 'health_mental', 'fact', 'One on the waiting list.', 'One has waited eleven weeks for a first appointment.'],
  ],
};

/** @param {Stage} stage @param {Plot} plot */
export async function contributions(stage, plot) {
  stage.chapter('Week 2 — what each agency knows');
  await everybodyContributes(stage, plot);
  await aChild(stage, plot);
  await anAssessment(stage, plot);
  await whatIsRefused(stage, plot);
}

/** @param {Stage} stage @param {Plot} plot */
async function everybodyContributes(stage, plot) {
  for (const [panel, lines] of /** @type {['jag' | 'marac' | 'syv', Line[]][]} */ (Object.entries(LINES))) {
    const caseId = plot[panel];
    plot.told[caseId] = [];
    stage.tell(`Into the ${panel.toUpperCase()} case:`);
    for (const [who, category, kind, summary, text, more] of lines) {
      const player = await stage.cast(who);
      // the run's number makes each sentence findable: nobody may meet it by a door that is closed to them
      const request = { category, kind, summary: `${summary} (${stage.run})`, text: `${text} (${stage.run})`, ...more };
      const marking =
        'agencyOnly' in request ? ', for its own agency only' : 'handling' in request ? ', handling C' : '';
      const path = `/v1/cases/${caseId}/contributions`;
      const made = await player.post(`tells of ${category}: “${summary}”${marking}`, path, request);
      const { id, agencyId, handling, agencyOnly } = made.body;
      const { agencyType } = player.me;
      plot.told[caseId].push({ ...request, by: who, id, agencyId, agencyType, handling, agencyOnly });
    }
    const agencies = new Set(plot.told[caseId].map((one) => one.agencyId)).size;
    stage.promise(`six agencies contribute to the ${panel.toUpperCase()} case`, agencies >= 6, agencies);
  }
}

/** @param {Stage} stage @param {Plot} plot */
async function aChild(stage, plot) {
  const worker = await stage.cast('social-worker');
  stage.tell('The child is named in the case, by whoever knows the child.');
  const child = await worker.post('records the child', '/v1/persons', {
    partnershipId: plot.partnership,
    givenName: 'Tam',
    familyName: plot.victim.familyName,
    dateOfBirth: stage.day(-9 * 365),
  });
  await worker.post('names the child in the case', `/v1/cases/${plot.marac}/people`, {
    personId: child.body.id,
    role: 'child',
    rationale: 'Was in the next room.',
    since: stage.day(-1),
  });
}

/** @param {Stage} stage @param {Plot} plot */
async function anAssessment(stage, plot) {
  stage.tell('The risk checklist, with a judgement above its score.');
  const [idva, coordinator, sergeant] = await stage.company('idva', 'marac-coordinator', 'police-sergeant');
  const today = stage.day(0);
  const [dash] = (await idva.all('/v1/instruments?code=DASH-24')).rows.filter(
    ({ effectiveFrom, effectiveTo }) => effectiveFrom <= today && (effectiveTo ?? today) >= today,
  );
  const assessment = {
    instrumentId: dash.id,
    personId: plot.victimId,
    answers: dash.items.map((/** @type {any} */ { key }, /** @type {number} */ at) => ({
      key,
      value: at < 11 ? 'yes' : 'no',
    })),
    assessedOn: today,
  };
  const path = `/v1/cases/${plot.marac}/assessments`;
  const silently = { ...assessment, judgementBand: 'standard' };
  const lower = { ...silently, judgementReason: 'She seemed calm when we spoke.' };
  const higher = { ...assessment, judgementBand: 'high', judgementReason: 'Strangulation and stalking on bail.' };
  await idva.post('lowers the band without a reason', path, silently, { gives: 422, code: 'judgement-incomplete' });
  await idva.post('lowers it with a reason, not being the chair', path, lower, {
    gives: 422,
    code: 'judgement-lowers',
  });
  const made = await idva.post('assesses: 11 of 24, and judges it high', path, higher, {
    so: ({ score, computedBand, effectiveBand }) => `${score}: ${computedBand}, by judgement ${effectiveBand}`,
  });
  plot.assessment = { id: made.body.id, agencyId: made.body.agencyId, agencyType: idva.me.agencyType };
  stage.promise('the service computes the band itself', made.body.computedBand === 'medium', made.body.computedBand);
  stage.promise('judgement raises it', made.body.effectiveBand === 'high', made.body.effectiveBand);

  const record = `/v1/cases/${plot.marac}`;
  const before = (await coordinator.reads(record)).body.riskBand;
  stage.promise('a score by itself changes nothing in the case', before === null, before);
  const high = { riskBand: 'high' };
  await sergeant.alter('may not set the band of the case', record, high, { gives: 403 });
  await coordinator.alter('confirms the band of the case', record, high, { so: ({ riskBand }) => riskBand });
}

/** @param {Stage} stage @param {Plot} plot */
async function whatIsRefused(stage, plot) {
  stage.tell('And what must be refused:');
  const [outsider, environmental, idva, chair] = await stage.company(
    'outsider',
    'environmental-health-officer',
    'idva',
    'jag-chair',
  );
  const note = { category: 'asb_incident', kind: 'fact', summary: 'Noise.', text: 'Noise at night.' };
  await environmental.post(
    'contributes to a case that is not there for him',
    `/v1/cases/${plot.marac}/contributions`,
    note,
    {
      gives: 404,
    },
  );
  await outsider.get('asks for the case', `/v1/cases/${plot.marac}`, { gives: 404 });
  await chair.get('of another panel asks for the case', `/v1/cases/${plot.marac}`, { gives: 404 });
  const unconditional = { ...note, category: 'voice_of_subject', handling: 'C' };
  await idva.post('marks C without conditions', `/v1/cases/${plot.marac}/contributions`, unconditional, {
    gives: 422,
    code: 'conditions-missing',
  });
  const [theirs] = plot.told[plot.marac] ?? [];
  const reworded = { text: 'Something else.' };
  await idva.alter('rewords what the police told', `/v1/contributions/${theirs?.id}`, reworded, { gives: 403 });
}
