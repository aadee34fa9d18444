/**
 * Purposes of reading or disclosing data. Source: domain note on law and standards, section 5.4, "Purpose code set".
 */
export const PURPOSES = [
  'SAFEGUARD_CHILD',
  'SAFEGUARD_ADULT',
  'CRIME_PREVENT',
  'CRIME_DETECT',
  'PUBLIC_PROTECT',
  'VICTIM_SUPPORT',
  'CASE_PREP',
  'PANEL_MEETING',
  'ACTION_DELIVERY',
  'SUPERVISION',
  'QUALITY_AUDIT',
  'COMPLAINT',
  'SUBJECT_RIGHTS',
  'LEGAL_PROCEEDINGS',
  'STATISTICS_DEPERSONALISED',
  'SYSTEM_ADMIN',
  'EMERGENCY_BTG',
] as const;
export type Purpose = (typeof PURPOSES)[number];

/** Purpose of every read permitted by emergency access, whatever the request states. */
export const EMERGENCY_PURPOSE: Purpose = 'EMERGENCY_BTG';

/**
 * Exhaustive list of the purposes for which the audit log may be used. Permitted are: verifying the lawfulness of
 * processing; self-monitoring, including internal disciplinary proceedings; ensuring the integrity and security of
 * personal data; criminal proceedings. Agreements have no rows for these purposes. Source: Data Protection Act 2018,
 * section 62(4) (domain note on law and standards, section 4, REQ-LOG-06).
 */
export const LOG_PURPOSES = [
  'LOG_LAWFULNESS',
  'LOG_SELF_MONITORING',
  'LOG_INTEGRITY_SECURITY',
  'LOG_CRIMINAL_PROCEEDINGS',
] as const;
export type LogPurpose = (typeof LOG_PURPOSES)[number];
