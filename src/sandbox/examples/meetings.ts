/** Examples of a month of meetings: convening, research, agenda, hearing, decisions, minutes, bids. */
import { agency, at, caseId, day, from, panel, practitioner, seedId, step, type Step } from './step.js';

const MEETINGS = 'POST /v1/meetings';
const LISTINGS = 'POST /v1/meetings/{id}/listings';
const INVITATIONS = 'POST /v1/meetings/{id}/listings/{listingId}/invitations';
const RECUSALS = 'POST /v1/meetings/{id}/recusals';
const POINTS = 'POST /v1/research-requests/{id}/points';
const ATTENDANCES = 'POST /v1/meetings/{id}/attendances';
const DECISIONS = 'POST /v1/meetings/{id}/decisions';
const CRIMES = 'POST /v1/meetings/{id}/crimes';
const MINUTES = 'POST /v1/meetings/{id}/minutes';
const CHECKS = 'POST /v1/meetings/{id}/circulation-checks';
const BIDS = 'POST /v1/bids';

const jag = { id: seedId('meeting', 'ask-jag-m7') };
const earlier = { id: seedId('meeting', 'ask-jag-m6') };
const EARLIER_ITEM = 'ask-case-stairwell-at-ask-jag-m6';
const tasking = { id: seedId('meeting', 'ask-tasking-m7') };
const listing = (key: string): string => seedId('listing', `ask-case-${key}-at-ask-jag-m7`);
const stairwell = { ...jag, listingId: listing('stairwell') };
const bid = { id: seedId('bid', 'ASK-0') };
const otherBid = { id: seedId('bid', 'ASK-2') };
const research = { id: seedId('research-request', 'ask-case-stairwell-at-ask-jag-m7-r-police') };

/** Hour of the JAG of the present cycle. */
const MEETING_DAY = 9;

