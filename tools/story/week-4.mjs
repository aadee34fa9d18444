/** Week 4: what was promised is done, or not; and systems pull how it stands. */

/** @typedef {import('./stage.mjs').Stage} Stage */
/** @typedef {import('./plot.mjs').Plot} Plot */

/** What the owner of an action sees of it who does not see its case. */
const TASK = [
  'id',
  'version',
  'description',
  'measure',
  'evidenceOfCompletion',
  'dueOn',
  'originalDueOn',
  'status',
  'overdue',
  'ownerAgencyId',
  'ownerPractitionerId',
  'outcomeText',
  'endedOn',
  'updatedAt',
  'withheld',
];

/** @param {Stage} stage @param {Plot} plot */
export async function actions(stage, plot) {
  stage.chapter('Week 4 — actions, and systems that follow them');
  await theTaskAlone(stage, plot);
  await theOwnersReport(stage, plot);
  await theSystemsPull(stage, plot);
  await theJagCloses(stage, plot);
}

/** @param {Stage} stage @param {Plot} plot */
async function theTaskAlone(stage, plot) {
  stage.tell('The landlord of the block has a task in a case that it does not know.');
  const [landlord, youth, outsider, coordinator] = await stage.company(
    'registered-provider-officer',
    'youth-justice-worker',
    'outsider',
    'marac-coordinator',
  );
  const path = `/v1/actions/${plot.actions.block}`;
  await landlord.get('asks for the case', `/v1/cases/${plot.marac}`, { gives: 404 });
  const task = await landlord.get('reads the task', path, { so: ({ status }) => status });
  const beyond = Object.keys(task.body).filter((field) => !TASK.includes(field));
  stage.promise('the owner without the case sees the task only', beyond.length === 0, beyond);
  stage.promise('and nothing of it names the case', !task.raw.includes(plot.marac), task.raw);
  const whole = await coordinator.get('reads the same action with its case', path);
  const rest = Object.keys(whole.body).filter((field) => !TASK.includes(field));
  const unnamed = rest.filter((field) => !task.body.withheld.includes(field));
  stage.promise('what the owner does not see is named', rest.length > 0 && unnamed.length === 0, unnamed);
  await youth.get('of another agency, with a seat and no invitation, asks for the task', path, { gives: 404 });
  await outsider.get('asks for the task', path, { gives: 404 });
  const begun = { status: 'in_progress', note: 'The installer comes on Thursday.' };
  await landlord.move('reports progress', path, 'progress', begun, { so: ({ status }) => status });
  const done = { outcome: 'done', outcomeText: 'New code since Thursday.' };
  await landlord.move('reports it done', path, 'completion', done, { so: ({ status }) => status });
  await landlord.move('may not confirm its own work', path, 'verification', {}, { gives: 403 });
  await coordinator.move(
    'confirms it',
    path,
    'verification',
    { note: 'Seen by the caretaker.' },
    {
      so: ({ status }) => status,
    },
  );
}

/** @param {Stage} stage @param {Plot} plot */
async function theOwnersReport(stage, plot) {
  stage.tell('The others report.');
  const [sergeant, idva, worker, school] = await stage.company(
    'police-sergeant',
    'idva',
    'social-worker',
    'school-lead',
  );
  const markers = `/v1/actions/${plot.actions.markers}`;
  const before = (await sergeant.reads(markers)).etag;
  const begun = { status: 'in_progress', note: 'The home is marked; the workplace follows.' };
  await sergeant.move('reports progress', markers, 'progress', begun, { so: ({ status }) => status });
  const done = { outcome: 'done', outcomeText: 'Both are marked.' };
  const stale = { gives: 412, code: 'changed-meanwhile', ifMatch: before };
  await sergeant.move('reports it done from a version that is no longer so', markers, 'completion', done, stale);
  const blind = { gives: 428, code: 'if-match-required' };
  await sergeant.post('reports it done without naming a version', `${markers}/completion`, done, blind);
  await idva.move('may not report another agency’s action done', markers, 'completion', done, { gives: 403 });
  await school.move('nor may a guest', markers, 'completion', done, { gives: 403 });
  await sergeant.move('reports it done', markers, 'completion', done, { so: ({ status }) => status });
  const over = await sergeant.move('reports it done again', markers, 'completion', done, {
    gives: 409,
    code: 'not-in-this-state',
  });
  const { permitted } = over.body;
  stage.promise('a forbidden step names the permitted ones', permitted?.join() === 'verification', permitted);
  await idva.move('confirms that it is done', markers, 'verification', {}, { so: ({ status }) => status });

  const calls = `/v1/actions/${plot.actions.calls}`;
  const changed = { outcome: 'not_possible', outcomeText: 'She has a new number and asks to call us herself.' };
  await idva.move('reports that it is not possible: things changed', calls, 'completion', changed, {
    so: ({ status }) => status,
  });
  const visits = `/v1/actions/${plot.actions.visits}`;
  const silent = { gives: 422, code: 'reason-missing' };
  await worker.move('reports not done without a reason', visits, 'completion', { outcome: 'not_done' }, silent);
  const missed = { outcome: 'not_done', outcomeText: 'Two of four visits were made; the worker was away.' };
  await worker.move('reports that it was not done: the agency did not act', visits, 'completion', missed, {
    so: ({ status }) => status,
  });
}

