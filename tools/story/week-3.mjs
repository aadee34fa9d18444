/** Week 3: the panels meet, decide and agree plans. */

/** @typedef {import('./stage.mjs').Stage} Stage */
/** @typedef {import('./stage.mjs').Player} Player */
/** @typedef {import('./plot.mjs').Plot} Plot */

/** @param {Stage} stage @param {Plot} plot */
export async function meetings(stage, plot) {
  stage.chapter('Week 3 — meetings, decisions and plans');
  const conference = await theMarac(stage, plot);
  await theSafetyPlan(stage, plot);
  await conference.decides();
  await theJag(stage, plot);
  await theSyvPanel(stage, plot);
  await conference.ends();
}

/**
 * @param {Stage} stage
 * @param {string} panelId
 * @param {Player} coordinator
 */
async function convene(stage, panelId, coordinator) {
  const meeting = await coordinator.post('convenes the panel', '/v1/meetings', {
    panelId,
    scheduledAt: stage.moment(90),
    venueOrMode: 'Askenby Civic Offices, room 2, and by video',
  });
  return `/v1/meetings/${meeting.body.id}`;
}

/**
 * The coordinator begins the meeting, the members come, and the coordinator records who is there.
 *
 * @param {Player[]} members
 * @param {string} meeting
 * @param {Player} coordinator
 */
async function attend(members, meeting, coordinator) {
  await coordinator.move('begins the meeting', meeting, 'opening', {});
  for (const member of members)
    await member.post('is there and accepts confidentiality', `${meeting}/attendances`, {
      practitionerId: member.me.id,
      status: 'present',
      confidentialityAccepted: true,
    });
  for (const member of members)
    await coordinator.post('records that the member is there', `${meeting}/attendances`, {
      practitionerId: member.me.id,
      status: 'present',
    });
}

