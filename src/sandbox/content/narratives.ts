/**
 * The sentences of which the synthetic cases are made.
 *
 * Short, factual and respectful, as a good research return is: what was seen, when, by whom, and what is opinion. They
 * never name a person or an address. A name travels under `identity` and an address under its own category; a sentence
 * that repeated them would carry them past the mask. Slots (`{place}`, `{ward}`, `{count}`, `{few}`, `{weeks}`, `{date}`,
 * `{earlier}`) are filled from the case, so that no two items read alike.
 */
import type { AgencyType } from '../../agencies/agency-types.js';
import type { DataCategory } from '../../authorization/data-categories.js';
import type {
  ActionLine,
  CasePanelType,
  ContributionKind,
  ContributionLine,
  Scenario,
  SandboxAction,
} from './caseload.js';
import type { SubjectKind } from './panels.js';

type ScenarioRow = [
  title: string,
  subject: SubjectKind,
  by: AgencyType,
  criteria: string,
  concern: string,
  tried: string,
  why: string,
  ask: string,
];

const scenarios = (rows: ScenarioRow[]): Scenario[] =>
  rows.map(([title, subjectKind, referredBy, criteria, concern, tried, why, ask]) => ({
    title,
    subjectKind,
    referredBy,
    criteria: criteria.split(' '),
    concern,
    tried,
    why,
    ask,
  }));

