import { Check, Column, Entity, ForeignKey, Index } from 'typeorm';
import { Practitioner } from '../agencies/agency.entity.js';
import { Panel } from '../panels/panel.entity.js';
import { Classified } from '../authorization/classification.js';
import { PartnershipRecord } from '../records/record-entity.js';

/**
 * The auditor of a compartment. Written by the operator, as the owner of the database: the service's role may only read it,
 * and no route writes it.
 */
@Entity('compartment_auditors')
@ForeignKey(() => Panel, ['panelId', 'partnershipId'], ['id', 'partnershipId'])
@Check('compartment_auditors_until', `until IS NULL OR until > since`)
export class CompartmentAuditor extends PartnershipRecord {
  /** The panel that is a compartment. */
  @Column({ type: 'uuid' })
  @Classified('administrative')
  panelId: string;

  /** The auditor. */
  @Column({ type: 'uuid' })
  @ForeignKey(() => Practitioner)
  @Index()
  @Classified('administrative')
  practitionerId: string;

  /** First moment at which the auditor reads the entries of the compartment. */
  @Column({ type: 'timestamptz' })
  @Classified('administrative')
  since: Date;

  /** First moment at which the auditor reads them no more; null for no end. */
  @Column({ type: 'timestamptz', nullable: true })
  @Classified('administrative')
  until: Date | null;
}
