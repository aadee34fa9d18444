/**
 * Jest runs the specs as CommonJS (its own ES modules are experimental and fail with decorators), and hands what is
 * written as ES modules to Node. Most specs speak HTTP to the built service in a plain Node process of its own.
 * @type {import('jest').Config}
 */
export default {
  testEnvironment: '<rootDir>/test/support/contract-environment.mjs',
  testMatch: ['<rootDir>/test/**/*.spec.ts'],
  transform: {
    '\\.ts$': [
      '@swc/jest',
      {
        jsc: { parser: { syntax: 'typescript', decorators: true }, target: 'es2024' },
        module: { type: 'commonjs', ignoreDynamic: true },
      },
    ],
  },
  moduleFileExtensions: ['js', 'mjs', 'cjs', 'ts', 'json', 'node'],
  globalSetup: '<rootDir>/test/support/global-setup.mjs',
  globalTeardown: '<rootDir>/test/support/global-teardown.mjs',
  setupFilesAfterEnv: ['<rootDir>/test/support/close-everything.ts', '<rootDir>/test/support/traffic-hooks.ts'],
  reporters: ['default', '<rootDir>/test/support/count-reporter.mjs'],
  testSequencer: '<rootDir>/test/support/sequencer.mjs',
  maxWorkers: 2,
  testTimeout: 30_000,
};
