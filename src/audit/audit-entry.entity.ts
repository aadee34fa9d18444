import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { Classified } from '../authorization/classification.js';
import type { LogPurpose, Purpose } from '../authentication/purposes.js';
import type { LegalOperation, Outcome } from '../records/audit-recording.js';

/**
 * One entry of the log: who consulted, altered or was refused what, when, for which purpose, under which version of the
 * policy and of the agreements. Names of fields, never values. Source: Data Protection Act 2018, section 62; domain note
 * on law and standards, section 4 "Audit log: exact content".
 */
@Entity('audit_entries')
@Check(`operation IN ('collect', 'alter', 'consult', 'disclose', 'combine', 'erase')`)
@Check(`outcome IN ('permit', 'refuse')`)
@Check(`(actor_kind = 'unknown') = (actor_id IS NULL) AND (actor_kind = 'unknown') = (principal IS NOT NULL)`)
@Check(`index >= 0`)
@Index(['at', 'id'])
@Index(['partnershipId', 'at', 'id'])
export class AuditEntry {
  @PrimaryColumn({ type: 'uuid' })
  @Classified('administrative')
  id: string;

  /**
   * The place in the log, from 0 and without gaps: the index of its leaf in the tree. Numbers that are missing from a list without
   * a filter are entries that are kept from you: of other partnerships, of compartments of which you are not the auditor, and
   * about cases and people from which you are excluded. Another auditor answers for them.
   */
  @Column({ type: 'bigint' })
  @Index({ unique: true })
  @Classified('administrative')
  index: number;

  /** When it happened (UTC). */
  @Column({ type: 'timestamptz' })
  @Classified('administrative')
  at: Date;

  /** When it was written down (UTC). */
  @Column({ type: 'timestamptz' })
  @Classified('administrative')
  recordedAt: Date;

  /** The legal operation. A row that another agency contributed and whose content was shown is a `disclose`. */
  @Column({ type: 'text' })
  @Classified('administrative')
  operation: LegalOperation;

  /** How, e.g. `view`, `list`, `search`, `explain`, `export`, `verbal`, `refuse`, `log-reading`. */
  @Column({ type: 'text' })
  @Classified('administrative')
  subOperation: string;

  /** The action of the policy. */
  @Column({ type: 'text' })
  @Classified('administrative')
  action: string;

  /** `permit` or `refuse`. */
  @Column({ type: 'text' })
  @Classified('administrative')
  outcome: Outcome;

  /** The rule that refused. */
  @Column({ type: 'text', nullable: true })
  @Classified('administrative')
  rule: string | null;

  /** `practitioner`, `client`, or `unknown`: somebody whom an issuer vouches for and no agency has registered. */
  @Column({ type: 'text' })
  @Classified('administrative')
  actorKind: string;

  @Column({ type: 'uuid', nullable: true })
  @Classified('administrative')
  @Index()
  actorId: string | null;

  /** The agency for which they acted. */
  @Column({ type: 'uuid', nullable: true })
  @Classified('administrative')
  agencyId: string | null;

  /** Issuer and subject of the token of somebody unknown. */
  @Column({ type: 'text', nullable: true })
  @Classified('administrative')
  principal: string | null;

  /** The agency to which content of another agency was disclosed. */
  @Column({ type: 'uuid', nullable: true })
  @Classified('administrative')
  recipientAgencyId: string | null;

  @Column({ type: 'text', nullable: true })
  @Classified('administrative')
  purpose: Purpose | LogPurpose | null;

  /** The partnership of the records, where they have one. */
  @Column({ type: 'uuid', nullable: true })
  @Classified('administrative')
  partnershipId: string | null;

  /** The panels to which the records belong; null for an entry made before they were written down. */
  @Column({ type: 'uuid', array: true, nullable: true })
  @Classified('administrative')
  panelIds: string[] | null;

  @Column({ type: 'text' })
  @Classified('administrative')
  subjectType: string;

  /** The records; null where erased. */
  @Column({ type: 'uuid', array: true, nullable: true })
  @Classified('administrative')
  recordIds: string[] | null;

  /** The people whom the records are about, where the records say so; null where they do not, or where erased. */
  @Column({ type: 'uuid', array: true, nullable: true })
  @Classified('administrative')
  personIds: string[] | null;

  /** The cases, referrals and items of meetings to which the records belong; null where there are none, or erased. */
  @Column({ type: 'uuid', array: true, nullable: true })
  @Classified('administrative')
  parentIds: string[] | null;

  /** A keyed digest (HMAC-SHA-256) of what was searched for: equal searches have equal digests. */
  @Column({ type: 'text', nullable: true })
  @Classified('administrative')
  search: string | null;

  /** Why, in the actor's own words. */
  @Column({ type: 'text', nullable: true })
  @Classified('administrative')
  reason: string | null;

  /** How many records were shown. */
  @Column({ type: 'integer' })
  @Classified('administrative')
  resultCount: number;

  /** Names of the fields shown or changed; of a document that was opened, its name. */
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

  /** SHA-256 of the policy's matrix (`GET /v1/policy/matrix`) by which it was decided. */
  @Column({ type: 'text' })
  @Classified('administrative')
  policyVersion: string;

  @Column({ type: 'text' })
  @Classified('administrative')
  route: string;

  @Column({ type: 'text' })
  @Classified('administrative')
  correlationId: string;

  /** What stands in the leaf for each personal value: SHA-256(salt || value), in hex, by field. */
  @Column({ type: 'jsonb' })
  @Classified('administrative')
  commitments: Record<string, string>;

  /** The salts of the personal values that are not erased, in hex, by field. */
  @Column({ type: 'jsonb' })
  @Classified('administrative')
  salts: Record<string, string>;

  /** The hashes of the whole subtrees that end with this leaf, smallest first, the leaf itself among them: for proofs. */
  @Column({ type: 'bytea' })
  @Classified('administrative')
  nodes: Buffer;
}
