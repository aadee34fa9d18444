import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { Classified } from '../authorization/classification.js';

/**
 * Signed state of the log at one time. A holder of a checkpoint can later prove that no earlier entry was altered or
 * removed. It contains no personal data. Every commit that appends to the log appends its checkpoint.
 */
@Entity('audit_checkpoints')
@Check(`size > 0`)
@Index(['time', 'id'])
@Index('audit_checkpoints_opens_day_idx', ['time', 'id'], { where: 'opens_day' })
export class AuditCheckpoint {
  declare static readonly actions: 'read';

  @PrimaryColumn({ type: 'uuid' })
  @Classified('administrative')
  id: string;

  /** Number of entries covered. */
  @Column({ type: 'bigint' })
  @Index({ unique: true })
  @Classified('administrative')
  size: number;

  /** Root hash of the tree over the entries (RFC 9162, section 2.1.1), in base64. */
  @Column({ type: 'text' })
  @Classified('administrative')
  root: string;

  /** Hashes of the complete subtrees that make up the tree, largest first. Appending needs no other hash. */
  @Column({ type: 'bytea' })
  @Classified('administrative')
  frontier: Buffer;

  /** Time of the signature (UTC). */
  @Column({ type: 'timestamptz' })
  @Classified('administrative')
  time: Date;

  /** Whether this is the first checkpoint of its day (London time). Users who are not auditors read only these. */
  @Column({ type: 'boolean' })
  @Classified('administrative')
  opensDay: boolean;

  /** Key identifier: first 16 hex digits of SHA-256 of the public key (32 bytes). */
  @Column({ type: 'text' })
  @Classified('administrative')
  keyId: string;

  /** Ed25519 signature of `wardmote-audit\n<size>\n<root>\n<time>\n`, in base64. */
  @Column({ type: 'text' })
  @Classified('administrative')
  signature: string;
}
