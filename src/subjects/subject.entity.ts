import {
  ArrayMaxSize,
  IsBoolean,
  IsIn,
  IsOptional,
  IsString,
  Length,
  Matches,
  MaxLength,
  ValidateIf,
} from 'class-validator';
import { Uuid } from '../http/uuid.js';
import { Check, Column, Entity, ForeignKey, Index } from 'typeorm';
import { Agency, Partnership } from '../agencies/agency.entity.js';
import { Classified } from '../authorization/classification.js';
import { PartialDate } from '../time/calendar-date.js';
import { oneOf } from '../database/one-of.js';
import { PartnershipRecord } from '../records/record-entity.js';
import { IsNhsNumber } from './nhs-number.js';
import { References } from '../authorization/references.js';

/** A record that an agency contributed: its category travels as agreements between the types of agency say. */
export abstract class ContributedRecord extends PartnershipRecord {
  /** The agency that contributed it and stays its owner. */
  @Column({ type: 'uuid' })
  @Classified('administrative')
  agencyId: string;

  /** The type of that agency when it contributed. */
  @Column({ type: 'text' })
  @Classified('administrative')
  contributingType: string;
}

/** A record of what an agency knows outside any case: its author may always come back to it. */
export abstract class KnownRecord extends ContributedRecord {
  /** The person or system that recorded it. */
  @Column({ type: 'uuid' })
  @Classified('administrative')
  authorId: string;
}

export const DATE_PRECISIONS = ['day', 'month', 'year', 'estimated'] as const;

/**
 * Self-defined ethnicity, 18+1, with White Roma and unknown. Source: law and standards note, section 7.3 "Equality lists".
 */
export const ETHNICITIES = [
  'W1', 'W2', 'W3', 'W5', 'W9', 'M1', 'M2', 'M3', 'M9', 'A1', 'A2', 'A3', 'A4', 'A9', 'B1', 'B2', 'B9', 'O2', 'O9', 'NS', 'UN',
] as const; // prettier-ignore

/** A person known to one partnership. Nobody *is* a perpetrator: roles belong to cases. */
@Entity('persons')
@Index(['partnershipId', 'familyNameKey'])
export class Person extends KnownRecord {
  @ForeignKey(() => Partnership)
  declare partnershipId: string;

  @ForeignKey(() => Agency)
  declare agencyId: string;

  /** Given names; may be unknown. */
  @Column({ type: 'text', nullable: true })
  @Classified('identity')
  @IsOptional()
  @Length(1, 200)
  givenName: string | null;

  /** Family name; may be unknown. */
  @Column({ type: 'text', nullable: true })
  @Classified('identity')
  @IsOptional()
  @Length(1, 200)
  familyName: string | null;

  /** The family name as it is searched for: see `nameKey`. */
  @Column({ type: 'text', nullable: true })
  @Classified('identity')
  familyNameKey: string | null;

  /** Other names and spellings. */
  @Column({ type: 'text', array: true, default: () => `'{}'` })
  @Classified('identity')
  @IsOptional()
  @ArrayMaxSize(20)
  @IsString({ each: true })
  @MaxLength(200, { each: true })
  aliases: string[];

  /**
   * Date of birth. Where `datePrecision` is `year` or `month`, a request may say `1990` or `1990-05`; the first day of it is
   * recorded.
   */
  @Column({ type: 'date', nullable: true })
  @Classified('identity')
  @IsOptional()
  @PartialDate('datePrecision')
  dateOfBirth: string | null;

  /** How exact the date of birth is. */
  @Column({ type: 'text', default: 'day' })
  @Classified('identity')
  @IsOptional()
  @IsIn(DATE_PRECISIONS)
  datePrecision: (typeof DATE_PRECISIONS)[number];

  /** M, F, N (not known) or NS (not specified). */
  @Column({ type: 'text', nullable: true })
  @Classified('demographic')
  @IsOptional()
  @IsIn(['M', 'F', 'N', 'NS'])
  sex: 'M' | 'F' | 'N' | 'NS' | null;