/** @param {Stage} stage @param {Plot} plot */
async function theMarac(stage, plot) {
  stage.tell('The MARAC hears the repeat, and hears how the earlier case stands.');
  const [coordinator, chair, school, landlord, idva, outsider] = await stage.company(
    'marac-coordinator',
    'marac-chair',
    'school-lead',
    'registered-provider-officer',
    'idva',
    'outsider',
  );
  const meeting = await convene(stage, plot.panel.marac, coordinator);
  const items = `${meeting}/listings`;
  const repeat = await coordinator.post('lists the repeat', items, { kind: 'repeat', caseId: plot.marac });
  const earlier = await coordinator.post('lists the earlier case for review', items, {
    kind: 'review',
    caseId: plot.earlier,
  });
  await coordinator.post('lists the repeat a second time', items, { kind: 'new', caseId: plot.marac }, { gives: 409 });
  await coordinator.post('lists a case of another panel', items, { kind: 'new', caseId: plot.jag }, { gives: 404 });
  await idva.post('may not list', items, { kind: 'urgent', caseId: plot.marac }, { gives: 403 });
  plot.meeting = { id: meeting.split('/').at(-1) ?? '', listing: repeat.body.id, other: earlier.body.id, minute: '' };

  stage.tell('The school is invited to one item; a landlord for a few seconds to the other.');
  const repeatItem = `${items}/${repeat.body.id}/invitations`;
  const otherItem = `${items}/${earlier.body.id}/invitations`;
  await school.get('asks for the case before any invitation', `/v1/cases/${plot.marac}`, { gives: 404 });
  const guest = { agencyId: school.me.agencyId, practitionerId: school.me.id };
  const ahead = await coordinator.post('invites the school from tomorrow on', repeatItem, {
    ...guest,
    opensAt: stage.moment(24 * 60),
    closesAt: stage.moment(48 * 60),
  });
  await school.get('asks for the case before the window', `/v1/cases/${plot.marac}`, { gives: 404 });
  const none = await school.all(items);
  stage.promise('an item is hidden from its guest before the window', none.rows.length === 0, none.rows.length);
  await coordinator.move('withdraws that invitation', `${repeatItem}/${ahead.body.id}`, 'withdrawal', {
    reason: 'The school can come tonight.',
  });
  const open = { ...guest, closesAt: stage.moment(24 * 60) };
  await coordinator.post('invites the school from now on', repeatItem, open);
  await school.get('reads the case', `/v1/cases/${plot.marac}`);
  const seen = await school.all(items);
  stage.promise(
    'the guest sees the item that it is invited to, and no other',
    seen.rows.length === 1 && seen.rows[0].id === repeat.body.id,
    seen.rows.map(({ id }) => id),
  );
  await school.get('asks for the other case of the meeting', `/v1/cases/${plot.earlier}`, { gives: 404 });
  await outsider.get('asks for the meeting', meeting, { gives: 404 });

  const seconds = 6;
  const closesAt = Date.now() + seconds * 1000;
  const landlords = { agencyId: landlord.me.agencyId, closesAt: new Date(closesAt).toISOString() };
  await coordinator.post('invites a landlord without a safeguarding lead as a whole', otherItem, landlords, {
    gives: 422,
    code: 'no-safeguarding-lead',
  });
  await coordinator.post(`invites the landlord’s officer for ${seconds} seconds`, otherItem, {
    ...landlords,
    practitionerId: landlord.me.id,
  });
  await landlord.get('reads the case in time', `/v1/cases/${plot.earlier}`);

  const members = await stage.company(
    'marac-chair',
    'idva',
    'police-sergeant',
    'social-worker',
    'housing-officer',
    'probation-officer',
    'nhs-safeguarding-lead',
  );
  const there = { practitionerId: idva.me.id, status: 'present' };
  const secret = { gives: 422, code: 'confidentiality-first' };
  await idva.post('is there without accepting confidentiality', `${meeting}/attendances`, there, secret);
  const another = { practitionerId: chair.me.id, status: 'apologies' };
  await idva.post('records somebody else’s apologies', `${meeting}/attendances`, another, { gives: 403 });
  await attend([...members, school], meeting, coordinator);
  await landlord.post(
    'sends apologies',
    `${meeting}/attendances`,
    { practitionerId: landlord.me.id, status: 'apologies' },
    {},
  );

  return {
    async decides() {
      stage.tell('The MARAC decides.');
      const decisions = `${meeting}/decisions`;
      const early = { gives: 422, code: 'undecided' };
      await chair.move('ends the meeting before everything is decided', meeting, 'closure', {}, early);
      const decision = {
        listingId: repeat.body.id,
        kind: 'plan_agreed',
        text: `The safety plan is agreed as read. (${stage.run})`,
        rationale: `Two incidents in a month while on bail: no agency alone can make the way to work safe. (${stage.run})`,
      };
      await idva.post('may not record decisions', decisions, decision, { gives: 403 });
      const taken = await coordinator.post('records: the plan is agreed', decisions, decision, {
        so: ({ kind, quorate }) => `${kind}, quorate: ${quorate}`,
      });
      stage.promise('six agencies and the chair make a quorum', taken.body.quorate === true, taken.body.quorate);
      await coordinator.post('changes a decision', decisions, { ...decision, kind: 'close' }, { gives: 409 });
      const noted = { listingId: earlier.body.id, kind: 'note', text: 'Noted.', rationale: 'Goes on as the repeat.' };
      await coordinator.post('records: the earlier case is noted', decisions, noted);
      const guests = (await school.all(decisions)).rows;
      stage.promise('a guest reads the decision of its item only', guests.length === 1, guests.length);

      const minutes = `${meeting}/minutes`;
      const text = `Each agency reported; the chair summed up the risk on the way to work. (${stage.run})`;
      const draft = await coordinator.post('writes the minutes of the item', minutes, {
        listingId: repeat.body.id,
        text,
      });
      const unseen = (await idva.all(minutes)).rows.length;
      stage.promise('a draft of minutes is not shared', unseen === 0, unseen);
      const approval = `${minutes}/${draft.body.id}/approval`;
      await coordinator.post('may not approve her own minutes', approval, {}, { gives: 403, ifMatch: draft.etag });
      await chair.post('approves the minutes', approval, {}, { ifMatch: '*', so: ({ status }) => status });
      const shared = (await idva.all(minutes)).rows.length;
      stage.promise('approved minutes are', shared === 1, shared);
    },

    async ends() {
      stage.tell('The MARAC ends.');
      await coordinator.move('may not end the meeting', meeting, 'closure', {}, { gives: 403 });
      await chair.move(
        'ends the meeting',
        meeting,
        'closure',
        {},
        {
          so: ({ status, quorate }) => `${status}, quorate: ${quorate}`,
        },
      );
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, closesAt + 1000 - Date.now())));
      await landlord.get('asks for the case after the window', `/v1/cases/${plot.earlier}`, { gives: 404 });
      const late = { kind: 'new', caseId: plot.earlier };
      await coordinator.post('lists a case when the meeting is over', items, late, { gives: 409 });
    },
  };
}

