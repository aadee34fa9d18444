import { ApiProperty } from '@nestjs/swagger';
import { Classified } from '../authorization/classification.js';
import { view } from '../records/response-view.js';
import { LOG_PURPOSES, PURPOSES } from '../authentication/purposes.js';
import { AGENCY_TYPES } from './agency-types.js';
import { SYSTEM_ROLES, Agency, Client, Partnership, Practitioner } from './agency.entity.js';
import { PractitionerName } from './practitioner-name.entity.js';

export class PartnershipView extends view(Partnership, 'id', 'code', 'name', 'kind', 'withinId') {}

export class AgencyView extends view(Agency, 'id', 'version', 'code', 'name', 'type', 'active') {}

export class PractitionerView extends view(
  Practitioner,
  'id',
  'version',
  'agencyId',
  'name',
  'jobTitle',
  'email',
  'roles',
  'active',
) {}

export class PractitionerNameView extends view(
  PractitionerName,
  'id',
  'version',
  'practitionerId',
  'name',
  'createdAt',
  'enteredInErrorAt',
  'enteredInErrorById',
  'enteredInErrorReason',
) {}

export class ClientView extends view(
  Client,
  'id',
  'version',
  'agencyId',
  'name',
  'clientId',
  'scopes',
  'purpose',
  'active',
) {}

/** Caller of this service, with the present agency, roles and memberships. */
export class MeView extends view(Agency) {
  /** Kind of caller: `practitioner` or `client`. */
  @ApiProperty({ enum: ['practitioner', 'client'] })
  @Classified('administrative')
  kind: string;

  /** Your identifier. */
  @ApiProperty({ format: 'uuid' })
  @Classified('administrative')
  id: string;

  /** Your name. */
  @Classified('administrative')
  name: string;

  /** Your agency. */
  @ApiProperty({ format: 'uuid' })
  @Classified('administrative')
  agencyId: string;

  /** Type of your agency, to which sharing agreements refer. */
  @ApiProperty({ enum: AGENCY_TYPES })
  @Classified('administrative')
  agencyType: string;

  /** Your system roles. */
  @ApiProperty({ isArray: true, enum: SYSTEM_ROLES })
  @Classified('administrative')
  roles: string[];

  /** Permitted actions of this token, for machine clients, as `action:Subject`. */
  @Classified('administrative')
  scopes: string[];

  /** Purpose for which you read, unless you send another in the header `Purpose`. */
  @ApiProperty({ enum: [...PURPOSES, ...LOG_PURPOSES] })
  @Classified('administrative')
  purpose: string;

  /** Partnerships in which your agency acts. */
  @ApiProperty({ type: [String], format: 'uuid' })
  @Classified('administrative')
  partnershipIds: string[];

  /** Current memberships of panels. */
  @Classified('administrative')
  memberships: object[];
}
