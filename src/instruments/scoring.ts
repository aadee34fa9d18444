/**
 * Computation of score and band from answers, on the server and with the stored edition of the instrument. A score is
 * not a prediction and decides nothing: a named person confirms a band.
 */
import { BANDS, type Band, type Instrument, type InstrumentBand, type InstrumentItem } from './instrument.entity.js';

export interface GivenAnswer {
  key: string;
  value: unknown;
}

export interface AnswerFault {
  kind: 'unknown-key' | 'answered-twice' | 'not-an-answer' | 'missing';
  key: string;
  /** Index of the answer, from 0. Null for a missing answer. */
  index: number | null;
}

export interface ScoringResult {
  score: number;
  computedBand: Band;
  /** Errors in the answers. The score is valid only if there are none. */
  faults: AnswerFault[];
}

export type Scorable = Pick<Instrument, 'items' | 'bands' | 'method'>;

export function score(instrument: Scorable, answers: readonly GivenAnswer[]): ScoringResult {
  const items = new Map(instrument.items.map((item) => [item.key, item]));
  const points = new Map<string, number>();
  const faults: AnswerFault[] = [];
  for (const [index, { key, value }] of answers.entries()) {
    const item = items.get(key);
    const scored = item ? pointsOf(item, value) : null;
    if (!item) faults.push({ kind: 'unknown-key', key, index });
    else if (points.has(key)) faults.push({ kind: 'answered-twice', key, index });
    else if (scored === null) faults.push({ kind: 'not-an-answer', key, index });
    else points.set(key, scored);
  }
  const answered = new Set(answers.map((answer) => answer.key));
  for (const { key, mandatory } of instrument.items)
    if (mandatory && !answered.has(key)) faults.push({ kind: 'missing', key, index: null });
  const each = [...points.values()];
  const total =
    instrument.method === 'product'
      ? each.reduce((product, one) => product * one, each.length ? 1 : 0)
      : each.reduce((sum, one) => sum + one, 0);
  return { score: total, computedBand: bandOf(instrument.bands, total), faults };
}

/** Returns the points of an answer, or null if the value is not a valid answer to the item. */
function pointsOf(item: InstrumentItem, value: unknown): number | null {
  switch (item.type) {
    case 'yes_no_dontknow':
      // only yes counts (MARAC note, section 5.1)
      return value === 'yes' ? item.maxScore : value === 'no' || value === 'dont_know' ? 0 : null;
    case 'boolean':
      return value === true ? item.maxScore : value === false ? 0 : null;
    case 'scale':
      return Number.isInteger(value) && Number(value) >= 1 && Number(value) <= item.maxScore ? Number(value) : null;
    case 'single':
      return item.options.find((option) => option.key === value)?.score ?? null;
  }
}

/** Returns the highest band whose minimum score is reached. */
function bandOf(bands: readonly InstrumentBand[], reached: number): Band {
  const [gravest] = bands
    .filter((band) => reached >= band.minScore)
    .map((band) => band.band)
    .sort((a, b) => BANDS.indexOf(b) - BANDS.indexOf(a));
  return gravest ?? BANDS[0];
}

/** Returns the band that applies. Source: JAG note, section 1.5: `effectiveBand = judgementBand ?? computedBand`. */
export const effectiveBand = (computed: Band, judgement: Band | null): Band => judgement ?? computed;

/**
 * Returns whether a judgement is below the computed band. Judgement may raise a band; lowering it requires a chair or
 * coordinator and a reason. Source: MARAC note, section 0, point 5; JAG note, section 1.5 (a downward override).
 */
export const isLowered = (computed: Band, judgement: Band | null): boolean =>
  judgement !== null && BANDS.indexOf(judgement) < BANDS.indexOf(computed);
