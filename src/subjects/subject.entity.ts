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
import { Classified, References } from '../authorization/classification.js';
import { PartialDate } from '../time/calendar-date.js';
import { oneOf } from '../database/columns.js';
import { PartnershipRecord } from '../records/record-entity.js';
import { IsNhsNumber } from './nhs-number.js';

/** Record that an agency contributed. The agreements between agency types decide how its data category is shared. */
export abstract class ContributedRecord extends PartnershipRecord {
  /** Agency that contributed the record and remains its owner. */
  @Column({ type: 'uuid' })
  @Classified('administrative')
  agencyId: string;

  /** Type of that agency at the time of contribution. */
  @Column({ type: 'text' })
  @Classified('administrative')
  contributingType: string;
}

/** Record of an agency's knowledge outside any case. Its author can always read it. */
export abstract class KnownRecord extends ContributedRecord {
  /** Person or system that recorded it. */
  @Column({ type: 'uuid' })
  @Classified('administrative')
  authorId: string;
}

export const DATE_PRECISIONS = ['day', 'month', 'year', 'estimated'] as const;

/**
 * Codes of self-defined ethnicity: 18+1, with White Roma and unknown. Source: law and standards note, section 7.3
 * "Equality lists".
 */
export const ETHNICITIES = [
  'W1', 'W2', 'W3', 'W5', 'W9', 'M1', 'M2', 'M3', 'M9', 'A1', 'A2', 'A3', 'A4', 'A9', 'B1', 'B2', 'B9', 'O2', 'O9', 'NS', 'UN',
] as const; // prettier-ignore

/** Person known to one partnership. Roles such as perpetrator belong to cases, not to the person. */
@Entity('persons')
@Index(['partnershipId', 'familyNameKey'])
export class Person extends KnownRecord {
  declare static readonly actions: 'account-for' | 'change' | 'exclude' | 'name' | 'read' | 'research';

  @ForeignKey(() => Partnership)
  declare partnershipId: string;

  @ForeignKey(() => Agency)
  declare agencyId: string;

  /** Given names. Null if unknown. */
  @Column({ type: 'text', nullable: true })
  @Classified('identity')
  @IsOptional()
  @Length(1, 200)
  givenName: string | null;

  /** Family name. Null if unknown. */
  @Column({ type: 'text', nullable: true })
  @Classified('identity')
  @IsOptional()
  @Length(1, 200)
  familyName: string | null;

  /** Normalized family name for searches; see `nameKey`. */
  @Column({ type: 'text', nullable: true })
  @Classified('identity')
  familyNameKey: string | null;

  /** Other names and spellings. Default: none. */
  @Column({ type: 'text', array: true, default: () => `'{}'` })
  @Classified('identity')
  @IsOptional()
  @ArrayMaxSize(20)
  @IsString({ each: true })
  @MaxLength(200, { each: true })
  aliases: string[];

  /**
   * Date of birth. With `datePrecision` `year` or `month`, a request may send `1990` or `1990-05`, which is stored as
   * its first day. Null if unknown.
   */
  @Column({ type: 'date', nullable: true })
  @Classified('identity')
  @IsOptional()
  @PartialDate('datePrecision')
  dateOfBirth: string | null;

  /** Precision of the date of birth. Default: `day`. */
  @Column({ type: 'text', default: 'day' })
  @Classified('identity')
  @IsOptional()
  @IsIn(DATE_PRECISIONS)
  datePrecision: (typeof DATE_PRECISIONS)[number];

  /** Sex: M, F, N (not known) or NS (not specified). Null if not recorded. */
  @Column({ type: 'text', nullable: true })
  @Classified('demographic')
  @IsOptional()
  @IsIn(['M', 'F', 'N', 'NS'])
  sex: 'M' | 'F' | 'N' | 'NS' | null;

  /** Self-defined ethnicity (18+1 codes). Null if not recorded. */
  @Column({ type: 'text', nullable: true })
  @Classified('equality')
  @IsOptional()
  @IsIn(ETHNICITIES)
  ethnicity: string | null;

