/**
 * The shape of the synthetic caseload: plain objects that name each other by key.
 *
 * Separate from the entities on purpose. The content uses the terms of the field; the seed maps it to rows, so that a
 * change of a column changes no story. Keys such as `ask-case-stairwell` are stable
 * over time, so documents and tests may use them.
 */
import type { AgencyType } from '../../agencies/agency-types.js';
import type { DataCategory } from '../../authorization/data-categories.js';
import type { SubjectKind } from './panels.js';
import type { BoroughCode, PartnershipCode, PlaceKind } from './places-and-agencies.js';
import type { IsoDate, IsoInstant } from './seeded.js';

export type Key = string;

export interface Address {
  text: string;
  postcode: string;
  /** Unique Property Reference Number, from a range without properties. */
  uprn: string;
}

export interface SafeContact {
  notes: string;
  safeToCall: boolean;
  safeToText: boolean;
  safeToLeaveVoicemail: boolean;
  safeToWrite: boolean;
  safeTimes: string;
}

export interface SandboxPerson {
  key: Key;
  borough: BoroughCode;
  givenName: string;
  familyName: string;
  aliases: string[];
  dateOfBirth: IsoDate;
  datePrecision: 'day' | 'month' | 'year' | 'estimated';
  sex: 'F' | 'M' | 'N' | 'NS';
  /** The police 18+1 list: note on law and standards, section 7.3. */
  ethnicity: string;
  ethnicitySource: 'self_defined' | 'officer_observed' | 'record';
  nhsNumber: string;
  phone: string | null;
  email: string | null;
  safeContact: SafeContact | null;
  currentAddress: Address | null;
  protectedAddress: Address | null;
  /** ISO 639-3. */
  firstLanguage: string;
  interpreterNeeded: boolean;
}

export interface SandboxPlace {
  key: Key;
  borough: BoroughCode;
  name: string;
  kind: PlaceKind;
  ward: string;
  postcode: string;
  uprn: string | null;
  precision: 'exact' | 'street' | 'area';
  description: string;
  /** Agency code of the owner or manager, where one is known. */
  managedBy: string | null;
}

export interface SandboxGroup {
  key: Key;
  borough: BoroughCode;
  name: string;
  kind: 'peer_group' | 'youth_group' | 'street_population' | 'other';
  description: string;
}

/** No link without a source, and none without an end: note on law and standards, REQ-CTX-02. */
export interface SandboxLink {
  key: Key;
  borough: BoroughCode;
  from: Key;
  to: Key;
  type:
    | 'parent_child'
    | 'sibling'
    | 'partner'
    | 'same_household'
    | 'peer'
    | 'member_of'
    | 'frequents'
    | 'attends'
    | 'incident_at'
    | 'rivalry';
  strength: 'confirmed' | 'probable' | 'possible' | 'refuted';
  /** Key of the contribution that is the source. */
  source: Key;
  validFrom: IsoDate;
  reviewBy: IsoDate;
}

export const CASE_PERSON_ROLES = [
  'victim',
  'at_risk',
  'suspected_harm_causer',
  'both_victim_and_harm_causer',
  'perpetrator',
  'child',
  'complainant',
  'witness',
  'family',
  'carer',
  'linked_peer',
  'professional',
] as const;
export type CasePersonRole = (typeof CASE_PERSON_ROLES)[number];

export interface SandboxAssessment {
  instrument: 'DASH' | 'CMARAC-31' | 'PLACE-MATRIX' | 'SYV-SCREEN' | 'CHANNEL-GATEWAY';
  version: string;
  assessedOn: IsoDate;
  /** Answers by neutral key (`q01`): the licensed wording is never part of this repository. */
  answers: Record<string, string | number>;
  score: number | null;
  band: string;
  /** Professional judgement may raise a band, with a reason. */
  judgementBand?: string;
  judgementReason?: string;
}

export type ReferralStatus = 'draft' | 'submitted' | 'returned' | 'accepted' | 'refused' | 'redirected' | 'withdrawn';

