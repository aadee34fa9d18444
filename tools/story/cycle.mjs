/** The cycle: what the JAG's plan needs goes to Tasking, a bid for it on to the TTCG, and the decision comes back to the JAG. */

/** @typedef {import('./stage.mjs').Stage} Stage */
/** @typedef {import('./stage.mjs').Player} Player */
/** @typedef {import('./plot.mjs').Plot} Plot */

/** @param {Stage} stage @param {Plot} plot */
export async function cycle(stage, plot) {
  stage.chapter('The cycle — JAG, Tasking, TTCG, and back');
  const meetings = await theCycle(stage, plot);
  const need = await theNeed(stage, plot, meetings);
  const bid = await theBid(stage, meetings, need);
  await theTtcg(stage, meetings, bid);
  await theWayBack(stage, meetings, bid);
}

/**
 * @param {Stage} stage
 * @param {Plot} plot
 */
async function theCycle(stage, plot) {
  stage.tell('The borough plans a cycle, and so does the BCU; they find each other at the TTCG.');
  const [coordinator, ttcg, idva] = await stage.company('jag-coordinator', 'ttcg-coordinator', 'idva');
  const panels = [...(await coordinator.all('/v1/panels')).rows, ...(await ttcg.all('/v1/panels')).rows];
  const panelId = (/** @type {string} */ code) => panels.find((one) => one.code === code)?.id;
  const meeting = {
    startTime: '10:00',
    durationMinutes: 150,
    venueOrMode: 'Askenby Civic Offices, room 2, and by video',
    papersWorkingDays: 1,
  };
  const counted = {
    recurrence: 'every_n_days',
    anchorOn: stage.day(1),
    lengthDays: 4,
    nth: null,
    weekday: null,
    holidayRule: 'keep',
  };
  const above = { ...meeting, stage: 'ttcg', panelId: panelId('bcu-ttcg'), offsetDays: 2 };
  const template = await coordinator.post('sets up the borough’s cycle', '/v1/cycle-templates', {
    ...counted,
    name: `Story ${stage.run}`,
    stages: [
      { ...meeting, stage: 'jag', panelId: plot.panel.jag, offsetDays: 0 },
      { ...meeting, stage: 'tasking', panelId: panelId('ask-tasking'), offsetDays: 1, bidsWorkingDays: 0 },
      { ...above, shared: true },
    ],
  });
  await idva.post('may not plan cycles', '/v1/cycles', { templateId: template.body.id }, { gives: 403 });
  const made = await coordinator.post('plans its first cycle', '/v1/cycles', { templateId: template.body.id });
  const bcu = await ttcg.post('sets up the BCU’s', '/v1/cycle-templates', {
    ...counted,
    name: `Story ${stage.run}, BCU`,
    stages: [{ ...above, bidsWorkingDays: 0 }],
  });
  await ttcg.post('plans it', '/v1/cycles', { templateId: bcu.body.id });
  await coordinator.post('plans the next cycle', '/v1/cycles', { templateId: template.body.id });
  const parts = (await coordinator.all(`/v1/cycles/${made.body.id}/meetings`)).rows;
  const at = (/** @type {string} */ of) => parts.find((one) => one.stage === of)?.meetingId;
  stage.promise('a cycle has its JAG, its Tasking, and the TTCG that it shares', parts.length === 3, parts.length);
  return {
    cycle: made.body.id,
    jag: at('jag'),
    tasking: at('tasking'),
    ttcg: at('ttcg'),
    taskingPanel: panelId('ask-tasking'),
  };
}

/** @typedef {Awaited<ReturnType<typeof theCycle>>} Meetings */

/**
 * @param {Stage} stage
 * @param {Plot} plot
 * @param {Meetings} meetings
 */
