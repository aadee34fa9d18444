import { view } from '../records/response-view.js';
import { Instrument } from './instrument.entity.js';

/** Edition of a risk instrument. */
export class InstrumentView extends view(
  Instrument,
  'id',
  'version',
  'code',
  'edition',
  'title',
  'panelTypes',
  'method',
  'items',
  'bands',
  'effectiveFrom',
  'effectiveTo',
) {}
