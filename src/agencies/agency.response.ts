import { ApiProperty } from '@nestjs/swagger';
import { Classified } from '../authorization/classification.js';
import { view } from '../records/response-view.js';
import { Agency, Client, Partnership, Practitioner } from './agency.entity.js';
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
  @Classified('administrative')
  kind: string;

  /** Your identifier. */
  @Classified('administrative')
  id: string;

  /** Your name. */
  @Classified('administrative')
  name: string;

  /** Your agency. */
  @Classified('administrative')
  agencyId: string;

  /** Type of your agency, to which sharing agreements refer. */
  @Classified('administrative')
  agencyType: string;

  /** Your system roles. */
  @Classified('administrative')
  roles: string[];

  /** Permitted actions of this token, for machine clients, as `action:Subject`. */
  @Classified('administrative')
  scopes: string[];

  /** Purpose for which you read, unless you send another in the header `Purpose`. */
  @Classified('administrative')
  purpose: string;

  /** Partnerships in which your agency acts. */
  @Classified('administrative')
  partnershipIds: string[];

  /** Current memberships of panels. */
  @ApiProperty({ type: 'array', items: { type: 'object' } })
  @Classified('administrative')
  memberships: object[];
}
