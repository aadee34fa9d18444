/** Entities and responses of the conventional comparison server. */
import { Expose } from 'class-transformer';
import { Column, Entity, JoinColumn, ManyToOne, OneToMany, PrimaryColumn } from 'typeorm';

@Entity('agencies')
export class Agency {
  @PrimaryColumn('uuid') id: string;
  @Column('text') name: string;
  @Column('text') type: string;
}

@Entity('panels')
export class Panel {
  @PrimaryColumn('uuid') id: string;
  @Column('text') name: string;
}

@Entity('practitioners')
export class Practitioner {
  @PrimaryColumn('uuid') id: string;
  @Column('text') issuer: string;
  @Column('text') subject: string;
  @Column('boolean') active: boolean;
  @Column({ type: 'uuid', name: 'agency_id' }) agencyId: string;

  @ManyToOne(() => Agency)
  @JoinColumn({ name: 'agency_id' })
  agency: Agency;

  @OneToMany(() => Membership, (membership) => membership.practitioner)
  memberships: Membership[];
}

@Entity('memberships')
export class Membership {
  @PrimaryColumn('uuid') id: string;
  @Column('text') tier: string;
  @Column('text') role: string;
  @Column({ type: 'date', name: 'valid_from' }) validFrom: string;
  @Column({ type: 'date', name: 'valid_to', nullable: true }) validTo: string | null;
  @Column({ type: 'uuid', name: 'panel_id' }) panelId: string;

  @ManyToOne(() => Practitioner, (practitioner) => practitioner.memberships)
  @JoinColumn({ name: 'practitioner_id' })
  practitioner: Practitioner;
}

@Entity('exclusions')
export class Exclusion {
  @PrimaryColumn('uuid') id: string;
  @Column({ type: 'uuid', name: 'practitioner_id', nullable: true }) practitionerId: string | null;
  @Column({ type: 'uuid', name: 'agency_id', nullable: true }) agencyId: string | null;
  @Column({ type: 'uuid', name: 'case_id', nullable: true }) caseId: string | null;
  @Column({ type: 'uuid', name: 'person_id', nullable: true }) personId: string | null;
  @Column({ type: 'timestamptz', nullable: true }) until: Date | null;
}

@Entity('cases')
export class Case {
  @PrimaryColumn('uuid') id: string;
  @Column('integer') version: number;
  @Column('text') reference: string;
  @Column({ type: 'uuid', name: 'panel_id' }) panelId: string;
  @Column({ type: 'uuid', name: 'agency_id' }) agencyId: string;
  @Column({ type: 'text', name: 'contributing_type' }) contributingType: string;
  @Column('text') stage: string;
  @Column({ type: 'text', name: 'subject_kind' }) subjectKind: string;
  @Column({ type: 'uuid', name: 'person_id', nullable: true }) personId: string | null;
  @Column('text') category: string;
  @Column('text') summary: string;
  @Column({ type: 'uuid', name: 'lead_agency_id' }) leadAgencyId: string;
  @Column({ type: 'text', name: 'risk_band', nullable: true }) riskBand: string | null;
  @Column({ type: 'boolean', name: 'is_repeat' }) isRepeat: boolean;
  @Column({ type: 'date', name: 'next_review_on', nullable: true }) nextReviewOn: string | null;
  @Column({ type: 'text', name: 'closure_reason', nullable: true }) closureReason: string | null;
  @Column({ type: 'timestamptz', name: 'opened_at' }) openedAt: Date;
  @Column({ type: 'timestamptz', name: 'updated_at' }) updatedAt: Date;

  @ManyToOne(() => Panel)
  @JoinColumn({ name: 'panel_id' })
  panel: Panel;

  @ManyToOne(() => Agency)
  @JoinColumn({ name: 'lead_agency_id' })
  leadAgency: Agency;

  @OneToMany(() => Contribution, (contribution) => contribution.case)
  contributions: Contribution[];
}

@Entity('contributions')
export class Contribution {
  @PrimaryColumn('uuid') id: string;
  @Column('integer') version: number;
  @Column({ type: 'uuid', name: 'panel_id' }) panelId: string;
  @Column({ type: 'uuid', name: 'agency_id' }) agencyId: string;
  @Column({ type: 'text', name: 'contributing_type' }) contributingType: string;
  @Column('text') category: string;
  @Column('text') kind: string;
  @Column('text') summary: string;
  @Column('text') text: string;
  @Column('text') handling: string;
  @Column({ type: 'boolean', name: 'agency_only' }) agencyOnly: boolean;
  @Column({ type: 'timestamptz', name: 'updated_at' }) updatedAt: Date;

  @ManyToOne(() => Case, (one) => one.contributions)
  @JoinColumn({ name: 'case_id' })
  case: Case;

  @ManyToOne(() => Agency)
  @JoinColumn({ name: 'agency_id' })
  agency: Agency;
}

/** Case in a list. */
export class CaseItemResponse {
  @Expose() id: string;
  @Expose() version: number;
  @Expose() reference: string;
  @Expose() panelId: string;
  @Expose() stage: string;
  @Expose() subjectKind: string;
  @Expose() riskBand?: string | null;
  @Expose() isRepeat?: boolean;
  @Expose() leadAgencyId: string;
  @Expose() nextReviewOn: string | null;
  @Expose() updatedAt: Date;
}

/** Case with its content. */
export class CaseResponse extends CaseItemResponse {
  @Expose() personId: string | null;
  @Expose() category: string;
  @Expose() summary?: string;
  @Expose() agencyId: string;
  @Expose() openedAt: Date;
  @Expose() closureReason: string | null;
}

export class ContributionResponse {
  @Expose() id: string;
  @Expose() version: number;
  @Expose() agencyId: string;
  @Expose() category: string;
  @Expose() kind?: string;
  @Expose() summary?: string;
  @Expose() text?: string;
  @Expose() handling?: string;
  @Expose() agencyOnly: boolean;
  @Expose() updatedAt: Date;
}
