/**
 * The information sharing agreements of the sandbox, one for each panel type in each partnership.
 *
 * Each template is a table that a data protection officer can read: one line for each category, one column for each
 * kind of receiver, one letter for the sharing level (`f` full, `s` summary, `e` existence, `-` none). The table applies
 * to any contributor. Exceptions for named contributors follow the table, and the more specific row takes precedence. A
 * category without a letter has no row, and no row means none.
 *
 * Three choices worth knowing:
 * - The serious-violence duty (PCSC Act 2022 s.16) carries no patient information and nothing from a health or
 *   social-care authority. A row for any contributor would reach those too, so only rows for police or
 *   probation use that gateway.
 * - `safe_contact` is shared in full only with those who make contact; others learn that a rule exists, which stops an unsafe
 *   call. `protected_address` is shared with IDVA, police and coordination of a MARAC and with no one else.
 * - Dunmarrow's Community MARAC agreement has run out: no active row, nothing shared.
 *
 * Sources: MARAC note, sections 6.1 to 6.8; note on law and standards, sections 3, 5 and 6.1.
 */
import {
  PANEL_COORDINATION,
  type AgencyType,
  type ContributingType,
  type ReceivingType,
} from '../../agencies/agency-types.js';
import {
  DATA_CATEGORIES,
  type DataCategory,
  type LegalGateway,
  type SharingLevel,
} from '../../authorization/data-categories.js';
import { type Purpose } from '../../authentication/purposes.js';
import { MEMBERSHIPS, PANELS, type Panel, type PanelType } from './panels.js';
import { AGENCIES, agencyByCode, areaOf, type PartnershipCode } from './places-and-agencies.js';

export type OnwardLimit = 'none' | 'with_originator_consent' | 'within_panel' | 'permitted';

export interface AgreementRow {
  purpose: Purpose;
  category: DataCategory;
  contributingType: ContributingType;
  receivingType: ReceivingType;
  level: SharingLevel;
  gateway: LegalGateway;
  /** UK GDPR Art 6 basis. */
  lawfulBasis: string;
  /** Art 9, Schedule 1 or Art 10 route, or that none is needed. */
  condition: string;
  onward: OnwardLimit;
  retentionClass: string;
}

export interface SharingAgreement {
  code: string;
  title: string;
  boroughCode: PartnershipCode;
  panelTypes: PanelType[];
  /** Agency codes. */
  parties: string[];
  purposes: Purpose[];
  /** Days from the anchor date. */
  effectiveFrom: number;
  reviewDue: number;
  expiresOn: number;
  rows: AgreementRow[];
}

const RECEIVERS = {
  crd: 'panel_coordination',
  pol: 'police',
  com: 'community_safety',
  hou: 'housing_local_authority',
  rph: 'registered_provider_housing',
  csc: 'childrens_social_care',
  asc: 'adult_social_care',
  mht: 'health_mental_health',
  acu: 'health_acute_ae',
  sub: 'substance_misuse',
  pro: 'probation',
  yjs: 'youth_justice',
  edu: 'education',
  sch: 'school',
  env: 'environmental_health',
  fir: 'fire_service',
  vic: 'victim_support',
  idv: 'idva_service',
  ref: 'refuge',
  you: 'youth_outreach',
  leg: 'legal_adviser',
} satisfies Record<string, ReceivingType>;
type Column = keyof typeof RECEIVERS;

const LETTERS: Record<string, SharingLevel> = { f: 'full', s: 'summary', e: 'existence' };

// ---------------------------------------------------------------------------------------------------------------------
// Lawful basis and gateway of each category
// ---------------------------------------------------------------------------------------------------------------------

interface LegalRoute {
  gateway: LegalGateway;
  lawfulBasis: string;
  condition: string;
  onward: OnwardLimit;
}

const publicTask = 'Art 6(1)(e) public task';
const vitalInterests = 'Art 6(1)(d) vital interests and Art 6(1)(e) public task';
const notSpecial = 'not special category';
const safeguarding = 'Art 9(2)(g), DPA 2018 Sch 1 para 18 (safeguarding of children and individuals at risk)';
const confidence = `${safeguarding}; duty of confidence set aside in the public interest`;
const offenceData = 'Art 10 through DPA 2018 s.10(5), Sch 1 paras 10 and 18';

