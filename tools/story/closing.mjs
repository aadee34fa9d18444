/** What is promised whatever an agreement says. */

/** @typedef {import('./stage.mjs').Stage} Stage */
/** @typedef {import('./plot.mjs').Plot} Plot */

/** @param {Stage} stage @param {Plot} plot */
export async function closing(stage, plot) {
  stage.chapter('Promises that need no agreement');
  await theRelative(stage, plot);
  await theOutsider(stage, plot);
  await thePrivateNote(stage, plot);
  await theGuest(stage, plot);
  await theTask(stage, plot);
  await thoseElsewhere(stage, plot);
}

/** @param {Stage} stage @param {Plot} plot */
async function theRelative(stage, plot) {
  stage.tell('A relative of his is a party to the stairwell case: for him that case does not exist.');
  const [officer, relative] = await stage.company('housing-officer', 'related-officer');
  const list = `/v1/cases?panelId=${plot.panel.jag}`;
  const his = new Set((await relative.all(list)).rows.map(({ id }) => id));
  const hidden = (await officer.all(list)).rows.filter(({ id }) => !his.has(id));
  stage.promise('he sees the other cases of his panel', his.has(plot.jag) && his.size > 1, his.size);
  let stairwell = '';
  for (const { id } of hidden)
    if (/landings most mornings/.test((await officer.reads(`/v1/cases/${id}`)).body.summary)) stairwell = id;
  stage.promise('the stairwell case is hidden from him and known to his colleague', stairwell, hidden.length);
  await relative.get('asks for it by its number', `/v1/cases/${stairwell}`, { gives: 404 });
  for (const part of ['contributions', 'assessments', 'people', 'plans', 'timeline', 'status']) {
    const { status } = await relative.reads(`/v1/cases/${stairwell}/${part}`);
    stage.promise(`nor its ${part}`, status === 404, status);
  }
  const tasks = (await officer.all('/v1/actions')).rows.filter(({ caseId }) => caseId === stairwell);
  stage.promise('his colleague sees actions of their agency in it', tasks.length > 0, tasks.length);
  const heard = (await relative.all('/v1/actions')).raw;
  stage.promise('he sees none of them', !tasks.some(({ id }) => heard.includes(id)));
  const note = { category: 'housing', kind: 'fact', summary: 'Seen.', text: 'Seen on the stairs.' };
  await relative.post('contributes to it', `/v1/cases/${stairwell}/contributions`, note, { gives: 404 });
}

/** @param {Stage} stage @param {Plot} plot */
async function theOutsider(stage, plot) {
  stage.tell('For an agency that sits on no panel nothing exists.');
  const outsider = await stage.cast('outsider');
  const cases = [plot.jag, plot.marac, plot.earlier, plot.syv];
  const paths = [
    ...cases.flatMap((id) =>
      ['', '/status', '/people', '/contributions', '/assessments', '/plans', '/timeline'].map(
        (part) => `/v1/cases/${id}${part}`,
      ),
    ),
    ...Object.values(plot.told).flatMap((told) => told.map(({ id }) => `/v1/contributions/${id}`)),
    ...Object.values(plot.actions).flatMap((id) => [`/v1/actions/${id}`, `/v1/actions/${id}/progress`]),
    `/v1/assessments/${plot.assessment.id}`,
    ...['', '/listings', '/attendances', '/decisions', '/minutes'].map(
      (part) => `/v1/meetings/${plot.meeting.id}${part}`,
    ),
    `/v1/meetings/${plot.meeting.id}/listings/${plot.meeting.listing}/invitations`,
    `/v1/persons/${plot.victimId}`,
    `/v1/persons/${plot.victimId}/protected-addresses`,
  ];
  const found = [];
  for (const path of paths) {
    const { status } = await outsider.reads(path);
    if (status !== 404) found.push(`${status} ${path}`);
  }
  for (const path of paths)
    stage.promise(`the outsider finds nothing at ${path}`, !found.some((one) => one.endsWith(` ${path}`)), found);
  console.log(`  ${outsider.name} asks at ${paths.length} addresses of this story and finds nothing`);
  for (const path of ['/v1/cases', '/v1/referrals', '/v1/actions', '/v1/meetings', '/v1/persons', '/v1/places']) {
    const { status, rows } = await outsider.all(path);
    stage.promise(`the outsider’s ${path} is empty`, (status === 200 || status === 403) && !rows.length, rows.length);
  }
}

