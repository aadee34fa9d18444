/** Examples of recording people and places, and of referring a matter to a panel. */
import { day, from, panel, partnership, person, seedId, step, type Step } from './step.js';

const PERSONS = 'POST /v1/persons';
const PLACES = 'POST /v1/places';
const GROUPS = 'POST /v1/groups';
const REFERRALS = 'POST /v1/referrals';
const ADDRESSES = 'POST /v1/persons/{id}/protected-addresses';
const COPIES = 'POST /v1/referrals/{id}/copies';
const NAMED = 'POST /v1/referrals/{id}/people';
const REMOVED = 'POST /v1/referrals/{id}/people/{roleId}/ending';

const referral = (number: number): { path: { id: string } } => ({
  path: { id: seedId('referral', `ask-referral-other-0${String(number)}`) },
});

export const referring: Step[] = [
  step('POST /v1/person-searches', 'housing-officer', { partnershipId: partnership, familyName: 'Brannockley' }),
  step(PERSONS, 'housing-officer', {
    partnershipId: partnership,
    givenName: 'Perpetua',
    familyName: 'Quellmarsh',
    dateOfBirth: '1971-07-07',
    currentAddress: '4 Cooper Rise, YK1 9ZZ',
    safeContact: 'Call on weekday mornings only; leave no message.',
  }),
  step('PATCH /v1/persons/{id}', 'housing-officer', { phone: '07700 900123' }, { path: { id: from(PERSONS) } }),
  step(
    ADDRESSES,
    'police-sergeant',
    { panelId: panel('ask-marac'), kind: 'refuge', address: 'Flat 2, 14 Marigold Yard, Highbarrow' },
    { path: { id: person('alderfen') } },
  ),
  step(
    'PATCH /v1/protected-addresses/{id}',
    'police-sergeant',
    { address: 'Flat 3, 14 Marigold Yard, Highbarrow' },
    { path: { id: from(ADDRESSES) } },
  ),
  step(
    'POST /v1/protected-addresses/{id}/revelation',
    'marac-coordinator',
    { reason: 'The removal on Friday has to be booked today.' },
    { path: { id: from(ADDRESSES) } },
  ),
  step(PLACES, 'housing-officer', {
    partnershipId: partnership,
    kind: 'estate',
    name: 'Cooper Rise, bin store',
    addressText: 'Cooper Rise, rear yard',
  }),
  step('PATCH /v1/places/{id}', 'housing-officer', { name: 'Cooper Rise, bin stores' }, { path: { id: from(PLACES) } }),
  step(GROUPS, 'youth-justice-worker', {
    partnershipId: partnership,
    kind: 'peer_group',
    name: 'Evening group at Cooper Rise',
    description: 'Young people who spend time together; to be named here says nothing about any of them.',
  }),
  step(
    'PATCH /v1/groups/{id}',
    'youth-justice-worker',
    { name: 'Evening group, Cooper Rise' },
    { path: { id: from(GROUPS) } },
  ),
  step(REFERRALS, 'housing-officer', {
    panelId: panel('ask-jag'),
    subjectKind: 'place',
    placeId: seedId('place', 'ask-place-1'),
    category: 'asb_incident',
    problem: 'Fires in the bin store, three in two weeks, reported by four households.',
    whyMultiAgency: 'Cleaning alone has not helped; fire service and police are needed.',
    criteria: ['repeat_location'],
    legalGateway: 'CDA_S115',
  }),
  step(
    NAMED,
    'housing-officer',
    { personId: person('brannock'), role: 'complainant', rationale: 'Reported each of the fires.' },
    { path: { id: from(REFERRALS) } },
  ),
  step(
    'PATCH /v1/referrals/{id}/people/{roleId}',
    'housing-officer',
    { role: 'witness', reason: 'Saw the fires, but did not report them.' },
    { path: { id: from(REFERRALS), roleId: from(NAMED) } },
  ),
  step(
    'PATCH /v1/referrals/{id}',
    'victim-support-worker',
    { wishes: 'A lock on the side door, and no visit in uniform.', incidentOn: day(-10) },
    referral(1),
  ),
  step('POST /v1/referrals/{id}/submission', 'housing-officer', undefined, { path: { id: from(REFERRALS) } }),
  step(
    REMOVED,
    'jag-coordinator',
    { kind: 'entered_in_error', reason: 'Mistaken for a neighbour of the same name.' },
    { path: { id: from(REFERRALS), roleId: from(NAMED) } },
  ),
  step(
    'POST /v1/referrals/{id}/people-corrections/{correctionId}/reversal',
    'jag-coordinator',
    { reason: 'It was the right neighbour after all.' },
    { path: { id: from(REFERRALS), correctionId: from(REMOVED) } },
  ),
  step(
    'POST /v1/referrals/{id}/redirection',
    'jag-coordinator',
    {
      targetPanelId: panel('ask-cmarac'),
      reasonCode: 'owned_by_another_process',
      reason: 'The Community MARAC hears what happens to one person.',
    },
    { path: { id: from(REFERRALS) } },
  ),
  step(COPIES, 'housing-officer', { panelId: panel('ask-cmarac') }, { path: { id: from(REFERRALS) } }),
  step(
    'POST /v1/referrals/{id}/withdrawal',
    'housing-officer',
    { reasonCode: 'referred_in_error', reason: 'Another estate was meant.' },
    { path: { id: from(COPIES) } },
  ),
  step('POST /v1/referrals/{id}/submission', 'victim-support-worker', undefined, referral(1)),
  step(
    'POST /v1/referrals/{id}/return',
    'jag-coordinator',
    { reasonCode: 'incomplete', reason: 'Say what was tried already, and what came of it.' },
    referral(1),
  ),
  step('POST /v1/referrals/{id}/acceptance', 'jag-coordinator', {}, referral(3)),
  step(
    'POST /v1/referrals/{id}/refusal',
    'syv-coordinator',
    { reasonCode: 'outside_age_range', reason: 'The person turned 25 last month.' },
    referral(4),
  ),
];
