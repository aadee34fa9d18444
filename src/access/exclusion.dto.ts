import { IsIn, IsOptional, Length } from 'class-validator';
import { Uuid } from '../http/uuid.js';
import { InOneScript } from '../agencies/one-script.js';
import { EXCLUSION_REACHES, type ExclusionReach } from '../sharing/exclusion.entity.js';

/**
 * Keeps somebody out of a case, or of a person as one panel meets them: its cases and referrals that name the person. Say whom
 * by one of `practitionerId`, `agencyId` and `name`. With `declared: true` in place of them you declare a conflict of your own,
 * and lose access to the case or person at once. An agency keeps its own record of a person, and an author a waiting referral: where
 * somebody excluded changes one of them, the panel's coordination gets the notice `changed_by_excluded`.
 */
export class ExclusionRequest {
  /** From this case, and from the case of a later repeat of it. For other cases of the same people, name the person … */
  @IsOptional()
  @Uuid()
  caseId?: string;

  /** … or from this person. */
  @IsOptional()
  @Uuid()
  personId?: string;

  /**
   * Whom: a person, also by another registration of the same agency under a name that the person has or had,
   * whatever either is called later …
   */
  @IsOptional()
  @Uuid()
  practitionerId?: string;

  /** … a whole agency … */
  @IsOptional()
  @Uuid()
  agencyId?: string;

  /** … or everybody who has or had this name, also if they are registered later. */
  @IsOptional()
  @Length(3, 200)
  @InOneScript()
  name?: string;

  /** A conflict of your own. Only a chair can give you the case or person back. */
  @IsOptional()
  @IsIn([true])
  declared?: true;

  /**
   * How far an exclusion from a person reaches. `panel`: the cases and referrals of one panel. `partnership`: every panel, and
   * the person's record; only for a conflict of your own, where it is the default.
   */
  @IsOptional()
  @IsIn(EXCLUSION_REACHES)
  reach?: ExclusionReach;

  /**
   * The panel, for an exclusion from a person. Without it, one exclusion is made for each panel that you chair or coordinate and
   * whose cases name the person, and the answer is one of them. A conflict of your own that reaches one panel needs it.
   */
  @IsOptional()
  @Uuid()
  panelId?: string;

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
