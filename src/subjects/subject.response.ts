import { ApiProperty } from '@nestjs/swagger';
import { Classified } from '../authorization/classification.js';
import { view } from '../records/response-view.js';
import { Group, Person, Place, ProtectedAddress } from './subject.entity.js';

/** A person, as far as you may see them. Protected addresses stand apart. */
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
  'updatedAt',
) {
  /** Panels in whose context you read the record. Without `panelId` you see what each of them shows. */
  @ApiProperty({ type: [String], format: 'uuid', maxItems: 100 })
  @Classified('administrative')
  contextPanelIds: string[];
}

/** That there is an address that protects a person, and whom to ask. */
export class ProtectedAddressItemView extends view(
  ProtectedAddress,
  'id',
  'version',
  'personId',
  'panelId',
  'agencyId',
  'kind',
  'updatedAt',
) {}

/** An address that protects a person, revealed. */
export class ProtectedAddressView extends view(
  ProtectedAddress,
  'id',
  'version',
  'personId',
  'panelId',
  'agencyId',
  'kind',
  'address',
  'updatedAt',
) {}

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
  'updatedAt',
) {
  /** Panels in whose context you read the record. Without `panelId` you see what each of them shows. */
  @ApiProperty({ type: [String], format: 'uuid', maxItems: 100 })
  @Classified('administrative')
  contextPanelIds: string[];
}

export class GroupView extends view(
  Group,
  'id',
  'version',
  'partnershipId',
  'agencyId',
  'kind',
  'name',
  'description',
  'updatedAt',
) {
  /** Panels in whose context you read the record. Without `panelId` you see what each of them shows. */
  @ApiProperty({ type: [String], format: 'uuid', maxItems: 100 })
  @Classified('administrative')
  contextPanelIds: string[];
}