export const meetings: Step[] = [
  step(MEETINGS, 'jag-coordinator', {
    panelId: panel('ask-jag'),
    kind: 'emergency',
    scheduledAt: at(17, '10:00'),
    endsAt: at(17, '12:00'),
    venueOrMode: 'Civic Offices, room 2, and by video',
  }),
  step(
    'POST /v1/meetings/{id}/justification',
    'jag-chair',
    { reason: 'The court sits on the Monday before the next meeting.' },
    { path: { id: from(MEETINGS) } },
  ),
  step(
    'POST /v1/meetings/{id}/postponement',
    'jag-coordinator',
    { scheduledAt: at(18, '10:00'), endsAt: at(18, '12:00') },
    { path: { id: from(MEETINGS) } },
  ),
  step(
    'POST /v1/meetings/{id}/cancellation',
    'jag-coordinator',
    { reason: 'Everybody is needed elsewhere.' },
    { path: { id: from(MEETINGS) } },
  ),
  step(
    LISTINGS,
    'jag-coordinator',
    { caseId: caseId('jag-06'), kind: 'new', late: true, lateReason: 'The visits began again on Friday.' },
    { path: jag },
  ),
  step(
    'PATCH /v1/meetings/{id}/listings/{listingId}',
    'jag-coordinator',
    { timeboxMinutes: 8 },
    { path: { ...jag, listingId: from(LISTINGS) } },
  ),
  step(
    'POST /v1/meetings/{id}/listings/{listingId}/removal',
    'jag-coordinator',
    { reason: 'The landlord cannot come on that day.' },
    { path: { ...jag, listingId: from(LISTINGS) } },
  ),
  step(
    INVITATIONS,
    'jag-coordinator',
    { agencyId: agency('thistlemoor-academy'), practitionerId: practitioner('school-lead'), closesAt: at(20) },
    { path: stairwell },
  ),
  step(
    'PATCH /v1/meetings/{id}/listings/{listingId}/invitations/{invitationId}',
    'jag-coordinator',
    { closesAt: at(21), reason: 'The school needs a day more.' },
    { path: { ...stairwell, invitationId: from(INVITATIONS) } },
  ),
  step(
    'POST /v1/meetings/{id}/listings/{listingId}/invitations/{invitationId}/withdrawal',
    'jag-coordinator',
    { reason: 'The wrong colleague.' },
    { path: { ...stairwell, invitationId: from(INVITATIONS) } },
  ),
  step(
    'POST /v1/meetings/{id}/research-requests',
    'jag-coordinator',
    { agencyIds: [agency('askenby-education')] },
    { path: jag },
  ),
  step(
    POINTS,
    'police-sergeant',
    { category: 'police_incident', kind: 'fact', text: 'Four calls to the landing since the last meeting.' },
    { path: research },
  ),
  step(
    'PATCH /v1/research-points/{id}',
    'police-sergeant',
    { text: 'Five calls to the landing since the last meeting.' },
    { path: { id: from(POINTS) } },
  ),
  step(
    'POST /v1/research-points/{id}/withholding',
    'police-sergeant',
    { reason: 'Not needed for the risk in this case.' },
    { path: { id: from(POINTS) } },
  ),
  step(
    'POST /v1/research-points/{id}/sharing',
    'police-sergeant',
    { summary: 'Five calls to the landing.' },
    { path: { id: from(POINTS) } },
  ),
  step(
    'POST /v1/research-requests/{id}/return',
    'environmental-health-officer',
    { nil: true },
    {
      path: { id: seedId('research-request', 'ask-case-stairwell-at-ask-jag-m7-r-askenby-environmental-health') },
    },
  ),
  step(
    RECUSALS,
    'jag-coordinator',
    {
      listingId: listing('jag-05'),
      practitionerId: practitioner('fire-officer'),
      reason: 'A conflict of interest, declared by telephone.',
    },
    { path: jag },
  ),
  step(
    'POST /v1/meetings/{id}/recusals/{recusalId}/ending',
    'jag-chair',
    { kind: 'entered_in_error', reason: 'The relative is not a party after all.' },
    { path: { ...jag, recusalId: from(RECUSALS) } },
  ),
  step('POST /v1/meetings/{id}/agenda', 'jag-coordinator', undefined, { path: jag }),
  step(CHECKS, 'jag-coordinator', undefined, { path: jag }),
  step('POST /v1/meetings/{id}/circulation-checks/{circulationCheckId}/approval', 'jag-chair', undefined, {
    path: { ...jag, circulationCheckId: from(CHECKS) },
  }),
  step('POST /v1/meetings/{id}/agenda/circulation', 'jag-coordinator', undefined, { path: jag }),
  step(
    'POST /v1/meetings/{id}/pack-recall',
    'jag-chair',
    { reason: 'A list of another meeting was attached.', listingId: listing('jag-08') },
    { path: jag },
  ),
  step('POST /v1/meetings/{id}/opening', 'jag-chair', undefined, { path: jag, now: at(MEETING_DAY, '10:00') }),
  step(
    'POST /v1/meetings/{id}/opening-reversal',
    'jag-chair',
    { reason: 'Opened in place of the meeting of Tasking.' },
    { path: jag },
  ),
  step('POST /v1/meetings/{id}/opening', 'jag-chair', undefined, { path: jag }),
  step(
    ATTENDANCES,
    'jag-coordinator',
    { practitionerId: practitioner('housing-officer'), status: 'present', confidentialityAccepted: true },
    { path: jag },
  ),
  step('POST /v1/meetings/{id}/listings/{listingId}/start', 'jag-coordinator', undefined, { path: stairwell }),
  step(
    CRIMES,
    'jag-coordinator',
    { listingId: stairwell.listingId, summary: 'A window was broken.', victimWishesReport: 'no' },
    { path: jag },
  ),
  step(
    'POST /v1/meetings/{id}/crimes/{crimeId}/amendment',
    'jag-coordinator',
    { victimWishesReport: 'yes', reportedTo: 'Askenby police' },
    { path: { ...jag, crimeId: from(CRIMES) } },
  ),
  step(
    'POST /v1/meetings/{id}/listings/{listingId}/actions',
    'jag-coordinator',
    {
      planId: seedId('plan', 'ask-case-stairwell-plan'),
      ownerAgencyId: agency('fire'),
      description: 'Visit the flat about the smoke alarm',
      measure: 'Visited once',
      dueOn: day(28),
    },
    { path: stairwell },
  ),
  step(
    DECISIONS,
    'jag-coordinator',
    {
      listingId: stairwell.listingId,
      kind: 'note',
      text: 'The panel continues with the plan as agreed.',
      rationale: 'Calls have halved since the door was replaced.',
    },
    { path: jag },
  ),
  step(
    'POST /v1/meetings/{id}/decisions/{decisionId}/correction',
    'jag-chair',
    {
      text: 'The panel continues with the plan as agreed, and looks at it again in June.',
      reason: 'A part was left out.',
    },
    { path: { ...jag, decisionId: from(DECISIONS) } },
  ),
  step('POST /v1/meetings/{id}/listings/{listingId}/end', 'jag-coordinator', undefined, { path: stairwell }),
  step(
    'POST /v1/meetings/{id}/attendances/{attendanceId}/departure',
    'jag-coordinator',
    {},
    { path: { ...jag, attendanceId: from(ATTENDANCES) } },
  ),
  step(
    'POST /v1/meetings/{id}/listings/{listingId}/presences/{presenceId}/correction',
    'jag-coordinator',
    { wasPresent: false, reason: 'Another officer was ticked in place of this one.' },
    {
      path: {
        ...earlier,
        listingId: seedId('listing', EARLIER_ITEM),
        presenceId: seedId('presence', `${EARLIER_ITEM}-fire-officer`),
      },
    },
  ),
  step(
    MINUTES,
    'jag-coordinator',
    {
      listingId: stairwell.listingId,
      text: 'The panel heard from housing, police and the advocate.',
      points: [{ text: 'Thirty-one reports in ten weeks.', agencyId: agency('askenby-housing'), category: 'housing' }],
    },
    { path: jag },
  ),
  step('POST /v1/meetings/{id}/minutes/{minuteId}/approval', 'jag-chair', undefined, {
    path: { ...jag, minuteId: from(MINUTES) },
  }),
  step(
    'POST /v1/meetings/{id}/minutes/{minuteId}/confirmation',
    'jag-chair',
    { meetingId: jag.id },
    { path: { ...earlier, minuteId: seedId('minute', 'ask-case-stairwell-at-ask-jag-m6-n') } },
  ),
  step(
    'POST /v1/meetings/{id}/priorities',
    'ttcg-coordinator',
    { text: 'Burglary of outbuildings along the canal, in all three boroughs.' },
    { path: { id: seedId('meeting', 'bcu-ttcg-m6') } },
  ),
  step(BIDS, 'jag-coordinator', {
    planId: seedId('plan', 'ask-case-stairwell-plan'),
    panelId: panel('ask-tasking'),
    title: 'Patrols at the times of the calls',
    resourceType: 'ward_officers',
    quantity: 4,
    unit: 'officers',
    fromOn: day(28),
    toOn: day(42),
    location: 'The stairwell and the underpass',
    evidence: 'Forty calls in four weeks, most of them after nine in the evening.',
    tactic: 'High-visibility patrols at the times of the calls.',
    expectedOutcome: 'Half as many calls in the four weeks after.',
    ifRefused: 'Residents expect no change, and say so.',
  }),
  step(
    'POST /v1/bids/{id}/waiver-request',
    'jag-coordinator',
    { reason: 'The fair comes on Friday, before the panel meets.' },
    { path: { id: from(BIDS) } },
  ),
  step(
    'POST /v1/bids/{id}/withdrawal',
    'jag-coordinator',
    { reason: 'The fair is called off.' },
    { path: { id: from(BIDS) } },
  ),
  step('POST /v1/bids/{id}/submission', 'jag-coordinator', undefined, { path: bid }),
  step('POST /v1/bids/{id}/screening', 'police-inspector', undefined, { path: bid }),
  step('POST /v1/bids/{id}/listing', 'police-inspector', { meetingId: tasking.id }, { path: bid }),
  step('POST /v1/meetings/{id}/opening', 'police-inspector', undefined, { path: tasking, now: at(16, '10:00') }),
  step('POST /v1/bids/{id}/decision', 'police-inspector', { kind: 'approval', grantedQuantity: 6 }, { path: bid }),
  step('POST /v1/bids/{id}/scheduling', 'police-inspector', undefined, { path: bid }),
  step('POST /v1/bids/{id}/deployment', 'police-inspector', undefined, { path: bid }),
  step(
    'POST /v1/bids/{id}/results',
    'jag-coordinator',
    { worked: 4, activity: 'Eleven warnings, two seizures, thirty visits.', recommendation: 'end' },
    { path: bid },
  ),
  step('POST /v1/bids/{id}/decision', 'police-inspector', undefined, { path: otherBid }),
  step('POST /v1/bids/{id}/scheduling', 'police-inspector', undefined, { path: otherBid }),
  step(
    'POST /v1/bids/{id}/non-deployment',
    'police-inspector',
    { reason: 'The officers were needed at the fair.' },
    { path: otherBid },
  ),
];
