import { IsIn, IsOptional, Length } from 'class-validator';
import { Uuid } from '../http/uuid.js';
import { Check, Column, Entity, Exclusion as ExclusionConstraint, ForeignKey, Index } from 'typeorm';
import { Agency, Practitioner } from '../agencies/agency.entity.js';
import { InOneScript, inOneScriptSql } from '../agencies/one-script.js';
import { Classified, ReasonOfPanel, References } from '../authorization/classification.js';
import { PartnershipRecord } from '../records/record-entity.js';
import { typeNamed } from '../authorization/subjects.js';

export const EXCLUSION_REACHES = ['panel', 'partnership'] as const;
export type ExclusionReach = (typeof EXCLUSION_REACHES)[number];

/**
 * Exclusion of a person or an agency from a case or a person: staff who are parties, relatives, named people. Takes
 * precedence over every allow rule. Source: MARAC note, section 6.4 "Conflicts and staff cases".
 */
@Entity('exclusions')
@Check(
  'exclusions_whom',
  `num_nonnulls(practitioner_id, agency_id, name_key) = 1 AND (name IS NULL) = (name_key IS NULL)`,
)
@Check(`(case_id IS NULL) <> (person_id IS NULL)`)
@Check(`until IS NULL OR until > since`)
@Check('exclusions_reach', `reach = 'partnership' OR (reach = 'panel' AND panel_id IS NOT NULL)`)
@ExclusionConstraint(
  'exclusions_one_at_a_time',
  `USING gist ((coalesce("panel_id", "partnership_id")) WITH =, (coalesce("case_id", "person_id")) WITH =, (coalesce("practitioner_id"::text, "agency_id"::text, "name_key")) WITH =, (CASE WHEN "declared" THEN 'declared' WHEN "by_colleague" THEN 'colleague' ELSE 'imposed' END || "reach") WITH =, tstzrange("since", "until") WITH &&) WHERE (since >= '2026-11-28 00:00+00')`,
)
@Check(
  'exclusions_ending',
  `(ended_by_id IS NULL) = (end_reason IS NULL) AND (ended_by_id IS NULL OR until IS NOT NULL)`,
)
@Check('exclusions_name', inOneScriptSql('name'))
@Check('exclusions_hidden_from_declarer', `hidden_from_declarer_ids = '{}' OR (declared AND case_id IS NOT NULL)`)
export class Exclusion extends PartnershipRecord {
  declare static readonly actions: 'end' | 'explain' | 'read';

  /**
   * Excluded person. Includes every registration of the same agency under a present or former name of the person,
   * regardless of later changes of name. A declared conflict applies to the login of this registration only. Null if an agency or a
   * name is excluded.
   */
  @Column({ type: 'uuid', nullable: true })
  @ForeignKey(() => Practitioner)
  @Index()
  @Classified('administrative')
  @IsOptional()
  @Uuid()
  practitionerId: string | null;

  /** Excluded agency; null if a person or a name is excluded. */
  @Column({ type: 'uuid', nullable: true })
  @ForeignKey(() => Agency)
  @Index()
  @Classified('administrative')
  @IsOptional()
  @Uuid()
  agencyId: string | null;

  /**
   * Excluded name: everybody who has or had the name, including people registered later. Null if a person or an agency
   * is excluded.
   */
  @Column({ type: 'text', nullable: true })
  @Classified('third_party', 'summary')
  @IsOptional()
  @Length(3, 200)
  @InOneScript()
  name: string | null;

  /** Normalised name used for matching. */
  @Column({ type: 'text', nullable: true })
  @Index()
  @Classified('third_party', 'summary')
  nameKey: string | null;

  /** Case from which the target is excluded, with every case that repeats it. Null for an exclusion from a person. */
  @Column({ type: 'uuid', nullable: true })
  @Index()
  @Classified('administrative')
  @IsOptional()
  @Uuid()
  caseId: string | null;

  /**
   * Person from whom the target is excluded, with every case in which the person has a role, within `reach`. Null for
   * an exclusion from a case.
   */
  @Column({ type: 'uuid', nullable: true })
  @Index()
  @Classified('administrative')
  @IsOptional()
  @Uuid()
  @References(() => typeNamed('Person'), ['read', 'exclude'])
  personId: string | null;

  /**
   * Extent of an exclusion from a person. `panel`: the cases and referrals of the panel, and the person as read through
   * them. `partnership`: every panel of the partnership, and the person's own record.
   */
  @Column({ type: 'text', default: 'partnership' })
  @Classified('administrative')
  @IsIn(EXCLUSION_REACHES)
  reach: ExclusionReach;

  /**
   * Panel whose coordination manages the exclusion: that of the case, or the one through which the person was known.
   * The steering group if the person is known through no panel. Null if there is no steering group: a data protection
   * officer of the partnership ends the exclusion.
   */
  @Column({ type: 'uuid', nullable: true })
  @Index()
  @Classified('administrative')
  panelId: string | null;

  /** Reason; readable to the panel's chair and coordinator only. */
  @Column({ type: 'text' })
  @Classified('third_party', 'summary')
  @Length(3, 500)
  reason: string;

  /**
   * For a declared conflict with a case: cases that were hidden from the person at the declaration. The exclusion does not
   * apply to them or through them, because its effect would reveal them.
   */
  @Column({ type: 'uuid', array: true, default: [] })
  @Classified('administrative')
  hiddenFromDeclarerIds: string[];

  /** Time at which the exclusion took effect (UTC). */
  @Column({ type: 'timestamptz' })
  @Classified('administrative')
  since: Date;

  @Column({ type: 'timestamptz', nullable: true })
  @Classified('administrative')
  until: Date | null;

  /** Whether the excluded person declared the conflict. */
  @Column({ type: 'boolean', default: false })
  @Classified('administrative')
  declared: boolean;

  /** User who recorded the exclusion; null if it was recorded before this was stored. */
  @Column({ type: 'uuid', nullable: true })
  @Classified('administrative')
  madeById: string | null;

  /** Agency of the user who recorded the exclusion. */
  @Column({ type: 'uuid', nullable: true })
  @Classified('administrative')
  madeByAgencyId: string | null;

  @Column({ type: 'text', nullable: true })
  @Classified('administrative')
  madeByAgencyType: string | null;

  /**
   * Whether a member of the excluded person's agency, who may end the exclusion, imposed it. Such an exclusion does not
   * prevent others from imposing the same one. Set by a trigger.
   */
  @Column({ type: 'boolean', default: false })
  @Classified('administrative')
  byColleague: boolean;

  /** Chair or data protection officer who ended the exclusion. */
  @Column({ type: 'uuid', nullable: true })
  @Classified('administrative')
  endedById: string | null;

  /** Reason for ending the exclusion. */
  @Column({ type: 'text', nullable: true })
  @ReasonOfPanel('third_party', 'summary')
  @Length(3, 500)
  endReason: string | null;
}
