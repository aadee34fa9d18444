import { IsOptional, IsUUID, Length } from 'class-validator';
import { Check, Column, Entity, ForeignKey, Index } from 'typeorm';
import { Agency, Practitioner } from '../agencies/agency.entity.js';
import { Classified } from '../policy/classification.js';
import { PartnershipRecord } from '../records/recorded.js';

/**
 * A person or an agency that must not learn of a case or of a person: staff who are parties, relatives, named people
 * (MARAC note, section 6.4). It beats every ground.
 */
@Entity('exclusions')
@Check(`(practitioner_id IS NULL) <> (agency_id IS NULL)`)
@Check(`(case_id IS NULL) <> (person_id IS NULL)`)
@Check(`until IS NULL OR until > since`)
export class Exclusion extends PartnershipRecord {
  /** Who is excluded: a person … */
  @Column({ type: 'uuid', nullable: true })
  @ForeignKey(() => Practitioner)
  @Index()
  @Classified('administrative')
  @IsOptional()
  @IsUUID()
  practitionerId: string | null;

  /** … or a whole agency. */
  @Column({ type: 'uuid', nullable: true })
  @ForeignKey(() => Agency)
  @Index()
  @Classified('administrative')
  @IsOptional()
  @IsUUID()
  agencyId: string | null;

  /** From what: one case … */
  @Column({ type: 'uuid', nullable: true })
  @Classified('administrative')
  @IsOptional()
  @IsUUID()
  caseId: string | null;

  /** … or one person and every case with a role for them. */
  @Column({ type: 'uuid', nullable: true })
  @Classified('administrative')
  @IsOptional()
  @IsUUID()
  personId: string | null;

  /** Why; read by the panel's chair and coordinator only. */
  @Column({ type: 'text' })
  @Classified('third_party')
  @Length(3, 500)
  reason: string;

  @Column({ type: 'timestamptz' })
  @Classified('administrative')
  since: Date;

  @Column({ type: 'timestamptz', nullable: true })
  @Classified('administrative')
  until: Date | null;
}

/** A named person may read one case until a date, by decision of the panel's chair. */
@Entity('access_grants')
@Index(['practitionerId', 'caseId'])
@Check(`expires_at > granted_at`)
export class AccessGrant extends PartnershipRecord {
  @Column({ type: 'uuid' })
  @ForeignKey(() => Practitioner)
  @Classified('administrative')
  practitionerId: string;

  @Column({ type: 'uuid' })
  @Index()
  @Classified('administrative')
  caseId: string;

  @Column({ type: 'timestamptz' })
  @Classified('administrative')
  grantedAt: Date;

  @Column({ type: 'timestamptz' })
  @Classified('administrative')
  expiresAt: Date;

  @Column({ type: 'timestamptz', nullable: true })
  @Classified('administrative')
  revokedAt: Date | null;
}
