import { IsUUID } from 'class-validator';

/** Asks what would change if a version came into force. */
export class SimulationRequest {
  /** The proposed version. */
  @IsUUID()
  versionId: string;
}
