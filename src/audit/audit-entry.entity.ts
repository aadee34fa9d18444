import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { Classified } from '../authorization/classification.js';
import type { LogPurpose, Purpose } from '../authentication/purposes.js';
import type { LegalOperation, AuditOutcome } from '../records/audit-recording.js';

/**
 * Entry of the audit log: actor, operation, outcome, time, purpose, and the versions of the policy and the agreements.
 * It holds names of fields, never their values. Source: Data Protection Act 2018, section 62; domain note on law and
 * standards, section 4 "Audit log: exact content".
 */
@Entity('audit_entries')
@Check(`operation IN ('collect', 'alter', 'consult', 'disclose', 'combine', 'erase')`)
@Check(`outcome IN ('permit', 'refuse')`)
@Check(`(actor_kind = 'unknown') = (actor_id IS NULL) AND (actor_kind = 'unknown') = (principal IS NOT NULL)`)
@Check(`index >= 0`)
@Index(['at', 'id'])
@Index(['partnershipId', 'at', 'id'])
export class AuditEntry {
  declare static readonly actions: 'export' | 'read';

  @PrimaryColumn({ type: 'uuid' })
  @Classified('administrative')
  id: string;

  /**
   * Position in the log, from 0 without gaps, and index of the leaf in the tree. Numbers missing from an unfiltered
   * list belong to entries that you may not read: of other partnerships, of compartments that you do not audit, and
   * about cases and people from which you are excluded. Another auditor is responsible for them.
   */
  @Column({ type: 'bigint' })
  @Index({ unique: true })
  @Classified('administrative')
  index: number;

  /** Time of the event (UTC). */
  @Column({ type: 'timestamptz' })
  @Classified('administrative')
  at: Date;

  /** Time of the entry (UTC). */
  @Column({ type: 'timestamptz' })
  @Classified('administrative')
  recordedAt: Date;

  /** Legal operation. Showing content that another agency contributed is a `disclose`. */
  @Column({ type: 'text' })
  @Classified('administrative')
  operation: LegalOperation;

  /**
   * Manner of the operation, such as `view`, `list`, `search`, `explain`, `export`, `verbal`, `refuse` or
   * `log-reading`.
   */
  @Column({ type: 'text' })
  @Classified('administrative')
  subOperation: string;

  /** Action of the policy. */
  @Column({ type: 'text' })
  @Classified('administrative')
  action: string;

  /** Decision of the policy: `permit` or `refuse`. */
  @Column({ type: 'text' })
  @Classified('administrative')
  outcome: AuditOutcome;

  /** Rule that refused. Null for a permit. */
  @Column({ type: 'text', nullable: true })
  @Classified('administrative')
  rule: string | null;

  /**
   * Kind of actor: `practitioner`, `client`, or `unknown` for a person with a valid token whom no agency has
   * registered.
   */
  @Column({ type: 'text' })
  @Classified('administrative')
  actorKind: string;

  @Column({ type: 'uuid', nullable: true })
  @Classified('administrative')
  @Index()
  actorId: string | null;

  /** Agency for which the actor acted. Null for an unknown actor. */
  @Column({ type: 'uuid', nullable: true })
  @Classified('administrative')
  agencyId: string | null;

  /** Issuer and subject of the token of an unknown actor. Null for others. */
  @Column({ type: 'text', nullable: true })
  @Classified('administrative')
  principal: string | null;

  /** Agency that received content of another agency. Null if nothing was disclosed. */
  @Column({ type: 'uuid', nullable: true })
  @Classified('administrative')
  recipientAgencyId: string | null;

  @Column({ type: 'text', nullable: true })
  @Classified('administrative')
  purpose: Purpose | LogPurpose | null;

  /** Partnership of the records. Null if they have none. */
  @Column({ type: 'uuid', nullable: true })
  @Classified('administrative')
  partnershipId: string | null;

  /** Panels of the records. Null for entries older than this field. */
  @Column({ type: 'uuid', array: true, nullable: true })
  @Classified('administrative')
  panelIds: string[] | null;

  @Column({ type: 'text' })
  @Classified('administrative')
  subjectType: string;

  /** Identifiers of the records. Null if erased. */
  @Column({ type: 'uuid', array: true, nullable: true })
  @Classified('administrative')
  recordIds: string[] | null;

  /** People whom the records are about. Null if the records name none, or if erased. */
  @Column({ type: 'uuid', array: true, nullable: true })
  @Classified('administrative')
  personIds: string[] | null;

  /** Cases, referrals and items of meetings that the records belong to. Null if there are none, or if erased. */
  @Column({ type: 'uuid', array: true, nullable: true })
  @Classified('administrative')
  parentIds: string[] | null;

  /**
   * Keyed digest (HMAC-SHA-256) of the search criteria; equal searches have equal digests. Null if not a search, or if
   * erased.
   */
  @Column({ type: 'text', nullable: true })
  @Classified('administrative')
  search: string | null;

  /** Reason in the words of the actor. Null if none was given, or if erased. */
  @Column({ type: 'text', nullable: true })
  @Classified('administrative')
  reason: string | null;

  /** Number of records shown. */
  @Column({ type: 'integer' })
  @Classified('administrative')
  resultCount: number;

  /** Names of the fields shown or changed. For a document that was opened, its name. */
  @Column({ type: 'text', array: true })
  @Classified('administrative')
  fields: string[];

  /** Names of the fields withheld. */
  @Column({ type: 'text', array: true })
  @Classified('administrative')
  withheld: string[];

  @Column({ type: 'uuid', array: true })
  @Classified('administrative')
  agreementVersionIds: string[];

  /** SHA-256 of the policy matrix (`GET /v1/policy/matrix`) that was in force. */
  @Column({ type: 'text' })
  @Classified('administrative')
  policyVersion: string;

  @Column({ type: 'text' })
  @Classified('administrative')
  route: string;

  @Column({ type: 'text' })
  @Classified('administrative')
  correlationId: string;

  /** Commitment to each personal value in the leaf: SHA-256(salt || value), in hex, by field. */
  @Column({ type: 'jsonb' })
  @Classified('administrative')
  commitments: Record<string, string>;

  /** Salts of the personal values that are not erased, in hex, by field. */
  @Column({ type: 'jsonb' })
  @Classified('administrative')
  salts: Record<string, string>;

  /**
   * Hashes of the complete subtrees that end with this leaf, smallest first, starting with the leaf. Proofs use them.
   */
  @Column({ type: 'bytea' })
  @Classified('administrative')
  nodes: Buffer;
}
