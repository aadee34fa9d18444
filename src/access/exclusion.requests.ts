import { IsOptional, IsUUID, Length } from 'class-validator';

/**
 * Keeps somebody out of a case, or of a person and every case with a role for them. With nothing but `caseId` and `reason`
 * you declare a conflict of your own: you lose the case at once.
 */
export class ExclusionRequest {
  /** From this case … */
  @IsOptional()
  @IsUUID()
  caseId?: string;

  /** … or from this person. */
  @IsOptional()
  @IsUUID()
  personId?: string;

  /** Whom: somebody who signs in … */
  @IsOptional()
  @IsUUID()
  practitionerId?: string;

  /** … a whole agency … */
  @IsOptional()
  @IsUUID()
  agencyId?: string;

  /** … or whoever has this name, also if they are registered later. */
  @IsOptional()
  @Length(3, 200)
  name?: string;

  /** Why. */
  @Length(3, 500)
  reason: string;
}

/** Ends an exclusion. */
export class ExclusionEnd {
  /** Why it need not last. */
  @Length(3, 500)
  reason: string;
}
