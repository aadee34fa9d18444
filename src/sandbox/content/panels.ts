/**
 * The panels of the three boroughs, the rules they run by and who sits on them.
 *
 * What the field settles locally (cut-offs, quorum, age limits, review intervals) is data here as it is in the service:
 * a rule set has a version and the panels of one type differ where real ones do. Sources are named beside each value;
 * what the domain notes call a choice may be changed without changing code.
 */
import type { AgencyType } from '../../agencies/agency-types.js';
import { agencyByCode, areaOf, BOROUGH_CODES, type PartnershipCode } from './places-and-agencies.js';
import { CAST } from './cast.js';

export const PANEL_TYPES = [
  'jag',
  'marac',
  'community_marac',
  'syv',
  'tasking',
  'ttcg',
  'channel',
  'steering_group',
] as const;
export type PanelType = (typeof PANEL_TYPES)[number];
export type ReferencePrefix = 'JAG' | 'MARAC' | 'CMARAC' | 'SYV' | 'TASK' | 'TTCG' | 'CHAN' | 'STEER';
/** JAG note, section 0 point 2; `person_at_risk` is what an SYV panel hears. */
export type SubjectKind = 'person_victim' | 'person_perpetrator' | 'person_at_risk' | 'group' | 'place' | 'theme';

export interface PanelRules {
  acceptedSubjectKinds: SubjectKind[];
  /** Age of the subject at the date of referral; out of range needs an override reason. */
  ageMin?: number;
  ageMax?: number;
  minVictimAge?: number;
  repeatWindowMonths: number;
  /** MARAC note, section 3.4: no number is published, so a failed quorum warns unless the panel chose otherwise. */
  quorum: { minAgencies: number; mandatory: AgencyType[]; chairRequired: boolean; onFail: 'warn' | 'block' | 'defer' };
  referralCutOffWorkingDays: number;
  caseListWorkingDays: number;
  researchDueWorkingDays: number;
  minutesDueWorkingDays: number;
  caseTimeBoxMinutes: number;
  /** Deferrals after which the chair is alerted. */
  deferralLimit: number;
  attendance: {
    confidentialityDeclaration: 'each_meeting' | 'annual';
    deputiesAllowed: boolean;
  };
}

export interface Panel {
  code: string;
  boroughCode: PartnershipCode;
  type: PanelType;
  name: string;
  referencePrefix: ReferencePrefix;
  mode: 'meeting' | 'asynchronous';
  /** Hides the existence of its cases from everybody without a seat. */
  compartment: boolean;
  /** Position in the four-week cycle (JAG note, section 3.1): which of its weeks, which weekday (1 is Monday), what time. */
  cycle: { lengthDays: 28; week: 0 | 1 | 2 | 3; weekday: number; startTime: string };
  rules: PanelRules;
  /** Days to the next review, by the bands of the panel's own scale. */
  reviewIntervalDays: Record<string, number>;
}

const common: PanelRules = {
  acceptedSubjectKinds: [],
  repeatWindowMonths: 12,
  quorum: { minAgencies: 4, mandatory: ['police', 'community_safety'], chairRequired: true, onFail: 'warn' },
  referralCutOffWorkingDays: 10,
  caseListWorkingDays: 8,
  researchDueWorkingDays: 2,
  minutesDueWorkingDays: 3,
  caseTimeBoxMinutes: 15,
  deferralLimit: 2,
  attendance: {
    confidentialityDeclaration: 'each_meeting',
    deputiesAllowed: true,
  },
};

interface PanelShape {
  prefix: ReferencePrefix;
  title: string;
  compartment?: true;
  cycle: Omit<Panel['cycle'], 'lengthDays'>;
  rules: PanelRules;
}

