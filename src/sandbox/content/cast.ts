/**
 * The cast: the synthetic people and systems that sign in.
 *
 * One small fixed cast serves the sandbox, the tests, the policy matrix and the documents, so that a sentence such as
 * "the school lead sees the one listing she is invited to" means the same person everywhere. The slugs are stable; what
 * each may see follows from agency, memberships and exclusions, never from the slug.
 */
import type { Purpose } from '../../authentication/purposes.js';

export type SystemRole =
  'auditor' | 'data_protection_officer' | 'agency_administrator' | 'safeguarding_lead' | 'emergency_access';

export interface CastMember {
  id: string;
  name: string;
  /** Agency code. */
  agency: string;
  jobTitle: string;
  roles: SystemRole[];
  /** One sentence for a newcomer: who this is, and what signing in as them shows. */
  story: string;
}

export interface MachineClient {
  id: string;
  name: string;
  agency: string;
  scopes: string[];
  purpose: Purpose;
  story: string;
}

type CastRow = [id: string, name: string, agency: string, jobTitle: string, story: string, ...roles: SystemRole[]];

// prettier-ignore
const askenby: CastRow[] = [
  ['housing-officer', 'Delphine Ashwarren', 'askenby-housing', 'Tenancy and ASB Officer', 'Refers to the JAG and answers research for several panels; sees housing and ASB in full, health only as existing.'],
  ['related-officer', 'Corin Tolbrook', 'askenby-housing', 'Neighbourhood Housing Officer', 'Sits on the JAG as a core member, but a relative is a party to the stairwell case: for him that case does not exist.'],
  ['agency-administrator', 'Maud Pemberlow', 'askenby-housing', 'Business Support Manager', 'Keeps the list of housing staff who may sign in; sits on no panel and sees no case.', 'agency_administrator'],
  ['nhs-safeguarding-lead', 'Dr Samira Haddari', 'mental-health-trust', 'Named Professional for Safeguarding Adults', 'Speaks for the mental health trust; sees health in full and no police intelligence. In an emergency she may open one case for an hour, to read, and is asked why.', 'emergency_access', 'safeguarding_lead'],
  ['acute-safeguarding-nurse', 'Bridie Fennimarsh', 'acute-trust', 'Safeguarding Nurse, Emergency Department', 'Brings hospital attendances to MARAC and SYV.', 'safeguarding_lead'],
  ['police-sergeant', 'Sgt Rohan Patwani', 'police', 'Neighbourhood Sergeant', 'Contributes incidents and graded intelligence, and owns many actions. In an emergency he may open one case for an hour, to read, and is asked why.', 'emergency_access'],
  ['police-inspector', 'Insp Agnes Wexmoor', 'police', 'Neighbourhood Inspector', 'Co-chairs the JAG, chairs Tasking and decides bids.'],
  ['marac-chair', 'DI Tobias Okonwe', 'police', 'Detective Inspector, Public Protection', 'Chairs the MARAC: approves minutes and rules on conflicts.', 'safeguarding_lead'],
  ['ttcg-chair', 'Supt Helena Saltwick', 'police', 'Superintendent', 'Chairs the BCU-wide TTCG, where bids of the three boroughs compete.'],
  ['ttcg-coordinator', 'Ewan Millbarrow', 'police', 'Tasking Coordinator', 'Prepares the TTCG for three boroughs; reads no borough case.'],
  ['moved-officer', 'PC Lena Kowalec', 'police', 'Police Constable', 'Left the Askenby JAG last month: her membership has ended and so has her sight of its cases.'],
  ['jag-chair', 'Winifred Oakhanger', 'askenby-community-safety', 'Senior Community Safety Officer', 'Chairs the JAG and co-chairs Tasking.'],
  ['jag-coordinator', 'Idris Cresswold', 'askenby-community-safety', 'JAG Coordinator', 'Triages referrals, builds the agenda, writes the minutes and chases actions.'],
  ['marac-coordinator', 'Philippa Dunthorne', 'askenby-community-safety', 'MARAC Coordinator', 'Administers the MARAC from referral to plan; one of the few who may read a protected address.'],
  ['cmarac-chair', 'Gareth Harcastle', 'askenby-community-safety', 'Head of Community Safety', 'Chairs the Community MARAC for adults at risk.'],
  ['syv-chair', 'Yusuf Nasrani', 'askenby-childrens', 'Head of Adolescent Safeguarding', 'Chairs the SYV panel; needs as well as risk are on its agenda.', 'safeguarding_lead'],
  ['syv-coordinator', 'Tamsin Brackendale', 'askenby-community-safety', 'SYV Coordinator', 'Screens SYV referrals and keeps the links between young people, groups and places under review.'],
  ['channel-chair', 'Rosalind Thackmere', 'askenby-community-safety', 'Channel and Prevent Lead', 'Chairs the Channel panel: nobody who does not sit on it learns of its cases, be the same person in a case of theirs.'],
  ['channel-officer', 'DS Imran Coldbeck', 'police', 'Channel Police Practitioner', 'Refers to the Channel panel and sits on it; his own colleagues learn of none of it.'],
  ['analyst', 'Piotr Nowarski', 'askenby-community-safety', 'Partnership Analyst', 'Prepares hotspots and themes for the JAG and Tasking.'],
  ['idva', 'Farhana Karimdar', 'candlewick-idva', 'Independent Domestic Violence Adviser', 'Brings the victim’s voice to MARAC; reads safe-contact rules and protected addresses.'],
  ['refuge-worker', 'Oonagh Thistlewell', 'rowanstead-refuge', 'Refuge Worker', 'Sits on the MARAC; the refuge’s address travels only as far as it allows.'],
  ['school-lead', 'Marcus Fairholt', 'thistlemoor-academy', 'Designated Safeguarding Lead', 'Invited to one MARAC listing at the next meeting, and sees that item only.', 'safeguarding_lead'],
  ['social-worker', 'Temi Adekore', 'askenby-childrens', 'Senior Social Worker', 'Brings child safeguarding to MARAC and SYV, and to the JAG when a child is concerned.'],
  ['adult-social-worker', 'Nuala Wetherlam', 'askenby-adults', 'Adult Safeguarding Lead', 'Brings care and support needs to JAG, MARAC and Community MARAC.', 'safeguarding_lead'],
  ['probation-officer', 'Kwame Mensari', 'probation', 'Senior Probation Officer', 'Supervises adults who cause harm, and must not reveal to them that a MARAC took place.'],
  ['youth-justice-worker', 'Ailsa Corrimoor', 'askenby-youth-justice', 'Youth Justice Practitioner', 'Holds youth justice assessments as summaries and works the SYV plans.'],
  ['education-officer', 'Hugo Larchmont', 'askenby-education', 'Education Safeguarding Officer', 'Speaks for the borough’s schools on SYV and MARAC, and answers as safeguarding lead when another panel asks what education knows.', 'safeguarding_lead'],
  ['youth-outreach-worker', 'Blessing Abdisal', 'fernlight-youth', 'Detached Youth Worker', 'Meets young people where they are; receives little and contributes their own words.'],
  ['environmental-health-officer', 'Ralph Quillgate', 'askenby-environmental-health', 'Environmental Health Officer', 'Noise, waste and nuisance: sees the place and little of the people.'],
  ['registered-provider-officer', 'Ioana Ionvescu', 'osierbank-homes', 'Tenancy Enforcement Officer', 'Landlord of part of the borough; sees what concerns its homes.'],
  ['fire-officer', 'Duncan Emberley', 'fire', 'Prevention Watch Manager', 'Home fire safety for the JAG and the Community MARAC.'],
  ['substance-worker', 'Roisin Yarnwood', 'mallowfield-recovery', 'Recovery Team Leader', 'Keeps treatment information confidential: it travels as existing, rarely further.'],
  ['victim-support-worker', 'Elodie Marchbank', 'victims-service', 'Independent Victim Advocate', 'Supports victims of ASB; reads safe-contact rules, not the history of others.'],
  ['legal-adviser', 'Stephen Inkerley', 'askenby-legal', 'Litigation Solicitor', 'Advises the JAG; his advice is privileged and known to others only as existing.'],
  ['observer', 'Jonah Pebbleworth', 'askenby-adults', 'Student Social Worker', 'Observes the JAG and the SYV panel in training: the agenda is visible, the people are not.'],
  ['auditor', 'Verity Ledgerwood', 'askenby-community-safety', 'Internal Auditor', 'Reads the audit log and verifies it; reads no narrative.', 'auditor'],
  ['dpo', 'Ambrose Clearwell', 'askenby-community-safety', 'Data Protection Officer', 'Asks who could see what and why, and reviews agreements and emergency access.', 'data_protection_officer'],
  ['outsider', 'Sanjay Sengari', 'quayside-advice', 'Debt Adviser', 'Works for an agency that sits on no panel: nothing exists for him.'],
  ['channel-auditor', 'Honora Vexley', 'askenby-community-safety', 'Prevent Assurance Auditor', 'Auditor of the Channel panel by name: reads what the log holds of it, which other auditors get as hashes; sees no case.', 'auditor'],
];

