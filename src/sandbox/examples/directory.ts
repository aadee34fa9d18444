/** Examples of the directory: staff, panels, agreements, cycles, resources. */
import { agency, day, from, panel, partnership, practitioner, seedId, step, type Step } from './step.js';

const housing = { id: agency('askenby-housing') };
const jag = { id: panel('ask-jag') };
const PEOPLE = 'POST /v1/agencies/{id}/people';
const NAMES = 'GET /v1/agencies/{id}/people/{personId}/names';
const MEMBERSHIPS = 'POST /v1/panels/{id}/memberships';
const AGREEMENTS = 'POST /v1/sharing-agreements';
const agreement = { id: seedId('agreement', 'ISA-ASK-SYV') };
const inForce = { path: { ...agreement, versionId: seedId('agreement-version', 'ISA-ASK-SYV') } };
const VERSIONS = 'POST /v1/sharing-agreements/{id}/versions';

const row = {
  purpose: 'PANEL_MEETING',
  category: 'substance_use',
  contributingType: 'any',
  receivingType: 'police',
  level: 'existence',
  lawfulBasis: 'Art 6(1)(e) public task',
  condition: 'Art 9(2)(g), DPA 2018 Sch 1 para 18',
  gateway: 'CDA_S115',
  onward: 'within_panel',
  retentionClass: 'SYV_6Y_AFTER_CLOSURE',
};

export const directory: Step[] = [
  step(
    PEOPLE,
    'agency-administrator',
    {
      name: 'Osric Fenwalder',
      jobTitle: 'Tenancy Officer',
      email: 'osric.fenwalder@askenby-housing.example.org',
      roles: [],
      issuer: 'https://sandbox.wardmote.example',
      subject: 'osric-fenwalder',
    },
    { path: housing },
  ),
  step(
    'PATCH /v1/agencies/{id}/people/{personId}',
    'agency-administrator',
    { name: 'Osric Fenwolder', jobTitle: 'Senior Tenancy Officer' },
    { path: { ...housing, personId: from(PEOPLE) } },
  ),
  step(NAMES, 'dpo', undefined, { path: { ...housing, personId: from(PEOPLE) } }),
  step(
    'POST /v1/agencies/{id}/people/{personId}/names/{nameId}/correction',
    'dpo',
    { reason: 'The first spelling was a typing error.' },
    { path: { ...housing, personId: from(PEOPLE), nameId: from(NAMES, '/data/1/id') } },
  ),
  step('PATCH /v1/panels/{id}', 'jag-chair', { name: 'Askenby Joint Action Group' }, { path: jag }),
  step(
    MEMBERSHIPS,
    'jag-chair',
    { practitionerId: practitioner('refuge-worker'), tier: 'flexible', role: 'member', validFrom: day(7) },
    { path: jag },
  ),
  step(
    'PATCH /v1/panels/{id}/memberships/{membershipId}',
    'jag-chair',
    { validTo: day(90) },
    { path: { ...jag, membershipId: from(MEMBERSHIPS) } },
  ),
  step(
    'POST /v1/panels/{id}/memberships/{membershipId}/ending',
    'jag-chair',
    { reason: 'The service sends a colleague instead.' },
    { path: { ...jag, membershipId: from(MEMBERSHIPS) } },
  ),
  step(
    'POST /v1/panels/{id}/rules',
    'cmarac-chair',
    { effectiveFrom: day(35), rules: { caseTimeBoxMinutes: 15, quorum: { minAgencies: 4, mandatory: ['police'] } } },
    { path: { id: panel('ask-cmarac') } },
  ),
  step('POST /v1/cycle-templates', 'jag-coordinator', {
    name: 'Askenby: first week of the month',
    recurrence: 'nth_weekday',
    nth: 1,
    weekday: 3,
    anchorOn: day(56),
    stages: [
      {
        stage: 'jag',
        panelId: panel('ask-jag'),
        offsetDays: 0,
        startTime: '10:00',
        durationMinutes: 120,
        venueOrMode: 'Civic Offices, room 2, and by video',
        papersWorkingDays: 5,
      },
    ],
  }),
  step(
    'PATCH /v1/cycle-templates/{id}',
    'jag-coordinator',
    { name: 'Askenby: four weeks' },
    { path: { id: seedId('cycle-template', 'ASK') } },
  ),
  step('POST /v1/cycles', 'jag-coordinator', { templateId: seedId('cycle-template', 'ASK') }),
  step('POST /v1/resources', 'police-inspector', {
    panelId: panel('ask-tasking'),
    agencyId: agency('police'),
    name: 'Demountable camera, Askenby',
    type: 'cctv_demountable',
    quantity: 2,
    unit: 'units',
  }),
  step('PATCH /v1/resources/{id}', 'police-inspector', { quantity: 1 }, { path: { id: from('POST /v1/resources') } }),
  step(AGREEMENTS, 'dpo', {
    partnershipId: partnership,
    code: 'ISA-ASK-TASKING-2',
    title: 'Sharing at Askenby Tasking, proposed',
    panelTypes: ['tasking'],
  }),
  step(
    VERSIONS,
    'dpo',
    { basedOn: seedId('agreement-version', 'ISA-ASK-SYV'), rowChanges: [row] },
    { path: agreement },
  ),
  step(
    'PATCH /v1/sharing-agreements/{id}/versions/{versionId}',
    'dpo',
    { expiresOn: day(360) },
    { path: { ...agreement, versionId: from(VERSIONS) } },
  ),
  step(
    'POST /v1/sharing-agreements/{id}/simulations',
    'dpo',
    { versionId: seedId('agreement-version', 'ISA-ASK-SYV') },
    { path: agreement },
  ),
  step(
    'POST /v1/sharing-agreements/{id}/versions/{versionId}/suspension',
    'dpo',
    { reason: 'A processor of one party reported a breach.' },
    inForce,
  ),
  step(
    'POST /v1/sharing-agreements/{id}/versions/{versionId}/resumption',
    'dpo',
    { reason: 'The breach was contained, and no data of the panel was affected.' },
    inForce,
  ),
];
