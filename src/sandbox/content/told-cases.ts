/**
 * Hand-written cases of the first borough that the documents and tests use: three ordinary ones, and those of a
 * compartment.
 *
 * Each shows what a generated case cannot be relied on to show: an exclusion because a party is a relative (the
 * stairwell), a protected address, safe contact and a guest from a school (the two children), and a group with places in
 * place of a single subject (the canal path). The Channel panel hears two people of those cases, and one whom no other panel
 * knows. One person also lives in the second borough's records under another
 * spelling, so that a blind match has something to find.
 */
import type { CaseStory, SafeContact, SandboxPerson, Scenario } from './caseload.js';
import { SCENARIOS } from './narratives.js';
import { addressIn, dramaPhone } from './people.js';
import type { BoroughCode } from './places-and-agencies.js';
import { addDays, dateFrom, testNhsNumber } from './seeded.js';

export const TOLD_CASES = {
  stairwell: 'ask-case-stairwell',
  twoChildren: 'ask-case-two-children',
  canalPath: 'ask-case-canal-path',
  channelTenant: 'ask-case-channel-1',
  channelPupil: 'ask-case-channel-2',
  channelAlone: 'ask-case-channel-3',
} as const;

/** Records of one man in Askenby and, with another spelling, in Pellworth. */
export const KNOWN_IN_BOTH = { askenby: 'ask-person-vennimore', pellworth: 'pel-person-venimore' } as const;

type Sketch = [
  key: string,
  given: string,
  family: string,
  sex: 'F' | 'M',
  age: number,
  ethnicity: string,
  street: string,
  more?: Partial<SandboxPerson>,
];

const callsOnlyByDay: SafeContact = {
  notes:
    'Ring once, then again after a minute. Say “library service” if anyone else answers. Never call from a withheld number.',
  safeToCall: true,
  safeToText: false,
  safeToLeaveVoicemail: false,
  safeToWrite: false,
  safeTimes: 'Weekdays 10:00 to 14:00',
};

// prettier-ignore
const sketches: Sketch[] = [
  ['brannock', 'Edith', 'Brannockley', 'F', 78, 'W1', 'Bellfounder Court'],
  ['sowande', 'Yetunde', 'Sowandere', 'F', 31, 'B2', 'Bellfounder Court'],
  ['tolbrook', 'Wesley', 'Tolbrook', 'M', 26, 'W1', 'Bellfounder Court', { aliases: ['Wez'] }],
  ['garrowby', 'Colm', 'Garrowbeg', 'M', 44, 'W2', 'Ropewalk Lane', { currentAddress: null, email: null, datePrecision: 'year' }],

  ['alderfen', 'Miriam', 'Alderfen', 'F', 34, 'M1', 'Weir View', { safeContact: callsOnlyByDay, aliases: ['Mim Vennimore'] }],
  ['vennimore', 'Craig', 'Vennimore', 'M', 37, 'W1', 'Weir View', { aliases: ['Craig Venimore'] }],
  ['alderfen-elsie', 'Elsie', 'Alderfen', 'F', 12, 'M1', 'Weir View', { phone: null, email: null }],
  ['alderfen-noah', 'Noah', 'Alderfen', 'M', 6, 'M1', 'Weir View', { phone: null, email: null }],

  ['kasim', 'Jamal', 'Kasimond', 'M', 16, 'B9', 'Tolling Road'],
  ['lindqvist', 'Tilly', 'Lindfarrow', 'F', 15, 'W1', 'Cooper Rise'],
  ['orchard', 'Reece', 'Orchardine', 'M', 17, 'M2', 'Lampmaker Street'],
  ['petrov', 'Danil', 'Petrovane', 'M', 16, 'W9', 'Heronsgate Close', { firstLanguage: 'pol' }],
  ['kasim-carer', 'Halima', 'Kasimond', 'F', 41, 'B9', 'Tolling Road', { firstLanguage: 'som', interpreterNeeded: true }],
  ['marlowe', 'Shane', 'Marlowick', 'M', 29, 'W1', 'Tolling Road'],

  ['ferncombe', 'Linus', 'Ferncombray', 'M', 19, 'W1', 'Cooper Rise'],
];

