/**
 * Types of agency that are members of a panel, refer to it or are asked by it.
 * Source: MARAC domain note, section 3.2 "Agency categories", with the community-safety and enforcement bodies that a
 * Joint Action Group adds (note on JAG and the cycle, section 1.3 "Membership model").
 */
export const AGENCY_TYPES = [
  'police',
  'community_safety',
  'idva_service',
  'specialist_da_service',
  'refuge',
  'childrens_social_care',
  'adult_social_care',
  'housing_local_authority',
  'registered_provider_housing',
  'homelessness',
  'probation',
  'prison',
  'youth_justice',
  'education',
  'school',
  'early_help',
  'health_acute_ae',
  'health_mental_health',
  'health_midwifery',
  'health_visiting_school_nursing',
  'health_primary_care_gp',
  'health_sexual_health',
  'substance_misuse',
  'fire_service',
  'cafcass',
  'sexual_violence_service',
  'perpetrator_programme',
  'specialist_bme_by_and_for',
  'specialist_lgbt',
  'learning_disability',
  'military_welfare',
  'home_office_immigration',
  'environmental_health',
  'licensing',
  'parks',
  'street_outreach',
  'victim_support',
  'youth_outreach',
  'legal_adviser',
  'voluntary_other',
] as const;
export type AgencyType = (typeof AGENCY_TYPES)[number];

/**
 * Receiver of an agreement row besides agency types: the coordination of the panel itself (its chair and coordinator,
 * regardless of the agency that employs them; MARAC domain note, section 6.8 "Access matrix").
 */
export const PANEL_COORDINATION = 'panel_coordination';
export type ReceivingType = AgencyType | typeof PANEL_COORDINATION;

/** Contributor of an agreement row besides agency types: any type without a row of its own. */
export const ANY_CONTRIBUTOR = 'any';
export type ContributingType = AgencyType | typeof ANY_CONTRIBUTOR;
