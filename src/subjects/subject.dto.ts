import { IntersectionType, PartialType, PickType } from '@nestjs/swagger';
import { IsOptional, Length } from 'class-validator';
import { Uuid } from '../http/uuid.js';
import { CalendarDate } from '../time/calendar-date.js';
import { PageQuery } from '../http/page-query.dto.js';
import { Group, Person, Place, ProtectedAddress } from './subject.entity.js';

export class SubjectQuery {
  /**
   * Panel as the reading context: you see the fields that its agreement shares. Default: only fields that all your
   * panels share.
   */
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

/** Records a person in one partnership. Every field except the partnership may be unknown. */
export class PersonRequest extends PickType(Person, PERSON_FIELDS) {
  /** Partnership in which the person is recorded. */
  @Uuid()
  partnershipId: string;
}

export class PersonChange extends PartialType(PickType(Person, PERSON_FIELDS), { skipNullProperties: false }) {}

export class ProtectedAddressRequest extends PickType(ProtectedAddress, ['panelId', 'kind', 'address'] as const) {}

export class ProtectedAddressChange extends PartialType(ProtectedAddressRequest, { skipNullProperties: false }) {}

/** Reveals a protected address. The reason is recorded in the audit log. */
export class RevealRequest {
  /** Purpose for which you need the address. */
  @Length(10, 500)
  reason: string;
}

/** Searches people whom you may see by name. Personal data is sent in the body, never in the URL. */
export class PersonSearch {
  /** Partnership to search in. */
  @Uuid()
  partnershipId: string;

  /** Family name. Case, accents, hyphens and spaces are ignored. */
  @Length(2, 200)
  familyName: string;

  /** Date of birth. Default: any. */
  @IsOptional()
  @CalendarDate()
  dateOfBirth?: string;

  /** Panel as the reading context of the search. Default: what all your panels share. */
  @IsOptional()
  @Uuid()
  panelId?: string;
}

const PLACE_FIELDS = ['kind', 'name', 'addressText', 'uprn', 'postcode'] as const;

export class PlaceRequest extends PickType(Place, PLACE_FIELDS) {
  /** Partnership in which the place lies. */
  @Uuid()
  partnershipId: string;
}

export class PlaceChange extends PartialType(PickType(Place, PLACE_FIELDS), { skipNullProperties: false }) {}

const GROUP_FIELDS = ['kind', 'name', 'description'] as const;

export class GroupRequest extends PickType(Group, GROUP_FIELDS) {
  /** Partnership in which the group is recorded. */
  @Uuid()
  partnershipId: string;
}

export class GroupChange extends PartialType(PickType(Group, GROUP_FIELDS), { skipNullProperties: false }) {}
