/** Examples of work on cases: people, contributions, assessments, plans, actions, access. */
import { agency, at, caseId, day, from, panel, person, practitioner, seedId, step, type Step } from './step.js';

const stairwell = { path: { id: caseId('stairwell') } };
const tanner = { path: { id: caseId('jag-01') } };

const PEOPLE = 'POST /v1/cases/{id}/people';
const PEOPLE_ENDINGS = 'POST /v1/cases/{id}/people/{roleId}/ending';
const CONTRIBUTIONS = 'POST /v1/cases/{id}/contributions';
const PLANS = 'POST /v1/cases/{id}/plans';
const ACTIONS = 'POST /v1/plans/{id}/actions';
const RELEASES = 'POST /v1/contributions/{id}/release-requests';
const EXCLUSIONS = 'POST /v1/exclusions';
const ACCESS = 'POST /v1/access-requests';
const EMERGENCIES = 'POST /v1/emergency-accesses';
const newPlan = { path: { id: from(PLANS) } };

const contribution = (key: string): { path: { id: string } } => ({
  path: { id: seedId('contribution', `ask-case-${key}`) },
});
const action = (key: string): { path: { id: string } } => ({ path: { id: seedId('action', `ask-case-${key}`) } });

export const casework: Step[] = [
  step('PATCH /v1/cases/{id}', 'jag-coordinator', { nextReviewOn: day(30) }, stairwell),
  step(
    PEOPLE,
    'jag-coordinator',
    { personId: person('garrowby'), role: 'witness', rationale: 'Keeps a diary of the evenings.', since: day(-20) },
    tanner,
  ),
  step(
    'PATCH /v1/cases/{id}/people/{roleId}',
    'jag-coordinator',
    { rationale: 'Keeps a diary of the evenings and called twice.', reason: 'His second call was missing.' },
    { path: { ...tanner.path, roleId: from(PEOPLE) } },
  ),
  step(
    PEOPLE_ENDINGS,
    'jag-coordinator',
    { kind: 'entered_in_error', reason: 'Mistaken for a man of the same name.' },
    { path: { ...tanner.path, roleId: from(PEOPLE) } },
  ),
  step(
    'POST /v1/cases/{id}/people-corrections/{correctionId}/reversal',
    'jag-coordinator',
    { reason: 'It was the right man after all.' },
    { path: { ...tanner.path, correctionId: from(PEOPLE_ENDINGS) } },
  ),
  step(
    CONTRIBUTIONS,
    'housing-officer',
    {
      category: 'housing',
      kind: 'fact',
      summary: 'Thirty-one reports in ten weeks.',
      text: 'Thirty-one reports from nine households in ten weeks. The rear door was forced twice.',
      occurredOn: day(-30),
    },
    stairwell,
  ),
  step(
    'PATCH /v1/contributions/{id}',
    'housing-officer',
    { summary: 'Thirty-one reports in ten weeks, from nine households.' },
    { path: { id: from(CONTRIBUTIONS) } },
  ),
  step(
    'POST /v1/contributions/{id}/recall',
    'housing-officer',
    { reason: 'Written about another stairwell.' },
    { path: { id: from(CONTRIBUTIONS) } },
  ),
  step(
    RELEASES,
    'idva',
    { reason: 'Needed to agree with the school which exits are watched.', releasedTo: 'person' },
    contribution('two-children-c2'),
  ),
  step(
    'POST /v1/release-requests/{id}/approval',
    'police-sergeant',
    { expiresAt: at(27) },
    { path: { id: seedId('release-request', 'ask-release-request-1') } },
  ),
  step(
    'POST /v1/release-requests/{id}/refusal',
    'police-sergeant',
    { reason: 'The source would be recognised.' },
    { path: { id: from(RELEASES) } },
  ),
  step(
    'POST /v1/cases/{id}/assessments',
    'housing-officer',
    {
      instrumentId: seedId('instrument', 'PLACE-MATRIX'),
      assessedOn: day(-7),
      answers: [
        { key: 'harm', value: 2 },
        { key: 'frequency', value: 4 },
        { key: 'trend', value: 'stable' },
      ],
    },
    stairwell,
  ),
  step(
    PLANS,
    'jag-coordinator',
    {
      modelCode: 'SARA',
      title: 'A stairwell for its tenants',
      leadAgencyId: agency('askenby-housing'),
      aims: [{ metric: 'Calls about the stairwell in four weeks', baseline: '21', target: '5', byWhen: day(84) }],
    },
    { path: { id: caseId('jag-03') } },
  ),
  step(
    ACTIONS,
    'jag-coordinator',
    {
      ownerAgencyId: agency('askenby-housing'),
      description: 'Fit a lock to the side door of block C',
      measure: 'Door locked on three visits of three',
      relatesTo: 'Calls about the stairwell in four weeks',
      dueOn: day(56),
    },
    newPlan,
  ),
  step('PATCH /v1/plans/{id}', 'jag-coordinator', { startOn: day(14), reviewOn: day(70), endOn: day(98) }, newPlan),
  step('PATCH /v1/actions/{id}', 'jag-coordinator', { dueOn: day(63) }, { path: { id: from(ACTIONS) } }),
  step(
    'POST /v1/actions/{id}/acceptance',
    'housing-officer',
    { ownerPractitionerId: practitioner('housing-officer') },
    { path: { id: from(ACTIONS) } },
  ),
  step(
    'POST /v1/actions/{id}/assignment',
    'housing-officer',
    { ownerPractitionerId: practitioner('related-officer') },
    { path: { id: from(ACTIONS) } },
  ),
  step(
    'POST /v1/plans/{id}/agreement',
    'jag-chair',
    { chairReason: 'The lock cannot wait for a better measure.' },
    newPlan,
  ),
  step('POST /v1/plans/{id}/start', 'jag-coordinator', undefined, newPlan),
  step(
    'POST /v1/actions/{id}/progress',
    'police-sergeant',
    { status: 'in_progress', note: 'Two of three evenings patrolled this week.' },
    action('stairwell-a2'),
  ),
  step(
    'POST /v1/actions/{id}/completion',
    'housing-officer',
    { outcome: 'done', outcomeText: 'Interviewed on Tuesday, with support present.' },
    action('stairwell-a6'),
  ),
  step(
    'POST /v1/actions/{id}/verification',
    'jag-coordinator',
    { note: 'Seen in the record of the interview.' },
    action('stairwell-a6'),
  ),
  step(
    'POST /v1/actions/{id}/cancellation',
    'jag-coordinator',
    { outcome: 'cancelled', outcomeText: 'The shop closed.' },
    action('jag-08-a2'),
  ),
  step(
    'POST /v1/escalations/{id}/answer',
    'cmarac-chair',
    { answer: 'Name somebody who does it by Friday, and report to the chair.', answerDueOn: day(21) },
    { path: { id: seedId('escalation', 'ask-case-jag-01-a1') } },
  ),
  step(EXCLUSIONS, 'jag-coordinator', {
    caseId: caseId('jag-04'),
    practitionerId: practitioner('fire-officer'),
    reason: 'A conflict of interest, declared by telephone.',
  }),
  step(
    'POST /v1/exclusions/{id}/ending',
    'jag-chair',
    { reason: 'The relative moved away.' },
    { path: { id: from(EXCLUSIONS) } },
  ),
  step(ACCESS, 'legal-adviser', {
    caseId: caseId('marac-04'),
    reason: 'The hearing of the order is on Thursday.',
    purpose: 'LEGAL_PROCEEDINGS',
  }),
  step(
    'POST /v1/access-requests/{id}/refusal',
    'marac-coordinator',
    { reason: 'The applicant’s own solicitor acts in the hearing.' },
    { path: { id: from(ACCESS) } },
  ),
  step(
    'POST /v1/access-requests/{id}/approval',
    'marac-coordinator',
    { expiresAt: at(27) },
    { path: { id: seedId('access-request', 'ask-access-request-1') } },
  ),
  step(
    'POST /v1/access-requests/{id}/revocation',
    'marac-coordinator',
    { reason: 'The family is supported by another service now.' },
    { path: { id: seedId('access-request', 'ask-access-request-1') } },
  ),
  step(EMERGENCIES, 'police-sergeant', {
    caseId: caseId('cmarac-04'),
    reasonCode: 'missing_person',
    reason: 'Reported missing tonight; contacts are needed now.',
  }),
  step('POST /v1/emergency-accesses/{id}/ending', 'police-sergeant', undefined, { path: { id: from(EMERGENCIES) } }),
  step(
    'POST /v1/emergency-accesses/{id}/review',
    'dpo',
    { outcome: 'justified', note: 'Right to open, and closed within the hour.' },
    { path: { id: from(EMERGENCIES) } },
  ),
  step('POST /v1/policy/explanations', 'fire-officer', {
    action: 'read',
    type: 'Case',
    id: caseId('stairwell'),
    field: 'summary',
    panelId: panel('ask-jag'),
  }),
  step(
    'POST /v1/plans/{id}/evaluation',
    'jag-coordinator',
    {
      evaluationMethod: 'before_after',
      outcomes: [{ result: '7 calls in four weeks', verdict: 'partly_met' }],
      whatWorked: 'The lock and the lights worked; patrols moved the group for an evening.',
      whatIsLeft: 'Housing checks the lock once a month until the spring.',
    },
    newPlan,
  ),
  step(
    'POST /v1/cases/{id}/closure',
    'jag-coordinator',
    { closureReason: 'resolved_behaviour_stopped', outcome: 'resolved' },
    { path: { id: caseId('jag-06') } },
  ),
  step(
    'POST /v1/cases/{id}/reopening',
    'jag-coordinator',
    { reason: 'The visits began again in the same week.' },
    { path: { id: caseId('jag-06') } },
  ),
];
