import { ApiProperty } from '@nestjs/swagger';
import { Classified } from '../authorization/classification.js';
import { view } from '../records/response-view.js';
import { Agency, Client, Partnership, Practitioner } from './agency.entity.js';

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

/** Who you are to this service, at this moment. */
export class MeView extends view(Agency) {
  /** `practitioner` or `client`. */
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

  /** The type of your agency, on which sharing agreements are written. */
  @Classified('administrative')
  agencyType: string;

  /** Your system roles. */
  @Classified('administrative')
  roles: string[];

  /** Machine clients: what this token may do, as `action:Subject`. */
  @Classified('administrative')
  scopes: string[];

  /** The purpose for which you read, unless you send another in the header `Purpose`. */
  @Classified('administrative')
  purpose: string;

  /** The partnerships in which your agency acts. */
  @Classified('administrative')
  partnershipIds: string[];

  /** Your current memberships of panels. */
  @ApiProperty({ type: 'array', items: { type: 'object' } })
  @Classified('administrative')
  memberships: object[];
}
