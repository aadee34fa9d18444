import { IsIn, IsOptional, Length } from 'class-validator';
import { Uuid } from '../http/uuid.js';
import { Check, Column, Entity, Exclusion as ExclusionConstraint, ForeignKey, Index } from 'typeorm';
import { Agency, Practitioner } from '../agencies/agency.entity.js';
import { InOneScript, inOneScriptSql } from '../agencies/one-script.js';
import { Classified, ReasonOfPanel } from '../authorization/classification.js';
import { PartnershipRecord } from '../records/record-entity.js';
import { References } from '../authorization/references.js';
import { typeNamed } from '../authorization/subjects.js';

export const EXCLUSION_REACHES = ['panel', 'partnership'] as const;
export type ExclusionReach = (typeof EXCLUSION_REACHES)[number];

/**
 * A person or an agency that must not learn of a case or of a person: staff who are parties, relatives, named people. It
 * beats every ground. Source: MARAC note, section 6.4 "Conflicts and staff cases".
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
  `USING gist ((coalesce("panel_id", "partnership_id")) WITH =, (coalesce("case_id", "person_id")) WITH =, (coalesce("practitioner_id"::text, "agency_id"::text, "name_key")) WITH =, (CASE WHEN "declared" THEN 'declared' WHEN "by_colleague" THEN 'colleague' ELSE 'imposed' END || "reach" || coalesce("origin_case_id"::text, '')) WITH =, tstzrange("since", "until") WITH &&) WHERE (since >= '2026-11-28 00:00+00')`,
)
@Check(
  'exclusions_ending',
  `(ended_by_id IS NULL) = (end_reason IS NULL) AND (ended_by_id IS NULL OR until IS NOT NULL)`,
)
@Check('exclusions_name', inOneScriptSql('name'))
@Check('exclusions_origin', '(carried_from_id IS NULL) = (origin_case_id IS NULL)')
export class Exclusion extends PartnershipRecord {
  /**
   * Who is excluded: a person, by every registration of the same agency under a name that the person has or had,
   * whatever either is called later. A declared conflict holds for this registration alone …
   */
  @Column({ type: 'uuid', nullable: true })
  @ForeignKey(() => Practitioner)
  @Index()
  @Classified('administrative')
  @IsOptional()
  @Uuid()
  practitionerId: string | null;

  /** … or a whole agency … */
  @Column({ type: 'uuid', nullable: true })
  @ForeignKey(() => Agency)
  @Index()
  @Classified('administrative')
  @IsOptional()
  @Uuid()
  agencyId: string | null;

  /** … or everybody who has or had this name, also somebody who is registered later. */
  @Column({ type: 'text', nullable: true })
  @Classified('third_party', 'summary')
  @IsOptional()
  @Length(3, 200)
  @InOneScript()
  name: string | null;

  /** The name as it is matched. */
  @Column({ type: 'text', nullable: true })
  @Index()
  @Classified('third_party', 'summary')
  nameKey: string | null;

  /** From what: one case … */
  @Column({ type: 'uuid', nullable: true })
  @Index()
  @Classified('administrative')
  @IsOptional()
  @Uuid()
  caseId: string | null;

  /** … or one person and every case with a role for them, as far as `reach` says. */
  @Column({ type: 'uuid', nullable: true })
  @Index()
  @Classified('administrative')
  @IsOptional()
  @Uuid()
  @References(() => typeNamed('Person'), ['read', 'exclude'])
  personId: string | null;

  /**
   * How far it reaches. `panel`: the cases and referrals of the panel, and the person as read through them. `partnership`: every
   * panel of the partnership, and the person's own record.
   */
  @Column({ type: 'text', default: 'partnership' })
  @Classified('administrative')
  @IsIn(EXCLUSION_REACHES)
  reach: ExclusionReach;

  /**
   * The panel whose coordination keeps it: that of the case, or the one through which the person was known. The steering group
   * where a person is known through no panel. Null where there is no steering group: a data protection officer of the partnership
   * ends it.
   */
  @Column({ type: 'uuid', nullable: true })
  @Index()
  @Classified('administrative')
  panelId: string | null;

  /** Why; read by the panel's chair and coordinator only. */
  @Column({ type: 'text' })
  @Classified('third_party', 'summary')
  @Length(3, 500)
  reason: string;

  /** The exclusion from an earlier case that this one carries on: the case repeats the earlier one. Null for any other. */
  @Column({ type: 'uuid', nullable: true })
  @ForeignKey(() => Exclusion)
  @Classified('administrative')
  @References(() => Exclusion)
  carriedFromId: string | null;

  /**
   * Of an exclusion that is carried over: the case for which it was first made, whose chairs gave the reason. Nobody from whom that case
   * is hidden reads it. Null for any other.
   */
  @Column({ type: 'uuid', nullable: true })
  @Index()
  @Classified('administrative')
  originCaseId: string | null;

  /** The beginning of the day, in London, from which on it holds: it does so from a moment of that day. */
  @Column({ type: 'timestamptz' })
  @Classified('administrative')
  since: Date;

  @Column({ type: 'timestamptz', nullable: true })
  @Classified('administrative')
  until: Date | null;

  /** The person declared the conflict themselves. */
  @Column({ type: 'boolean', default: false })
  @Classified('administrative')
  declared: boolean;

  /** Who recorded it; null for what was recorded before that was kept. */
  @Column({ type: 'uuid', nullable: true })
  @Classified('administrative')
  madeById: string | null;

  /** The agency of whoever recorded it. */
  @Column({ type: 'uuid', nullable: true })
  @Classified('administrative')
  madeByAgencyId: string | null;

  @Column({ type: 'text', nullable: true })
  @Classified('administrative')
  madeByAgencyType: string | null;

  /**
   * It was imposed by somebody of the agency of the person who is kept out, who may end it: it stands in the way of none that others
   * impose. A trigger sets it.
   */
  @Column({ type: 'boolean', default: false })
  @Classified('administrative')
  byColleague: boolean;

  /** The chair who ended it. */
  @Column({ type: 'uuid', nullable: true })
  @Classified('administrative')
  endedById: string | null;

  /** Why it ended. */
  @Column({ type: 'text', nullable: true })
  @ReasonOfPanel('third_party', 'summary')
  @Length(3, 500)
  endReason: string | null;
}
