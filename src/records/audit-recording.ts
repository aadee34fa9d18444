/**
 * Contracts between units of work and the areas `audit`, `events` and `disclosures`: drafts of audit entries, events
 * and disclosures. The areas implement the abstract classes at the end of this file and store the data.
 */
import type { PoolClient } from 'pg';
import type { EntityManager } from 'typeorm';
import type { Actor } from '../authentication/actor.js';
import type { Purpose } from '../authentication/purposes.js';

/** Operations that the law requires to be logged. Source: Data Protection Act 2018, section 62(1). */
export const LEGAL_OPERATIONS = ['collect', 'alter', 'consult', 'disclose', 'combine', 'erase'] as const;
export type LegalOperation = (typeof LEGAL_OPERATIONS)[number];

export const AUDIT_OUTCOMES = ['permit', 'refuse'] as const;
export type AuditOutcome = (typeof AUDIT_OUTCOMES)[number];

export interface AuditDraft {
  operation: LegalOperation;
  /**
   * Kind of operation: `view`, `list`, `search`, `count`, `explain`, `export`, `open_document`, `repeat`, `verbal`,
   * `make`, `change`, `remove`, `refuse`.
   */
  subOperation: string;
  /** Action of the policy, e.g. `read`, `accept`. */
  action: string;
  subjectType: string;
  recordIds: string[];
  /** Identifiers of the people whom the records are about, as far as the records contain them. */
  personIds: string[];
  /** Panels to which the records belong; empty if the records belong to none or the panel is unknown. */
  panelIds?: string[];
  /** Cases, referrals and meeting items to which the records belong. */
  parentIds?: string[];
  /** Partnership of all the records; null if the records have none or the partnership is unknown. */
  partnershipId: string | null;
  /** Field names, or the name of the opened document; never values. */
  fields: string[];
  withheld: string[];
  outcome: AuditOutcome;
  /** Code of the rule that refused. */
  rule?: string;
  agreementVersionIds: string[];
  /** Number of records shown; defaults to the length of `recordIds`. */
  resultCount?: number;
  /** Search criteria. The log stores only a keyed digest. */
  search?: unknown;
  /** Reason in the actor's own words. */
  reason?: string;
  /** Purpose that follows from how the records were opened (emergency access); overrides the purpose of the request. */
  purpose?: Purpose;
  /** Agency that received the disclosed content, if not the actor's own. */
  recipientAgencyId?: string;
  /** Content received from other agencies; stored separately from the log. */
  disclosed?: DisclosureDraft[];
  /** Copy of a document that was opened; stored separately from the log. */
  copied?: OpenedDocument;
}

/** Copy of a meeting document as one reader opened it. */
export interface OpenedDocument {
  serial: string;
  document: string;
  partnershipId: string;
  panelId: string;
  meetingId: string;
  /** Meeting items contained in the copy. */
  listingIds: string[];
  /** Meeting items left out because of the reader's conflicts, and (`keptOutByIds`) one conflict record for each. */
  keptListingIds: string[];
  keptOutByIds: string[];
}

/** Disclosures and document copies of one request, to be stored with its log entries. */
export interface DisclosureBatch {
  who: AuditActor;
  what: DisclosureDraft[];
  copied: OpenedDocument[];
}

/** Version of a record with content of one agency, as received by another agency. */
export interface DisclosureDraft {
  partnershipId: string;
  panelId: string | null;
  caseId: string | null;
  /** Referral to which the record belongs, or the record's own identifier if the record is a referral. */
  referralId: string | null;
  personId: string | null;
  /** Meeting item to which the record belongs. */
  listingId: string | null;
  recordType: string;
  recordId: string;
  recordVersion: number;
  originAgencyId: string;
  /** Agency that received the record, if not the actor's own. */
  recipientAgencyId?: string;
  fields: string[];
  agreementVersionIds: string[];
  /**
   * Meeting items that are the recipient's only access to the case; only for guests and agencies asked for research.
   */
  throughListingIds?: string[];
  /**
   * Conflicts that prevented the only possible recipient of the agency from receiving the record; only if nothing was
   * received.
   */
  keptOutByIds?: string[];
  /** Purpose that follows from how the record was opened (emergency access); overrides the purpose of the request. */
  purpose?: Purpose;
}

/** Placeholder for the field names of a verbal disclosure. */
export const SPOKEN = 'spoken';