// prettier-ignore
export const SCENARIOS: Record<CasePanelType, Scenario[]> = {
  jag: scenarios([
    ['Fly-tipping and fires set at {place}', 'place', 'environmental_health', 'littering arson', 'Waste has been dumped {count} times in {weeks} weeks and small fires were set twice, most recently on {date}.', 'Three clearances and a letter to all households.', 'Owner, landlord and fire service each hold part of the answer.', 'A joint site visit and an agreed design change.'],
    ['Neighbour noise and abuse towards an older tenant, {ward}', 'person_victim', 'housing_local_authority', 'noise rowdy_neighbours', 'The tenant has made {count} reports of shouting and banging through the party wall; the last was on {date}. Sleep and health are affected.', 'Diary sheets, a warning letter and an offer of mediation.', 'Both households have support needs that housing cannot meet alone.', 'A plan that makes the home liveable again.'],
    ['Street drinking and begging at {place}', 'person_perpetrator', 'community_safety', 'street_drinking begging', '{count} calls in {weeks} weeks about one adult who drinks and begs at the entrance. Traders report distress on both sides.', 'Outreach visits and two verbal warnings.', 'Enforcement without treatment has not worked.', 'Agree support first and a boundary if it is refused.'],
    ['Off-road bikes and e-scooters through {place}', 'place', 'police', 'vehicle_nuisance', 'Residents logged {count} incidents since {earlier}; a child was narrowly missed on {date}.', 'Patrols on two weekends and seizure warnings.', 'The route can only be closed by the land owner.', 'Barriers, patrol times and work with riders.'],
    ['Evening gatherings and intimidation at {place}', 'group', 'police', 'rowdy_behaviour intimidation', 'A group of up to {few} young people gathers most evenings. {count} calls since {earlier} report shouting and residents afraid to pass.', 'Dispersal on one evening and letters to parents.', 'Most of the group are known to different services.', 'Outreach, parents and a place to go.'],
    ['Suspected cuckooing of a tenant, {ward}', 'person_victim', 'registered_provider_housing', 'cuckooing drug_use', 'Visitors come and go at night; the tenant no longer answers alone. {count} neighbours raised it since {earlier}.', 'Two joint visits, one without reply.', 'The tenant may be a victim and the address a source of harm.', 'A welfare visit, then decide on a closure notice.'],
    ['Hate-motivated harassment of a household, {ward}', 'person_victim', 'victim_support', 'harassment hate', '{count} incidents of abuse in {weeks} weeks, perceived by the victim as hostility to faith. The latest was on {date}.', 'Crime reports, door camera fitted.', 'The harm-causer lives in another landlord’s home.', 'Safety at home and action by both landlords.'],
    ['Vape sales and litter outside {place}', 'place', 'community_safety', 'littering underage_sales', 'School staff counted {few} under-age sales on {date}; {count} litter complaints since {earlier}.', 'Advice to two traders.', 'Licensing, school and police hold different evidence.', 'Test purchases and a trader agreement.'],
    ['Shouting at night by a tenant in distress, {ward}', 'person_perpetrator', 'housing_local_authority', 'noise rowdy_neighbours', '{count} complaints in {weeks} weeks about shouting between midnight and four, the latest on {date}.', 'Tenancy warning, offer of support declined.', 'The behaviour looks like unmet health need.', 'Health contact before any tenancy action.'],
  ]),
  marac: scenarios([
    ['Separation and unwanted contact, {ward}', 'person_victim', 'police', 'visible_high_risk', 'The victim ended the relationship on {earlier}. Since then {count} unwanted contacts, with a threat to kill on {date}.', 'Bail conditions, safety advice, referral to the IDVA.', 'Risk rises at separation and children are in the home.', 'A single safety plan across services.'],
    ['Stalking after a relationship, {ward}', 'person_victim', 'idva_service', 'visible_high_risk potential_escalation', 'Following, waiting outside work and {count} messages in {weeks} weeks; the victim now takes another route.', 'Stalking screening, evidence log, phone advice.', 'Three services saw one part each.', 'Escalate as one course of conduct.'],
    ['Coercive control and money, {ward}', 'person_victim', 'adult_social_care', 'professional_judgement', 'The victim must account for every purchase and has no card. A worker saw the phone being checked on {date}.', 'Conversation alone with the victim at a clinic.', 'Little is reported to police; fear limits what can be said.', 'Ways to reach the victim safely.'],
    ['Violence during pregnancy, {ward}', 'person_victim', 'health_acute_ae', 'visible_high_risk', 'Attended on {date} with bruising; {few} attendances since {earlier}. The partner stayed close throughout.', 'Routine enquiry made alone, domestic abuse nurse informed.', 'Two lives are at risk and housing is shared.', 'Safe accommodation and maternity alert.'],
    ['Repeat: breach of an order, {ward}', 'person_victim', 'police', 'repeat', 'A non-molestation order was breached {few} times since {earlier}, last on {date} through a relative.', 'Arrest, remand refused.', 'Fresh abuse by the same person within twelve months.', 'Review the plan and the order.'],
    ['Threats shared among wider family, {ward}', 'person_victim', 'education', 'professional_judgement', 'A child told a teacher on {date} that relatives threaten the mother. {count} days of absence since {earlier}.', 'Child referral made, mother spoken to at school.', 'More than one person may pose a risk.', 'Careful contact; no family interpreter.'],
  ]),
  community_marac: scenarios([
    ['Exploitation by visitors to the home, {ward}', 'person_victim', 'adult_social_care', 'exploitation vulnerability', 'Acquaintances use the home and the benefits of an adult with care needs; {count} concerns since {earlier}.', 'Care assessment, bank alerted.', 'No single service can keep the visitors away.', 'Protect the person without moving them.'],
    ['Hoarding with fire risk, {ward}', 'person_victim', 'fire_service', 'self_neglect fire_risk', 'A visit on {date} found exits blocked in {few} rooms; a burn mark near the cooker.', 'Smoke alarms fitted, first clearance refused.', 'Neighbours above are at risk as well.', 'Agree a pace the person accepts.'],
    ['Repeated calls in crisis, {ward}', 'person_victim', 'police', 'frequent_caller vulnerability', '{count} calls in {weeks} weeks, mostly at night; seven led to no crime.', 'Welfare checks, one assessment in hospital.', 'Each service responds, none leads.', 'One plan and one named worker.'],
    ['Financial abuse on the doorstep, {ward}', 'person_victim', 'housing_local_authority', 'financial_abuse vulnerability', 'Traders took payment {few} times since {earlier}; the resident feels ashamed and does not want police.', 'Advice, call blocker fitted.', 'The same traders may be known elsewhere.', 'A trusted visitor and disruption of the traders.'],
  ]),
  syv: scenarios([
    ['Missing episodes and suspected county lines, {ward}', 'person_at_risk', 'childrens_social_care', 'missing cce county_lines', '{few} missing episodes since {earlier}; returned on {date} with a new phone and no account of it.', 'Return interviews, parents’ meeting.', 'The harm is outside the home and outside one borough.', 'Mapping, disruption and a trusted adult.'],
    ['Hospital attendance after an assault near {place}', 'person_at_risk', 'health_acute_ae', 'violence_victim retaliation_risk', 'Treated on {date} for a wound to the arm; would not say who caused it.', 'Hospital youth worker offered.', 'The next days carry a risk of retaliation.', 'A safe route home and to school.'],
    ['Knife found on school site, {ward}', 'person_at_risk', 'education', 'weapon_carrying', 'A knife was found in a bag on {date}. The young person says it was for protection after {few} threats.', 'Suspension, restorative meeting planned.', 'School needs to know whether the threat is real.', 'Keep education going while risk is managed.'],
    ['Online threats between groups around {place}', 'person_at_risk', 'youth_justice', 'online_harm retaliation_risk', '{count} posts since {earlier} name the young person; the tone sharpened on {date}.', 'Take-down requests, mediation offered.', 'Posts are seen by many and reported to none.', 'Mediation and police awareness.'],
    ['Robbery and pressure from older peers, {ward}', 'person_at_risk', 'police', 'robbery cce violence_harm_causer', 'Arrested on {date} with older peers, {few} of whom are adults. Account suggests pressure.', 'Youth justice screening, parents informed.', 'The young person is both at risk and a risk.', 'Separate the two and work on both.'],
  ]),
  channel: scenarios([
    ['Online contact with an extremist group, {ward}', 'person_at_risk', 'police', 'ideology_online', '{count} messages in {weeks} weeks repeat the words of one group; on {date} a relative asked for help.', 'A talk at home, devices looked at with the family.', 'Family, police and mental health each know a part.', 'A mentor, and work on what stands behind it.'],
    ['Grievance and talk of an attack, {ward}', 'person_at_risk', 'police', 'grievance', 'Spoke since {earlier} of those who deserve it, last on {date} before {few} others; no plan was found.', 'Checked by police; no offence, no plan.', 'The grievance began with something that services could have met.', 'Agree whether support can begin, and who begins it.'],
  ]),
};

