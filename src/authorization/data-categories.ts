/**
 * The words in which a sharing agreement is written.
 *
 * Every column of every record carries one of these data categories, and an agreement row says, for one category
 * and one pair of agency types, how much of it travels. Keeping the words here, apart from any rule, lets the
 * agreement, the classification of columns, the mask, the matrix and the documents speak the same language.
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
 * Categories that are a more sensitive kind of the same thing: an agreement never shares the child further than its
 * parent, nor the child alone (`sharing/agreement-law.ts`). A choice, made narrowly: the parent must be what remains of the
 * child when its danger is taken away. What is merely often told together is no child.
 *
 * - `protected_address` is where somebody lives, kept from somebody who looks for them (MARAC note, section 6.8);
 * - `police_intelligence` is what police hold of an incident or a person without its having been recorded as fact;
 * - `sexual_health` is health under statutory secrecy of its own;
 * - `equality` and `immigration` are demographic facts that can be turned against the person.
 *
 * Not children, although the words suggest it: `safe_contact` says how *not* to make contact, and that it exists stops an
 * unsafe call by those who hold no number; `health_mental` and `substance_use` are not kinds of bodily health, and a
 * landlord may have to know that the one exists where the other is no concern of theirs; `nrm_trafficking` protects a
 * victim whoever noticed, with or without a police incident.
 */
export const CATEGORY_PARENTS: Partial<Record<DataCategory, DataCategory>> = {
  protected_address: 'location_current',
  police_intelligence: 'police_incident',
  sexual_health: 'health_physical',
  equality: 'demographic',
  immigration: 'demographic',
};

/**
 * What a column may be classified as: a data category, or `administrative` for what is about the process and never
 * about a person (identifiers, stages, dates of meetings). Administrative values travel with their row.
 */
export type Classification = DataCategory | 'administrative';

/**
 * What no emergency opens: advice that is legally privileged, and what belongs to a Channel panel. Source: domain note on
 * law and standards, section 5.4 "Break-glass", sealed items (Channel, legally privileged, sealed by the originator).
 */
export const SEALED_CATEGORIES: readonly DataCategory[] = ['legal_privileged', 'radicalisation'];

/** How much of a category a reader receives, from nothing to everything. */
export const SHARING_LEVELS = ['none', 'existence', 'summary', 'full'] as const;
export type SharingLevel = (typeof SHARING_LEVELS)[number];

/** True where `granted` gives at least as much as `needed`. */
export function isAtLeast(granted: SharingLevel, needed: SharingLevel): boolean {
  return SHARING_LEVELS.indexOf(granted) >= SHARING_LEVELS.indexOf(needed);
}

/** The more generous of two levels. */
export function higherLevel(a: SharingLevel, b: SharingLevel): SharingLevel {
  return isAtLeast(a, b) ? a : b;
}

/**
 * The legal power by which an item is disclosed. Source: domain note on law and standards, section 3,
 * "Gateway code set".
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