/** @param {Stage} stage @param {Plot} plot */
async function theSystemsPull(stage, plot) {
  stage.tell('Machine clients pull status, and report on the actions of their agencies.');
  const [housing, police, coordinator] = await stage.company('housing-system', 'police-system', 'marac-coordinator');
  const status = (/** @type {any} */ body) =>
    `${body.reference} ${body.stage}, own actions: ${body.openActions.length}`;
  const followed = [
    { system: housing, caseId: plot.jag, action: plot.actions.door, name: 'JAG' },
    { system: housing, caseId: plot.marac, action: plot.actions.locks, name: 'MARAC' },
    { system: police, caseId: plot.jag, action: plot.actions.patrol, name: 'JAG' },
  ];
  for (const { system, caseId, action, name } of followed) {
    const pulled = await system.get(`pulls the ${name} case`, `/v1/cases/${caseId}/status`, { so: status });
    const open = pulled.body.openActions.map((/** @type {any} */ one) => one.id);
    stage.promise(`${system.name} learns of its own open action and no other`, open.join() === action, open);
    const told = Object.keys(pulled.body).sort().join();
    const promised = 'id,nextMeetingAt,openActions,panelId,reference,stage,version,withheld';
    stage.promise('a status says where the case stands and nothing else', told === promised, told);
  }
  await police.get('pulls the MARAC case that the police referred', `/v1/cases/${plot.marac}/status`, { so: status });
  await police.get('pulls a case in which the police have nothing to do', `/v1/cases/${plot.syv}/status`, {
    gives: 404,
  });
  for (const system of [housing, police])
    await system.get('has no scope to read a case', `/v1/cases/${plot.jag}`, {
      gives: 403,
      code: 'insufficient-scope',
    });
  const mine = await housing.all('/v1/actions?mine=true&status=agreed');
  const here = mine.rows.map(({ id }) => id).filter((id) => Object.values(plot.actions).includes(id));
  const wanted = [plot.actions.door, plot.actions.locks].sort().join();
  stage.promise('the housing system lists the actions of housing', here.sort().join() === wanted, here);
  const others = (await housing.all('/v1/actions')).rows.filter((one) => one.ownerAgencyId !== housing.me.agencyId);
  stage.promise('and of nobody else', others.length === 0, others.length);

  const locks = `/v1/actions/${plot.actions.locks}`;
  const fitted = { outcome: 'done', outcomeText: `Works order ${stage.run} closed.` };
  await housing.move('reports the camera and the lock done', locks, 'completion', fitted, {
    so: (body) => body.status,
  });
  await housing.get('pulls the MARAC case when nothing of it is left to do', `/v1/cases/${plot.marac}/status`, {
    gives: 404,
  });
  await coordinator.move('confirms it', locks, 'verification', {}, { so: (body) => body.status });
}

/** @param {Stage} stage @param {Plot} plot */
async function theJagCloses(stage, plot) {
  stage.tell('The JAG case is closed when nothing is left to do.');
  const [coordinator, housing, police, officer] = await stage.company(
    'jag-coordinator',
    'housing-system',
    'police-system',
    'housing-officer',
  );
  const record = `/v1/cases/${plot.jag}`;
  const closed = { closureReason: 'resolved_behaviour_stopped', outcome: 'resolved' };
  const unfinished = { gives: 422, code: 'not-ready-to-close' };
  await coordinator.move('closes it while four actions are open', record, 'closure', closed, unfinished);
  const done = { outcome: 'done', outcomeText: 'Measured as agreed.' };
  const ends = /** @type {const} */ ([
    [housing, 'door'],
    [police, 'patrol'],
    [await stage.cast('environmental-health-officer'), 'recorder'],
    [await stage.cast('victim-support-worker'), 'escort'],
  ]);
  for (const [owner, name] of ends)
    await owner.move(`reports done: ${name}`, `/v1/actions/${plot.actions[name]}`, 'completion', done, {
      so: ({ status }) => status,
    });
  const stale = (await coordinator.reads(record)).etag;
  await coordinator.alter('sets the next review', record, { nextReviewOn: stage.day(28) });
  const meanwhile = { gives: 412, code: 'changed-meanwhile', ifMatch: stale };
  await coordinator.move('closes a version that is no longer so', record, 'closure', closed, meanwhile);
  await coordinator.move('closes it', record, 'closure', closed, {
    so: ({ stage: at, outcome }) => `${at}, ${outcome}`,
  });
  const again = await coordinator.move('closes it again', record, 'closure', closed, { gives: 409 });
  stage.promise('a closed case may be reopened', again.body.permitted?.join() === 'reopening', again.body.permitted);
  const late = { category: 'housing', kind: 'fact', summary: 'One more.', text: 'One more thing.' };
  await officer.post('contributes to a closed case', `${record}/contributions`, late, {
    gives: 422,
    code: 'case-closed',
  });
  await housing.get('pulls the case that housing referred', `${record}/status`, { so: (body) => body.stage });
}