  /** Self-defined ethnicity (18+1 codes). */
  @Column({ type: 'text', nullable: true })
  @Classified('equality')
  @IsOptional()
  @IsIn(ETHNICITIES)
  ethnicity: string | null;

  /** First language (ISO 639-3). */
  @Column({ type: 'text', nullable: true })
  @Classified('demographic')
  @IsOptional()
  @Matches(/^[a-z]{3}$/)
  firstLanguage: string | null;

  /** Needs an interpreter, who is never a member of the family. */
  @Column({ type: 'boolean', nullable: true })
  @Classified('demographic')
  @IsOptional()
  @IsBoolean()
  interpreterNeeded: boolean | null;

  /** NHS number, 10 digits with a valid check digit. */
  @Column({ type: 'text', nullable: true })
  @Classified('health_physical')
  @IsOptional()
  @Matches(/^\d{10}$/)
  @IsNhsNumber()
  nhsNumber: string | null;

  /** Telephone number. */
  @Column({ type: 'text', nullable: true })
  @Classified('contact')
  @IsOptional()
  @MaxLength(40)
  phone: string | null;

  /** E-mail address. */
  @Column({ type: 'text', nullable: true })
  @Classified('contact')
  @IsOptional()
  @MaxLength(254)
  email: string | null;

  /** How, when and through whom contact is safe. */
  @Column({ type: 'text', nullable: true })
  @Classified('safe_contact')
  @IsOptional()
  @MaxLength(2000)
  safeContact: string | null;

  /** Where the person lives. */
  @Column({ type: 'text', nullable: true })
  @Classified('location_current')
  @IsOptional()
  @MaxLength(500)
  currentAddress: string | null;
}

export const PROTECTED_ADDRESS_KINDS = ['refuge', 'restricted'] as const;

/**
 * An address that protects a person: a refuge, a new home nobody may learn of. Apart from the person and from everything
 * else: in no list of people, no search, no export; revealed one at a time, with a reason.
 * Source: MARAC note, section 11 "Build checklist", rule 8 "Restricted addresses".
 */
@Entity('protected_addresses')
// panels come after people: found by its name
@ForeignKey('Panel', ['panelId', 'partnershipId'], ['id', 'partnershipId'])
@Check(`kind IN ('refuge', 'restricted')`)
export class ProtectedAddress extends KnownRecord {
  @ForeignKey(() => Partnership)
  declare partnershipId: string;

  @ForeignKey(() => Agency)
  declare agencyId: string;

  /** Whose it is. */
  @Column({ type: 'uuid' })
  @References(() => Person)
  @ForeignKey(() => Person)
  @Index()
  @Classified('administrative')
  personId: string;

  /** The panel before whose readers it is put: those of its cases about the person. Null: kept to the agency alone. */
  @Column({ type: 'uuid', nullable: true })
  @Classified('administrative')
  @ValidateIf(({ panelId }: { panelId: unknown }) => panelId !== null)
  @Uuid()
  panelId: string | null;

  /** A refuge, or another address that is restricted. */
  @Column({ type: 'text' })
  @Classified('protected_address')
  @IsIn(PROTECTED_ADDRESS_KINDS)
  kind: (typeof PROTECTED_ADDRESS_KINDS)[number];

  /** The address in words. */
  @Column({ type: 'text' })
  @Classified('protected_address')
  @Length(3, 500)
  address: string;
}

export const PLACE_KINDS = [
  'address',
  'premises',
  'street',
  'estate',
  'park',
  'transport',
  'open_space',
  'school',
  'online_space',
  'area',
] as const;

/** A place can be the subject of a case. Source: JAG note, section 7.2 "Location object". */
@Entity('places')
@Check(oneOf('kind', PLACE_KINDS))
export class Place extends KnownRecord {
  @ForeignKey(() => Partnership)
  declare partnershipId: string;