  /** First language (ISO 639-3). Null if not recorded. */
  @Column({ type: 'text', nullable: true })
  @Classified('demographic')
  @IsOptional()
  @Matches(/^[a-z]{3}$/)
  firstLanguage: string | null;

  /** Whether an interpreter is needed, who must not be a member of the family. Null if unknown. */
  @Column({ type: 'boolean', nullable: true })
  @Classified('demographic')
  @IsOptional()
  @IsBoolean()
  interpreterNeeded: boolean | null;

  /** NHS number, 10 digits with a valid check digit. Null if unknown. */
  @Column({ type: 'text', nullable: true })
  @Classified('health_physical')
  @IsOptional()
  @Matches(/^\d{10}$/)
  @IsNhsNumber()
  nhsNumber: string | null;

  /** Telephone number. Null if unknown. */
  @Column({ type: 'text', nullable: true })
  @Classified('contact')
  @IsOptional()
  @MaxLength(40)
  phone: string | null;

  /** E-mail address. Null if unknown. */
  @Column({ type: 'text', nullable: true })
  @Classified('contact')
  @IsOptional()
  @MaxLength(254)
  email: string | null;

  /** Safe ways, times and intermediaries of contact. Null if unknown. */
  @Column({ type: 'text', nullable: true })
  @Classified('safe_contact')
  @IsOptional()
  @MaxLength(2000)
  safeContact: string | null;

  /** Current address. Null if unknown. */
  @Column({ type: 'text', nullable: true })
  @Classified('location_current')
  @IsOptional()
  @MaxLength(500)
  currentAddress: string | null;
}

export const PROTECTED_ADDRESS_KINDS = ['refuge', 'restricted'] as const;

/**
 * Address that protects a person, such as a refuge or a confidential new home. It is stored apart from the person and
 * appears in no list of people, search or export; it is revealed one at a time, with a reason. Source: MARAC note,
 * section 11 "Build checklist", rule 8 "Restricted addresses".
 */
@Entity('protected_addresses')
// by name, because panels depend on people and cannot be imported here
@ForeignKey('Panel', ['panelId', 'partnershipId'], ['id', 'partnershipId'])
@Check(`kind IN ('refuge', 'restricted')`)
export class ProtectedAddress extends KnownRecord {
  declare static readonly actions: 'change' | 'put-before' | 'read' | 'reveal';

  @ForeignKey(() => Partnership)
  declare partnershipId: string;

  @ForeignKey(() => Agency)
  declare agencyId: string;

  /** Person whom the address protects. */
  @Column({ type: 'uuid' })
  @References(() => Person)
  @ForeignKey(() => Person)
  @Index()
  @Classified('administrative')
  personId: string;

  /**
   * Panel to which the address is disclosed: readers of its cases about the person may know of it. Null if only the
   * agency may know of it.
   */
  @Column({ type: 'uuid', nullable: true })
  @Classified('administrative')
  @ValidateIf(({ panelId }: { panelId: unknown }) => panelId !== null)
  @Uuid()
  panelId: string | null;

  /** Kind of address: a refuge, or another restricted address. */
  @Column({ type: 'text' })
  @Classified('protected_address')
  @IsIn(PROTECTED_ADDRESS_KINDS)
  kind: (typeof PROTECTED_ADDRESS_KINDS)[number];

  /** Address in words. */
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

/** Place, which can be the subject of a case. Source: JAG note, section 7.2 "Location object". */
@Entity('places')
@Check(oneOf('kind', PLACE_KINDS))
export class Place extends KnownRecord {
  declare static readonly actions: 'change' | 'name' | 'read';

  @ForeignKey(() => Partnership)
  declare partnershipId: string;

  @ForeignKey(() => Agency)
  declare agencyId: string;