const lines = (
  from: AgencyType,
  ...rows: [DataCategory, ContributionKind, string, string, string?][]
): ContributionLine[] =>
  rows.map(([category, kind, summary, text, conditions]) => ({
    from,
    category,
    kind,
    summary,
    text,
    ...(conditions && { conditions }),
  }));

const sourceAtRisk = 'Not to be minuted or shared onward: the source could be inferred. Ask the originator first.';
const notToHarmCauser =
  'Must not become known to the person who causes harm. Onward only with the originator’s consent.';

// prettier-ignore
export const CONTRIBUTIONS: Record<CasePanelType, ContributionLine[]> = {
  jag: [
    ...lines(
      'police',
      ['police_incident', 'fact', 'Several calls to police; no arrest.', '{count} calls to {ward} between {earlier} and {date}, most between 20:00 and midnight. No arrest; one dispersal direction given.'],
      ['police_intelligence', 'intelligence', 'Information about drug supply nearby.', 'Reporting since {earlier} suggests supply from a vehicle near {place} on about {few} evenings a week.', sourceAtRisk],
      ['offence_history', 'fact', 'One relevant caution.', 'One caution for a public order offence, recorded in the {weeks} weeks before {earlier}. Nothing since.'],
      ['staff_safety', 'fact', 'Visit in pairs.', 'An officer was threatened on {date}. Visit in pairs and call in before entry.'],
    ),
    ...lines(
      'housing_local_authority',
      ['housing', 'fact', 'Secure tenancy with a warning on file.', 'Secure tenancy; warning letter of {earlier} and {few} visits since. Rent is paid.'],
      ['asb_incident', 'fact', 'Diary sheets confirm a pattern.', 'Diary sheets list {count} incidents up to {date}, with a clear pattern at weekends.'],
      ['voice_of_subject', 'self_report', 'The resident wants to stay.', 'At a visit on {date} the resident said they want to stay and want it to stop. They have slept elsewhere on {few} nights.'],
    ),
    ...lines(
      'registered_provider_housing',
      ['housing', 'fact', 'Assured tenancy, no arrears.', 'Assured tenancy since before {earlier}. {few} complaints from two neighbours; no arrears.'],
      ['cctv_media', 'fact', 'Footage held.', 'Footage of {date} is held for {weeks} weeks and shows {few} people at the bin store.'],
    ),
    ...lines(
      'environmental_health',
      ['asb_incident', 'fact', 'Noise logged at night.', 'Monitoring on {few} nights up to {date} recorded noise above the night level near {place}.'],
      ['asb_incident', 'fact', 'Repeated clearances.', '{count} clearances at {place} since {earlier}; {few} contained drug litter.'],
    ),
    ...lines(
      'adult_social_care',
      ['social_care_adult', 'fact', 'Known; care plan in place.', 'Open to the locality team since {earlier}. Support of {few} hours a week, last reviewed on {date}.'],
      ['professional_opinion', 'opinion', 'Isolation drives the behaviour.', 'In my view isolation, more than intent, explains the pattern since {earlier}; a day placement could be offered within {weeks} weeks.'],
    ),
    ...lines(
      'health_mental_health',
      ['health_mental', 'fact', 'Known to community services.', 'Under the community team; last seen on {date}. Missed {few} appointments since {earlier}.', 'For planning only; not to be repeated to the household.'],
      ['risk_assessment', 'opinion', 'Low risk to others.', 'Clinical view at {date}: low risk to others, moderate risk of self-neglect. Review in {weeks} weeks.'],
    ),
    ...lines(
      'substance_misuse',
      ['substance_use', 'fact', 'In contact with the service.', 'Assessed on {earlier}, attending about {few} times a month. Motivation has grown.', 'Treatment information: not for landlords or enforcement.'],
    ),
    ...lines(
      'victim_support',
      ['voice_of_subject', 'self_report', 'Afraid to go out after dark.', 'Spoke on {date}: has not gone out after dark for {weeks} weeks and feels unheard after {count} reports.'],
      ['risk_assessment', 'opinion', 'Impact on the victim is high.', 'Needs assessment of {date}, after {count} reports, places impact as high: sleep, work and contact with {few} relatives are affected.'],
    ),
    ...lines('fire_service', ['risk_assessment', 'fact', 'Fire risk found.', 'Visit on {date}: {few} hazards at {place}, one put right at once. Return due in {weeks} weeks.']),
    ...lines('community_safety', ['asb_incident', 'fact', 'Hotspot on the analyst’s map.', 'Analysis to {date}: {place} accounts for {count} reports in the ward, up from {few} in the period before.']),
    ...lines('legal_adviser', ['legal_privileged', 'opinion', 'Legal advice given.', 'Advice of {date} on the evidence for an injunction and on {few} weaknesses in it.', 'Legally privileged.']),
  ],
  marac: [
    ...lines(
      'police',
      ['police_incident', 'fact', 'Several incidents recorded.', '{count} domestic incidents recorded since {earlier}; the latest on {date} is under investigation.'],
      ['police_intelligence', 'intelligence', 'Information on access to a weapon.', 'Information of {date} suggests that the person who causes harm asked {few} contacts for a weapon.', sourceAtRisk],
      ['court_order', 'fact', 'Bail conditions apply.', 'Bail with {few} conditions: no contact, and not to enter {ward}. Next hearing within {weeks} weeks of {date}.'],
      ['offence_history', 'fact', 'Earlier convictions for violence.', '{few} convictions for violence against a former partner, the last before {earlier}.'],
    ),
    ...lines(
      'idva_service',
      ['voice_of_subject', 'self_report', 'Wants safety at home, fears reprisal.', 'Spoke alone on {date}. Wants to stay in the area, fears reprisal if police call at the door, and has slept elsewhere on {few} nights.', notToHarmCauser],
      ['risk_assessment', 'opinion', 'Risk rising.', 'Checklist repeated on {date}: fear is greater than on {earlier}, contact has become more frequent ({count} in {weeks} weeks).'],
    ),
    ...lines(
      'childrens_social_care',
      ['social_care_child', 'fact', 'Open as child in need.', 'Open since {earlier}; visited on {date}. The children spoke of shouting on {few} occasions.'],
      ['family', 'fact', 'Contact arrangements are disputed.', 'Contact was last agreed on {earlier}; {few} handovers since ended in dispute.'],
    ),
    ...lines(
      'health_mental_health',
      ['health_mental', 'fact', 'Under care of a community team.', 'Referred on {earlier} for anxiety and low mood linked to the abuse; last seen {date}.', 'Onward only with consent of the Trust.'],
      ['professional_opinion', 'opinion', 'Safety first, therapy after.', 'Therapy will help only once contact stops; review in {weeks} weeks of {date}.'],
    ),
    ...lines('health_acute_ae', ['health_physical', 'fact', 'Emergency attendances.', '{few} attendances since {earlier}; on {date} injuries were not consistent with the account given.', notToHarmCauser]),
    ...lines(
      'housing_local_authority',
      ['housing', 'fact', 'Joint tenancy.', 'Joint tenancy; locks changed on {date} under the sanctuary scheme. {few} further measures are on order.'],
      ['asb_incident', 'allegation', 'Neighbours reported shouting.', '{count} reports by neighbours since {earlier}; none names either party.'],
    ),
    ...lines('probation', ['probation', 'fact', 'On licence; attends.', 'On licence until {weeks} weeks after {date}; missed {few} of the last appointments. Source of MARAC information will not be disclosed in supervision.', notToHarmCauser]),
    ...lines('education', ['education', 'fact', 'Attendance falling.', 'Attendance fell by {count} per cent since {earlier}; a note about who may collect was updated on {date}.']),
    ...lines('adult_social_care', ['social_care_adult', 'fact', 'Care needs assessed.', 'Assessment of {date} found eligible needs; {few} hours of support offered, to be given away from home.']),
    ...lines('substance_misuse', ['substance_use', 'fact', 'Treatment contact.', 'One party has been in treatment since {earlier}, {few} sessions attended up to {date}.', 'Treatment information: not to be attributed.']),
    ...lines('refuge', ['plan_action', 'fact', 'A space is held.', 'A space is held for {few} nights from {date}; the address stays with the service.', notToHarmCauser]),
  ],
  community_marac: [
    ...lines(
      'adult_social_care',
      ['social_care_adult', 'fact', 'Section 42 enquiry open.', 'Enquiry opened on {earlier}; {few} contacts since. Capacity assessed on {date} for decisions about visitors.'],
      ['voice_of_subject', 'self_report', 'Wants company more than protection.', 'On {date} the adult said the visitors are the only company in {weeks} weeks.'],
    ),
    ...lines(
      'police',
      ['police_incident', 'fact', 'Repeated attendance.', '{count} attendances since {earlier}, last on {date}; {few} led to a safeguarding report.'],
      ['police_intelligence', 'intelligence', 'Visitors linked to other addresses.', 'Reporting of {date} links {few} of the visitors to a second address in {ward}.', sourceAtRisk],
    ),
    ...lines('fire_service', ['risk_assessment', 'fact', 'High fire risk in the home.', 'Visit on {date}: {few} of the exits blocked, alarms now working; revisit in {weeks} weeks.']),
    ...lines('health_mental_health', ['health_mental', 'fact', 'Known to older adults’ team.', 'Memory assessment of {earlier}; {few} missed reviews up to {date}.', 'For planning only; onward with consent of the Trust.']),
    ...lines('housing_local_authority', ['housing', 'fact', 'Tenancy at risk.', 'Inspection on {date} found {few} breaches; action is paused for {weeks} weeks while support is tried.']),
    ...lines('registered_provider_housing', ['housing', 'fact', 'Repairs outstanding.', '{few} repairs could not be made since {earlier}; access was refused on {date}.']),
    ...lines('substance_misuse', ['substance_use', 'fact', 'Offered an appointment.', 'Home appointment offered on {date}, accepted for a time within {weeks} weeks after {few} refusals.', 'Treatment information: not for landlords.']),
    ...lines('victim_support', ['risk_assessment', 'opinion', 'Isolation adds to risk.', 'Call on {date}: {few} people in the adult’s life, of whom one is trusted; {count} worries named.']),
    ...lines('community_safety', ['asb_incident', 'fact', 'Complaints about callers.', '{count} complaints about callers at all hours, {earlier} to {date}.']),
  ],
  syv: [
    ...lines(
      'police',
      ['police_incident', 'fact', 'Named in several reports.', 'Named as victim in {few} and as suspect in one report since {earlier}; the last is of {date}.'],
      ['police_intelligence', 'intelligence', 'Tension between groups.', 'Reporting to {date} points to tension between two groups around {place}; {count} posts seen.', sourceAtRisk],
    ),
    ...lines(
      'childrens_social_care',
      ['social_care_child', 'fact', 'Open to the adolescent team.', 'Strategy discussion on {earlier}; plan reviewed {date}. {few} return interviews completed.'],
      ['family', 'fact', 'A supportive relative.', 'A relative offers {few} nights a week away from {ward} since {earlier}; checks done on {date}.'],
    ),
    ...lines(
      'youth_justice',
      ['youth_justice', 'fact', 'Assessment summary held.', 'Assessment of {date}: safety and wellbeing high, risk to others medium; next review in {weeks} weeks.'],
      ['voice_of_subject', 'self_report', 'Wants to finish the course.', 'On {date} said they want to finish the course and not be seen near {place}. Has kept {few} appointments.'],
    ),
    ...lines('education', ['education', 'fact', 'Attendance and timetable.', 'Attendance {count} points lower than on {earlier}; reduced timetable of {few} days until {date}.']),
    ...lines('youth_outreach', ['voice_of_subject', 'self_report', 'Trusts one worker.', 'Met at {place} on {date}; talks to one worker about {few} older contacts who give lifts.', 'Told in confidence: not as evidence.']),
    ...lines('health_acute_ae', ['health_physical', 'fact', 'Treated for an injury.', 'Treated on {date}; {few} earlier attendances since {earlier}. Follow-up booked.', 'Not for use beyond the safety plan.']),
    ...lines('health_mental_health', ['health_mental', 'fact', 'Waiting for assessment.', 'Referred on {earlier} after a bereavement; assessment within {weeks} weeks of {date}.', 'Onward only with consent of the Trust.']),
    ...lines('probation', ['probation', 'fact', 'An adult of concern is on licence.', 'An adult linked to the group is on licence; {few} conditions, the last varied on {date}.']),
    ...lines('housing_local_authority', ['housing', 'fact', 'A move has been asked for.', 'The family asked on {earlier} to move from {ward}; {few} offers made up to {date}.']),
  ],
  channel: [
    ...lines(
      'police',
      ['radicalisation', 'fact', 'Checked; suitable for support.', 'Gateway assessment of {date}: no investigation is touched, no offence found. {few} accounts follow one group.', sourceAtRisk],
      ['police_incident', 'fact', 'One call; no offence.', 'One call on {date}, by a relative. Words, no weapon, no threat to anybody named.'],
    ),
    ...lines(
      'community_safety',
      ['radicalisation', 'opinion', 'Vulnerability, more than conviction.', 'In my view the pull since {earlier} is company more than belief; {few} sessions with a mentor are worth offering.'],
      ['voice_of_subject', 'self_report', 'Agreed to meet a mentor.', 'Was told on {date} what is offered and that it is voluntary. Agreed to {few} meetings, not at home.'],
    ),
    ...lines(
      'childrens_social_care',
      ['social_care_child', 'fact', 'Not open; early help closed.', 'Not open. Early help closed on {earlier} after {few} visits; the family would take it up again.'],
    ),
    ...lines(
      'education',
      ['education', 'fact', 'Withdrawn since the summer.', 'Left {few} clubs since {earlier} and was absent on {count} days; one teacher is trusted.'],
    ),
    ...lines(
      'health_mental_health',
      ['health_mental', 'fact', 'Assessed; waiting for therapy.', 'Assessed on {earlier}, waiting {weeks} weeks for therapy. No risk to others seen at {date}.', 'For planning only; onward with consent of the Trust.'],
    ),
  ],
};