  @ForeignKey(() => Agency)
  declare agencyId: string;

  @Column({ type: 'text' })
  @Classified('asb_incident', 'summary')
  @IsIn(PLACE_KINDS)
  kind: (typeof PLACE_KINDS)[number];

  /** What the place is called. */
  @Column({ type: 'text' })
  @Classified('asb_incident', 'summary')
  @Length(1, 200)
  name: string;

  /** Address in words. */
  @Column({ type: 'text', nullable: true })
  @Classified('asb_incident')
  @IsOptional()
  @MaxLength(500)
  addressText: string | null;

  /** Unique Property Reference Number: up to 12 digits, without leading zeros. */
  @Column({ type: 'text', nullable: true })
  @Classified('asb_incident')
  @IsOptional()
  @Matches(/^[1-9]\d{0,11}$/)
  uprn: string | null;

  /** Postcode, upper case, single space. */
  @Column({ type: 'text', nullable: true })
  @Classified('asb_incident')
  @IsOptional()
  @Matches(/^[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}$/)
  postcode: string | null;
}

export const GROUP_KINDS = ['peer_group', 'youth_group', 'street_population', 'household', 'other'] as const;

/** A group of people; a case may be about it. Nothing follows from being named with it. */
@Entity('groups')
@Check(oneOf('kind', GROUP_KINDS))
export class Group extends KnownRecord {
  @ForeignKey(() => Partnership)
  declare partnershipId: string;

  @ForeignKey(() => Agency)
  declare agencyId: string;

  @Column({ type: 'text' })
  @Classified('identity', 'summary')
  @IsIn(GROUP_KINDS)
  kind: (typeof GROUP_KINDS)[number];

  /** What the group is called in this record; never a name that somebody else gave it as an insult. */
  @Column({ type: 'text' })
  @Classified('identity')
  @Length(1, 200)
  name: string;

  /** What is known of the group. */
  @Column({ type: 'text', nullable: true })
  @Classified('third_party')
  @IsOptional()
  @MaxLength(4000)
  description: string | null;
}

/** The kinds of subject. Source: JAG note, section 0, point 2; `person_at_risk` is what an SYV panel hears. */
export const SUBJECT_KINDS = [
  'person_victim',
  'person_perpetrator',
  'person_at_risk',
  'group',
  'place',
  'theme',
] as const;
export type SubjectKind = (typeof SUBJECT_KINDS)[number];

/** The columns by which a referral or a case names its subject, and the constraint that holds them together. */
export const SUBJECT_CHECK = `(subject_kind LIKE 'person%') = (person_id IS NOT NULL)
  AND (subject_kind = 'place') = (place_id IS NOT NULL) AND (subject_kind = 'group') = (group_id IS NOT NULL)`;

export abstract class AboutSubject extends ContributedRecord {
  @ForeignKey(() => Partnership)
  declare partnershipId: string;

  @ForeignKey(() => Agency)
  declare agencyId: string;

  /** What kind of subject it is about. */
  @Column({ type: 'text' })
  @Classified('administrative')
  @IsIn(SUBJECT_KINDS)
  subjectKind: SubjectKind;

  /** The person, where it is about one. */
  @Column({ type: 'uuid', nullable: true })
  @ForeignKey(() => Person)
  @Index()
  @Classified('administrative')
  @IsOptional()
  @Uuid()
  personId: string | null;

  /** The place, where it is about one. */
  @Column({ type: 'uuid', nullable: true })
  @ForeignKey(() => Place)
  @Index()
  @Classified('administrative')
  @IsOptional()
  @Uuid()
  placeId: string | null;

  /** The group, where it is about one. */
  @Column({ type: 'uuid', nullable: true })
  @ForeignKey(() => Group)
  @Index()
  @Classified('administrative')
  @IsOptional()
  @Uuid()
  groupId: string | null;
}
