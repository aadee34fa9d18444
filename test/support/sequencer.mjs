/**
 * Order of the spec files: the longest first, so that both workers end at about the same time. Jest knows how long a file
 * took only from an earlier run on the same machine, and otherwise begins with the largest.
 */
import path from 'node:path';
import TestSequencer from '@jest/test-sequencer';

const LONGEST = [
  'who-may-widen',
  'data-leaks',
  'every-route',
  'sql-is-memory-first',
  'sql-is-memory-second',
  'matrix-over-http',
  'annual-cycle',
  'permission-first',
  'reading-by-writing',
  'existence-hiding',
  'jobs',
  'row-level-security',
];

/** @param {{ path: string }} test */
function rank(test) {
  const index = LONGEST.indexOf(path.basename(test.path, '.spec.ts'));
  return index < 0 ? LONGEST.length : index;
}

/** Base class; the types describe the CommonJS form of the module. */
const Sequencer = /** @type {typeof TestSequencer.default} */ (/** @type {unknown} */ (TestSequencer));

export default class LongestFirst extends Sequencer {
  /**
   * @override
   * @param {import('@jest/test-result').Test[]} tests
   */
  async sort(tests) {
    return (await super.sort(tests)).sort((a, b) => rank(a) - rank(b));
  }
}