const route = (
  gateway: LegalGateway,
  condition: string,
  onward: OnwardLimit,
  lawfulBasis = publicTask,
): LegalRoute => ({
  gateway,
  lawfulBasis,
  condition,
  onward,
});

const LEGAL_ROUTES: Record<DataCategory, LegalRoute> = {
  identity: route('CDA_S115', notSpecial, 'within_panel'),
  contact: route('CDA_S115', notSpecial, 'within_panel'),
  safe_contact: route('CDA_S115', notSpecial, 'none', vitalInterests),
  location_current: route('CDA_S115', notSpecial, 'within_panel'),
  protected_address: route('VITAL_INTERESTS', notSpecial, 'none', vitalInterests),
  demographic: route('CDA_S115', notSpecial, 'within_panel'),
  equality: route('LGA1972_S111', 'Art 9(2)(g), DPA 2018 Sch 1 para 8 (equality of opportunity)', 'none'),
  family: route('CA2004_S10', notSpecial, 'within_panel'),
  education: route('CA2004_S10', notSpecial, 'within_panel'),
  employment: route('CDA_S115', notSpecial, 'within_panel'),
  housing: route('CDA_S115', notSpecial, 'within_panel'),
  finance: route('CARE_S42', notSpecial, 'with_originator_consent'),
  asb_incident: route('CDA_S115', notSpecial, 'within_panel'),
  police_incident: route('CDA_S115', offenceData, 'with_originator_consent'),
  police_intelligence: route('CDA_S115', `${offenceData}; originator under DPA 2018 Part 3`, 'with_originator_consent'),
  offence_history: route('CDA_S115', offenceData, 'with_originator_consent'),
  court_order: route('CDA_S115', offenceData, 'within_panel'),
  probation: route('OMA2007_S14', offenceData, 'with_originator_consent'),
  youth_justice: route('CDA_S115', offenceData, 'with_originator_consent'),
  social_care_child: route('CA2004_S10', safeguarding, 'with_originator_consent'),
  social_care_adult: route('CARE_S42', safeguarding, 'with_originator_consent'),
  health_physical: route('CDA_S115', confidence, 'with_originator_consent'),
  health_mental: route('CDA_S115', confidence, 'with_originator_consent'),
  substance_use: route('CDA_S115', confidence, 'with_originator_consent'),
  sexual_health: route('VITAL_INTERESTS', confidence, 'none', vitalInterests),
  immigration: route('CONSENT_CONFIDENCE', safeguarding, 'none'),
  nrm_trafficking: route('CA2004_S11', safeguarding, 'with_originator_consent'),
  radicalisation: route('CTSA2015_S38', safeguarding, 'none'),
  third_party: route('CDA_S115', notSpecial, 'none'),
  professional_opinion: route('CDA_S115', safeguarding, 'within_panel'),
  voice_of_subject: route('CDA_S115', safeguarding, 'within_panel'),
  risk_assessment: route('CDA_S115', safeguarding, 'within_panel'),
  plan_action: route('CDA_S115', notSpecial, 'permitted'),
  cctv_media: route('CDA_S115', offenceData, 'with_originator_consent'),
  staff_safety: route('CDA_S115', notSpecial, 'permitted', vitalInterests),
  legal_privileged: route('OTHER', notSpecial, 'none'),
};

/** A panel that serves adults at risk, or children, has a closer power for what health services bring. */
const HEALTH_GATEWAYS: Partial<Record<PanelType, LegalGateway>> = { community_marac: 'CARE_S42', syv: 'CA2004_S10' };
const HEALTH_CATEGORIES: DataCategory[] = ['health_physical', 'health_mental', 'substance_use'];

// ---------------------------------------------------------------------------------------------------------------------
// The templates
// ---------------------------------------------------------------------------------------------------------------------

interface Exception {
  category: DataCategory;
  from: AgencyType;
  to: Column[];
  level: SharingLevel;
  gateway?: LegalGateway;
  lawfulBasis?: string;
}

