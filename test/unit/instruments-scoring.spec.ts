/** Answers become a score and a band by the stored edition; judgement raises, and lowers only by name. */
import { beforeAll, describe, expect, it } from '@jest/globals';
import type { Band, Instrument } from '#built/instruments/instrument.entity';
import type { GivenAnswer } from '#built/instruments/scoring';

let scoring: typeof import('#built/instruments/scoring');
let instruments: Map<string, Omit<Instrument, 'id' | 'version' | 'createdAt' | 'updatedAt'>>;

beforeAll(async () => {
  scoring = await import('#built/instruments/scoring');
  const { referenceInstruments } = await import('#built/instruments/instruments');
  instruments = new Map(referenceInstruments().map((one) => [one.code, one]));
});

const scored = (code: string, answers: GivenAnswer[]) => scoring.score(instruments.get(code)!, answers);
const key = (at: number): string => `q${String(at).padStart(2, '0')}`;
const answered = (count: number, value: unknown): GivenAnswer[] =>
  Array.from({ length: count }, (_, at) => ({ key: key(at + 1), value }));

describe('the domestic abuse checklist', () => {
  it.each<[number, Band]>([
    [0, 'standard'],
    [9, 'standard'],
    [10, 'medium'],
    [13, 'medium'],
    [14, 'high'],
    [24, 'high'],
  ])('%i yes answers make %s', (count, band) => {
    expect(scored('DASH-24', answered(count, 'yes'))).toEqual({ score: count, computedBand: band, faults: [] });
  });

  it('counts only yes, and lets questions be left out', () => {
    const answers = [...answered(13, 'yes'), { key: 'q14', value: 'dont_know' }, { key: 'q15', value: 'no' }];
    expect(scored('DASH-24', answers)).toEqual({ score: 13, computedBand: 'medium', faults: [] });
  });

  it('names every answer that does not fit, by its place', () => {
    const answers = [
      { key: 'q01', value: 'maybe' },
      { key: 'q25', value: 'yes' },
      { key: 'q02', value: 'yes' },
      { key: 'q02', value: 'no' },
      { key: '__proto__', value: 'yes' },
    ];
    expect(scored('DASH-24', answers).faults).toEqual([
      { kind: 'not-an-answer', key: 'q01', index: 0 },
      { kind: 'unknown-key', key: 'q25', index: 1 },
      { kind: 'answered-twice', key: 'q02', index: 3 },
      { kind: 'unknown-key', key: '__proto__', index: 4 },
    ]);
  });
});

describe('the community instrument', () => {
  const tenItems = (total: number): GivenAnswer[] =>
    answered(10, 1).map((answer, at) => ({ ...answer, value: 1 + Math.max(0, Math.min(4, total - 10 - at * 4)) }));

  it.each<[number, Band]>([
    [21, 'standard'],
    [22, 'medium'],
    [31, 'medium'],
    [32, 'high'],
  ])('a score of %i makes %s', (total, band) => {
    expect(scored('CMARAC-31', tenItems(total))).toEqual({ score: total, computedBand: band, faults: [] });
  });

  it('needs all its items, each on its scale', () => {
    const faults = scored('CMARAC-31', [...answered(8, 3), { key: 'q09', value: 6 }]).faults;
    expect(faults).toEqual([
      { kind: 'not-an-answer', key: 'q09', index: 8 },
      { kind: 'missing', key: 'q10', index: null },
    ]);
    expect(scored('CMARAC-31', [{ key: 'q01', value: 0 }]).faults[0]?.kind).toBe('not-an-answer');
    expect(scored('CMARAC-31', [{ key: 'q01', value: 2.5 }]).faults[0]?.kind).toBe('not-an-answer');
    expect(scored('CMARAC-31', [{ key: 'q01', value: '3' }]).faults[0]?.kind).toBe('not-an-answer');
  });
});

describe('the place matrix', () => {
  const place = (harm: number, frequency: number, trend: string) =>
    scored('PLACE-MATRIX', [
      { key: 'harm', value: harm },
      { key: 'frequency', value: frequency },
      { key: 'trend', value: trend },
    ]);

  it('multiplies harm, frequency and trend', () => {
    expect(place(3, 4, 'stable')).toEqual({ score: 15, computedBand: 'medium', faults: [] });
    expect(place(3, 4, 'increasing')).toEqual({ score: 18, computedBand: 'high', faults: [] });
    expect(place(5, 5, 'increasing').score).toBe(37.5);
    expect(place(2, 4, 'decreasing').computedBand).toBe('standard');
  });

  it('leaves no reachable score between two bands', () => {
    const { bands } = instruments.get('PLACE-MATRIX')!;
    for (let harm = 1; harm <= 5; harm += 1)
      for (let frequency = 1; frequency <= 5; frequency += 1)
        for (const trend of ['decreasing', 'stable', 'increasing']) {
          const { score } = place(harm, frequency, trend);
          expect(bands.filter((band) => score >= band.minScore && score <= band.maxScore)).toHaveLength(1);
        }
  });
});

it.each<[string, Band]>([
  ['emerging', 'standard'],
  ['significant', 'medium'],
  ['experiencing', 'high'],
])('exploitation that is %s makes %s', (level, band) => {
  expect(scored('SYV-LEVEL', [{ key: 'level', value: level }]).computedBand).toBe(band);
});

it('holds no wording of a licensed instrument: only keys', () => {
  for (const { items } of instruments.values())
    for (const item of items)
      expect(Object.keys(item).sort()).toEqual(['key', 'mandatory', 'maxScore', 'options', 'type']);
});

describe('judgement', () => {
  it('counts where there is one', () => {
    expect(scoring.effectiveBand('medium', 'high')).toBe('high');
    expect(scoring.effectiveBand('medium', null)).toBe('medium');
  });

  it('is known when it lowers', () => {
    expect(scoring.isLowered('high', 'medium')).toBe(true);
    expect(scoring.isLowered('medium', 'medium')).toBe(false);
    expect(scoring.isLowered('medium', 'high')).toBe(false);
    expect(scoring.isLowered('high', null)).toBe(false);
  });
});
