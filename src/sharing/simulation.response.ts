import { ApiProperty } from '@nestjs/swagger';
import { SHARING_LEVELS } from '../authorization/data-categories.js';
import { Classified } from '../authorization/classification.js';
import type { Row } from '../authorization/conditions.js';
import { view } from '../records/response-view.js';
import { SharingSimulation, type RowDifference, type SimulatedChange } from './simulation.entity.js';

/** Change with examples of its cases that you may see. */
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

/** Simulation in a list. */
export class SharingSimulationItemView extends view(SharingSimulation, ...FIELDS) {}

/** Simulated effects of a proposed version, over the present cases of which you may know. */
export class SharingSimulationView extends view(SharingSimulation, ...FIELDS) {
  /** Whether the draft or the agreements in force have changed since; if so, run the simulation again. */
  @ApiProperty()
  @Classified('administrative')
  stale: boolean;

  /** Receivers whose access would change, for data held on at least one case. */
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

  /** Rows that differ from those in force, regardless of whether any case holds such data. */
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