const shapes: Record<PanelType, PanelShape> = {
  jag: {
    prefix: 'JAG',
    title: 'Joint Action Group',
    cycle: { week: 0, weekday: 3, startTime: '10:00' },
    rules: {
      ...common,
      acceptedSubjectKinds: ['person_victim', 'person_perpetrator', 'group', 'place', 'theme'],
    },
  },
  marac: {
    prefix: 'MARAC',
    title: 'Multi-Agency Risk Assessment Conference',
    cycle: { week: 0, weekday: 4, startTime: '09:30' },
    rules: {
      ...common,
      acceptedSubjectKinds: ['person_victim'],
      minVictimAge: 16, // Domestic Abuse Act 2021: both parties are 16 or over
      quorum: {
        minAgencies: 6,
        mandatory: [
          'police',
          'idva_service',
          'childrens_social_care',
          'housing_local_authority',
          'probation',
          'health_mental_health',
        ],
        chairRequired: true,
        onFail: 'warn',
      },
      deferralLimit: 1,
    },
  },
  community_marac: {
    prefix: 'CMARAC',
    title: 'Community MARAC',
    cycle: { week: 1, weekday: 4, startTime: '13:30' },
    rules: {
      ...common,
      acceptedSubjectKinds: ['person_victim', 'person_perpetrator'],
      ageMin: 18,
      quorum: {
        minAgencies: 4,
        mandatory: ['police', 'community_safety', 'adult_social_care'],
        chairRequired: true,
        onFail: 'warn',
      },
    },
  },
  syv: {
    prefix: 'SYV',
    title: 'Serious Youth Violence Panel',
    cycle: { week: 1, weekday: 2, startTime: '14:00' },
    rules: {
      ...common,
      acceptedSubjectKinds: ['person_at_risk', 'group', 'place'],
      ageMin: 10,
      ageMax: 24,
      quorum: {
        minAgencies: 5,
        mandatory: ['police', 'childrens_social_care', 'youth_justice', 'education'],
        chairRequired: true,
        onFail: 'warn',
      },
      referralCutOffWorkingDays: 5,
      caseListWorkingDays: 4,
      caseTimeBoxMinutes: 20,
    },
  },
  tasking: {
    prefix: 'TASK',
    title: 'Police and Partnership Tasking',
    cycle: { week: 1, weekday: 3, startTime: '10:00' },
    rules: {
      ...common,
      acceptedSubjectKinds: ['place', 'group', 'theme'],
      quorum: { minAgencies: 2, mandatory: ['police', 'community_safety'], chairRequired: true, onFail: 'block' },
      referralCutOffWorkingDays: 3,
      caseListWorkingDays: 2,
      researchDueWorkingDays: 1,
      caseTimeBoxMinutes: 10,
      attendance: { ...common.attendance, confidentialityDeclaration: 'annual' },
    },
  },
  ttcg: {
    prefix: 'TTCG',
    title: 'Tactical Tasking and Coordination Group',
    cycle: { week: 2, weekday: 3, startTime: '11:00' },
    rules: {
      ...common,
      acceptedSubjectKinds: ['theme', 'place'],
      quorum: { minAgencies: 2, mandatory: ['police'], chairRequired: true, onFail: 'block' },
      referralCutOffWorkingDays: 3,
      caseListWorkingDays: 2,
      researchDueWorkingDays: 1,
      caseTimeBoxMinutes: 10,
      attendance: { ...common.attendance, confidentialityDeclaration: 'annual' },
    },
  },
  channel: {
    prefix: 'CHAN',
    title: 'Channel Panel',
    compartment: true, // note on law and standards, REQ-CHN-01
    cycle: { week: 3, weekday: 2, startTime: '10:30' },
    rules: {
      ...common,
      acceptedSubjectKinds: ['person_at_risk'],
      quorum: { minAgencies: 2, mandatory: ['police', 'community_safety'], chairRequired: true, onFail: 'defer' },
      referralCutOffWorkingDays: 5,
      caseListWorkingDays: 4,
      caseTimeBoxMinutes: 30,
    },
  },
  steering_group: {
    prefix: 'STEER',
    title: 'Community Safety Steering Group',
    cycle: { week: 3, weekday: 4, startTime: '14:00' },
    rules: {
      ...common,
      quorum: { minAgencies: 3, mandatory: ['community_safety'], chairRequired: true, onFail: 'warn' },
      attendance: { ...common.attendance, confidentialityDeclaration: 'annual' },
    },
  },
};

const shortNames: Record<PanelType, string> = {
  jag: 'jag',
  marac: 'marac',
  community_marac: 'cmarac',
  syv: 'syv',
  tasking: 'tasking',
  ttcg: 'ttcg',
  channel: 'channel',
  steering_group: 'steering',
};

export function panelCode(borough: PartnershipCode, type: PanelType): string {
  return `${borough.toLowerCase()}-${shortNames[type]}`;
}

/** Days to the next review, where a type of panel reviews by other intervals than the JAG. */
const REVIEW_INTERVAL_DAYS: Partial<Record<PanelType, Record<string, number>>> = {
  marac: { high: 28, medium: 28, standard: 56 },
  syv: { red: 28, amber: 56, green: 84 },
  channel: { high: 28, medium: 28, standard: 56 },
};

