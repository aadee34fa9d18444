import { view } from '../records/view.js';
import { Group, Person, Place } from './subject.entity.js';

/** A person, as far as you may see them. The protected address has a route of its own. */
export class PersonView extends view(
  Person,
  'id',
  'version',
  'partnershipId',
  'agencyId',
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
  'changedAt',
) {}

/** An address that protects a person: apart from everything else. */
export class ProtectedAddressView extends view(Person, 'id', 'version', 'protectedAddress') {}

export class PlaceView extends view(
  Place,
  'id',
  'version',
  'partnershipId',
  'agencyId',
  'kind',
  'name',
  'addressText',
  'uprn',
  'postcode',
  'changedAt',
) {}

export class GroupView extends view(
  Group,
  'id',
  'version',
  'partnershipId',
  'agencyId',
  'kind',
  'name',
  'description',
  'changedAt',
) {}
