/** Government security classifications as they stand on papers. Source: law and standards note, section 5.2 "Markings". */
export const CLASSIFICATIONS = ['OFFICIAL', 'OFFICIAL-SENSITIVE'] as const;
export type Classification = (typeof CLASSIFICATIONS)[number];

/** What stands on papers, from the lowest to the highest: that of the highest of their parts (REQ-MRK-03). */
export const MARKINGS = [...CLASSIFICATIONS, 'OFFICIAL-SENSITIVE, HANDLING CONDITIONS APPLY'] as const;
export type Marking = (typeof MARKINGS)[number];
