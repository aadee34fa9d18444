import { IsOptional, IsString, Matches, ValidateIf } from 'class-validator';
import { Uuid } from '../http/uuid.js';

/** Asks the policy about one record. */
export class ExplanationRequest {
  /**
   * About whom, if not yourself: a practitioner. Only the coordination of the case's panel and the data protection officer may
   * ask about others: whether they may `read` a case, or a record of it; a refusal names the types. What you may not know does
   * not count in the answer: invitations to items that are hidden from you, recusals and exclusions that you may not read, and
   * emergency accesses of which you may not know who opened them. A data protection officer may ask without reading the record,
   * and gets an answer that counts recusals as well.
   */
  @ValidateIf((request: ExplanationRequest) => request.actor !== undefined)
  @Uuid()
  actor?: string;

  /** The action, e.g. `read`; about somebody else no other. An unknown action is refused with the actions of the type. */
  @IsString()
  @Matches(/^[a-z-]{2,40}$/)
  action: string;

  /** The type of record, e.g. `Case`; see `GET /v1/policy/matrix`. */
  @IsString()
  @Matches(/^[A-Za-z]{2,40}$/)
  type: string;

  /** The record. */
  @Uuid()
  id: string;

  /** One field of the record. Only for who may read the record. */
  @IsOptional()
  @IsString()
  @Matches(/^[A-Za-z]{2,60}$/)
  field?: string;

  /** For a person, place or group: the panel in whose context it is read. Without it, every panel through which it is read. */
  @IsOptional()
  @Uuid()
  panelId?: string;
}
