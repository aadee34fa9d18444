import { Check, Column, Entity, Unique } from 'typeorm';
import { HEARING_PANEL_TYPES, type PanelType } from '../panels/panel.entity.js';
import { Classified } from '../authorization/classification.js';
import { CalendarDate } from '../time/calendar-date.js';
import { RecordEntity } from '../records/record-entity.js';

/** Bands of all instruments, from lowest to highest risk. */
export const BANDS = ['standard', 'medium', 'high'] as const;
export type Band = (typeof BANDS)[number];

/** Types of item. `dont_know` scores nothing, a scale starts at 1, `single` is a choice of one option. */
export const ITEM_TYPES = ['yes_no_dontknow', 'boolean', 'scale', 'single'] as const;
export type ItemType = (typeof ITEM_TYPES)[number];

/** Methods of combining the points of the items into a score. */
export const SCORING_METHODS = ['sum', 'product'] as const;
export type ScoringMethod = (typeof SCORING_METHODS)[number];

export class InstrumentOption {
  /** Answer that selects the option. */
  key: string;

  /** Points for the option. */
  score: number;
}

export class InstrumentItem {
  /** Key of the item. The wording is licensed and stays with the agency that holds the licence. */
  key: string;

  type: ItemType;

  /** Options of a `single` item. Empty for other types. */
  options: InstrumentOption[];

  /** Maximum points of the item; for a scale, its highest value. */
  maxScore: number;

  /** Whether the instrument gives no score without an answer to the item. */
  mandatory: boolean;
}

export class InstrumentBand {
  band: Band;

  /** Minimum score of the band. Each band extends to the next one. */
  minScore: number;

  maxScore: number;
}

/**
 * Edition of a risk instrument: keys, points and bands, without the wording of its questions, which is licensed.
 * Earlier editions remain, so that an assessment can always be read with the edition it was made with. Source: JAG
 * note, section 1.5 "Risk instruments" (versioned instrument engine); MARAC note, section 5 (copyright).
 */
@Entity('instruments')
@Unique(['code', 'edition'])
@Check(`method IN ('sum', 'product')`)
@Check(`effective_to IS NULL OR effective_to >= effective_from`)
@Check(`panel_types <@ ARRAY[${HEARING_PANEL_TYPES.map((type) => `'${type}'`).join(', ')}]`)
export class Instrument extends RecordEntity {
  declare static readonly actions: 'read';

  /** Code of the instrument, such as `DASH-24`. */
  @Column({ type: 'text' })
  @Classified('administrative')
  code: string;

  /** Number of the edition, from 1. */
  @Column({ type: 'integer' })
  @Classified('administrative')
  edition: number;

  @Column({ type: 'text' })
  @Classified('administrative')
  title: string;

  /** Types of panel that use the instrument. */
  @Column({ type: 'text', array: true })
  @Classified('administrative')
  panelTypes: PanelType[];

  /** Scoring method: points are added (`sum`, default) or multiplied (`product`). */
  @Column({ type: 'text', default: 'sum' })
  @Classified('administrative')
  method: ScoringMethod;

  /** Items of the instrument. */
  @Column({ type: 'jsonb' })
  @Classified('administrative')
  items: InstrumentItem[];

  /** Bands of the score. */
  @Column({ type: 'jsonb' })
  @Classified('administrative')
  bands: InstrumentBand[];

  /** First day of use. */
  @Column({ type: 'date' })
  @Classified('administrative')
  @CalendarDate()
  effectiveFrom: string;

  /** Last day of use. Null while the edition is in use. */
  @Column({ type: 'date', nullable: true })
  @Classified('administrative')
  @CalendarDate()
  effectiveTo: string | null;
}
