/** Types of panel. Sharing agreements name the types that they govern. */

/**
 * Types of panel that hear cases or bids. A domestic abuse MARAC is never a Community MARAC (MARAC note, section 1.3).
 */
export const HEARING_PANEL_TYPES = ['jag', 'marac', 'community_marac', 'syv', 'tasking', 'ttcg', 'channel'] as const;

/**
 * Type of panel that governs the panels of a partnership. A steering group hears no case and takes no referral;
 * information reaches it without the case (MARAC note, sections 2.4 and 3.1).
 */
export const STEERING_GROUP = 'steering_group';
export const PANEL_TYPES = [...HEARING_PANEL_TYPES, STEERING_GROUP] as const;
export type PanelType = (typeof PANEL_TYPES)[number];
