import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { Classified } from '../authorization/classification.js';

/**
 * What the log was at a moment, signed: whoever keeps a checkpoint can later prove that nothing before it was altered or
 * cut. Holds no personal data. Every commit that appends to the log appends its checkpoint.
 */
@Entity('audit_checkpoints')
@Check(`size > 0`)
@Index(['time', 'id'])
@Index('audit_checkpoints_opens_day_idx', ['time', 'id'], { where: 'opens_day' })
export class AuditCheckpoint {
  @PrimaryColumn({ type: 'uuid' })
  @Classified('administrative')
  id: string;

  /** Number of entries. */
  @Column({ type: 'bigint' })
  @Index({ unique: true })
  @Classified('administrative')
  size: number;

  /** Root hash of the tree over them (RFC 9162, section 2.1.1), in base64. */
  @Column({ type: 'text' })
  @Classified('administrative')
  root: string;

  /** The hashes of the whole subtrees that the tree falls into, largest first: what is needed to append. */
  @Column({ type: 'bytea' })
  @Classified('administrative')
  frontier: Buffer;

  /** When it was signed (UTC). */
  @Column({ type: 'timestamptz' })
  @Classified('administrative')
  time: Date;

  /** First checkpoint of its day, in London: the only ones that everybody reads. */
  @Column({ type: 'boolean' })
  @Classified('administrative')
  opensDay: boolean;

  /** The first 16 hex digits of SHA-256 of the public key (32 bytes). */
  @Column({ type: 'text' })
  @Classified('administrative')
  keyId: string;

  /** Ed25519 over `wardmote-audit\n<size>\n<root>\n<time>\n`, in base64. */
  @Column({ type: 'text' })
  @Classified('administrative')
  signature: string;
}
