/** Week 1: three referrals reach three panels. */

/**
 * @param {import('./stage.mjs').Stage} stage
 * @param {import('./plot.mjs').Plot} plot
 */
export async function referrals(stage, plot) {
  stage.chapter('Week 1 — referrals and triage');
  await aPlace(stage, plot);
  await aRepeat(stage, plot);
  await aGroup(stage, plot);
}

/** @type {(stage: import('./stage.mjs').Stage, plot: import('./plot.mjs').Plot) => Promise<void>} */
async function aPlace(stage, plot) {
  stage.tell('A place for the Joint Action Group: the west stairwell of Bellfounder Court.');
  const [officer, system, coordinator] = await stage.company('housing-officer', 'housing-system', 'jag-coordinator');
  const place = await officer.post('records the place', '/v1/places', {
    partnershipId: plot.partnership,
    kind: 'estate',
    name: `Bellfounder Court, west stairwell ${stage.run}`,
    addressText: 'Ropewalk Lane, Tanner Bank',
    postcode: 'YK1 2BC',
  });
  const referral = {
    panelId: plot.panel.jag,
    category: 'asb_incident',
    subjectKind: 'place',
    placeId: place.body.id,
    externalRef: `HMS-${stage.run}`,
    problem: 'Noise after midnight and a forced door on three nights of four; eleven households report it.',
    incidentOn: stage.day(-2),
    whyMultiAgency: 'Landlord, police and environmental health each see one side of it.',
    submit: true,
  };
  const key = `story-${stage.run}-jag`;
  const reference = (/** @type {any} */ body) => `${body.reference} ${body.status}`;
  const sent = await system.post('sends the referral to the JAG', '/v1/referrals', referral, { key, so: reference });
  const again = await system.post('sends it again after a lost connection', '/v1/referrals', referral, { key });
  stage.promise('the repeated referral is answered with the same bytes', again.raw === sent.raw, again.raw);
  const twins = await officer.all(`/v1/referrals?externalRef=HMS-${stage.run}`);
  stage.promise('a repeated referral exists once', twins.rows.length === 1, twins.rows.length);
  const other = { ...referral, problem: `${referral.problem} And more.` };
  const reused = { key, gives: 422, code: 'idempotency-key-reused' };
  await system.post('uses the same key for another referral', '/v1/referrals', other, reused);

  const path = `/v1/referrals/${sent.body.id}`;
  const question = { reasonCode: 'more_information', reason: 'Please say what the landlord has tried already.' };
  await coordinator.move('returns it for information', path, 'return', question, { so: ({ status }) => status });
  await system.get('pulls where the referral stands', `${path}/status`, {
    so: ({ status, reasonCode }) => `${status}: ${reasonCode}`,
  });
  await coordinator.move('cannot accept what lies with the referrer', path, 'acceptance', {}, { gives: 409 });
  const tried = { triedAlready: 'The lock was mended twice and all households were written to.' };
  await officer.alter('says what was tried', path, tried);
  await system.move('submits it again', path, 'submission', {}, { so: ({ status }) => status });
  const accepted = await coordinator.move('accepts it', path, 'acceptance', {}, { so: ({ status }) => status });
  const status = await system.get('pulls where the referral stands', `${path}/status`, { so: (body) => body.status });
  stage.promise('the referring system learns which case it became', status.body.caseId === accepted.body.caseId);
  await coordinator.move('accepts it a second time', path, 'acceptance', {}, { gives: 409, code: 'not-in-this-state' });
  plot.jag = await open(coordinator, accepted);
}

