/** Counts for the last line of `npm test`. A spec file that cannot even be loaded counts as a failure. */
export default class CountReporter {
  /**
   * @param {unknown} _contexts
   * @param {import('@jest/reporters').AggregatedResult} results
   */
  onRunComplete(_contexts, results) {
    const { numPassedTests: passed, numFailedTests, numRuntimeErrorTestSuites } = results;
    process.send?.({ passed, failed: numFailedTests + numRuntimeErrorTestSuites });
  }
}