/**
 * @param {Stage} stage
 * @param {Player} coordinator
 * @param {string} caseId
 * @param {{ modelCode: string, title: string }} plan
 */
async function draft(stage, coordinator, caseId, plan) {
  const made = await coordinator.post(`drafts a plan: ${plan.title}`, `/v1/cases/${caseId}/plans`, {
    ...plan,
    aims: [{ metric: 'Calls and reports in four weeks', baseline: '17', target: 'below 5', byWhen: stage.day(28) }],
    startOn: stage.day(0),
    reviewOn: stage.day(28),
    endOn: stage.day(56),
  });
  return `/v1/plans/${made.body.id}`;
}

/**
 * @param {Stage} stage
 * @param {Plot} plot
 * @param {Player} coordinator
 * @param {string} plan
 * @param {[name: string, owner: string, description: string, measure: string][]} tasks
 */
async function propose(stage, plot, coordinator, plan, tasks) {
  for (const [name, owner, description, measure] of tasks) {
    const { me, name: who } = await stage.cast(owner);
    const made = await coordinator.post(`proposes to ${who}: ${description}`, `${plan}/actions`, {
      ownerAgencyId: me.agencyId,
      description: `${description} (${stage.run})`,
      measure,
      relatesTo: 'Fewer incidents',
      dueOn: stage.day(21),
    });
    plot.actions[name] = made.body.id;
  }
}

/** @param {Stage} stage @param {Plot} plot @param {string} name @param {string} owner */
async function accept(stage, plot, name, owner) {
  const player = await stage.cast(owner);
  const path = `/v1/actions/${plot.actions[name]}`;
  await player.move(`accepts: ${name}`, path, 'acceptance', {}, { so: ({ status }) => status });
}

/** @param {Stage} stage @param {Plot} plot */
async function theSafetyPlan(stage, plot) {
  stage.tell('One safety plan, with tasks for five agencies; one of them does not know the case.');
  const [coordinator, sergeant] = await stage.company('marac-coordinator', 'police-sergeant');
  const plan = await draft(stage, coordinator, plot.marac, { modelCode: 'SAFETY', title: 'A safe way to work' });
  const bare = { gives: 422, code: 'no-action' };
  await coordinator.move('has the plan agreed without an action', plan, 'agreement', {}, bare);
  await propose(stage, plot, coordinator, plan, [
    ['markers', 'police-sergeant', 'Place urgent markers on home and workplace', 'Markers live on both addresses'],
    ['calls', 'idva', 'Call her each weekday at noon by the agreed words', 'Fifteen calls recorded'],
    ['locks', 'housing-officer', 'Fit a camera and a second lock at the new home', 'Works order closed'],
    ['visits', 'social-worker', 'See the child at school every week', 'Four visits recorded'],
    ['block', 'registered-provider-officer', 'Renew the entry code of the block in Weir View', 'New code in use'],
  ]);
  const elsewhere = { ...bare, code: 'not-on-the-panel' };
  const { me } = await stage.cast('outsider');
  await coordinator.post(
    'proposes a task to an agency that is not on the panel',
    `${plan}/actions`,
    { ownerAgencyId: me.agencyId, description: 'Advise her on her debts with him', dueOn: stage.day(21) },
    elsewhere,
  );
  const proposed = { gives: 422, code: 'not-smart' };
  await coordinator.move('has it agreed before its owners accepted', plan, 'agreement', {}, proposed);
  await accept(stage, plot, 'markers', 'police-sergeant');
  await accept(stage, plot, 'calls', 'idva');
  await accept(stage, plot, 'locks', 'housing-officer');
  await accept(stage, plot, 'visits', 'social-worker');
  await accept(stage, plot, 'block', 'registered-provider-officer');
  const smart = (await coordinator.all(`${plan}/actions`)).rows.map((one) => one.smart?.score);
  stage.promise('every action is SMART by five letters', smart.length === 5 && smart.every((one) => one === 5), smart);
  await sergeant.move('may not have the plan agreed', plan, 'agreement', {}, { gives: 403 });
  await coordinator.move(
    'records that the panel agrees the plan',
    plan,
    'agreement',
    {},
    {
      so: ({ status }) => status,
    },
  );
  const { stage: at } = (await coordinator.reads(`/v1/cases/${plot.marac}`)).body;
  stage.promise('the case follows its plan', at === 'plan_agreed', at);
}

