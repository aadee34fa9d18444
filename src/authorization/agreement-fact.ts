/** Actor attributes from which sharing levels follow: agreements, coordination of panels, emergency access. */
import type { SharingLevel } from './data-categories.js';

/** Agreement version as it applies to the actor, at present and for the actor's purpose. */
export interface AgreementFact {
  versionId: string;
  /** Panels governed by the agreement on which the actor's agency is a signed party. */
  panelIds: string[];
  /** Agencies that have signed the agreement. */
  signedAgencyIds: string[];
  /**
   * Panels whose own agreement this is: no other agreement for the panel came into force earlier. On these panels the
   * agreement also covers contributions of agencies that have not signed.
   */
  ownPanelIds: string[];
  rows: {
    category: string;
    /** Agency type, or `any`; a row for a specific type takes precedence. */
    contributingType: string;
    level: SharingLevel;
    rowId: string;
    /** Marks a row for the panel's coordination, which counts only on panels that the actor chairs or coordinates. */
    toCoordination: boolean;
  }[];
}

declare module '../authentication/actor.js' {
  interface ActorAttributes {
    agreements: AgreementFact[];
    /** Panels that the actor chairs, co-chairs or coordinates. */
    coordinatedPanelIds: string[];
    /** Cases to which the actor has emergency access now. */
    emergencyCaseIds: string[];
    /**
     * Roles in these cases that give no emergency access to their people: assigned by the actor's agency, or after the
     * access was opened. These people are read as the agreement shares them.
     */
    emergencyRoleIdsAsShared: string[];
    /** People who have only such roles in these cases. */
    emergencyPersonIdsAsShared: string[];
  }
}