type ActionRow = [AgencyType, SandboxAction['addresses'], title: string, measure: string];
const actions = (rows: ActionRow[]): ActionLine[] =>
  rows.map(([by, addresses, title, measure]) => ({ by, addresses, title, measure }));

// prettier-ignore
export const ACTIONS: Record<CasePanelType, ActionLine[]> = {
  jag: actions([
    ['police', 'place', 'Patrol {place} on {few} evenings a week between 19:00 and 22:00', 'Patrol log; calls fall below {few} a week'],
    ['housing_local_authority', 'victim', 'Visit the complainant with the advocate {few} times and agree a contact day, {ward}', 'Visit recorded; next contact date agreed'],
    ['housing_local_authority', 'harm_causer', 'Serve a tenancy warning in {ward} with the support offer attached, after {few} attempts to talk', 'Warning served and offer answered'],
    ['environmental_health', 'place', 'Inspect {place} {few} times and serve a notice on the owner if waste remains', 'Inspection note; site clear on {few} checks'],
    ['adult_social_care', 'harm_causer', 'Complete a care needs assessment in {ward} within {weeks} weeks', 'Assessment completed and shared in summary'],
    ['health_mental_health', 'harm_causer', 'Offer {few} appointments at home in {ward} through the community team', 'Appointment offered; attended or declined'],
    ['victim_support', 'victim', 'Complete a needs assessment in {ward} and fit {few} security items', 'Assessment complete; items fitted'],
    ['community_safety', 'place', 'Site the demountable camera at {place} for {weeks} weeks after a DPIA', 'DPIA signed; reports before and after compared'],
    ['fire_service', 'place', 'Carry out {few} joint fire safety visits at {place}', 'Visit report with hazards closed'],
    ['registered_provider_housing', 'place', 'Fit {few} door closers and lighting at the rear of {place}', 'Works order closed; {few} night checks'],
  ]),
  marac: actions([
    ['police', 'harm_causer', 'Place a treat-as-urgent marker for {weeks} weeks and review {few} bail conditions', 'Marker placed; conditions reviewed'],
    ['idva_service', 'victim', 'Tell the victim the outcome in a safe call and make {few} changes to the safety plan of {earlier}', 'Call made; plan version updated'],
    ['housing_local_authority', 'victim', 'Fit {few} sanctuary measures and suspend letters to the home for {weeks} weeks', 'Works complete; letters suspended'],
    ['childrens_social_care', 'child', 'Visit the children at school {few} times and review the plan of {earlier}', 'Visit within {weeks} weeks recorded'],
    ['probation', 'harm_causer', 'Review {few} licence conditions set on {earlier} without disclosing the source', 'Review recorded; conditions varied or reasons given'],
    ['health_mental_health', 'victim', 'Bring forward the next {few} appointments to a safe site, in place of {earlier}', 'Appointment kept'],
    ['education', 'child', 'Update who may collect the children, as noted on {earlier}, and brief {few} staff', 'Record updated; staff briefed'],
    ['health_acute_ae', 'victim', 'Place a domestic abuse alert on the attendance record of {earlier}', 'Alert visible to triage'],
    ['refuge', 'victim', 'Keep a space open for {weeks} weeks and agree transport', 'Space held for {few} nights'],
  ]),
  community_marac: actions([
    ['adult_social_care', 'victim', 'Name one worker and agree {few} visits a month for {weeks} weeks', 'Visits kept for {weeks} weeks'],
    ['police', 'harm_causer', 'Speak to {few} visitors in {ward} and warn them in writing', 'Warnings served; attendances fall'],
    ['fire_service', 'place', 'Fit retardant bedding and recheck the {few} exits seen on {earlier}', 'Recheck passed'],
    ['housing_local_authority', 'place', 'Arrange a clearance at the resident’s pace within {weeks} weeks, {few} rooms first', 'Rooms cleared and kept clear'],
    ['health_mental_health', 'victim', 'Review at home with the named worker the assessment of {earlier}', 'Review letter received'],
    ['victim_support', 'victim', 'Set up a weekly call for {weeks} weeks and a trusted visitor', '{few} calls made'],
    ['community_safety', 'place', 'Fit a door camera in {ward} for {weeks} weeks after explaining it to the resident', 'Camera fitted; consent recorded'],
  ]),
  syv: actions([
    ['youth_justice', 'harm_causer', 'Complete {few} sessions on safety and conflict within {weeks} weeks', 'Sessions attended; review done'],
    ['childrens_social_care', 'child', 'Hold {few} safety planning meetings with the family in {ward} within {weeks} weeks', 'Plan agreed with young person and carer'],
    ['police', 'place', 'Patrol {place} at the end of {few} school days a week', 'Patrol log for {weeks} weeks'],
    ['education', 'child', 'Agree a full timetable with a safe route in place of the one of {earlier}', 'Attendance above {count} per cent'],
    ['youth_outreach', 'child', 'Meet weekly through one trusted worker for {weeks} weeks', '{few} meetings a month'],
    ['health_mental_health', 'child', 'Offer a bereavement assessment within {weeks} weeks', 'Assessment kept'],
    ['health_acute_ae', 'child', 'Link with the hospital youth worker met on {earlier}', 'Contact made before discharge'],
    ['probation', 'harm_causer', 'Seek {few} licence conditions, one to stay away from {place}', 'Condition in force'],
  ]),
  channel: actions([
    ['community_safety', 'victim', 'Introduce the mentor within {weeks} weeks and agree {few} meetings', 'First meeting kept; the person wants the next'],
    ['police', 'victim', 'Repeat the checks of {earlier} and tell the chair within {few} days of any change', 'Checks repeated; nothing new, or the chair told'],
    ['education', 'victim', 'Name one trusted adult and agree a way back to {few} lessons', 'Attendance above {count} per cent'],
    ['health_mental_health', 'victim', 'Bring forward the therapy that waits since {earlier}', 'First appointment kept'],
  ]),
};