/** @type {(stage: import('./stage.mjs').Stage, plot: import('./plot.mjs').Plot) => Promise<void>} */
async function aRepeat(stage, plot) {
  stage.tell('A victim and the man who harms her, before the MARAC; and again three weeks later.');
  const [sergeant, constable, elsewhere, coordinator, idva] = await stage.company(
    'police-sergeant',
    'moved-officer',
    'pellworth-inspector',
    'marac-coordinator',
    'idva',
  );
  const victim = await constable.post('of the police, without a seat, records the victim', '/v1/persons', {
    partnershipId: plot.partnership,
    ...plot.victim,
  });
  const perpetrator = await constable.post('records the perpetrator', '/v1/persons', {
    partnershipId: plot.partnership,
    ...plot.perpetrator,
  });
  plot.victimId = victim.body.id;
  await sergeant.get('of the same force, before any panel has her', `/v1/persons/${victim.body.id}`, { gives: 404 });
  for (const path of ['', '/protected-addresses'])
    await elsewhere.get('of the same force, in another borough', `/v1/persons/${victim.body.id}${path}`, {
      gives: 404,
    });
  const referral = {
    panelId: plot.panel.marac,
    category: 'police_incident',
    subjectKind: 'person_victim',
    personId: victim.body.id,
    people: [
      { personId: perpetrator.body.id, role: 'perpetrator', rationale: 'Former partner; arrested at the scene.' },
    ],
    criteria: ['visible_high_risk'],
    consentStatus: 'given',
    subjectAware: 'yes',
    safeToTell: true,
    legalGateway: 'CDA_S115',
    incidentOn: stage.day(-4),
    problem: `Assault and threats to kill at the home of ${plot.victim.familyName}; a child was in the next room.`,
    whyMultiAgency: 'Police, housing, health and children’s services each hold a part of it.',
    submit: true,
  };
  const nameless = { ...referral, people: [] };
  const incomplete = { gives: 422, code: 'not-ready-to-submit' };
  await constable.post('refers without naming the perpetrator', '/v1/referrals', nameless, incomplete);
  const first = await constable.post('refers the pair', '/v1/referrals', referral, { so: (body) => body.reference });
  const refuge = await constable.post(
    'puts before the same panel, apart from her, where she is safe',
    `/v1/persons/${victim.body.id}/protected-addresses`,
    { ...plot.refuge, panelId: plot.panel.marac },
  );
  plot.refugeId = refuge.body.id;
  const firstPath = `/v1/referrals/${first.body.id}`;
  await coordinator.get('screens it: not heard before', `${firstPath}/screening`, {
    so: ({ isRepeat }) => `repeat: ${isRepeat}`,
  });
  const heard = await coordinator.move('accepts it', firstPath, 'acceptance', {});
  plot.earlier = await open(coordinator, heard);

  const again = {
    ...referral,
    criteria: ['repeat'],
    incidentOn: stage.day(-1),
    problem: `He waited outside the new home of ${plot.victim.familyName} and broke a window. No crime was recorded.`,
  };
  const second = await constable.post('refers them again, though she has no seat', '/v1/referrals', again, {
    so: (body) => body.reference,
  });
  const path = `/v1/referrals/${second.body.id}`;
  for (const member of [coordinator, idva]) {
    const screening = await member.get('reads the screening as a member', `${path}/screening`, {
      so: ({ isRepeat }) => `repeat: ${isRepeat}`,
    });
    stage.promise('the panel learns that it is a repeat', screening.body.isRepeat === true, screening.body);
    stage.promise(
      'and of which referral',
      screening.body.previousReferralId === first.body.id,
      screening.body.previousReferralId,
    );
  }
  await constable.get('asks whether the panel heard it before', `${path}/screening`, { gives: 404 });
  const own = await constable.get('reads the referral that she wrote', path);
  stage.promise('the referrer does not learn of the repeat', !/isRepeat|previous|duplicate/.test(own.raw), own.raw);
  const refusal = { reasonCode: 'below_threshold', reason: 'Scores eleven, below the fourteen of the panel.' };
  const eligible = { gives: 422, code: 'repeat-needs-no-threshold' };
  await coordinator.move('cannot refuse a repeat as below the threshold', path, 'refusal', refusal, eligible);
  await constable.move('cannot accept her own referral', path, 'acceptance', {}, { gives: 403, ifMatch: '*' });
  const accepted = await coordinator.move('accepts the repeat', path, 'acceptance', {});
  plot.marac = await open(coordinator, accepted);
  const opened = (await coordinator.reads(`/v1/cases/${plot.marac}`)).body;
  stage.promise('the case of a repeat says so', opened.isRepeat === true, opened.isRepeat);
  stage.promise('and leads to the earlier case', opened.previousCaseId === plot.earlier, opened.previousCaseId);
}

/** @type {(stage: import('./stage.mjs').Stage, plot: import('./plot.mjs').Plot) => Promise<void>} */
async function aGroup(stage, plot) {
  stage.tell('A group of young people for the Serious Youth Violence panel.');
  const [worker, coordinator] = await stage.company('youth-outreach-worker', 'syv-coordinator');
  const group = await worker.post('records the group', '/v1/groups', {
    partnershipId: plot.partnership,
    kind: 'peer_group',
    name: `Six at the interchange ${stage.run}`,
    description: 'Six young people of 14 to 17 who meet after school; two are said to be afraid to go home.',
  });
  const sent = await worker.post(
    'refers the group to the SYV panel',
    '/v1/referrals',
    {
      panelId: plot.panel.syv,
      category: 'voice_of_subject',
      subjectKind: 'group',
      groupId: group.body.id,
      criteria: ['retaliation_risk', 'county_lines'],
      problem:
        'Two fights in a fortnight at the interchange; they say that nobody is safe there after half past three.',
      wishes: 'A safe way home and somewhere warm on Fridays.',
      submit: true,
    },
    { so: (body) => body.reference },
  );
  const path = `/v1/referrals/${sent.body.id}`;
  const stranger = await stage.cast('marac-coordinator');
  await stranger.get('of another panel asks for it', path, { gives: 404 });
  const accepted = await coordinator.move('accepts it', path, 'acceptance', {});
  plot.syv = await open(coordinator, accepted);
}

/**
 * @param {import('./stage.mjs').Player} coordinator
 * @param {import('./stage.mjs').Reply} accepted
 * @returns {Promise<string>} the case
 */
async function open(coordinator, accepted) {
  const id = accepted.body.caseId;
  await coordinator.get('opens the case', `/v1/cases/${id}`, {
    so: ({ reference, stage: at }) => `${reference} ${at}`,
  });
  return id;
}
