import { PartialType, PickType } from '@nestjs/swagger';
import { Practitioner } from './agency.entity.js';

/** Registers a member of staff. */
export class PractitionerRequest extends PickType(Practitioner, [
  'name',
  'jobTitle',
  'email',
  'roles',
  'issuer',
  'subject',
] as const) {}

export class PractitionerChange extends PartialType(
  PickType(Practitioner, ['name', 'jobTitle', 'email', 'roles', 'active'] as const),
  { skipNullProperties: false },
) {}