/** Aims of plans; `share` is the part of the baseline that may remain. */
// prettier-ignore
export const AIMS: Record<CasePanelType, { aim: string; metric: string; model: 'IDPARTNERS' | 'SARA' | 'SAFETY_PLAN'; share: number }> = {
  jag: { aim: 'Halve the reports and let the people harmed use their home and street again', metric: 'reports a month', model: 'IDPARTNERS', share: 0.5 },
  marac: { aim: 'Stop contact by the person who causes harm and keep victim and children safe', metric: 'unwanted contacts a month', model: 'SAFETY_PLAN', share: 0 },
  community_marac: { aim: 'Reduce harm to the adult in the way the adult wants', metric: 'concerns a month', model: 'SARA', share: 0.5 },
  syv: { aim: 'Keep the young person safe, in education and away from those who cause harm', metric: 'missing episodes or incidents a month', model: 'SAFETY_PLAN', share: 0.25 },
  channel: { aim: 'Replace the pull of the group by people and prospects, with the person’s own consent', metric: 'contacts with the group a month', model: 'SAFETY_PLAN', share: 0 },
};

type Closure = { reason: string; outcome: 'resolved' | 'partly_resolved' | 'unresolved'; evaluation: string };
const closure = (reason: string, outcome: Closure['outcome'], evaluation: string): Closure => ({
  reason,
  outcome,
  evaluation,
});

