import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { Classified } from '../policy/classification.js';
import type { LegalOperation } from '../records/journal.js';

/**
 * One entry of the log: who consulted, altered or was refused what, when, for which purpose, under which version of the
 * agreements. Names of fields, never values. Source: Data Protection Act 2018, section 62.
 */
@Entity('audit_entries')
@Check(`operation IN ('collect', 'alter', 'consult', 'disclose', 'combine', 'erase')`)
@Check(`outcome IN ('permit', 'refuse')`)
@Index(['at', 'id'])
export class AuditEntry {
  @PrimaryColumn({ type: 'uuid' })
  @Classified('administrative')
  id: string;

  /** When it happened (UTC). */
  @Column({ type: 'timestamptz' })
  @Classified('administrative')
  at: Date;

  /** The legal operation. */
  @Column({ type: 'text' })
  @Classified('administrative')
  operation: LegalOperation;

  /** The action of the policy. */
  @Column({ type: 'text' })
  @Classified('administrative')
  action: string;

  /** `permit` or `refuse`. */
  @Column({ type: 'text' })
  @Classified('administrative')
  outcome: 'permit' | 'refuse';

  /** The rule that refused. */
  @Column({ type: 'text', nullable: true })
  @Classified('administrative')
  rule: string | null;

  @Column({ type: 'text' })
  @Classified('administrative')
  actorKind: string;

  @Column({ type: 'uuid' })
  @Classified('administrative')
  @Index()
  actorId: string;

  @Column({ type: 'uuid' })
  @Classified('administrative')
  agencyId: string;

  @Column({ type: 'text' })
  @Classified('administrative')
  purpose: string;

  @Column({ type: 'text' })
  @Classified('administrative')
  subjectType: string;

  @Column({ type: 'uuid', array: true })
  @Classified('administrative')
  recordIds: string[];

  /** Names of the fields shown or changed. */
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

  @Column({ type: 'text' })
  @Classified('administrative')
  route: string;

  @Column({ type: 'text' })
  @Classified('administrative')
  correlationId: string;
}
