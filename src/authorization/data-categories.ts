/**
 * Terms of sharing agreements: data categories, sharing levels and legal gateways.
 *
 * Every column of every record has one of these data categories. An agreement row states how much of one category is
 * shared between one pair of agency types. The terms are defined apart from any rule, so that agreements, column
 * classifications, the field mask, the matrix and its documents use the same terms.
 */

/**
 * Data categories. Source: Information sharing agreements, ISA object, "Data categories" (domain note on law and
 * standards, section 5.1).
 */
export const DATA_CATEGORIES = [
  'identity',
  'contact',
  'safe_contact',
  'location_current',
  'protected_address',
  'demographic',
  'equality',
  'family',
  'education',
  'employment',
  'housing',
  'finance',
  'asb_incident',
  'police_incident',
  'police_intelligence',
  'offence_history',
  'court_order',
  'probation',
  'youth_justice',
  'social_care_child',
  'social_care_adult',
  'health_physical',
  'health_mental',
  'substance_use',
  'sexual_health',
  'immigration',
  'nrm_trafficking',
  'radicalisation',
  'third_party',
  'professional_opinion',
  'voice_of_subject',
  'risk_assessment',
  'plan_action',
  'cctv_media',
  'staff_safety',
  'legal_privileged',
] as const;
export type DataCategory = (typeof DATA_CATEGORIES)[number];

/**
 * Parents of categories that are a more sensitive kind of another category. An agreement never shares a child further
 * than its parent, nor the child alone (`sharing/agreement-law.ts`). The choice is deliberately narrow: the parent must
 * be what remains of the child once the danger is removed. Data that is merely often shared together is no child.
 *
 * - `protected_address` is the address of a person, concealed from somebody who looks for that person (MARAC note,
 *   section 6.8);
 * - `police_intelligence` is information that police hold about an incident or a person without having recorded it as
 *   fact;
 * - `sexual_health` is health data under statutory secrecy of its own;
 * - `equality` and `immigration` are demographic facts that can be turned against the person.
 *
 * Not children, although their names suggest it: `safe_contact` says how *not* to make contact, and the existence of
 * the entry prevents an unsafe call by those who hold no number; `health_mental` and `substance_use` are not kinds of
 * bodily health, and a landlord may need to know that one exists while the other is of no concern to a landlord;
 * `nrm_trafficking` protects a victim regardless of who noticed, with or without a police incident.
 */
export const CATEGORY_PARENTS: Partial<Record<DataCategory, DataCategory>> = {
  protected_address: 'location_current',
  police_intelligence: 'police_incident',
  sexual_health: 'health_physical',
  equality: 'demographic',
  immigration: 'demographic',
};

/**
 * Classification of a column: a data category, or `administrative`. Administrative values describe the process and
 * never a person (identifiers, stages, dates of meetings), and are shown with their row.
 */
export type Classification = DataCategory | 'administrative';

/**
 * Categories that no emergency access opens: legally privileged advice, and data of a Channel panel. Source: domain
 * note on law and standards, section 5.4 "Break-glass", sealed items (Channel, legally privileged, sealed by the
 * originator).
 */
export const SEALED_CATEGORIES: readonly DataCategory[] = ['legal_privileged', 'radicalisation'];

/** Levels at which a category is shared, from nothing to everything. */
export const SHARING_LEVELS = ['none', 'existence', 'summary', 'full'] as const;
export type SharingLevel = (typeof SHARING_LEVELS)[number];

/**
 * Legal powers under which an item is disclosed. Source: domain note on law and standards, section 3, "Gateway code
 * set".
 */
export const LEGAL_GATEWAYS = [
  'CDA_S115',
  'CDA_S17A',
  'PCSC_S16',
  'CA1989_S17',
  'CA1989_S27',
  'CA1989_S47',
  'CA2004_S10',
  'CA2004_S11',
  'CA2004_S16L',
  'CARE_S42',
  'CARE_S45',
  'CJA2003_S325',
  'CTSA2015_S38',
  'OMA2007_S14',
  'ASBCPA2014_SCH4',
  'DAA2021',
  'HA1996',
  'LGA1972_S111',
  'COMMON_LAW_POLICING',
  'VITAL_INTERESTS',
  'COURT_ORDER',
  'CONSENT_CONFIDENCE',
  'OTHER',
] as const;
export type LegalGateway = (typeof LEGAL_GATEWAYS)[number];