// prettier-ignore
const asbClosures = [
  closure('resolved_behaviour_stopped', 'resolved', 'Compared before and after: {metric} fell from {baseline} to {result}. No displacement found.'),
  closure('risk_reduced_single_agency', 'partly_resolved', 'Fell from {baseline} to {result} {metric}; the lead agency keeps the case and checks in {weeks} weeks.'),
  closure('insufficient_evidence', 'unresolved', 'No clear change could be shown ({baseline} to {result} {metric}); learning on diary sheets recorded.'),
];
// prettier-ignore
export const CLOSURES: Record<CasePanelType, Closure[]> = {
  jag: asbClosures,
  community_marac: asbClosures.slice(0, 2),
  marac: [
    closure('risk_reduced_single_agency', 'resolved', 'From {baseline} to {result} {metric}; the IDVA keeps contact and agencies keep the flag for twelve months.'),
    closure('subject_moved_area', 'partly_resolved', 'From {baseline} to {result} {metric} before the move; transferred to the MARAC of the new area.'),
  ],
  syv: [
    closure('transferred_other_process', 'resolved', 'From {baseline} to {result} {metric} over two reviews; early help leads from here.'),
    closure('risk_reduced_single_agency', 'partly_resolved', 'From {baseline} to {result} {metric}; school and family hold the plan and check in {weeks} weeks.'),
  ],
  channel: [
    closure('risk_reduced_single_agency', 'resolved', 'From {baseline} to {result} {metric}; the panel looks again after six and twelve months.'),
  ],
};