/** Deviations of one borough from the rules. */
const localRules: Record<string, Partial<PanelRules>> = {
  'pel-jag': { referralCutOffWorkingDays: 8, quorum: { ...common.quorum, onFail: 'defer' } },
};

function panel(boroughCode: PartnershipCode, type: PanelType): Panel {
  const { prefix, title, compartment = false, cycle, rules } = shapes[type];
  const code = panelCode(boroughCode, type);
  return {
    code,
    boroughCode,
    type,
    name: `${areaOf(boroughCode)} ${title}`,
    referencePrefix: prefix,
    mode: 'meeting',
    compartment,
    cycle: { lengthDays: 28, ...cycle },
    rules: { ...rules, ...localRules[code] },
    reviewIntervalDays: REVIEW_INTERVAL_DAYS[type] ?? { high: 14, medium: 28, standard: 56 },
  };
}

/** Panels of every borough. One borough has a Channel panel too, whose cases nobody else may notice. */
const IN_EVERY_BOROUGH = PANEL_TYPES.filter((type) => type !== 'ttcg' && type !== 'channel');

export const PANELS: Panel[] = [
  ...BOROUGH_CODES.flatMap((borough) => IN_EVERY_BOROUGH.map((type) => panel(borough, type))),
  panel('BCU', 'ttcg'),
  panel('ASK', 'channel'),
];

export function panelByCode(code: string): Panel {
  const found = PANELS.find((each) => each.code === code);
  if (!found) throw new Error(`No panel has the code ${code}`);
  return found;
}

export interface PanelMembership {
  panel: string;
  /** Slug of the person, or null for a seat that the agency has not filled. */
  person: string | null;
  agency: string;
  /** Core members see the panel's list, flexible members the items they are invited to, observers no one's details. */
  tier: 'core' | 'flexible' | 'observer';
  role: 'chair' | 'co_chair' | 'coordinator' | 'member' | 'legal_adviser' | 'analyst';
  /** Days from the anchor date. */
  validFrom: number;
  validTo?: number;
}

/**
 * `seats` reads: slug for a core member, `~slug` for a flexible one, `*slug` for an observer, `@agency` for an empty seat,
 * and `slug:role` for anyone who is more than a member.
 */
function seats(panelCode: string, list: string): PanelMembership[] {
  return list
    .trim()
    .split(/\s+/)
    .map((seat) => {
      const [, mark, name, role] = /^([~*@]*)([^:]+)(?::(.+))?$/.exec(seat)!;
      const person = mark!.includes('@') ? null : CAST.find((member) => member.id === name)!;
      return {
        panel: panelCode,
        person: person?.id ?? null,
        agency: person?.agency ?? agencyByCode(name!).code,
        tier: mark!.includes('~') ? 'flexible' : mark!.includes('*') ? 'observer' : 'core',
        role: (role ?? 'member') as PanelMembership['role'],
        validFrom: -400,
      };
    });
}

