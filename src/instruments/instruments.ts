/**
 * Instruments created with the database. Keys stand for questions whose wording is licensed or local. A panel with
 * different weights or bands needs its own edition.
 */
import type { Band, Instrument, InstrumentBand, InstrumentItem, ItemType } from './instrument.entity.js';

export type InstrumentValues = Omit<Instrument, 'id' | 'version' | 'createdAt' | 'updatedAt'>;

const keys = (count: number): string[] =>
  Array.from({ length: count }, (_, at) => `q${String(at + 1).padStart(2, '0')}`);

const item = (key: string, type: ItemType, maxScore: number, more: Partial<InstrumentItem> = {}): InstrumentItem => ({
  key,
  type,
  options: [],
  maxScore,
  mandatory: false,
  ...more,
});

const choice = (key: string, scores: Record<string, number>, mandatory = true): InstrumentItem => {
  const options = Object.entries(scores).map(([option, score]) => ({ key: option, score }));
  return item(key, 'single', Math.max(...Object.values(scores)), { options, mandatory });
};

const band = (name: Band, minScore: number, maxScore: number): InstrumentBand => ({ band: name, minScore, maxScore });

const common = { edition: 1, method: 'sum', effectiveTo: null } as const;

export const INSTRUMENTS: readonly InstrumentValues[] = [
  {
    // MARAC note, section 5.1: 24 items, only yes counts; section 2.2: 14 and over is visible high risk, 10 to 13
    // medium (Plymouth). Partial completion is allowed if the victim cannot be asked.
    ...common,
    code: 'DASH-24',
    title: 'Domestic abuse risk checklist, 24 items',
    panelTypes: ['marac'],
    items: keys(24).map((key) => item(key, 'yes_no_dontknow', 1)),
    bands: [band('standard', 0, 9), band('medium', 10, 13), band('high', 14, 24)],
    effectiveFrom: '2015-01-01',
  },
  {
    // JAG note, section 1.5: high above 31 (Islington), a second band from 22 (Teesside). Ten items of 1 to 5 are our
    // choice, because the national matrix is not published.
    ...common,
    code: 'CMARAC-31',
    title: 'Vulnerability and anti-social behaviour risk assessment',
    panelTypes: ['jag', 'community_marac'],
    items: keys(10).map((key) => item(key, 'scale', 5, { mandatory: true })),
    bands: [band('standard', 0, 21), band('medium', 22, 31), band('high', 32, 50)],
    effectiveFrom: '2020-01-01',
  },
  {
    // JAG note, section 1.5 "Place / problem priority": harm × frequency × trend. The bands are our choice.
    ...common,
    method: 'product',
    code: 'PLACE-MATRIX',
    title: 'Place and problem priority: harm, frequency, trend',
    panelTypes: ['jag', 'syv', 'tasking', 'ttcg'],
    items: [
      item('harm', 'scale', 5, { mandatory: true }),
      item('frequency', 'scale', 5, { mandatory: true }),
      choice('trend', { decreasing: 1, stable: 1.25, increasing: 1.5 }),
    ],
    bands: [band('standard', 0, 8.75), band('medium', 9, 17.5), band('high', 18, 37.5)],
    effectiveFrom: '2020-01-01',
  },
  {
    // Law and standards note, section 1.5 "Outcome scale" (Buckinghamshire): the practitioner's level, as a scale.
    ...common,
    code: 'SYV-LEVEL',
    title: 'Exploitation and serious violence: emerging, significant, experiencing',
    panelTypes: ['syv'],
    items: [choice('level', { emerging: 1, significant: 2, experiencing: 3 })],
    bands: [band('standard', 0, 1), band('medium', 2, 2), band('high', 3, 3)],
    effectiveFrom: '2020-01-01',
  },
  {
    // Law and standards note, section 1.5 "Exploitation screening tools", pattern (a): indicators answered yes, no or
    // possible. Twelve indicators and the bands are our choice.
    ...common,
    code: 'SYV-SCREEN',
    title: 'Exploitation and serious violence screening, 12 indicators',
    panelTypes: ['syv'],
    items: keys(12).map((key) => choice(key, { no: 0, possible: 1, yes: 1 }, false)),
    bands: [band('standard', 0, 4), band('medium', 5, 6), band('high', 7, 12)],
    effectiveFrom: '2020-01-01',
  },
];

/** Returns copies of the instruments for the seed. */
export const referenceInstruments = (): InstrumentValues[] => structuredClone([...INSTRUMENTS]);