/** Why a referral did not become a case. */
// prettier-ignore
export const REFERRAL_REASONS: Record<'returned' | 'refused' | 'redirected' | 'withdrawn', string[]> = {
  returned: ['Why one agency is not enough has not been stated; please add it.', 'The risk assessment is missing; please complete it and resubmit.', 'The date of the last incident and the consent record are needed.'],
  refused: ['One agency can resolve this: advice given to the referrer, with a named contact.', 'The sole purpose was evidence for rehousing, which the panel does not provide.', 'Below the panel’s threshold; early help offered instead.'],
  redirected: ['Domestic abuse at high risk: belongs to the MARAC.', 'Young person at risk of violence: belongs to the SYV panel.', 'Adult with care needs: belongs to the Community MARAC.'],
  withdrawn: ['The referrer withdrew it: the household has moved and the matter has ended.', 'Withdrawn by the referrer after an early single-agency solution.'],
};

// prettier-ignore
export const DECISIONS = {
  plan_agreed: ['Plan agreed with {actions} actions and a lead agency.', 'The panel agreed the plan; its {actions} actions were accepted by their owners.'],
  continue: ['Continue the plan; {few} actions remain.', 'The panel noted progress and keeps the case under review for {weeks} weeks.'],
  defer: ['Deferred: the presenting agency was absent.', 'Deferred: research by {few} agencies is outstanding.'],
  escalate: ['Escalated: a bid for patrols goes to Tasking.', 'Escalated to the strategic lead: {few} actions are overdue.'],
  close: ['Closed with the evaluation recorded and a named lead for what remains.', 'Closed: no open action remains and the lead agency keeps watch for {weeks} weeks.'],
  note: ['Update noted; no decision needed.', 'Noted: {few} returns received since the last meeting.'],
} as const;

export const RATIONALES = {
  plan_agreed:
    'Risk has been {band} since {earlier} and no single agency can reduce it; the measures are proportionate.',
  continue: 'Risk is {band}; compared with {earlier} the {count} reports up to {date} show a change, not yet an end.',
  defer: 'The information asked for on {earlier} and needed for a safe decision was not before the panel on {date}.',
  escalate: 'What the members hold since {earlier} does not suffice to deliver the plan; band {band}.',
  close: 'The evaluation since {earlier} is recorded and every action has ended.',
  note: 'Nothing since {earlier} changes the band ({band}).',
} as const;
