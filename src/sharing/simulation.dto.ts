import { Uuid } from '../http/uuid.js';

/** Simulates the effects of putting a version in force. */
export class SimulationRequest {
  /** Proposed version. */
  @Uuid()
  versionId: string;
}
