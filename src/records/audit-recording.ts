/**
 * What is written down beside every read and every change: the audit entry and the event. The areas `audit` and `events`
 * keep them; here stands only what is handed over.
 */
import type { PoolClient } from 'pg';
import type { EntityManager } from 'typeorm';
import type { Actor } from '../authentication/actor.js';
import type { Purpose } from '../authentication/purposes.js';

/** The six operations that must be logged. Source: Data Protection Act 2018, section 62(1). */
export const LEGAL_OPERATIONS = ['collect', 'alter', 'consult', 'disclose', 'combine', 'erase'] as const;
export type LegalOperation = (typeof LEGAL_OPERATIONS)[number];

export const OUTCOMES = ['permit', 'refuse'] as const;
export type Outcome = (typeof OUTCOMES)[number];

export interface AuditDraft {
  operation: LegalOperation;
  /**
   * How: `view`, `list`, `search`, `count`, `explain`, `export`, `open_document`, `repeat`, `verbal`, `make`, `change`, `remove`,
   * `refuse`.
   */
  subOperation: string;
  /** The action of the policy, e.g. `read`, `accept`. */
  action: string;
  subjectType: string;
  recordIds: string[];
  /** The people whom the records are about, where the records say so. */
  personIds: string[];
  /** The panels to which the records belong; none where they belong to none or it is unknown. */
  panelIds?: string[];
  /** The cases, referrals and items of meetings to which the records belong. */
  parentIds?: string[];
  /** The partnership of the records: the same for all of them, null where they have none or it is unknown. */
  partnershipId: string | null;
  /** Field names, or the name of the document that was opened; never values. */
  fields: string[];
  withheld: string[];
  outcome: Outcome;
  /** The code of the rule that refused. */
  rule?: string;
  agreementVersionIds: string[];
  /** How many records were shown; the length of `recordIds` where nothing else is said. */
  resultCount?: number;
  /** What was searched for. Only a keyed digest of it is kept. */
  search?: unknown;
  /** Why, in the actor's own words. */
  reason?: string;
  /** The purpose, where it follows from how the records were opened and not from the request. */
  purpose?: Purpose;
  /** Who received what was disclosed, where it was not the agency of whoever acts. */
  recipientAgencyId?: string;
  /** What of other agencies' content was received; kept apart from the log. */
  disclosed?: DisclosureDraft[];
  /** The copy of a document that was opened; kept apart from the log, too. */
  copied?: OpenedDocument;
}

/** A copy of a document of a meeting, as somebody opened it. */
export interface OpenedDocument {
  serial: string;
  document: string;
  partnershipId: string;
  panelId: string;
  meetingId: string;
  /** The items that it held. */
  listingIds: string[];
  /** The items that it would have held but for conflicts of the reader, each with one of the records that kept it out. */
  keptListingIds: string[];
  keptOutByIds: string[];
}

/** What somebody received, to be written down beside the log. */
export interface DisclosureBatch {
  who: AuditActor;
  what: DisclosureDraft[];
  copied: OpenedDocument[];
}

/** A record with content of one agency, as another received it. */
export interface DisclosureDraft {
  partnershipId: string;
  panelId: string | null;
  caseId: string | null;
  /** The referral in which the record stands, or which it is. */
  referralId: string | null;
  personId: string | null;
  /** The item of a meeting to which the record belongs. */
  listingId: string | null;
  recordType: string;
  recordId: string;
  recordVersion: number;
  originAgencyId: string;
  /** The agency that received it, where it was not that of whoever acts. */
  recipientAgencyId?: string;
  fields: string[];
  agreementVersionIds: string[];
  /** The items of meetings through which alone whoever received it reads the case; only of guests and those asked for research. */
  throughListingIds?: string[];
  /** The conflicts by which the person was kept from it who would have received it for the agency; only where it did not. */
  keptOutByIds?: string[];
  /** The purpose, where it follows from how the record was opened and not from the request. */
  purpose?: Purpose;
}

/** A record that was changed or recalled: agencies that received it must be told. */
export interface RevisedRecord {
  recordType: string;
  recordId: string;
  isRecall: boolean;
  /** Names of the corrected fields, where they are known. */
  fields?: string[];
  at: Date;
}

/** A person taken back from a referral or case: agencies that received the record of the person through it must be told. */
export interface WithdrawnPerson {
  personId: string;
  panelId: string;
  /** The referral that named the person. */
  referralId?: string;
  /** The case that named the person. */
  caseId?: string;
  /** The one agency from which it is taken back; without it, all that received it through the referral or case. */
  agencyId?: string;
  at: Date;
}

type Known = 'operation' | 'subOperation' | 'action' | 'subjectType';

/** An entry with what is known of it. */
export const auditDraft = (known: Pick<AuditDraft, Known> & Partial<AuditDraft>): AuditDraft => ({
  recordIds: [],
  personIds: [],
  partnershipId: null,
  fields: [],
  withheld: [],
  outcome: 'permit',
  agreementVersionIds: [],
  ...known,
});

const recorded = new WeakSet<object>();

/** Marks an error whose refusal is in the log already. */
export const markRecorded = (error: unknown): void => {
  if (typeof error === 'object' && error !== null) recorded.add(error);
};

export const isRecorded = (error: unknown): boolean =>
  typeof error === 'object' && error !== null && recorded.has(error);

/** The entry of a refusal. */
export const refusalDraft = (
  known: Pick<AuditDraft, 'action' | 'subjectType'> & { rule: string } & Partial<AuditDraft>,
): AuditDraft => auditDraft({ operation: 'consult', subOperation: 'refuse', outcome: 'refuse', ...known });

/** Who acted: an actor, or somebody whom an issuer vouches for and no agency has registered. */
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
  /** The item of a meeting to which the record belongs. */
  listingId: string | null;
  /** Concerns a record that its agency keeps to itself. */
  agencyOnly: boolean;
  /** Administrative values only: names of states and changed fields, identifiers. */
  data: Record<string, unknown>;
}

export abstract class AuditLog {
  /** Writes down what a change did, in its transaction, as the last thing before it commits. */
  abstract append(client: PoolClient, who: AuditActor, drafts: AuditDraft[]): Promise<void>;
  /** Writes down what was read or refused; resolves when it is committed, and rejects where it is not. */
  abstract record(who: AuditActor, drafts: AuditDraft[]): Promise<void>;
}

export abstract class Outbox {
  abstract write(
    manager: EntityManager,
    who: Pick<Actor, 'id' | 'agencyId' | 'now'>,
    drafts: EventDraft[],
  ): Promise<void>;
}

/** Who received what, beside the log: for corrections and recalls, and for the people concerned. */
export abstract class Disclosures {
  /** Written in the transaction of the log's entries; call what is answered when that was committed. */
  abstract write(client: PoolClient, received: DisclosureBatch[]): Promise<() => void>;
  abstract revised(client: PoolClient, revised: RevisedRecord): Promise<void>;
  abstract takenBack(client: PoolClient, takenBack: WithdrawnPerson): Promise<void>;
  /** Returns the header `Link` to the lists of those who are to be told of changed records; null where the actor reads none. */
  abstract linkFor(actor: Actor, recordIds: string[]): string | null;
}