/** Verbal disclosure of a record to an agency that was recorded in error, or was no error after all. */
export interface CorrectedReceipt {
  recordType: string;
  recordId: string;
  recipientAgencyId: string;
  isInError: boolean;
  at: Date;
}

/** Corrected or recalled record, of which the agencies that received the record must be notified. */
export interface RevisedRecord {
  recordType: string;
  recordId: string;
  isRecall: boolean;
  /** Names of the corrected fields, if known. */
  fields?: string[];
  at: Date;
}

/** Case that should not have been opened. Agencies that received anything of it, or of its referrals, must be notified. */
export interface WithdrawnCase {
  caseId: string;
  at: Date;
}

/** Recall that ends, because its case was reopened or the person was put back. `since` is the time of the recall. */
export interface EndedRecall {
  panelId: string;
  caseId: string | null;
  referralId: string | null;
  since: Date;
  at: Date;
}

/**
 * Person withdrawn from a referral or case. Agencies that received the person's record through that referral or case
 * must be notified.
 */
export interface WithdrawnPerson {
  personId: string;
  panelId: string;
  /** Referral that named the person. */
  referralId?: string;
  /** Case that named the person. */
  caseId?: string;
  /**
   * Agency from which the person is withdrawn; if absent, all agencies that received the record through the referral or
   * case.
   */
  agencyId?: string;
  at: Date;
}

/** Author of an entry: a registered actor, or the holder of a valid token whom no agency has registered. */
export type AuditActor = Pick<Actor, 'now' | 'call'> &
  (
    | Pick<Actor, 'kind' | 'id' | 'agencyId' | 'purpose'>
    | {
        kind: 'unknown';
        id: null;
        agencyId: null;
        purpose?: Actor['purpose'];
        /** Issuer and subject of the token. */
        principal: string;
      }
  );

export interface EventDraft {
  /** Event type, e.g. `referral.accepted`. */
  type: string;
  subjectType: string;
  subjectId: string;
  partnershipId: string | null;
  panelId: string | null;
  caseId: string | null;
  /** Data category of the record, and type of the agency that contributed the record; null if the record has none. */
  category: string | null;
  contributingType: string | null;
  /** Meeting item to which the record belongs. */
  listingId: string | null;
  /** Whether the record is visible only to the contributing agency. */
  agencyOnly: boolean;
  /** Administrative values only: names of states and of changed fields, identifiers. */
  data: Record<string, unknown>;
}

export abstract class AuditLog {
  /** Appends the entries of a change within its transaction, as the last write before the commit. */
  abstract append(client: PoolClient, who: AuditActor, drafts: AuditDraft[]): Promise<void>;
  /**
   * Records entries of a read or refusal in the log's own transaction. Resolves after the commit; rejects if the commit
   * failed.
   */
  abstract record(who: AuditActor, drafts: AuditDraft[]): Promise<void>;
}

export abstract class Outbox {
  abstract write(
    manager: EntityManager,
    who: Pick<Actor, 'id' | 'agencyId' | 'now'> & Partial<Actor>,
    drafts: EventDraft[],
  ): Promise<void>;
}

/**
 * Register of which agency received which record, stored separately from the log. Used for corrections and recalls, and
 * to inform the people concerned.
 */
export abstract class Disclosures {
  /** Writes disclosures in the transaction of the log's entries. Returns a callback to call after the commit. */
  abstract write(client: PoolClient, received: DisclosureBatch[]): Promise<() => void>;
  abstract revised(client: PoolClient, revised: RevisedRecord): Promise<void>;
  /** Recalls every disclosure that names the case, or a referral that led to it, whatever the type of the record. */
  abstract caseWithdrawn(client: PoolClient, withdrawn: WithdrawnCase): Promise<void>;
  /** Ends a recall. Agencies that were notified of it are listed as to be notified of a correction. */
  abstract recallEnded(client: PoolClient, ended: EndedRecall): Promise<void>;
  abstract takenBack(client: PoolClient, takenBack: WithdrawnPerson): Promise<void>;
  /** Marks verbal disclosures as recorded in error, or ends the mark. Nobody is notified: nothing was received. */
  abstract receiptCorrected(client: PoolClient, corrected: CorrectedReceipt): Promise<void>;
  /** Returns the `Link` header to the lists of agencies to be notified; null if the actor may read no list. */
  abstract linkFor(actor: Actor, recordIds: string[]): string | null;
}