export interface SandboxReferral {
  key: Key;
  borough: BoroughCode;
  panel: string;
  /** Absent while a draft. */
  reference: string | null;
  status: ReferralStatus;
  referringAgency: string;
  referrer: string | null;
  startedOn: IsoDate;
  submittedOn: IsoDate | null;
  decidedOn: IsoDate | null;
  /** Why it was returned, refused, redirected or withdrawn. */
  statusReason: string | null;
  redirectedTo: string | null;
  subjectKind: SubjectKind;
  people: { person: Key; role: CasePersonRole }[];
  places: Key[];
  groups: Key[];
  /** MARAC criteria, ASB types or harm types, according to the panel. */
  criteria: string[];
  isRepeat: boolean;
  incidentOn: IsoDate;
  title: string;
  concern: string;
  triedAlready: string;
  whyMultiAgency: string;
  ask: string;
  hateElement: 'yes' | 'no' | 'not_known';
  consent: { status: 'given' | 'refused' | 'not_sought' | 'lacks_capacity'; reason: string | null };
  assessment: SandboxAssessment;
}

export type CaseStage = 'open' | 'listed' | 'plan_agreed' | 'monitoring' | 'closed';

export interface SandboxCase {
  key: Key;
  borough: BoroughCode;
  panel: string;
  reference: string;
  referral: Key;
  stage: CaseStage;
  subjectKind: SubjectKind;
  title: string;
  summary: string;
  band: string;
  leadAgency: string;
  openedOn: IsoDate;
  nextReviewOn: IsoDate | null;
  closedOn: IsoDate | null;
  closureReason: string | null;
  outcome: 'resolved' | 'partly_resolved' | 'unresolved' | null;
  people: { person: Key; role: CasePersonRole; since: IsoDate; rationale: string }[];
  places: Key[];
  groups: Key[];
}

export type ContributionKind = 'fact' | 'opinion' | 'intelligence' | 'allegation' | 'self_report';

export interface SandboxContribution {
  key: Key;
  borough: BoroughCode;
  case: Key;
  agency: string;
  author: string | null;
  category: DataCategory;
  /** The person it is about, where it is about one. */
  about: Key | null;
  kind: ContributionKind;
  summary: string;
  text: string;
  /** Police handling: P may be shared with those who have the need, C only on the conditions stated. */
  handling: 'P' | 'C';
  conditions: string | null;
  /** Its agency decides who else reads it. */
  originatorControl: boolean;
  /** 3x5x2 grades, for intelligence only. */
  grade: { source: 1 | 2 | 3; assessment: 'A' | 'B' | 'C' | 'D' | 'E' } | null;
  occurredOn: IsoDate;
  contributedOn: IsoDate;
}

export interface SandboxPlan {
  key: Key;
  borough: BoroughCode;
  case: Key;
  model: 'IDPARTNERS' | 'SARA' | 'OSARA' | 'SAFETY_PLAN';
  title: string;
  aim: string;
  measure: { metric: string; baseline: number; target: number };
  status: 'draft' | 'agreed' | 'active' | 'closed';
  agreedOn: IsoDate;
  reviewOn: IsoDate;
  /** Recorded before closure: limited evaluation is the inspectorate's finding. */
  evaluation: PlanEvaluation | null;
}

export interface PlanEvaluation {
  on: IsoDate;
  result: string;
  verdict: 'met' | 'partly_met' | 'not_met';
  whatWorked: string;
  whatIsLeft: string;
}

export type ActionStatus =
  | 'proposed'
  | 'agreed'
  | 'in_progress'
  | 'done'
  | 'verified'
  | 'blocked'
  | 'not_possible'
  | 'not_done'
  | 'cancelled'
  | 'superseded';

export interface SandboxAction {
  key: Key;
  borough: BoroughCode;
  plan: Key;
  case: Key;
  title: string;
  /** Evidence that the action is done. */
  measure: string;
  addresses: 'victim' | 'child' | 'harm_causer' | 'place' | 'staff';
  ownerAgency: string;
  owner: string | null;
  status: ActionStatus;
  agreedOn: IsoDate;
  dueOn: IsoDate;
  endedOn: IsoDate | null;
  note: string | null;
}

export interface SandboxMeeting {
  key: Key;
  borough: PartnershipCode;
  panel: string;
  number: number;
  startsAt: IsoInstant;
  endsAt: IsoInstant;
  venue: string;
  status: 'scheduled' | 'held' | 'cancelled';
  chair: string | null;
  referralCutOff: IsoDate;
  caseListDue: IsoDate;
  researchDue: IsoDate;
  minutesDue: IsoDate;
}

