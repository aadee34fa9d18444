/**
 * What is written beside every read and every change, in the same transaction: the audit entry and the event. The areas
 * `audit` and `events` keep them; here stands only what is handed over.
 */
import type { EntityManager } from 'typeorm';
import type { Actor } from '../policy/actor.js';

/** The six operations that must be logged. Source: Data Protection Act 2018, section 62(1). */
export const LEGAL_OPERATIONS = ['collect', 'alter', 'consult', 'disclose', 'combine', 'erase'] as const;
export type LegalOperation = (typeof LEGAL_OPERATIONS)[number];

export interface AuditDraft {
  operation: LegalOperation;
  /** The action of the policy, e.g. `read`, `accept`. */
  action: string;
  subjectType: string;
  recordIds: string[];
  /** Field names, never values. */
  fields: string[];
  withheld: string[];
  outcome: 'permit' | 'refuse';
  /** The code of the rule that refused. */
  rule?: string;
  agreementVersionIds: string[];
  /** Why, in the actor's own words. */
  reason?: string;
}

export interface EventDraft {
  /** e.g. `referral.accepted` */
  type: string;
  subjectType: string;
  subjectId: string;
  partnershipId: string | null;
  panelId: string | null;
  caseId: string | null;
  /** The data category of the record concerned and the type of agency that contributed it, where it has them. */
  category: string | null;
  contributingType: string | null;
  /** Concerns a record that its agency keeps to itself. */
  agencyOnly: boolean;
  /** Administrative values only: names of states and changed fields, identifiers. */
  data: Record<string, unknown>;
}

export abstract class AuditLog {
  abstract write(manager: EntityManager, actor: Actor, drafts: AuditDraft[]): Promise<void>;
}

export abstract class Outbox {
  abstract write(manager: EntityManager, actor: Actor, drafts: EventDraft[]): Promise<void>;
}