export const MEMBERSHIPS: PanelMembership[] = [
  ...seats(
    'ask-jag',
    `jag-chair:chair police-inspector:co_chair jag-coordinator:coordinator police-sergeant housing-officer related-officer
     nhs-safeguarding-lead adult-social-worker environmental-health-officer registered-provider-officer fire-officer
     victim-support-worker substance-worker legal-adviser:legal_adviser analyst:analyst ~social-worker
     ~youth-justice-worker ~@probation *observer`,
  ),
  ...seats(
    'ask-marac',
    `marac-chair:chair marac-coordinator:coordinator idva police-sergeant social-worker adult-social-worker housing-officer
     probation-officer nhs-safeguarding-lead acute-safeguarding-nurse refuge-worker substance-worker education-officer
     ~school-lead ~registered-provider-officer ~youth-justice-worker`,
  ),
  ...seats(
    'ask-cmarac',
    `cmarac-chair:chair police-inspector:co_chair jag-coordinator:coordinator adult-social-worker nhs-safeguarding-lead
     housing-officer registered-provider-officer fire-officer substance-worker victim-support-worker ~probation-officer`,
  ),
  ...seats(
    'ask-syv',
    `syv-chair:chair syv-coordinator:coordinator police-sergeant social-worker youth-justice-worker education-officer
     youth-outreach-worker nhs-safeguarding-lead acute-safeguarding-nurse probation-officer ~housing-officer
     ~substance-worker *observer`,
  ),
  ...seats(
    'ask-tasking',
    `police-inspector:chair jag-chair:co_chair jag-coordinator:coordinator police-sergeant analyst:analyst
     environmental-health-officer ~housing-officer ~youth-outreach-worker`,
  ),
  ...seats(
    'pel-jag',
    `pellworth-jag-chair:chair pellworth-inspector:co_chair other-borough-coordinator:coordinator pellworth-housing-officer
     @pellworth-adults @mental-health-trust @osierbank-homes @pellworth-environmental-health @victims-service`,
  ),
  ...seats(
    'pel-marac',
    `pellworth-inspector:chair other-borough-coordinator:coordinator pellworth-idva pellworth-social-worker
     pellworth-housing-officer @pellworth-adults @probation @mental-health-trust @acute-trust @mallowfield-recovery`,
  ),
  ...seats(
    'pel-cmarac',
    `pellworth-jag-chair:chair pellworth-inspector:co_chair other-borough-coordinator:coordinator pellworth-housing-officer
     @pellworth-adults @mental-health-trust @fire`,
  ),
  ...seats(
    'pel-syv',
    `pellworth-social-worker:chair other-borough-coordinator:coordinator pellworth-inspector @pellworth-youth-justice
     @pellworth-education @fernlight-youth @acute-trust`,
  ),
  ...seats(
    'pel-tasking',
    `pellworth-inspector:chair pellworth-jag-chair:co_chair other-borough-coordinator:coordinator`,
  ),
  ...seats(
    'dun-jag',
    `dunmarrow-jag-chair:chair dunmarrow-inspector:co_chair dunmarrow-coordinator:coordinator dunmarrow-housing-officer
     @dunmarrow-adults @mental-health-trust @dunmarrow-environmental-health @victims-service`,
  ),
  ...seats(
    'dun-marac',
    `dunmarrow-inspector:chair dunmarrow-coordinator:coordinator dunmarrow-social-worker dunmarrow-housing-officer
     @candlewick-idva @dunmarrow-adults @probation @mental-health-trust @acute-trust`,
  ),
  ...seats(
    'dun-cmarac',
    `dunmarrow-jag-chair:chair dunmarrow-coordinator:coordinator dunmarrow-inspector dunmarrow-housing-officer
     @dunmarrow-adults @mental-health-trust @fire`,
  ),
  ...seats(
    'dun-syv',
    `dunmarrow-social-worker:chair dunmarrow-coordinator:coordinator dunmarrow-inspector @dunmarrow-youth-justice
     @dunmarrow-education @fernlight-youth`,
  ),
  ...seats('dun-tasking', `dunmarrow-inspector:chair dunmarrow-jag-chair:co_chair dunmarrow-coordinator:coordinator`),
  ...seats(
    'bcu-ttcg',
    `ttcg-chair:chair ttcg-coordinator:coordinator police-inspector jag-chair analyst:analyst pellworth-inspector
     pellworth-jag-chair dunmarrow-inspector dunmarrow-jag-chair ~@probation`,
  ),
  ...seats(
    'ask-channel',
    `channel-chair:chair channel-officer @askenby-childrens @askenby-education @mental-health-trust`,
  ),
  ...seats(
    'ask-steering',
    `cmarac-chair:chair syv-coordinator:coordinator marac-chair syv-chair adult-social-worker acute-safeguarding-nurse
     probation-officer education-officer`,
  ),
  ...seats(
    'pel-steering',
    `pellworth-jag-chair:chair other-borough-coordinator:coordinator pellworth-inspector pellworth-social-worker`,
  ),
  ...seats(
    'dun-steering',
    `dunmarrow-jag-chair:chair dunmarrow-coordinator:coordinator dunmarrow-inspector dunmarrow-social-worker`,
  ),
  // Posted elsewhere last month: the seat has ended, the sign-in has not.
  { ...seats('ask-jag', 'moved-officer')[0]!, validTo: -32 },
];

/** Returns the person in the seat of an agency on a panel, if the seat is filled. */
export function representativeOf(panel: string, agency: string): string | null {
  const seat = MEMBERSHIPS.find(
    (each) => each.panel === panel && each.agency === agency && each.role === 'member' && !each.validTo,
  );
  return (
    (seat ?? MEMBERSHIPS.find((each) => each.panel === panel && each.agency === agency && !each.validTo))?.person ??
    null
  );
}

/** Auditors of compartments, as the operator named them. */
export const COMPARTMENT_AUDITORS: { panel: string; person: string; since: number }[] = [
  { panel: panelCode('ASK', 'channel'), person: 'channel-auditor', since: -300 },
];