/** @param {Stage} stage @param {Plot} plot */
async function theJag(stage, plot) {
  stage.tell('The JAG hears the stairwell, agrees a plan and goes on.');
  const coordinator = await stage.cast('jag-coordinator');
  const meeting = await convene(stage, plot.panel.jag, coordinator);
  const item = await coordinator.post('lists the case', `${meeting}/listings`, { kind: 'new', caseId: plot.jag });
  await attend(
    await stage.company(
      'jag-chair',
      'police-sergeant',
      'housing-officer',
      'environmental-health-officer',
      'victim-support-worker',
      'nhs-safeguarding-lead',
    ),
    meeting,
    coordinator,
  );
  const plan = await draft(stage, coordinator, plot.jag, {
    modelCode: 'OSARA',
    title: 'A stairwell for its residents',
  });
  await propose(stage, plot, coordinator, plan, [
    [
      'door',
      'housing-officer',
      'Replace the rear door by a self-closing steel door',
      'Door locked at ten night checks',
    ],
    [
      'patrol',
      'police-sergeant',
      'Patrol the stairwell on four nights, 23:00 to 01:00',
      'Patrol log; calls below five',
    ],
    ['recorder', 'environmental-health-officer', 'Leave the recorder for seven more nights', 'Seven nights recorded'],
    ['escort', 'victim-support-worker', 'Walk with the complainant to her club each Tuesday', 'Four walks made'],
  ]);
  await accept(stage, plot, 'door', 'housing-officer');
  await accept(stage, plot, 'patrol', 'police-sergeant');
  await accept(stage, plot, 'recorder', 'environmental-health-officer');
  await accept(stage, plot, 'escort', 'victim-support-worker');
  await coordinator.move('records that the panel agrees the plan', plan, 'agreement', {});
  await coordinator.post('records: it continues', `${meeting}/decisions`, {
    listingId: item.body.id,
    kind: 'continue',
    text: 'Review in four weeks.',
    rationale: 'Four agencies have begun; nothing is measured yet.',
  });
  const { stage: at } = (await coordinator.reads(`/v1/cases/${plot.jag}`)).body;
  stage.promise('a case that goes on is monitored', at === 'monitoring', at);
  const chair = await stage.cast('jag-chair');
  await chair.move('ends the meeting', meeting, 'closure', {}, { so: ({ quorate }) => `quorate: ${quorate}` });
}

/** @param {Stage} stage @param {Plot} plot */
async function theSyvPanel(stage, plot) {
  stage.tell('The SYV panel hears the group.');
  const [coordinator, chair, observer] = await stage.company('syv-coordinator', 'syv-chair', 'observer');
  const meeting = await convene(stage, plot.panel.syv, coordinator);
  const item = await coordinator.post('lists the case', `${meeting}/listings`, { kind: 'new', caseId: plot.syv });
  await observer.get('in training reads when the panel meets', meeting);
  const watched = (await observer.all(`${meeting}/listings`)).rows.length;
  stage.promise('an observer sees no item', watched === 0, watched);
  await attend(
    await stage.company(
      'syv-chair',
      'police-sergeant',
      'social-worker',
      'youth-justice-worker',
      'education-officer',
      'youth-outreach-worker',
    ),
    meeting,
    coordinator,
  );
  const plan = await draft(stage, coordinator, plot.syv, { modelCode: 'SAFETY', title: 'A safe way home' });
  await propose(stage, plot, coordinator, plan, [
    ['presence', 'youth-outreach-worker', 'Be at the interchange on four afternoons a week', 'Sixteen afternoons'],
    ['timetable', 'education-officer', 'End the three reduced timetables by half term', 'Three full timetables'],
    ['bus', 'youth-justice-worker', 'Walk with two of them to another bus stop', 'Ten journeys made'],
  ]);
  await accept(stage, plot, 'presence', 'youth-outreach-worker');
  await accept(stage, plot, 'timetable', 'education-officer');
  await accept(stage, plot, 'bus', 'youth-justice-worker');
  await coordinator.move('records that the panel agrees the plan', plan, 'agreement', {});
  await coordinator.post('records: it continues', `${meeting}/decisions`, {
    listingId: item.body.id,
    kind: 'continue',
    text: 'The group is heard again in four weeks.',
    rationale: 'The harm lies in the place and the hour, not in any one of them.',
  });
  await chair.move('ends the meeting', meeting, 'closure', {}, { so: ({ quorate }) => `quorate: ${quorate}` });
}
