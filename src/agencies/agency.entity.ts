import { IsBoolean, IsIn, IsOptional, Length, Matches, MaxLength } from 'class-validator';
import { Check, Column, Entity, ForeignKey, Index, Unique } from 'typeorm';
import { Classified } from '../authorization/classification.js';
import { PURPOSES, type Purpose } from '../authentication/purposes.js';
import { RecordEntity } from '../records/record-entity.js';
import { AGENCY_TYPES, type AgencyType } from './agency-types.js';
import { InOneScript, inOneScriptSql } from './one-script.js';

/**
 * Community safety partnership of a borough, or the BCU that spans several. Records of people are never shared across
 * partnerships.
 */
@Entity('partnerships')
@Check(`kind IN ('borough', 'bcu')`)
@Unique(['code'])
export class Partnership extends RecordEntity {
  declare static readonly actions: 'agree-sharing' | 'read' | 'record-subjects';

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

  /** Kind: `borough` or `bcu` (a police basic command unit over several boroughs). */
  @Column({ type: 'text' })
  @Classified('administrative')
  @IsIn(['borough', 'bcu'])
  kind: 'borough' | 'bcu';

  /** BCU to which a borough belongs. */
  @Column({ type: 'uuid', nullable: true })
  @ForeignKey(() => Partnership)
  @Classified('administrative')
  withinId: string | null;
}

/** Agency: the owner of its information and its actions. A panel does not own any agency. */
@Entity('agencies')
@Unique(['code'])
export class Agency extends RecordEntity {
  declare static readonly actions: 'act-for' | 'employ' | 'read';

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

  /** Type of agency, to which sharing agreements refer. */
  @Column({ type: 'text' })
  @Classified('administrative')
  @IsIn(AGENCY_TYPES)
  type: AgencyType;

  /** Whether the agency has access. An inactive agency can do nothing. */
  @Column({ type: 'boolean', default: true })
  @Classified('administrative')
  active: boolean;
}

/** Membership of an agency in a partnership; an agency acts in one or more. */
@Entity('agency_partnerships')
@Unique(['agencyId', 'partnershipId'])
export class AgencyPartnership extends RecordEntity {
  declare static readonly actions: never;

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
 * System roles. `safeguarding_lead` gives access to records of the agency itself; the others give access to no case.
 * `emergency_access` lets a person open one case for an hour, with a reason that is reviewed. Source: law and standards
 * note, section 5.4 "Break-glass", REQ-BTG-01.
 */
export const SYSTEM_ROLES = [
  'auditor',
  'data_protection_officer',
  'agency_administrator',
  'safeguarding_lead',
  'emergency_access',
] as const;
export type SystemRole = (typeof SYSTEM_ROLES)[number];

/** Member of an agency's staff who signs in through the agency's own identity provider. */
@Entity('practitioners')
// a login entered in error is free again when the registration is made inactive
@Index(['agencyId', 'issuer', 'subject'], { unique: true, where: 'active' })
@Index(['issuer', 'subject'])
@Check('practitioners_name', inOneScriptSql('name'))
export class Practitioner extends RecordEntity {
  declare static readonly actions: 'appoint' | 'change' | 'read';

  /** Agency that employs the person. */
  @Column({ type: 'uuid' })
  @ForeignKey(() => Agency)
  @Index()
  @Classified('administrative')
  agencyId: string;

  /** Name, as known to colleagues. */
  @Column({ type: 'text' })
  @Classified('administrative')
  @Length(1, 200)
  @InOneScript()
  name: string;

  /** Normalised name with which typed exclusions are matched (`staffNameKey`). */
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

  /** OIDC issuer that vouches for the person. */
  @Column({ type: 'text' })
  @Classified('administrative')
  @Length(1, 500)
  issuer: string;

  /** Subject (`sub`) of the person at that issuer. */
  @Column({ type: 'text' })
  @Classified('administrative')
  @Length(1, 200)
  subject: string;

  /**
   * Whether the person has access. Making a person inactive ends all access given to that person individually: seats on
   * panels, invitations by name, access to cases, releases and an open emergency access. Setting `true` again restores
   * none of it.
   */
  @Column({ type: 'boolean', default: true })
  @Classified('administrative')
  @IsBoolean()
  active: boolean;

  /**
   * Time at which somebody of the agency first gave the registration a right over records: the role of safeguarding
   * lead, an action, a seat, an invitation or access to a case. Null if never.
   */
  @Column({ type: 'timestamptz', nullable: true, insert: false, update: false })
  @Classified('administrative')
  entrustedAt: Date | null;
}

/** System of an agency that calls the API on its behalf: narrow scopes, one registered purpose. */
@Entity('clients')
@Unique(['issuer', 'clientId'])
export class Client extends RecordEntity {
  declare static readonly actions: 'read';

  /** Agency for which the system acts. */
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

  /** OIDC issuer of the system's tokens. */
  @Column({ type: 'text' })
  @Classified('administrative')
  @Length(1, 500)
  issuer: string;

  /** OAuth 2 client id of the system. */
  @Column({ type: 'text' })
  @Classified('administrative')
  @Length(1, 200)
  clientId: string;

  /** Permitted actions, as `action:Subject`. */
  @Column({ type: 'text', array: true, default: () => `'{}'` })
  @Classified('administrative')
  @Matches(/^[a-z-]+:[A-Za-z]+$/, { each: true })
  scopes: string[];

  /** Purpose for which the system reads. */
  @Column({ type: 'text' })
  @Classified('administrative')
  @IsIn(PURPOSES)
  purpose: Purpose;

  /** Whether the system has access. An inactive system can do nothing. */
  @Column({ type: 'boolean', default: true })
  @Classified('administrative')
  active: boolean;
}
