import { IntersectionType, PartialType, PickType } from '@nestjs/swagger';
import { IsOptional, Length } from 'class-validator';
import { Uuid } from '../http/uuid.js';
import { CalendarDate } from '../time/calendar-date.js';
import { PageQuery } from '../http/page-query.dto.js';
import { Group, Person, Place, ProtectedAddress } from './subject.entity.js';

export class SubjectQuery {
  /** The panel in whose context you read: you see what its agreement shares. Without it, what all your panels share. */
  @IsOptional()
  @Uuid()
  panelId?: string;
}

export class SubjectsQuery extends IntersectionType(PageQuery, SubjectQuery) {}

const PERSON_FIELDS = [
  'givenName',
  'familyName',
  'aliases',
  'dateOfBirth',
  'datePrecision',
  'sex',
  'ethnicity',
  'firstLanguage',
  'interpreterNeeded',
  'nhsNumber',
  'phone',
  'email',
  'safeContact',
  'currentAddress',
] as const;

/** Records a person in one partnership. Everything but the partnership may be unknown. */
export class PersonRequest extends PickType(Person, PERSON_FIELDS) {
  /** The partnership that the person is recorded in. */
  @Uuid()
  partnershipId: string;
}

export class PersonChange extends PartialType(PickType(Person, PERSON_FIELDS), { skipNullProperties: false }) {}

export class ProtectedAddressRequest extends PickType(ProtectedAddress, ['panelId', 'kind', 'address'] as const) {}

export class ProtectedAddressChange extends PartialType(ProtectedAddressRequest, { skipNullProperties: false }) {}

/** Why a protected address must be known now. The reason is written down with the reading. */
export class RevealRequest {
  /** What you need the address for, in your own words. */
  @Length(10, 500)
  reason: string;
}

/** Looks for people whom you may see by name, with personal data in the body and never in the address. */
export class PersonSearch {
  /** The partnership to search in. */
  @Uuid()
  partnershipId: string;

  /** Family name; capitals, accents, hyphens and spaces do not matter. */
  @Length(2, 200)
  familyName: string;

  /** Date of birth, where known. */
  @IsOptional()
  @CalendarDate()
  dateOfBirth?: string;

  /** The panel in whose context you search. Without it, what all your panels share decides. */
  @IsOptional()
  @Uuid()
  panelId?: string;
}

const PLACE_FIELDS = ['kind', 'name', 'addressText', 'uprn', 'postcode'] as const;

export class PlaceRequest extends PickType(Place, PLACE_FIELDS) {
  /** The partnership that the place lies in. */
  @Uuid()
  partnershipId: string;
}

export class PlaceChange extends PartialType(PickType(Place, PLACE_FIELDS), { skipNullProperties: false }) {}

const GROUP_FIELDS = ['kind', 'name', 'description'] as const;

export class GroupRequest extends PickType(Group, GROUP_FIELDS) {
  /** The partnership that the group is recorded in. */
  @Uuid()
  partnershipId: string;
}

export class GroupChange extends PartialType(PickType(Group, GROUP_FIELDS), { skipNullProperties: false }) {}
