import { PartialType, PickType } from '@nestjs/swagger';
import { Length } from 'class-validator';
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

/** Marks a former name of a member of staff as entered in error. */
export class PractitionerNameCorrection {
  /** Reason, e.g. what the administrator wanted to enter. */
  @Length(3, 500)
  reason: string;
}