// prettier-ignore
const pellworth: CastRow[] = [
  ['other-borough-coordinator', 'Morag Lintott', 'pellworth-community-safety', 'JAG and MARAC Coordinator', 'Coordinates in Pellworth: everything there, nothing in Askenby.'],
  ['pellworth-jag-chair', 'Desmond Quarrington', 'pellworth-community-safety', 'Community Safety Manager', 'Chairs the Pellworth JAG and attends the TTCG.'],
  ['pellworth-inspector', 'Insp Priyanka Dravani', 'police', 'Neighbourhood Inspector', 'Same police as in Askenby, other panels: the agency alone opens nothing.'],
  ['pellworth-housing-officer', 'Glenn Saddleby', 'pellworth-housing', 'Housing Officer', 'Core member of the Pellworth JAG and Community MARAC.'],
  ['pellworth-social-worker', 'Chiamaka Obiware', 'pellworth-childrens', 'Team Manager', 'Chairs the Pellworth SYV panel and sits on its MARAC.'],
  ['pellworth-auditor', 'Hester Tallowby', 'pellworth-community-safety', 'Internal Auditor', 'Audits in Pellworth: of what was done in Askenby she reads nothing but hashes.', 'auditor'],
  ['pellworth-idva', 'Catrin Fulmere', 'candlewick-idva', 'Independent Domestic Violence Adviser', 'IDVA for Pellworth, in the same service as the Askenby IDVA.'],
];

