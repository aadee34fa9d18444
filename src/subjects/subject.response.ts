import { ApiProperty } from '@nestjs/swagger';
import { Classified } from '../authorization/classification.js';
import { view } from '../records/response-view.js';
import { Group, Person, Place, ProtectedAddress } from './subject.entity.js';

/** Person, with the fields that you may see. Protected addresses are separate records. */
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
  /** Panels in whose context you may read the record. Without `panelId` you see the fields that each of them shows. */
  @ApiProperty({ type: [String], format: 'uuid', maxItems: 100 })
  @Classified('administrative')
  contextPanelIds: string[];
}

/** Existence of a protected address, and the agency to ask. The address itself is not included. */
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

/** Protected address, revealed. */
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
  /** Panels in whose context you may read the record. Without `panelId` you see the fields that each of them shows. */
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
  /** Panels in whose context you may read the record. Without `panelId` you see the fields that each of them shows. */
  @ApiProperty({ type: [String], format: 'uuid', maxItems: 100 })
  @Classified('administrative')
  contextPanelIds: string[];
}
