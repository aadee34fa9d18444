/** Government security classifications. Source: law and standards note, section 5.2 "Markings". */
export const CLASSIFICATIONS = ['OFFICIAL', 'OFFICIAL-SENSITIVE'] as const;
export type ProtectiveMarking = (typeof CLASSIFICATIONS)[number];

/** Markings of papers, from the lowest to the highest. A document has the highest marking of its parts (REQ-MRK-03). */
export const MARKINGS = [...CLASSIFICATIONS, 'OFFICIAL-SENSITIVE, HANDLING CONDITIONS APPLY'] as const;
export type Marking = (typeof MARKINGS)[number];
