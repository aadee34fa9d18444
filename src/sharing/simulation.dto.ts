import { Uuid } from '../http/uuid.js';

/** Asks what would change if a version came into force. */
export class SimulationRequest {
  /** The proposed version. */
  @Uuid()
  versionId: string;
}
