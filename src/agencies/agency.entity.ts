import { IsBoolean, IsIn, IsOptional, Length, Matches, MaxLength } from 'class-validator';
import { Check, Column, Entity, ForeignKey, Index, Unique } from 'typeorm';
import { Classified } from '../authorization/classification.js';
import { PURPOSES, type Purpose } from '../authentication/purposes.js';
import { RecordEntity } from '../records/record-entity.js';
import { AGENCY_TYPES, type AgencyType } from './agency-types.js';
import { InOneScript, inOneScriptSql } from './one-script.js';

/** A borough's community safety partnership, or the BCU that spans several. Records of people never cross it. */
@Entity('partnerships')
@Check(`kind IN ('borough', 'bcu')`)
@Unique(['code'])
export class Partnership extends RecordEntity {
  /** Short code. */
  @Column({ type: 'text' })
  @Classified('administrative')
  @Length(1, 40)
  code: string;

  /** Name of the partnership. */
  @Column({ type: 'text' })
  @Classified('administrative')
  @Length(1, 200)
  name: string;

  /** `borough` or `bcu` (a police basic command unit over several boroughs). */
  @Column({ type: 'text' })
  @Classified('administrative')
  @IsIn(['borough', 'bcu'])
  kind: 'borough' | 'bcu';

  /** The BCU that a borough belongs to. */
  @Column({ type: 'uuid', nullable: true })
  @ForeignKey(() => Partnership)
  @Classified('administrative')
  withinId: string | null;
}

/** An agency: the owner of its information and its actions. A panel owns no one. */
@Entity('agencies')
@Unique(['code'])
export class Agency extends RecordEntity {
  /** Short code, unique in the service. */
  @Column({ type: 'text' })
  @Classified('administrative')
  @Matches(/^[a-z0-9-]{2,40}$/)
  code: string;

  /** Name of the agency. */
  @Column({ type: 'text' })
  @Classified('administrative')
  @Length(1, 200)
  name: string;

  /** The kind of agency, on which sharing agreements are written. */
  @Column({ type: 'text' })
  @Classified('administrative')
  @IsIn(AGENCY_TYPES)
  type: AgencyType;

  /** An agency that is no longer active may do nothing. */
  @Column({ type: 'boolean', default: true })
  @Classified('administrative')
  active: boolean;
}

/** An agency acts in one or more partnerships. */
@Entity('agency_partnerships')
@Unique(['agencyId', 'partnershipId'])
export class AgencyPartnership extends RecordEntity {
  @Column({ type: 'uuid' })
  @ForeignKey(() => Agency)
  @Classified('administrative')
  agencyId: string;

  @Column({ type: 'uuid' })
  @ForeignKey(() => Partnership)
  @Classified('administrative')
  @Index()
  partnershipId: string;
}

/**
 * System roles. `safeguarding_lead` opens what the agency itself recorded; the others open no case. `emergency_access` lets a
 * person open one case for an hour, with a reason that is reviewed. Source: law and standards note, section 5.4
 * "Break-glass", REQ-BTG-01.
 */
export const SYSTEM_ROLES = [
  'auditor',
  'data_protection_officer',
  'agency_administrator',
  'safeguarding_lead',
  'emergency_access',
] as const;
export type SystemRole = (typeof SYSTEM_ROLES)[number];

/** A member of an agency's staff who signs in through the agency's own identity provider. */
@Entity('practitioners')
@Unique(['agencyId', 'issuer', 'subject'])
@Index(['issuer', 'subject'])
@Check('practitioners_name', inOneScriptSql('name'))
export class Practitioner extends RecordEntity {
  /** The agency that employs the person. */
  @Column({ type: 'uuid' })
  @ForeignKey(() => Agency)
  @Index()
  @Classified('administrative')
  agencyId: string;

  /** Name, as colleagues know it. */
  @Column({ type: 'text' })
  @Classified('administrative')
  @Length(1, 200)
  @InOneScript()
  name: string;

  /** The name as typed exclusions are matched with it (`staffNameKey`). */
  @Column({ type: 'text' })
  @Index()
  @Classified('administrative')
  nameKey: string;

  /** Job title. */
  @Column({ type: 'text' })
  @Classified('administrative')
  @Length(1, 200)
  jobTitle: string;

  /** Secure work e-mail address. */
  @Column({ type: 'text', nullable: true })
  @Classified('administrative')
  @IsOptional()
  @MaxLength(254)
  @Matches(/^[^@\s]+@[^@\s]+$/)
  email: string | null;

  /** System roles. Roles on panels are memberships. */
  @Column({ type: 'text', array: true, default: () => `'{}'` })
  @Classified('administrative')
  @IsIn(SYSTEM_ROLES, { each: true })
  roles: SystemRole[];

  /** The OIDC issuer that vouches for the person. */
  @Column({ type: 'text' })
  @Classified('administrative')
  @Length(1, 500)
  issuer: string;

  /** The person's `sub` at that issuer. */
  @Column({ type: 'text' })
  @Classified('administrative')
  @Length(1, 200)
  subject: string;

  /**
   * A person who left may do nothing. Making somebody inactive ends what others gave to that person alone: seats on panels,
   * invitations by name, access to cases, releases and an open emergency access. Nothing of it comes back with `true`.
   */
  @Column({ type: 'boolean', default: true })
  @Classified('administrative')
  @IsBoolean()
  active: boolean;
}

/** A system of an agency that calls the API for it: narrow scopes, one registered purpose. */
@Entity('clients')
@Unique(['issuer', 'clientId'])
export class Client extends RecordEntity {
  /** The agency the system acts for. */
  @Column({ type: 'uuid' })
  @ForeignKey(() => Agency)
  @Index()
  @Classified('administrative')
  agencyId: string;

  /** Name of the system. */
  @Column({ type: 'text' })
  @Classified('administrative')
  @Length(1, 200)
  name: string;

  /** The OIDC issuer of its tokens. */
  @Column({ type: 'text' })
  @Classified('administrative')
  @Length(1, 500)
  issuer: string;

  /** Its OAuth 2 client id. */
  @Column({ type: 'text' })
  @Classified('administrative')
  @Length(1, 200)
  clientId: string;

  /** What it may do, as `action:Subject`. */
  @Column({ type: 'text', array: true, default: () => `'{}'` })
  @Classified('administrative')
  @Matches(/^[a-z-]+:[A-Za-z]+$/, { each: true })
  scopes: string[];

  /** Why it reads. */
  @Column({ type: 'text' })
  @Classified('administrative')
  @IsIn(PURPOSES)
  purpose: Purpose;

  /** A system that was switched off may do nothing. */
  @Column({ type: 'boolean', default: true })
  @Classified('administrative')
  active: boolean;
}