export interface SandboxListing {
  key: Key;
  meeting: Key;
  case: Key;
  kind: 'new' | 'review' | 'closure';
  order: number;
  timeBoxMinutes: number;
  presentedBy: string;
}

/** A flexible member sees one item, for a window. */
export interface SandboxInvitation {
  key: Key;
  listing: Key;
  person: string;
  agency: string;
  validFrom: IsoDate;
  validTo: IsoDate;
}

export interface SandboxResearchRequest {
  key: Key;
  listing: Key;
  agency: string;
  dueOn: IsoDate;
  status: 'requested' | 'returned' | 'nil_return' | 'overdue';
  returnedOn: IsoDate | null;
}

export interface SandboxAttendance {
  key: Key;
  meeting: Key;
  person: string;
  agency: string;
  status: 'present' | 'apologies' | 'apologies_with_report' | 'deputy' | 'absent';
  /** Present means declared: attendance cannot be recorded without it. */
  confidentialityAcceptedAt: IsoInstant | null;
}

export interface SandboxDecision {
  key: Key;
  listing: Key;
  kind: 'plan_agreed' | 'continue' | 'defer' | 'escalate' | 'close' | 'note';
  text: string;
  rationale: string;
  dissent: string | null;
  decidedOn: IsoDate;
}

/** Minutes of one item. There is no document that mixes subjects. */
export interface SandboxMinutes {
  key: Key;
  listing: Key;
  status: 'draft' | 'circulated' | 'confirmed';
  text: string;
}

export interface SandboxExclusion {
  key: Key;
  case: Key;
  person: string;
  reason: string;
  since: IsoDate;
}

export interface SandboxRecusal {
  key: Key;
  listing: Key;
  person: string;
  reason: string;
}

/** Crime disclosed in an item. */
export interface SandboxCrime {
  key: Key;
  listing: Key;
  /** Agency of the author. */
  agency: string;
  summary: string;
  victimWishesReport: 'yes' | 'no' | 'not_asked' | 'not_known';
  reportedTo: string | null;
}

export interface Caseload {
  persons: SandboxPerson[];
  places: SandboxPlace[];
  groups: SandboxGroup[];
  links: SandboxLink[];
  referrals: SandboxReferral[];
  cases: SandboxCase[];
  contributions: SandboxContribution[];
  plans: SandboxPlan[];
  actions: SandboxAction[];
  meetings: SandboxMeeting[];
  listings: SandboxListing[];
  invitations: SandboxInvitation[];
  researchRequests: SandboxResearchRequest[];
  attendances: SandboxAttendance[];
  decisions: SandboxDecision[];
  minutes: SandboxMinutes[];
  exclusions: SandboxExclusion[];
  recusals: SandboxRecusal[];
  crimes: SandboxCrime[];
}

// Parts of a scenario.

export type CasePanelType = 'jag' | 'marac' | 'community_marac' | 'syv' | 'channel';

/** Slots such as `{place}` in the text are filled from the case. An item with conditions is handling C. */
export interface ContributionLine {
  from: AgencyType;
  category: DataCategory;
  kind: ContributionKind;
  summary: string;
  text: string;
  conditions?: string;
  originatorControl?: true;
  about?: Key;
}

export interface ActionLine {
  by: AgencyType;
  title: string;
  measure: string;
  addresses: SandboxAction['addresses'];
}

export interface Scenario {
  title: string;
  subjectKind: SubjectKind;
  criteria: string[];
  concern: string;
  tried: string;
  why: string;
  ask: string;
  referredBy: AgencyType;
}

/** Story of a case, without dates. Hand-written stories state the values that generated ones draw at random. */
export interface CaseStory {
  key: Key;
  borough: BoroughCode;
  type: CasePanelType;
  stage: CaseStage;
  scenario: Scenario;
  people: { person: Key; role: CasePersonRole; rationale: string }[];
  places: Key[];
  groups: Key[];
  /** Cycles before the upcoming meeting at which it was first and last heard: 0 is the upcoming one. */
  firstHeard: number;
  lastHeard: number;
  firstDeferred?: boolean;
  band?: string;
  contributions?: ContributionLine[];
  actions?: (ActionLine & { status?: ActionStatus })[];
  /** Flexible members invited to its listing at the upcoming meeting. */
  invited?: string[];
}