/** @param {Stage} stage @param {Plot} plot */
async function thePrivateNote(stage, plot) {
  stage.tell('A note for one’s own agency is read there, by those who see the case, and by nobody else.');
  const note = plot.told[plot.marac]?.find(({ agencyOnly }) => agencyOnly);
  const path = `/v1/contributions/${note?.id}`;
  const owner = await stage.cast('housing-officer');
  await owner.get('reads the note of her agency', path);
  const others = [
    'related-officer',
    'agency-administrator',
    'marac-coordinator',
    'marac-chair',
    'idva',
    'police-sergeant',
    'social-worker',
    'nhs-safeguarding-lead',
    'probation-officer',
    'school-lead',
    'auditor',
    'dpo',
    'outsider',
  ];
  for (const id of others) {
    const reader = await stage.cast(id);
    const { status } = await reader.reads(path);
    stage.promise(`the private note is not there for ${id}`, status === 404, status);
    const told = await reader.all(`/v1/cases/${plot.marac}/timeline`);
    stage.promise(`nor does the timeline tell ${id} of it`, !told.raw.includes(note?.id ?? ''));
  }
  console.log(`  ${others.length} others ask for it: for each of them it is not there`);
}

/** @param {Stage} stage @param {Plot} plot */
async function theGuest(stage, plot) {
  stage.tell('The school sees the one case that it was invited to.');
  const school = await stage.cast('school-lead');
  const cases = (await school.all('/v1/cases')).rows.map(({ id }) => id);
  const ours = [plot.jag, plot.marac, plot.earlier, plot.syv].filter((id) => cases.includes(id));
  stage.promise('of this story’s four cases the school sees one', ours.join() === plot.marac, ours);
  for (const id of [plot.jag, plot.earlier, plot.syv])
    await school.get('asks for another case', `/v1/cases/${id}`, { gives: 404 });
  const items = (await school.all(`/v1/meetings/${plot.meeting.id}/listings`)).rows.map(({ id }) => id);
  stage.promise('and of its meeting one item', items.join() === plot.meeting.listing, items);
}

/** @param {Stage} stage @param {Plot} plot */
async function theTask(stage, plot) {
  stage.tell('The task without its case is seen by its owner; the whole action by those who read the case.');
  const path = `/v1/actions/${plot.actions.block}`;
  const whole = ['idva', 'police-sergeant', 'social-worker', 'marac-coordinator', 'school-lead'];
  const nothing = ['youth-justice-worker', 'jag-coordinator', 'related-officer', 'fire-officer', 'auditor', 'dpo'];
  const landlord = await stage.cast('registered-provider-officer');
  const task = await landlord.get('reads the task', path);
  stage.promise('the owner sees no case in it', !('caseId' in task.body) && task.body.withheld.includes('caseId'));
  for (const id of whole) {
    const { status, body } = await (await stage.cast(id)).reads(path);
    stage.promise(`${id} sees the action with its case`, status === 200 && body.caseId === plot.marac, status);
  }
  for (const id of nothing) {
    const { status } = await (await stage.cast(id)).reads(path);
    stage.promise(`the task is not there for ${id}`, status === 404, status);
  }
  console.log(`  ${whole.length} who read the case see the action, ${nothing.length} who do not see nothing`);
}

/** @param {Stage} stage @param {Plot} plot */
async function thoseElsewhere(stage, plot) {
  stage.tell('Neither the same agency in another borough, nor an office without a seat, opens a case.');
  const elsewhere = [
    'pellworth-idva',
    'pellworth-inspector',
    'other-borough-coordinator',
    'dunmarrow-coordinator',
    'ttcg-coordinator',
    'auditor',
    'dpo',
    'agency-administrator',
    'jag-chair',
    'syv-coordinator',
  ];
  for (const id of elsewhere) {
    const reader = await stage.cast(id);
    await reader.get('asks for the MARAC case', `/v1/cases/${plot.marac}`, { gives: 404 });
    const own = plot.told[plot.marac]?.find(({ agencyId }) => agencyId === reader.me.agencyId);
    if (!own) continue;
    const { status } = await reader.reads(`/v1/contributions/${own.id}`);
    stage.promise(`nor does ${id} read what their own agency told there`, status === 404, status);
  }
}