interface Template {
  title: string;
  retentionClass: string;
  table: string;
  /** Exceptions from the table for named contributors. */
  exceptions: Exception[];
}

const stricter = (from: AgencyType, category: DataCategory, level: SharingLevel, ...to: Column[]): Exception => ({
  category,
  from,
  to,
  level,
});
const wider = stricter;

const TEMPLATES: Record<PanelType, Template> = {
  jag: {
    title: 'Joint Action Group',
    retentionClass: 'ASB_6Y_AFTER_CLOSURE',
    // Education is asked where a child is concerned: it receives who to look for, tells what it knows, and no more.
    table: `
                         crd pol com hou rph csc asc mht sub pro yjs env fir vic leg edu
    identity             f   f   f   f   f   f   f   f   f   f   f   f   f   f   f   f
    demographic          f   f   f   f   s   f   f   f   s   f   f   s   s   s   -   s
    contact              f   f   f   f   f   f   f   f   s   s   s   s   s   f   -   -
    safe_contact         f   f   e   e   e   e   e   e   e   e   e   e   e   f   -   e
    location_current     f   f   f   f   f   f   f   s   s   f   f   f   f   s   s   -
    protected_address    e   s   -   -   -   -   -   -   -   -   -   -   -   -   -   -
    equality             s   -   -   -   -   -   -   -   -   -   -   -   -   -   -   -
    family               f   f   s   s   s   f   f   s   -   s   f   -   -   -   s   -
    education            s   e   e   -   -   f   -   -   -   -   f   -   -   -   -   f
    employment           s   s   -   s   s   -   s   -   -   s   -   -   -   -   -   -
    housing              f   s   f   f   f   s   s   e   -   s   s   s   s   -   s   -
    finance              e   -   -   s   s   -   s   -   -   -   -   -   -   -   -   -
    asb_incident         f   f   f   f   f   s   s   s   s   s   f   f   f   s   f   -
    police_incident      f   f   f   s   s   s   s   s   -   s   s   -   e   s   s   -
    police_intelligence  s   f   e   -   -   e   -   -   -   s   e   -   -   -   -   -
    offence_history      s   f   s   e   e   e   e   -   -   f   f   -   -   -   s   -
    court_order          f   f   f   f   s   s   s   s   -   f   f   -   -   s   f   -
    probation            s   s   -   -   -   e   -   -   -   f   e   -   -   -   -   -
    youth_justice        s   s   e   -   -   s   -   -   -   e   f   -   -   -   -   -
    social_care_child    s   s   e   e   -   f   s   s   -   -   s   -   -   -   -   -
    social_care_adult    s   s   e   e   e   s   f   s   s   e   -   -   e   -   -   -
    health_physical      s   -   -   -   -   e   s   f   e   -   -   -   -   -   -   -
    health_mental        s   e   e   e   e   s   s   f   s   e   e   -   -   -   -   -
    substance_use        s   e   e   e   e   s   s   s   f   s   s   -   -   -   -   -
    nrm_trafficking      s   s   -   -   -   s   s   -   -   -   s   -   -   -   -   -
    third_party          s   f   s   s   s   s   s   s   -   s   s   -   -   -   s   -
    professional_opinion f   f   f   s   s   f   f   f   s   f   f   s   s   s   s   -
    voice_of_subject     f   f   f   f   f   f   f   f   f   f   f   s   s   f   s   -
    risk_assessment      f   f   f   f   s   f   f   f   s   f   f   s   s   s   s   -
    plan_action          f   f   f   f   f   f   f   f   f   f   f   f   f   f   f   f
    cctv_media           s   f   s   s   e   -   -   -   -   -   -   s   -   -   s   -
    staff_safety         f   f   f   f   f   f   f   f   f   f   f   f   f   f   -   f
    legal_privileged     e   -   e   -   -   -   -   -   -   -   -   -   -   -   f   -`,
    exceptions: [
      // A treatment service tells landlords nothing, not even that somebody is a client.
      stricter('substance_misuse', 'substance_use', 'none', 'hou', 'rph', 'com', 'pol'),
      // Fire risk in a block is met only if every landlord in it knows the same.
      wider('fire_service', 'risk_assessment', 'full', 'rph', 'env'),
      // A landlord adapts a tenancy only if told in outline what support is in place.
      wider('adult_social_care', 'social_care_adult', 'summary', 'hou', 'rph'),
    ],
  },

  marac: {
    title: 'Domestic Abuse MARAC',
    retentionClass: 'MARAC_7Y_OR_YOUNGEST_CHILD_25',
    table: `
                         crd pol idv csc asc hou rph pro mht acu sub edu sch yjs ref
    identity             f   f   f   f   f   f   f   f   f   f   f   f   f   f   f
    demographic          f   f   f   f   f   f   s   f   f   f   s   s   s   s   f
    contact              f   f   f   f   f   s   -   s   s   s   -   s   -   -   s
    safe_contact         f   f   f   e   e   e   e   e   e   e   e   e   e   e   e
    location_current     f   f   f   f   f   s   s   f   s   s   -   s   -   s   s
    protected_address    f   f   f   -   -   -   -   -   -   -   -   -   -   -   -
    equality             s   -   s   -   -   -   -   -   -   -   -   -   -   -   -
    family               f   f   f   f   f   s   s   s   s   s   e   s   s   s   s
    education            s   e   s   f   -   -   -   -   e   -   -   f   f   s   -
    employment           s   s   s   -   s   -   -   s   -   -   -   -   -   -   s
    housing              f   s   f   s   s   f   f   s   -   -   -   -   -   -   f
    finance              s   -   f   -   s   s   e   -   -   -   -   -   -   -   s
    asb_incident         s   f   s   s   s   f   f   s   -   -   -   -   -   s   -
    police_incident      f   f   f   f   f   s   s   f   s   s   s   e   e   s   s
    police_intelligence  s   f   s   s   -   -   -   s   -   -   -   -   -   -   -
    offence_history      s   f   s   s   s   -   -   f   e   -   -   -   -   s   -
    court_order          f   f   f   f   f   s   s   f   s   s   s   s   s   s   s
    probation            s   s   e   s   -   -   -   f   -   -   -   -   -   -   -
    youth_justice        s   s   -   s   -   -   -   -   -   -   -   -   -   f   -
    social_care_child    s   s   s   f   s   e   -   s   s   s   e   s   s   s   e
    social_care_adult    s   s   s   s   f   e   e   -   s   s   e   -   -   -   e
    health_physical      s   e   s   s   s   -   -   -   s   f   -   -   -   -   -
    health_mental        s   e   s   s   s   -   -   e   f   s   s   -   -   -   -
    substance_use        s   e   s   s   s   -   -   s   s   s   f   -   -   -   -
    sexual_health        e   -   e   -   -   -   -   -   -   -   -   -   -   -   -
    immigration          e   -   s   -   -   -   -   -   -   -   -   -   -   -   s
    nrm_trafficking      s   s   s   s   s   -   -   -   -   -   -   -   -   -   -
    third_party          s   f   s   s   s   -   -   s   -   -   -   -   -   -   -
    professional_opinion f   f   f   f   f   s   s   s   s   s   s   s   e   s   s
    voice_of_subject     f   f   f   f   f   s   s   s   s   s   s   s   s   s   f
    risk_assessment      f   s   f   s   s   s   s   s   s   s   s   s   e   s   s
    plan_action          f   f   f   f   f   f   f   f   f   f   f   f   f   f   f
    cctv_media           s   f   -   -   -   -   -   -   -   -   -   -   -   -   -
    staff_safety         f   f   f   f   f   f   f   f   f   f   f   f   f   f   f
    legal_privileged     e   -   -   -   -   -   -   -   -   -   -   -   -   -   -`,
    exceptions: [
      // Where a refuge stands is the refuge's own to tell: the panel's office only learns that there is an address.
      {
        ...stricter('refuge', 'protected_address', 'existence', 'crd', 'pol'),
        lawfulBasis: 'Art 6(1)(ea) recognised legitimate interests (safeguarding)',
      },
      // Those who supervise the person who causes harm must not be able to give away that the victim spoke.
      stricter('idva_service', 'voice_of_subject', 'none', 'pro', 'yjs', 'hou', 'rph'),
      wider('idva_service', 'risk_assessment', 'full', 'pol', 'csc', 'asc'),
      wider('health_mental_health', 'health_mental', 'full', 'acu', 'csc'),
      wider('police', 'police_incident', 'full', 'ref'),
    ],
  },

  community_marac: {
    title: 'Community MARAC',
    retentionClass: 'ASB_6Y_AFTER_CLOSURE',
    table: `
                         crd pol com hou rph asc mht sub pro fir vic
    identity             f   f   f   f   f   f   f   f   f   f   f
    demographic          f   f   f   f   s   f   f   f   s   s   s
    contact              f   f   f   f   f   f   f   s   s   s   f
    safe_contact         f   f   e   e   e   f   e   e   e   e   f
    location_current     f   f   f   f   f   f   f   s   f   f   s
    protected_address    e   s   -   -   -   -   -   -   -   -   -
    equality             s   -   -   -   -   -   -   -   -   -   -
    family               f   s   s   s   s   f   f   s   s   -   s
    employment           s   -   -   s   -   s   -   -   s   -   -
    housing              f   s   f   f   f   s   s   -   s   s   -
    finance              s   -   -   s   s   f   e   -   -   -   -
    asb_incident         f   f   f   f   f   s   s   s   s   s   s
    police_incident      f   f   f   s   s   f   s   e   s   e   s
    police_intelligence  s   f   -   -   -   e   -   -   s   -   -
    offence_history      s   f   s   -   -   e   -   -   f   -   -
    court_order          f   f   f   f   s   s   s   -   f   -   s
    probation            s   s   -   -   -   e   -   -   f   -   -
    social_care_adult    s   s   e   e   e   f   s   s   e   e   e
    health_physical      s   e   -   -   -   s   f   e   -   e   -
    health_mental        s   e   e   e   e   s   f   s   e   e   -
    substance_use        s   e   e   e   e   s   s   f   s   e   -
    nrm_trafficking      s   s   -   -   -   s   -   -   -   -   -
    third_party          s   f   s   s   s   s   s   -   s   -   -
    professional_opinion f   f   f   s   s   f   f   s   s   s   s
    voice_of_subject     f   f   f   f   f   f   f   f   s   s   f
    risk_assessment      f   f   f   f   s   f   f   s   f   s   s
    plan_action          f   f   f   f   f   f   f   f   f   f   f
    cctv_media           s   f   s   s   -   -   -   -   -   -   -
    staff_safety         f   f   f   f   f   f   f   f   f   f   f
    legal_privileged     e   -   -   -   -   -   -   -   -   -   -`,
    exceptions: [
      stricter('substance_misuse', 'substance_use', 'none', 'hou', 'rph', 'com', 'pol'),
      // Fire risk in a home is met only if landlord and crew know the same, and the crew knows who may not get out.
      wider('fire_service', 'risk_assessment', 'full', 'rph', 'fir'),
      wider('health_mental_health', 'health_mental', 'summary', 'pol', 'fir'),
    ],
  },

  syv: {
    title: 'Serious Youth Violence Panel',
    retentionClass: 'SYV_LATER_OF_6Y_OR_AGE_25',
    table: `
                         crd pol com csc yjs edu sch you mht acu sub pro hou rph
    identity             f   f   f   f   f   f   f   f   f   f   f   f   f   f
    demographic          f   f   f   f   f   f   f   s   f   f   s   f   s   s
    contact              f   f   s   f   f   f   f   s   s   s   s   s   -   -
    safe_contact         f   f   e   f   e   e   e   e   e   e   e   e   e   e
    location_current     f   f   s   f   f   s   s   s   s   s   s   f   f   s
    protected_address    e   s   -   s   -   -   -   -   -   -   -   -   -   -
    equality             s   -   -   -   -   -   -   -   -   -   -   -   -   -
    family               f   s   s   f   f   s   s   -   s   s   -   s   s   -
    education            f   s   s   f   f   f   f   e   s   e   -   s   -   -
    employment           s   -   -   s   f   s   -   s   -   -   -   f   -   -
    housing              s   s   s   s   s   -   -   -   -   -   -   s   f   f
    finance              e   -   -   s   -   -   -   -   -   -   -   -   -   -
    asb_incident         f   f   f   s   f   s   -   -   -   -   -   s   f   s
    police_incident      f   f   f   f   f   s   e   -   s   s   -   f   e   e
    police_intelligence  s   f   e   s   s   -   -   -   -   -   -   s   -   -
    offence_history      s   f   e   s   f   e   -   -   e   -   -   f   -   -
    court_order          f   f   f   f   f   s   s   e   s   s   -   f   s   s
    probation            s   s   -   s   s   -   -   -   -   -   -   f   -   -
    youth_justice        s   s   e   f   f   s   e   -   s   -   e   s   -   -
    social_care_child    s   s   e   f   f   s   s   -   s   s   e   s   e   -
    health_physical      s   e   -   s   e   -   -   -   s   f   -   -   -   -
    health_mental        s   e   -   s   s   e   -   -   f   s   e   e   -   -
    substance_use        s   e   -   s   s   -   -   -   s   s   f   e   -   -
    nrm_trafficking      s   f   e   f   f   -   -   -   s   -   -   s   -   -
    third_party          s   f   -   s   s   -   -   -   -   -   -   s   -   -
    professional_opinion f   f   s   f   f   s   s   s   s   s   s   s   -   -
    voice_of_subject     f   f   f   f   f   f   f   f   f   f   f   f   s   s
    risk_assessment      f   f   s   f   f   s   e   e   s   s   s   f   e   e
    plan_action          f   f   f   f   f   f   f   f   f   f   f   f   f   f
    cctv_media           s   f   e   -   -   -   -   -   -   -   -   -   -   -
    staff_safety         f   f   f   f   f   f   f   f   f   f   f   f   f   f
    legal_privileged     e   -   -   -   -   -   -   -   -   -   -   -   -   -`,
    exceptions: [
      // What a young person tells a detached worker is not evidence.
      stricter('youth_outreach', 'voice_of_subject', 'summary', 'pol', 'pro'),
      stricter('school', 'education', 'none', 'pol', 'com'),
      wider('youth_justice', 'youth_justice', 'full', 'pro'),
      wider('health_acute_ae', 'health_physical', 'summary', 'pol', 'yjs'),
    ],
  },

  tasking: {
    title: 'Police and Partnership Tasking',
    retentionClass: 'ASB_6Y_AFTER_CLOSURE',
    table: `
                         crd pol com hou env you
    identity             f   f   f   s   e   e
    demographic          s   f   s   s   e   e
    contact              s   s   s   -   -   -
    safe_contact         e   f   e   e   e   e
    location_current     f   f   f   f   f   s
    asb_incident         f   f   f   f   f   s
    police_incident      f   f   f   s   e   -
    police_intelligence  s   f   e   -   -   -
    court_order          s   f   s   s   -   -
    third_party          e   s   e   -   -   -
    professional_opinion f   f   f   s   s   s
    voice_of_subject     s   s   s   s   s   s
    risk_assessment      f   f   s   s   e   e
    plan_action          f   f   f   f   f   f
    cctv_media           s   f   s   -   -   -
    staff_safety         f   f   f   f   f   f`,
    exceptions: [
      wider('community_safety', 'cctv_media', 'full', 'crd', 'hou'),
      stricter('police', 'police_incident', 'existence', 'hou'),
    ],
  },

  ttcg: {
    title: 'BCU Tactical Tasking and Coordination Group',
    retentionClass: 'ASB_6Y_AFTER_CLOSURE',
    table: `
                         crd pol com pro
    identity             s   f   e   s
    demographic          s   s   e   s
    safe_contact         e   f   -   -
    location_current     f   f   s   s
    asb_incident         f   f   f   s
    police_incident      f   f   s   s
    police_intelligence  s   f   e   s
    third_party          -   s   -   -
    professional_opinion s   f   s   s
    voice_of_subject     s   s   s   s
    risk_assessment      s   f   s   s
    plan_action          f   f   f   f
    staff_safety         f   f   f   f`,
    exceptions: [
      stricter('probation', 'location_current', 'existence', 'crd', 'com'),
      wider('police', 'asb_incident', 'full', 'pro'),
    ],
  },

  channel: {
    title: 'Channel Panel',
    retentionClass: 'CHANNEL_6Y_AFTER_CLOSURE',
    table: `
                         crd pol com csc edu mht
    identity             f   f   f   f   f   f
    demographic          f   f   f   f   s   s
    contact              f   f   f   s   s   s
    safe_contact         f   f   e   f   e   e
    location_current     f   f   s   s   -   -
    family               f   f   s   f   s   s
    education            f   s   s   f   f   s
    police_incident      f   f   s   s   e   s
    police_intelligence  s   f   -   -   -   -
    social_care_child    s   s   s   f   s   s
    health_mental        s   e   e   s   -   f
    radicalisation       f   f   f   s   s   s
    professional_opinion f   f   f   f   s   s
    voice_of_subject     f   f   f   f   f   f
    risk_assessment      f   f   s   s   s   s
    plan_action          f   f   f   f   f   f
    staff_safety         f   f   f   f   f   f`,
    exceptions: [
      // What the police checked before the panel met is the panel's to weigh, in outline elsewhere.
      stricter('police', 'radicalisation', 'existence', 'edu', 'mht'),
      wider('health_mental_health', 'health_mental', 'summary', 'pol'),
    ],
  },

  // What agencies leave undone, and what they are told to do about it: no case and no person is ever before it.
  steering_group: {
    title: 'Community Safety Steering Group',
    retentionClass: 'ASB_6Y_AFTER_CLOSURE',
    table: `
                         crd pol com hou rph csc asc mht acu sub pro yjs edu sch env fir vic idv ref you leg
    plan_action          f   f   f   f   f   f   f   f   f   f   f   f   f   f   f   f   f   f   f   f   f`,
    exceptions: [],
  },
};

