import { Check, Column, Entity, ForeignKey, Index } from 'typeorm';
import { Practitioner } from '../agencies/agency.entity.js';
import { Panel } from '../panels/panel.entity.js';
import { Classified } from '../authorization/classification.js';
import { PartnershipRecord } from '../records/record-entity.js';

/**
 * Auditor of a compartment. The operator writes this table as the owner of the database; the role of the service may
 * only read it, and no route writes it.
 */
@Entity('compartment_auditors')
@ForeignKey(() => Panel, ['panelId', 'partnershipId'], ['id', 'partnershipId'])
@Check('compartment_auditors_until', `until IS NULL OR until > since`)
export class CompartmentAuditor extends PartnershipRecord {
  declare static readonly actions: never;

  /** Panel that is a compartment. */
  @Column({ type: 'uuid' })
  @Classified('administrative')
  panelId: string;

  /** Practitioner who audits the compartment. */
  @Column({ type: 'uuid' })
  @ForeignKey(() => Practitioner)
  @Index()
  @Classified('administrative')
  practitionerId: string;

  /** Time from which the auditor may read entries of the compartment. */
  @Column({ type: 'timestamptz' })
  @Classified('administrative')
  since: Date;

  /** Time from which the auditor may no longer read them. Null for no end. */
  @Column({ type: 'timestamptz', nullable: true })
  @Classified('administrative')
  until: Date | null;
}
