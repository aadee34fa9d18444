import { ApiProperty } from '@nestjs/swagger';
import { SHARING_LEVELS } from '../authorization/data-categories.js';
import { Classified } from '../authorization/classification.js';
import type { Row } from '../authorization/conditions.js';
import { view } from '../records/response-view.js';
import { SharingSimulation, type RowDifference, type SimulatedChange } from './simulation.entity.js';

/** A change with a few of its cases, as far as you may see them. */
export interface ShownChange extends SimulatedChange {
  samples: { id: string; reference: string }[];
}

const text = { type: 'string', maxLength: 60 };
const uuid = { type: 'string', format: 'uuid', maxLength: 36 };
const level = { type: 'string', enum: [...SHARING_LEVELS] };

const FIELDS = [
  'id',
  'version',
  'agreementId',
  'versionId',
  'asOf',
  'digest',
  'madeById',
  'createdAt',
  'signedById',
  'signedAt',
] as const;

/** A simulation in a list. */
export class SharingSimulationItemView extends view(SharingSimulation, ...FIELDS) {}

/** What a proposed version would change, over the cases as they are and as far as you may know of them. */
export class SharingSimulationView extends view(SharingSimulation, ...FIELDS) {
  /** The draft, or what is in force, changed since: run it again. */
  @ApiProperty()
  @Classified('administrative')
  stale: boolean;

  /** Who would receive otherwise than now, of what that is held on at least one case. */
  @ApiProperty({
    type: 'array',
    maxItems: 100_000,
    items: {
      type: 'object',
      required: [
        'purpose',
        'panelId',
        'agencyId',
        'receivingType',
        'category',
        'contributingAgencyId',
        'contributingType',
        'before',
        'after',
        'cases',
        'samples',
      ],
      properties: {
        purpose: text,
        panelId: uuid,
        agencyId: { ...uuid, nullable: true, description: 'Null for the coordination of the panel.' },
        receivingType: text,
        category: text,
        contributingAgencyId: { ...uuid, nullable: true, description: 'The agency that contributed it.' },
        contributingType: { ...text, nullable: true },
        before: level,
        after: level,
        cases: { type: 'integer', description: 'Cases in which that agency contributed of it.' },
        samples: {
          type: 'array',
          maxItems: 3,
          items: { type: 'object', required: ['id', 'reference'], properties: { id: uuid, reference: text } },
          description: 'Cases among them that you may see.',
        },
      },
    },
  })
  @Classified('administrative')
  changes: ShownChange[];

  /** Rows that say otherwise than those in force, whether or not a case holds anything of it. */
  @ApiProperty({
    type: 'array',
    maxItems: 10_000,
    items: {
      type: 'object',
      required: ['purpose', 'category', 'contributingType', 'receivingType', 'before', 'after'],
      properties: {
        purpose: text,
        category: text,
        contributingType: text,
        receivingType: text,
        before: { ...text, nullable: true },
        after: { ...text, nullable: true },
      },
    },
  })
  @Classified('administrative')
  rowDifferences: RowDifference[];

  static derive = (_shown: Row, _now: Date, given: Row): Row => given;
}
