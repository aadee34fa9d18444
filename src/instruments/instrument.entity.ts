import { Check, Column, Entity, Unique } from 'typeorm';
import { HEARING_PANEL_TYPES, type PanelType } from '../panels/panel.entity.js';
import { Classified } from '../authorization/classification.js';
import { CalendarDate } from '../time/calendar-date.js';
import { RecordEntity } from '../records/record-entity.js';

/** The bands of every instrument, from the least to the gravest. */
export const BANDS = ['standard', 'medium', 'high'] as const;
export type Band = (typeof BANDS)[number];

/** How an item is answered: `dont_know` scores nothing, a scale runs from 1, `single` chooses one option. */
export const ITEM_TYPES = ['yes_no_dontknow', 'boolean', 'scale', 'single'] as const;
export type ItemType = (typeof ITEM_TYPES)[number];

/** How the points of the items become a score. */
export const SCORING_METHODS = ['sum', 'product'] as const;
export type ScoringMethod = (typeof SCORING_METHODS)[number];

export class InstrumentOption {
  /** What is answered. */
  key: string;

  /** What it scores. */
  score: number;
}

export class InstrumentItem {
  /** The item's key. The wording is licensed and stays with the agency that holds the licence. */
  key: string;

  type: ItemType;

  /** The options of a `single` item; empty for the others. */
  options: InstrumentOption[];

  /** The most that the item can score; the top of a scale. */
  maxScore: number;

  /** Without an answer to it the instrument gives no score. */
  mandatory: boolean;
}

export class InstrumentBand {
  band: Band;

  /** The least score of the band; each band reaches up to the next one. */
  minScore: number;

  maxScore: number;
}

/**
 * One edition of a risk instrument: keys, points and bands, never the wording of its questions, which is licensed. Older
 * editions stay, so that an assessment can always be read by the edition it was made with.
 * Source: JAG note, section 1.5 "Risk instruments" (versioned instrument engine); MARAC note, section 5 (copyright).
 */
@Entity('instruments')
@Unique(['code', 'edition'])
@Check(`method IN ('sum', 'product')`)
@Check(`effective_to IS NULL OR effective_to >= effective_from`)
@Check(`panel_types <@ ARRAY[${HEARING_PANEL_TYPES.map((type) => `'${type}'`).join(', ')}]`)
export class Instrument extends RecordEntity {
  /** The instrument, e.g. `DASH-24`. */
  @Column({ type: 'text' })
  @Classified('administrative')
  code: string;

  /** Counts its editions, from 1. */
  @Column({ type: 'integer' })
  @Classified('administrative')
  edition: number;

  /** What it is called. */
  @Column({ type: 'text' })
  @Classified('administrative')
  title: string;

  /** The types of panel that use it. */
  @Column({ type: 'text', array: true })
  @Classified('administrative')
  panelTypes: PanelType[];

  /** Whether the points are added or multiplied. */
  @Column({ type: 'text', default: 'sum' })
  @Classified('administrative')
  method: ScoringMethod;

  /** What is asked, by key. */
  @Column({ type: 'jsonb' })
  @Classified('administrative')
  items: InstrumentItem[];

  /** Which scores make which band. */
  @Column({ type: 'jsonb' })
  @Classified('administrative')
  bands: InstrumentBand[];

  /** First day of use. */
  @Column({ type: 'date' })
  @Classified('administrative')
  @CalendarDate()
  effectiveFrom: string;

  /** Last day of use; null while it is used. */
  @Column({ type: 'date', nullable: true })
  @Classified('administrative')
  @CalendarDate()
  effectiveTo: string | null;
}