// prettier-ignore
const dunmarrow: CastRow[] = [
  ['dunmarrow-coordinator', 'Aled Netherby-Roe', 'dunmarrow-community-safety', 'Panels Coordinator', 'Coordinates every Dunmarrow panel, among them a Community MARAC whose sharing agreement has run out.'],
  ['dunmarrow-jag-chair', 'Beatrix Cordway', 'dunmarrow-community-safety', 'Community Safety Manager', 'Chairs the Dunmarrow JAG and attends the TTCG.'],
  ['dunmarrow-inspector', 'Insp Niall Ferrimore', 'police', 'Neighbourhood Inspector', 'Chairs the Dunmarrow MARAC and Tasking.'],
  ['dunmarrow-housing-officer', 'Zofia Marekova-Lunt', 'dunmarrow-housing', 'Housing Officer', 'Core member of the Dunmarrow JAG; receives nothing on the Community MARAC until its agreement is renewed.'],
  ['dunmarrow-social-worker', 'Leon Barrowdine', 'dunmarrow-childrens', 'Team Manager', 'Chairs the Dunmarrow SYV panel and sits on its MARAC.'],
];

export const CAST: CastMember[] = [...askenby, ...pellworth, ...dunmarrow].map(
  ([id, name, agency, jobTitle, story, ...roles]) => ({ id, name, agency, jobTitle, roles, story }),
);

export const MACHINE_CLIENTS: MachineClient[] = [
  {
    id: 'housing-system',
    name: 'Askenby housing management system',
    agency: 'askenby-housing',
    scopes: [
      'read:Panel',
      'refer:Panel',
      'record-subjects:Partnership',
      'name:Person',
      'name:Place',
      'name:Group',
      'read:Referral',
      'change:Referral',
      'submit:Referral',
      'withdraw:Referral',
      'track:Referral',
      'read:ReferralDecision',
      'track:Case',
      'read:Action',
      'progress:Action',
      'complete:Action',
      'read:ResearchRequest',
      'answer:ResearchRequest',
      'research:Case',
      'research:CasePerson',
      'research:Person',
      'read:ResearchPoint',
      'change:ResearchPoint',
      'decide:ResearchPoint',
    ],
    purpose: 'CASE_PREP',
    story:
      'Submits referrals for the housing service, follows their status, answers what panels ask the service and reports on the actions that it owns.',
  },
  {
    id: 'police-system',
    name: 'Marlwater Police records system',
    agency: 'police',
    scopes: ['track:Referral', 'track:Case', 'read:Action', 'progress:Action', 'complete:Action'],
    purpose: 'ACTION_DELIVERY',
    story: 'Pulls the status of cases the police take part in and writes back progress on police actions.',
  },
  {
    id: 'statistics-system',
    name: 'Partnership statistics',
    agency: 'askenby-community-safety',
    scopes: ['read:Report'],
    purpose: 'STATISTICS_DEPERSONALISED',
    story: 'Reads depersonalised reports with small numbers suppressed; no row about a person ever reaches it.',
  },
];