async function theNeed(stage, plot, meetings) {
  stage.tell('The agreed plan needs more than its agencies have.');
  const [coordinator, chair, officer] = await stage.company('jag-coordinator', 'jag-chair', 'housing-officer');
  const plans = (await coordinator.all(`/v1/cases/${plot.jag}/plans`)).rows;
  const plan = plans.find(({ status }) => status === 'agreed');
  const need = `Patrols at closing time, Friday and Saturday (${stage.run})`;
  await coordinator.alter('says what the plan needs', `/v1/plans/${plan?.id}`, { resourceNeed: need });
  await coordinator.move('begins the JAG', `/v1/meetings/${meetings.jag}`, 'opening', {});
  await chair.move('ends the JAG', `/v1/meetings/${meetings.jag}`, 'closure', {}, { so: ({ status }) => status });
  const handed = (await coordinator.all(`/v1/feeds?toMeetingId=${meetings.tasking}&acknowledged=false`)).rows;
  const feed = handed.find((one) => one.text === need);
  stage.promise('what the plan needs is handed on to Tasking', feed?.kind === 'plan_need', feed);
  const seen = (await officer.all(`/v1/feeds?panelId=${meetings.taskingPanel}`)).rows.some(({ id }) => id === feed?.id);
  stage.promise('a member of the JAG sees that it was handed on', seen, seen);
  return { planId: plan?.id, feedId: feed?.id };
}

/**
 * @param {Stage} stage
 * @param {Meetings} meetings
 * @param {{ planId: string, feedId: string }} need
 */
async function theBid(stage, meetings, { planId, feedId }) {
  stage.tell('The council bids for it at Tasking, which cannot give it.');
  const [coordinator, inspector, sergeant, idva] = await stage.company(
    'jag-coordinator',
    'police-inspector',
    'police-sergeant',
    'idva',
  );
  const wanted = {
    planId,
    panelId: meetings.taskingPanel,
    title: `Patrols at closing time (${stage.run})`,
    resourceType: 'ward_officers',
    quantity: 6,
    unit: 'officers',
    fromOn: stage.day(14),
    toOn: stage.day(28),
    location: 'The parade of shops and the passage behind it',
    evidence: 'Thirty-one calls in four weeks, twenty-six of them on two evenings.',
    tactic: 'High-visibility patrols in pairs from ten to one.',
    expectedOutcome: 'Fewer than five calls in the four weeks after.',
    ifRefused: 'The shops close at eight, and nobody walks there.',
  };
  const made = await coordinator.post('drafts a bid', '/v1/bids', wanted);
  const bid = `/v1/bids/${made.body.id}`;
  await sergeant.get('of another agency asks for the draft', bid, { gives: 404 });
  await coordinator.move('submits it', bid, 'submission', {}, { so: ({ status }) => status });
  await sergeant.get('reads it once it is submitted', bid, { so: (body) => body.title });
  await idva.get('who sits on neither panel asks for it', bid, { gives: 404 });
  await coordinator.move('screens it', bid, 'screening', {});
  await coordinator.move('lists it at Tasking', bid, 'listing', { meetingId: meetings.tasking });
  const taken = await coordinator.reads(`/v1/feeds/${feedId}`);
  stage.promise('by that the need has arrived', taken.body.acknowledgedAt !== null, taken.body.acknowledgedAt);
  const early = { gives: 409, code: 'meeting-not-begun' };
  await inspector.move('ends Tasking before its day', `/v1/meetings/${meetings.tasking}`, 'closure', {}, early);
  await inspector.move('begins Tasking', `/v1/meetings/${meetings.tasking}`, 'opening', {});
  const open = { gives: 422, code: 'undecided-bids' };
  await inspector.move('ends Tasking with a bid undecided', `/v1/meetings/${meetings.tasking}`, 'closure', {}, open);
  const silent = { kind: 'refusal', grantedQuantity: null };
  await inspector.move('refuses it without a reason', bid, 'decision', silent, { gives: 422, code: 'reason-needed' });
  await inspector.move('escalates it', bid, 'decision', { kind: 'escalation' }, { so: ({ status }) => status });
  await inspector.move(
    'decides twice',
    bid,
    'decision',
    { kind: 'approval' },
    { gives: 409, code: 'not-in-this-state' },
  );
  await inspector.move(
    'ends Tasking',
    `/v1/meetings/${meetings.tasking}`,
    'closure',
    {},
    { so: ({ status }) => status },
  );
  return { path: bid, title: wanted.title };
}