function drawn(
  now: Date,
  borough: BoroughCode,
  [key, givenName, familyName, sex, age, ethnicity, street, more]: Sketch,
  serial: number,
): SandboxPerson {
  return {
    key: `${borough.toLowerCase()}-person-${key}`,
    borough,
    givenName,
    familyName,
    aliases: [],
    dateOfBirth: addDays(dateFrom(now, 0), -Math.round(age * 365.25) - 40 - serial * 5),
    datePrecision: 'day',
    sex,
    ethnicity,
    ethnicitySource: 'self_defined',
    nhsNumber: testNhsNumber(serial),
    phone: dramaPhone(serial),
    email: `${givenName}.${familyName}@example.org`.toLowerCase(),
    safeContact: null,
    currentAddress: addressIn(borough, serial, street),
    protectedAddress: null,
    firstLanguage: 'eng',
    interpreterNeeded: false,
    ...more,
  };
}

export function toldPersons(now: Date): SandboxPerson[] {
  const persons = sketches.map((sketch, at) => drawn(now, 'ASK', sketch, at + 1));
  const refuge = { text: 'Flat 2, 14 Marigold Yard, Highbarrow', postcode: 'YK3 7SF', uprn: '999000000777' };
  const home = persons.find((person) => person.key === 'ask-person-alderfen')!;
  for (const person of persons.filter((each) => each.familyName === 'Alderfen')) {
    person.currentAddress = home.currentAddress;
    person.protectedAddress = refuge;
  }
  const known = persons.find((person) => person.key === KNOWN_IN_BOTH.askenby)!;
  known.currentAddress = addressIn('ASK', 6, 'Ropewalk Lane');
  const elsewhere: SandboxPerson = {
    ...known,
    key: KNOWN_IN_BOTH.pellworth,
    borough: 'PEL',
    familyName: 'Venimore',
    aliases: ['Craig Vennimore'],
    phone: dramaPhone(90),
    email: null,
    ethnicitySource: 'officer_observed',
    currentAddress: addressIn('PEL', 90, 'Saddler Walk'),
  };
  return [...persons, elsewhere];
}