/** Besides the meeting: enough to prepare a referral and to carry out an action, and no more. */
const WORKING_PURPOSES: { purpose: Purpose; levels: Partial<Record<DataCategory, SharingLevel>> }[] = [
  {
    purpose: 'CASE_PREP',
    levels: { identity: 'full', demographic: 'summary', plan_action: 'full', staff_safety: 'full' },
  },
  { purpose: 'ACTION_DELIVERY', levels: { identity: 'summary', plan_action: 'full', staff_safety: 'full' } },
];

/** A steering group prepares no case and carries out no action. */
const workingPurposes = (type: PanelType): typeof WORKING_PURPOSES =>
  type === 'steering_group' ? [] : WORKING_PURPOSES;

const DUTY_CONTRIBUTORS: AgencyType[] = ['police', 'probation'];
const DUTY_CATEGORIES: DataCategory[] = ['police_incident', 'police_intelligence', 'offence_history', 'court_order'];

// ---------------------------------------------------------------------------------------------------------------------
// From table to rows
// ---------------------------------------------------------------------------------------------------------------------

interface Cell {
  category: DataCategory;
  column: Column;
  level: SharingLevel;
}

function readTable(table: string): { columns: Column[]; cells: Cell[] } {
  const [head, ...lines] = table.trim().split('\n');
  const columns = head!.trim().split(/\s+/) as Column[];
  const unknown = columns.find((column) => !(column in RECEIVERS));
  if (unknown) throw new Error(`No receiver is called ${unknown}`);
  const cells = lines.flatMap((line) => {
    const [category, ...letters] = line.trim().split(/\s+/) as [DataCategory, ...string[]];
    if (!DATA_CATEGORIES.includes(category) || letters.length !== columns.length) {
      throw new Error(`A line of an agreement cannot be read: ${line.trim()}`);
    }
    return columns.flatMap((column, at) => {
      const level = LETTERS[letters[at]!];
      return level ? [{ category, column, level }] : [];
    });
  });
  return { columns, cells };
}

