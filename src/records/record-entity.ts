import { ApiProperty } from '@nestjs/swagger';
import { Column, CreateDateColumn, PrimaryColumn, UpdateDateColumn, VersionColumn } from 'typeorm';
import { Classified } from '../authorization/classification.js';

/** Columns of every record. Identifiers are UUIDv7, made by the service; `version` counts changes. */
export abstract class RecordEntity {
  /** Identifier (UUIDv7). */
  @ApiProperty({ format: 'uuid' })
  @PrimaryColumn({ type: 'uuid' })
  @Classified('administrative')
  id: string;

  /** Counts the changes of this record, from 1. */
  @VersionColumn({ type: 'integer' })
  @Classified('administrative')
  version: number;

  /** When the record was made (UTC). */
  @CreateDateColumn({ type: 'timestamptz' })
  @Classified('administrative')
  createdAt: Date;

  /** When the record last changed (UTC). */
  @UpdateDateColumn({ type: 'timestamptz' })
  @Classified('administrative')
  updatedAt: Date;
}

/** A record of a partnership: no record of a person crosses from one partnership to another. */
export abstract class PartnershipRecord extends RecordEntity {
  /** The partnership (a borough's community safety partnership, or the BCU) the record belongs to. */
  @Column({ type: 'uuid' })
  @Classified('administrative')
  partnershipId: string;
}
