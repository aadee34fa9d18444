import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsOptional,
  Length,
  Matches,
  Max,
  Min,
  ValidateNested,
} from 'class-validator';
import { Uuid } from '../http/uuid.js';
import { Check, Column, Entity, ForeignKey, Index } from 'typeorm';
import { Agency } from '../agencies/agency.entity.js';
import { Panel } from '../panels/panel.entity.js';
import { Classified } from '../authorization/classification.js';
import { oneOf } from '../database/columns.js';
import { PartnershipRecord } from '../records/record-entity.js';

/** Types of resource. Source: JAG note, section 3.4 "Resource catalogue from the seed". */
export const RESOURCE_TYPES = [
  'ward_officers',
  'asb_officers',
  'parks_police',
  'council_funded_police',
  'outreach_team',
  'cctv_fixed',
  'cctv_demountable',
  'control_room',
  'licensing_officers',
  'environmental_health',
  'street_cleaning',
  'design_out_crime',
  'other',
] as const;
export type ResourceType = (typeof RESOURCE_TYPES)[number];

export const UNITS = ['officers', 'hours', 'days', 'units'] as const;
export type Unit = (typeof UNITS)[number];

/**
 * Weekly shift in which a resource is available, in London time. A shift that ends earlier than it begins ends on the
 * next day.
 */
export class Shift {
  /** Day of the week, 1 (Monday) to 7 (Sunday). */
  @IsInt()
  @Min(1)
  @Max(7)
  weekday: number;

  /** Start, such as `15:00`. */
  @Matches(/^([01]\d|2[0-3]):[0-5]\d$/)
  from: string;

  /** End, such as `01:00`. */
  @Matches(/^([01]\d|2[0-3]):[0-5]\d$/)
  to: string;
}

/**
 * Resource that agencies can bid for, with its weekly shifts. Shift patterns follow the plans. Source: JAG note,
 * section 3.4.
 */
@Entity('resources')
@ForeignKey(() => Panel, ['panelId', 'partnershipId'], ['id', 'partnershipId'])
@Index(['panelId', 'updatedAt', 'id'])
@Check('resources_type', oneOf('type', RESOURCE_TYPES))
@Check('resources_unit', oneOf('unit', UNITS))
@Check('resources_quantity', 'quantity BETWEEN 1 AND 100000')
export class Resource extends PartnershipRecord {
  declare static readonly actions: 'change' | 'read';

  /** Panel that allocates the resource. */
  @Column({ type: 'uuid' })
  @Classified('administrative')
  @Uuid()
  panelId: string;

  /** Agency that owns the resource. */
  @Column({ type: 'uuid' })
  @ForeignKey(() => Agency)
  @Classified('administrative')
  @Uuid()
  agencyId: string;

  @Column({ type: 'text' })
  @Classified('administrative')
  @Length(3, 200)
  name: string;

  @Column({ type: 'text' })
  @Classified('administrative')
  @IsIn(RESOURCE_TYPES)
  type: ResourceType;

  /** Quantity in existence, in `unit`. */
  @Column({ type: 'integer' })
  @Classified('administrative')
  @IsInt()
  @Min(1)
  @Max(100_000)
  quantity: number;

  @Column({ type: 'text' })
  @Classified('administrative')
  @IsIn(UNITS)
  unit: Unit;

  /** Weekly shifts. Empty by default. */
  @Column({ type: 'jsonb', default: [] })
  @Classified('administrative')
  @IsArray()
  @ArrayMaxSize(50)
  @ValidateNested({ each: true })
  @Type(() => Shift)
  shifts: Shift[];

  /** Whether the resource can be bid for now. Default: true. */
  @Column({ type: 'boolean', default: true })
  @Classified('administrative')
  @IsOptional()
  @IsBoolean()
  available: boolean;
}