function rowsOf(type: PanelType): AgreementRow[] {
  const template = TEMPLATES[type];
  const { columns, cells } = readTable(template.table);
  const rows = new Map<string, AgreementRow>();

  const add = (
    purpose: Purpose,
    contributingType: ContributingType,
    { category, column, level }: Cell,
    other: Partial<LegalRoute> = {},
  ): void => {
    const receivingType = RECEIVERS[column];
    const healthGateway = HEALTH_CATEGORIES.includes(category) && HEALTH_GATEWAYS[type];
    rows.set([purpose, category, contributingType, receivingType].join(' '), {
      purpose,
      category,
      contributingType,
      receivingType,
      level,
      ...LEGAL_ROUTES[category],
      ...(healthGateway && { gateway: healthGateway }),
      ...other,
      retentionClass: template.retentionClass,
    });
  };

  for (const cell of cells) {
    add('PANEL_MEETING', 'any', cell);
    if (type === 'syv' && DUTY_CATEGORIES.includes(cell.category)) {
      for (const contributor of DUTY_CONTRIBUTORS) add('PANEL_MEETING', contributor, cell, { gateway: 'PCSC_S16' });
    }
  }
  for (const { category, from, to, level, gateway, lawfulBasis } of template.exceptions) {
    for (const column of to) {
      if (!columns.includes(column)) throw new Error(`The ${type} agreement has no receiver ${column}`);
      add(
        'PANEL_MEETING',
        from,
        { category, column, level },
        { ...(gateway && { gateway }), ...(lawfulBasis && { lawfulBasis }) },
      );
    }
  }
  for (const { purpose, levels } of workingPurposes(type)) {
    for (const [category, level] of Object.entries(levels) as [DataCategory, SharingLevel][]) {
      for (const column of columns) add(purpose, 'any', { category, column, level });
    }
  }
  return [...rows.values()];
}