/**
 * @param {Stage} stage
 * @param {Meetings} meetings
 * @param {{ path: string, title: string }} bid
 */
async function theTtcg(stage, meetings, { title }) {
  stage.tell('The TTCG hears it among the bids of three boroughs, and grants a part.');
  const [coordinator, chair, neighbour] = await stage.company('ttcg-coordinator', 'ttcg-chair', 'pellworth-jag-chair');
  const found = (await coordinator.all('/v1/bids')).rows.find((one) => one.title === title);
  stage.promise('it stands before the TTCG', found?.status === 'screened' && !('caseId' in found), found?.status);
  const bid = `/v1/bids/${found?.id}`;
  const read = await neighbour.get('of another borough, reads what competes with her own', bid, {
    so: ({ location }) => location,
  });
  const bare = ['planId', 'caseId', 'planPanelId'].filter((field) => field in read.body);
  stage.promise('the TTCG reads the bid without the plan and the case', bare.length === 0, bare);
  await coordinator.move('lists it', bid, 'listing', { meetingId: meetings.ttcg });
  await coordinator.move('begins the TTCG', `/v1/meetings/${meetings.ttcg}`, 'opening', {});
  const part = {
    kind: 'part_approval',
    grantedQuantity: 4,
    reason: 'Two are needed in Dunmarrow.',
    alignment: 'Violence',
  };
  await chair.move('grants a part', bid, 'decision', part, { so: (body) => `${body.status}, ${body.grantedQuantity}` });
  await coordinator.post('hands a priority on to the JAGs', `/v1/meetings/${meetings.ttcg}/priorities`, {
    text: `Knives near schools (${stage.run})`,
  });
  await chair.move('ends the TTCG', `/v1/meetings/${meetings.ttcg}`, 'closure', {}, { so: ({ status }) => status });
}

/**
 * @param {Stage} stage
 * @param {Meetings} meetings
 * @param {{ path: string, title: string }} bid
 */
async function theWayBack(stage, meetings, { path, title }) {
  stage.tell('The decision comes back to the JAG, and the borough carries it out.');
  const [coordinator] = await stage.company('jag-coordinator');
  const granted = (await coordinator.reads(path)).body;
  stage.promise(
    'the borough’s bid is granted in part',
    granted.status === 'part_approved' && granted.grantedQuantity === 4,
    granted.status,
  );
  const arrived = (await coordinator.all('/v1/feeds?acknowledged=false')).rows;
  const decision = arrived.find((one) => one.kind === 'decision' && one.text.includes(title));
  const priority = arrived.find((one) => one.kind === 'priority' && one.text.includes(stage.run));
  stage.promise('the decision is on its way to a JAG', decision?.toMeetingId && decision.toMeetingId !== meetings.jag);
  stage.promise('and so is the priority', Boolean(priority?.toMeetingId), priority);
  for (const feed of [decision, priority])
    await coordinator.move('takes it up', `/v1/feeds/${feed?.id}`, 'acknowledgement', {}, { so: ({ kind }) => kind });
  const again = { gives: 409, code: 'acknowledged-already' };
  await coordinator.move('takes it up again', `/v1/feeds/${decision?.id}`, 'acknowledgement', {}, again);
  await coordinator.move('schedules it', path, 'scheduling', {});
  await coordinator.move(
    'deploys it',
    path,
    'deployment',
    {},
    { so: ({ resultsDueOn }) => `results by ${resultsDueOn}` },
  );
  const results = {
    worked: 4,
    incidentsBefore: 31,
    incidentsAfter: 6,
    activity: 'Nine warnings.',
    recommendation: 'end',
  };
  await coordinator.move('returns the results', path, 'results', results, { so: ({ status }) => status });
  const early = { gives: 422, code: 'cycle-not-over' };
  await coordinator.move('closes the cycle before its last day', `/v1/cycles/${meetings.cycle}`, 'closure', {}, early);
}