  @Column({ type: 'text' })
  @Classified('asb_incident', 'summary')
  @IsIn(PLACE_KINDS)
  kind: (typeof PLACE_KINDS)[number];

  /** Name of the place. */
  @Column({ type: 'text' })
  @Classified('asb_incident', 'summary')
  @Length(1, 200)
  name: string;

  /** Address in words. Null if unknown. */
  @Column({ type: 'text', nullable: true })
  @Classified('asb_incident')
  @IsOptional()
  @MaxLength(500)
  addressText: string | null;

  /** Unique Property Reference Number: up to 12 digits, without leading zeros. Null if unknown. */
  @Column({ type: 'text', nullable: true })
  @Classified('asb_incident')
  @IsOptional()
  @Matches(/^[1-9]\d{0,11}$/)
  uprn: string | null;

  /** Postcode in upper case with a single space. Null if unknown. */
  @Column({ type: 'text', nullable: true })
  @Classified('asb_incident')
  @IsOptional()
  @Matches(/^[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}$/)
  postcode: string | null;
}

export const GROUP_KINDS = ['peer_group', 'youth_group', 'street_population', 'household', 'other'] as const;

/** Group of people, which can be the subject of a case. A link to a group has no consequences for a person. */
@Entity('groups')
@Check(oneOf('kind', GROUP_KINDS))
export class Group extends KnownRecord {
  declare static readonly actions: 'change' | 'name' | 'read';

  @ForeignKey(() => Partnership)
  declare partnershipId: string;

  @ForeignKey(() => Agency)
  declare agencyId: string;

  @Column({ type: 'text' })
  @Classified('identity', 'summary')
  @IsIn(GROUP_KINDS)
  kind: (typeof GROUP_KINDS)[number];

  /** Name of the group in this record. Do not use an insulting name that others gave it. */
  @Column({ type: 'text' })
  @Classified('identity')
  @Length(1, 200)
  name: string;

  /** Knowledge about the group. Null if none. */
  @Column({ type: 'text', nullable: true })
  @Classified('third_party')
  @IsOptional()
  @MaxLength(4000)
  description: string | null;
}

/** Kinds of subject. `person_at_risk` is the subject of an SYV panel. Source: JAG note, section 0, point 2. */
export const SUBJECT_KINDS = [
  'person_victim',
  'person_perpetrator',
  'person_at_risk',
  'group',
  'place',
  'theme',
] as const;
export type SubjectKind = (typeof SUBJECT_KINDS)[number];

/**
 * Constraint on the columns by which a referral or a case refers to its subject: exactly the column of its kind is set.
 */
export const SUBJECT_CHECK = `(subject_kind LIKE 'person%') = (person_id IS NOT NULL)
  AND (subject_kind = 'place') = (place_id IS NOT NULL) AND (subject_kind = 'group') = (group_id IS NOT NULL)`;

export abstract class AboutSubject extends ContributedRecord {
  @ForeignKey(() => Partnership)
  declare partnershipId: string;

  @ForeignKey(() => Agency)
  declare agencyId: string;

  /** Kind of the subject. */
  @Column({ type: 'text' })
  @Classified('administrative')
  @IsIn(SUBJECT_KINDS)
  subjectKind: SubjectKind;

  /** Person who is the subject. Null for other kinds. */
  @Column({ type: 'uuid', nullable: true })
  @ForeignKey(() => Person)
  @Index()
  @Classified('administrative')
  @IsOptional()
  @Uuid()
  personId: string | null;

  /** Place that is the subject. Null for other kinds. */
  @Column({ type: 'uuid', nullable: true })
  @ForeignKey(() => Place)
  @Index()
  @Classified('administrative')
  @IsOptional()
  @Uuid()
  placeId: string | null;

  /** Group that is the subject. Null for other kinds. */
  @Column({ type: 'uuid', nullable: true })
  @ForeignKey(() => Group)
  @Index()
  @Classified('administrative')
  @IsOptional()
  @Uuid()
  groupId: string | null;
}