export function toldCases(): CaseStory[] {
  // prettier-ignore
  return [
    {
      key: TOLD_CASES.stairwell,
      borough: 'ASK',
      type: 'jag',
      stage: 'monitoring',
      band: 'high',
      firstHeard: 3,
      lastHeard: 0,
      places: ['ask-place-1'],
      groups: ['ask-group-3'],
      scenario: {
        title: 'Drug litter and noise in the east stairwell of Bellfounder Court',
        subjectKind: 'place',
        referredBy: 'housing_local_authority',
        criteria: ['drug_litter', 'noise', 'rowdy_behaviour'],
        concern: 'Needles and waste on the landings most mornings and noise after midnight. Thirty-one reports in ten weeks from nine households; an older resident has stopped using the stairs.',
        tried: 'Daily cleaning, a lock repaired twice, letters to all households, one warning to a tenant.',
        why: 'Landlord, police, treatment and environmental health each see one side; cleaning alone only moves the problem to the next landing.',
        ask: 'Secure the stairwell, help those who use it and let residents use it again.',
      },
      people: [
        { person: 'ask-person-brannock', role: 'complainant', rationale: 'Made most of the reports; lives on the first landing.' },
        { person: 'ask-person-sowande', role: 'witness', rationale: 'Saw people entering by the rear door and kept a diary.' },
        { person: 'ask-person-tolbrook', role: 'suspected_harm_causer', rationale: 'Two reports say that visitors come to this tenant; not proved.' },
        { person: 'ask-person-garrowby', role: 'at_risk', rationale: 'Sleeps on the landing; at risk through drug use and cold.' },
      ],
      contributions: [
        { from: 'housing_local_authority', category: 'asb_incident', kind: 'fact', summary: 'Thirty-one reports in ten weeks.', text: 'Thirty-one reports from nine households in ten weeks. Needles found on eleven mornings; the rear door was forced twice.' },
        { from: 'housing_local_authority', category: 'housing', kind: 'fact', summary: 'One tenancy is under warning.', text: 'Tenancy warning served after the second report of visitors. No arrears. The tenant says the visitors come to another flat.', about: 'ask-person-tolbrook' },
        { from: 'police', category: 'police_incident', kind: 'fact', summary: 'Nine calls; one arrest.', text: 'Nine calls to the stairwell since it was first listed. One arrest for possession; no charge.' },
        { from: 'police', category: 'police_intelligence', kind: 'intelligence', summary: 'Information about supply from one flat.', text: 'Reporting suggests that a flat on the second landing is used for supply between 23:00 and 02:00 on Thursdays to Saturdays.', conditions: 'Not to be minuted or shared onward: the source could be inferred. Ask the originator first.', about: 'ask-person-tolbrook' },
        { from: 'environmental_health', category: 'asb_incident', kind: 'fact', summary: 'Noise above the night level.', text: 'Recorder left for six nights: four nights above the night level, loudest between 00:30 and 02:00.' },
        { from: 'substance_misuse', category: 'substance_use', kind: 'fact', summary: 'One person has been met by outreach.', text: 'Outreach met one person on the landing who accepted a harm reduction pack and an appointment.', conditions: 'Treatment information: not for landlords or enforcement.', about: 'ask-person-garrowby' },
        { from: 'victim_support', category: 'voice_of_subject', kind: 'self_report', summary: 'Has stopped using the stairs.', text: 'She has not used the stairs for five weeks and misses her lunch club. She wants the door to lock and does not want anyone to lose a home.', about: 'ask-person-brannock' },
        { from: 'adult_social_care', category: 'social_care_adult', kind: 'fact', summary: 'Assessed; support with shopping.', text: 'Eligible needs found. Shopping and a weekly visit arranged while the lift is the only safe way out.', about: 'ask-person-brannock' },
        { from: 'health_mental_health', category: 'health_mental', kind: 'fact', summary: 'Known to the homeless health team.', text: 'Under the homeless health team for low mood; last seen at the day centre, follow-up offered at a fixed time.', conditions: 'For planning only; onward with consent of the Trust.', about: 'ask-person-garrowby' },
        { from: 'legal_adviser', category: 'legal_privileged', kind: 'opinion', summary: 'Legal advice given.', text: 'Advice on whether the evidence would support a partial closure order and on what is still missing.', conditions: 'Legally privileged.' },
        { from: 'fire_service', category: 'risk_assessment', kind: 'fact', summary: 'Escape route obstructed.', text: 'The landing is an escape route for fourteen flats; bedding and a trolley obstructed it at two visits.' },
      ],
      actions: [
        { by: 'housing_local_authority', addresses: 'place', title: 'Replace the rear door of the east stairwell with a self-closing steel door', measure: 'Works order closed; door found locked at ten night checks', status: 'verified' },
        { by: 'police', addresses: 'place', title: 'Patrol the east stairwell Thursday to Saturday, 22:30 to 01:30', measure: 'Patrol log; calls fall below three a month', status: 'in_progress' },
        { by: 'substance_misuse', addresses: 'harm_causer', title: 'Offer outreach on the landing twice a week with a named worker', measure: 'Contacts logged; one person in treatment', status: 'done' },
        { by: 'environmental_health', addresses: 'place', title: 'Install a sharps bin in the rear yard and agree a daily collection', measure: 'No needles on twenty consecutive mornings', status: 'blocked' },
        { by: 'victim_support', addresses: 'victim', title: 'Accompany the complainant on the stairs weekly until she goes alone', measure: 'She reports using the stairs alone', status: 'in_progress' },
        { by: 'housing_local_authority', addresses: 'harm_causer', title: 'Interview the tenant with support present before any further tenancy step', measure: 'Interview recorded and offer answered', status: 'agreed' },
      ],
    },
    {
      key: TOLD_CASES.twoChildren,
      borough: 'ASK',
      type: 'marac',
      stage: 'plan_agreed',
      band: 'high',
      firstHeard: 1,
      lastHeard: 0,
      places: [],
      groups: [],
      invited: ['school-lead'],
      scenario: {
        title: 'Separation, strangulation and threats; two children',
        subjectKind: 'person_victim',
        referredBy: 'police',
        criteria: ['visible_high_risk', 'professional_judgement'],
        concern: 'The victim left six weeks ago after non-fatal strangulation. Since then daily messages through friends, a threat to kill and waiting outside the school. Two children were in the home.',
        tried: 'Arrest and bail, emergency accommodation, a non-molestation order applied for.',
        why: 'Separation, strangulation and stalking together; school, housing, health and police each hold a part.',
        ask: 'One safety plan that the victim can live with, and nothing that gives away where she is.',
      },
      people: [
        { person: 'ask-person-alderfen', role: 'victim', rationale: 'Assaulted and threatened; left the shared home.' },
        { person: 'ask-person-vennimore', role: 'perpetrator', rationale: 'Former partner; on bail. Not told of this meeting.' },
        { person: 'ask-person-alderfen-elsie', role: 'child', rationale: 'Was in the home; attends Thistlemoor Academy.' },
        { person: 'ask-person-alderfen-noah', role: 'child', rationale: 'Was in the home; in infant school.' },
      ],
      contributions: [
        { from: 'police', category: 'police_incident', kind: 'fact', summary: 'Arrest for strangulation; on bail.', text: 'Arrested for non-fatal strangulation and threats to kill. Bailed with conditions not to contact the victim or go to the school. Four incidents in the year before.', about: 'ask-person-vennimore' },
        { from: 'police', category: 'police_intelligence', kind: 'intelligence', summary: 'Information that he is looking for her.', text: 'Information that he has offered money to two acquaintances for the place where she is staying and has asked about a weapon.', conditions: 'Not to be minuted or shared onward: the source could be inferred. Ask the originator first.', originatorControl: true, about: 'ask-person-vennimore' },
        { from: 'idva_service', category: 'voice_of_subject', kind: 'self_report', summary: 'Wants the children to stay at their schools.', text: 'She wants the children to stay at their schools and to see her mother. She is most afraid at the school gate. She agrees to sharing, not to police calling at the door.', conditions: 'Must not become known to the person who causes harm. Onward only with the originator’s consent.', about: 'ask-person-alderfen' },
        { from: 'idva_service', category: 'risk_assessment', kind: 'opinion', summary: 'Risk is rising.', text: 'Repeated the checklist alone with her: higher than two weeks before, chiefly through stalking and threats. Stalking screening is positive.', about: 'ask-person-alderfen' },
        { from: 'health_mental_health', category: 'health_mental', kind: 'fact', summary: 'Receiving support from the Trust.', text: 'Seen weekly for post-traumatic stress. Not at risk to herself. Appointments moved to another site and marked not to be confirmed by letter.', conditions: 'Onward only with consent of the Trust.', about: 'ask-person-alderfen' },
        { from: 'childrens_social_care', category: 'social_care_child', kind: 'fact', summary: 'Section 47 enquiry completed; child in need plan.', text: 'Enquiry completed. Both children saw the assault. Child in need plan in place; the older child worries about her mother on the way home.', about: 'ask-person-alderfen-elsie' },
        { from: 'education', category: 'education', kind: 'fact', summary: 'Attendance good; collection list changed.', text: 'Attendance of both children is above 95 per cent. Collection lists changed in both schools; staff know whom to call.', about: 'ask-person-alderfen-noah' },
        { from: 'housing_local_authority', category: 'housing', kind: 'fact', summary: 'Homeless application accepted.', text: 'Application accepted, out-of-area offer being sought. Joint tenancy: letters suspended and online account locked.', about: 'ask-person-alderfen' },
        { from: 'probation', category: 'probation', kind: 'fact', summary: 'Earlier supervision for violence.', text: 'Completed a community order two years ago for violence against another partner; did not finish the programme.', conditions: 'Must not become known to the person who causes harm. Onward only with the originator’s consent.', about: 'ask-person-vennimore' },
      ],
      actions: [
        { by: 'police', addresses: 'harm_causer', title: 'Place urgent markers on the school and the grandmother’s home and review bail', measure: 'Markers live; review recorded', status: 'done' },
        { by: 'idva_service', addresses: 'victim', title: 'Tell the victim the outcome in a daytime call and update the safety plan', measure: 'Call made by safe route; version 2 of the plan held', status: 'done' },
        { by: 'childrens_social_care', addresses: 'child', title: 'See both children at school and agree a word that means help', measure: 'Two visits recorded', status: 'in_progress' },
        { by: 'housing_local_authority', addresses: 'victim', title: 'Find two out-of-area offers without naming the area in any letter', measure: 'Two offers recorded', status: 'agreed' },
        { by: 'health_mental_health', addresses: 'victim', title: 'Mark the record so that appointments are never confirmed by post', measure: 'Marker shown on the record', status: 'verified' },
        { by: 'education', addresses: 'child', title: 'Agree a staggered leaving time and a second exit with both schools', measure: 'Arrangement in writing with each school', status: 'in_progress' },
      ],
    },
    {
      key: TOLD_CASES.canalPath,
      borough: 'ASK',
      type: 'syv',
      stage: 'monitoring',
      band: 'red',
      firstHeard: 4,
      lastHeard: 0,
      places: ['ask-place-2', 'ask-place-5'],
      groups: ['ask-group-1'],
      scenario: {
        title: 'A peer group on the canal path and at the interchange',
        subjectKind: 'group',
        referredBy: 'youth_justice',
        criteria: ['violence_victim', 'weapon_carrying', 'county_lines', 'retaliation_risk'],
        concern: 'Five young people meet on the canal path. One was stabbed near the interchange, one carries a knife for protection and an older man gives lifts and phones.',
        tried: 'Separate plans in three services, each for one young person.',
        why: 'The harm lies in the place and the older contact, not in any one of the young people.',
        ask: 'Work with the group and the two places together; keep all of them in education.',
      },
      people: [
        { person: 'ask-person-kasim', role: 'both_victim_and_harm_causer', rationale: 'Stabbed near the interchange; later found with a knife.' },
        { person: 'ask-person-lindqvist', role: 'at_risk', rationale: 'Missing twice; has a phone that she cannot account for.' },
        { person: 'ask-person-orchard', role: 'at_risk', rationale: 'Threatened online; afraid to use the bus.' },
        { person: 'ask-person-petrov', role: 'linked_peer', rationale: 'Seen with the others; no concern of his own.' },
        { person: 'ask-person-kasim-carer', role: 'carer', rationale: 'Mother; works closely with the youth justice worker.' },
        { person: 'ask-person-marlowe', role: 'suspected_harm_causer', rationale: 'Adult said to give lifts and phones; not proved.' },
      ],
      contributions: [
        { from: 'police', category: 'police_incident', kind: 'fact', summary: 'A stabbing and two robberies near the interchange.', text: 'One stabbing and two robberies near the interchange in seven weeks, all between 15:30 and 17:00.' },
        { from: 'police', category: 'police_intelligence', kind: 'intelligence', summary: 'Information about an adult who supplies phones.', text: 'Reporting links an adult to phones found on two young people and to a car seen at the path on four Fridays.', conditions: 'Not to be minuted or shared onward: the source could be inferred. Ask the originator first.', about: 'ask-person-marlowe' },
        { from: 'youth_justice', category: 'youth_justice', kind: 'fact', summary: 'Assessment summary: safety and wellbeing very high.', text: 'Assessment summary: safety and wellbeing very high, risk of serious harm medium. Attends all appointments.', about: 'ask-person-kasim' },
        { from: 'youth_justice', category: 'voice_of_subject', kind: 'self_report', summary: 'Carries for protection; wants out.', text: 'Says he carries because nobody walked with him after the stabbing. Wants the apprenticeship and a different bus.', about: 'ask-person-kasim' },
        { from: 'childrens_social_care', category: 'social_care_child', kind: 'fact', summary: 'Two missing episodes; strategy meeting held.', text: 'Two missing episodes. Strategy meeting held; exploitation thought likely. A referral to the national mechanism is being considered.', about: 'ask-person-lindqvist' },
        { from: 'education', category: 'education', kind: 'fact', summary: 'Attendance of three falling.', text: 'Attendance of three of the group fell by twelve points after the stabbing; one has a reduced timetable.', about: 'ask-person-orchard' },
        { from: 'youth_outreach', category: 'voice_of_subject', kind: 'self_report', summary: 'They feel safe nowhere on the way home.', text: 'On the path they say there is no safe way home after half past three. Two asked for a boxing session on Fridays.', conditions: 'Told in confidence: not as evidence.' },
        { from: 'health_acute_ae', category: 'health_physical', kind: 'fact', summary: 'Treated for a stab wound.', text: 'Treated for a wound to the thigh, two days in hospital, discharged with a youth worker’s contact.', conditions: 'Not for use beyond the safety plan.', about: 'ask-person-kasim' },
      ],
      actions: [
        { by: 'youth_outreach', addresses: 'place', title: 'Be on the canal path on four afternoons a week and run a Friday session', measure: 'Attendance sheet; at least six young people by the third week', status: 'in_progress' },
        { by: 'police', addresses: 'harm_causer', title: 'Disrupt the adult: vehicle stops and an abduction warning notice if grounds are met', measure: 'Notice decision recorded', status: 'in_progress' },
        { by: 'education', addresses: 'child', title: 'Agree staggered finish and a supervised bus stop with two schools', measure: 'Running for four weeks; attendance back by six points', status: 'done' },
        { by: 'childrens_social_care', addresses: 'child', title: 'Decide on a referral to the national mechanism and tell the family', measure: 'Decision and reasons on record', status: 'not_done' },
        { by: 'youth_justice', addresses: 'victim', title: 'Walk with the young person to the new bus for three weeks', measure: 'Fifteen journeys made', status: 'verified' },
      ],
    },
    channelCase(TOLD_CASES.channelTenant, 'plan_agreed', 1, SCENARIOS.channel[1]!, {
      person: 'ask-person-tolbrook',
      rationale: 'Adopted with his consent. What another panel hears of him is not told here, nor this there.',
    }),
    channelCase(TOLD_CASES.channelPupil, 'listed', 0, SCENARIOS.channel[0]!, {
      person: 'ask-person-orchard',
      rationale: 'Referred after a relative asked for help; his mother consents.',
    }),
    channelCase(TOLD_CASES.channelAlone, 'monitoring', 3, SCENARIOS.channel[0]!, {
      person: 'ask-person-ferncombe',
      rationale: 'Adopted with his consent; no other panel knows him.',
    }),
  ];
}

function channelCase(
  key: CaseStory['key'],
  stage: CaseStory['stage'],
  firstHeard: number,
  scenario: Scenario,
  { person, rationale }: { person: string; rationale: string },
): CaseStory {
  return {
    key,
    borough: 'ASK',
    type: 'channel',
    stage,
    firstHeard,
    lastHeard: 0,
    places: [],
    groups: [],
    scenario,
    people: [{ person, role: 'at_risk', rationale }],
  };
}
