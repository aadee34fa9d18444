import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** The answer that a call with an `Idempotency-Key` got, kept so that a repeated call gets the same bytes. */
@Entity('idempotent_replies')
@Index(['at'])
@Check('status BETWEEN 200 AND 299')
export class IdempotentReply {
  @PrimaryColumn({ type: 'uuid' })
  principalId: string;

  @PrimaryColumn({ type: 'text' })
  route: string;

  @PrimaryColumn({ type: 'text' })
  key: string;

  @Column({ type: 'text' })
  fingerprint: string;

  @Column({ type: 'integer' })
  status: number;

  @Column({ type: 'jsonb' })
  headers: Record<string, string>;

  @Column({ type: 'text' })
  body: string;

  /** The view by which the body was shown, and the record: a repeated call is shown no more than may be read by then. */
  @Column({ type: 'text', nullable: true })
  view: string | null;

  @Column({ type: 'uuid', nullable: true })
  recordId: string | null;

  @Column({ type: 'timestamptz' })
  at: Date;
}
