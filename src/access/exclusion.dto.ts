import { IsIn, IsOptional, Length } from 'class-validator';
import { PageQuery } from '../http/page-query.dto.js';
import { Uuid } from '../http/uuid.js';
import { InOneScript } from '../agencies/one-script.js';
import { EXCLUSION_REACHES, type ExclusionReach } from '../sharing/exclusion.entity.js';

export class ExclusionQuery extends PageQuery {
  /**
   * Limits the list to exclusions in force that apply to this case: from the case, from a case that it repeats, from a person
   * whom it names, or from one whom a colleague of the excluded person removed.
   */
  @IsOptional()
  @Uuid()
  caseId?: string;
}

/**
 * Excludes a person or agency from a case, or from a person as known to one panel: its cases and referrals that name
 * the person. Identify the target by one of `practitionerId`, `agencyId` and `name`. With `declared: true` instead, you
 * declare a conflict of your own and lose access to the case or person at once. An agency retains its own record of a
 * person, and an author an undecided referral: if an excluded user changes one of them, the panel's coordination gets
 * the notice `changed_by_excluded`.
 */
export class ExclusionRequest {
  /**
   * Case from which the target is excluded, together with the cases that repeat it, now or later. For other cases of the
   * same people, give `personId` instead.
   */
  @IsOptional()
  @Uuid()
  caseId?: string;

  /** Person from whom the target is excluded. Required if `caseId` is absent. */
  @IsOptional()
  @Uuid()
  personId?: string;

  /**
   * Person to exclude, with other registrations of the same agency under a present or former name of the person. Later
   * changes of name make no difference.
   */
  @IsOptional()
  @Uuid()
  practitionerId?: string;

  /** Agency to exclude as a whole. */
  @IsOptional()
  @Uuid()
  agencyId?: string;

  /** Name to exclude: everybody who has or had the name, including people registered later. */
  @IsOptional()
  @Length(3, 200)
  @InOneScript()
  name?: string;

  /**
   * Declares a conflict of your own. Only a chair can restore your access, or a data protection officer if no panel manages
   * the exclusion.
   */
  @IsOptional()
  @IsIn([true])
  declared?: true;

  /**
   * Extent of an exclusion from a person. `panel`: the cases and referrals of one panel. `partnership`: every panel,
   * and the person's record; only for a conflict of your own, for which it is the default.
   */
  @IsOptional()
  @IsIn(EXCLUSION_REACHES)
  reach?: ExclusionReach;

  /**
   * Panel, for an exclusion from a person. If absent, one exclusion is created for each panel that you chair or
   * coordinate and whose cases or referrals name the person, and one of them is returned. Required for a conflict of your own with
   * the reach of one panel.
   */
  @IsOptional()
  @Uuid()
  panelId?: string;

  /** Reason for the exclusion. */
  @Length(3, 500)
  reason: string;
}

/** Ends an exclusion. */
export class ExclusionEnd {
  /** Reason for ending it. */
  @Length(3, 500)
  reason: string;
}