/** Returns the parties: agencies that receive by the table, and agencies with a seat. */
function partiesOf({ boroughCode, type, code }: Panel): string[] {
  const receiving: ReceivingType[] = readTable(TEMPLATES[type].table).columns.map((column) => RECEIVERS[column]);
  const seated = new Set(MEMBERSHIPS.filter((seat) => seat.panel === code).map((seat) => seat.agency));
  return AGENCIES.filter(
    (agency) =>
      agency.partnerships.includes(boroughCode) && (receiving.includes(agency.type) || seated.has(agency.code)),
  ).map((agency) => agency.code);
}

function agreementFor(panel: Panel): SharingAgreement {
  const { boroughCode, type, code } = panel;
  const parties = partiesOf(panel);
  const receiving = new Set<ReceivingType>([PANEL_COORDINATION, ...parties.map((party) => agencyByCode(party).type)]);
  const hasRunOut = code === 'dun-cmarac';
  return {
    code: `ISA-${code.toUpperCase()}`,
    title: `${areaOf(boroughCode)} ${TEMPLATES[type].title}: information sharing agreement`,
    boroughCode,
    panelTypes: [type],
    parties,
    purposes: ['PANEL_MEETING', ...workingPurposes(type).map((each) => each.purpose)],
    effectiveFrom: hasRunOut ? -760 : -300,
    reviewDue: hasRunOut ? -395 : 65,
    expiresOn: hasRunOut ? -30 : 430,
    rows: rowsOf(type).filter((row) => receiving.has(row.receivingType)),
  };
}

export const SHARING_AGREEMENTS: SharingAgreement[] = PANELS.map(agreementFor);

/** Meaning of the retention classes of the rows (note on law and standards, section 6.1). */
export const RETENTION_CLASSES = {
  ASB_6Y_AFTER_CLOSURE: 'Six years after closure, then deletion',
  MARAC_7Y_OR_YOUNGEST_CHILD_25:
    'Seven years after the last hearing, or until the youngest child listed is 25, whichever is later',
  CHANNEL_6Y_AFTER_CLOSURE: 'Six years after closure; reviewed six and twelve months after the exit',
  SYV_LATER_OF_6Y_OR_AGE_25: 'Six years after closure or the young person’s 25th birthday, whichever is later',
} as const;
