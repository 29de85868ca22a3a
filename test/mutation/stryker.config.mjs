/**
 * The configuration of Stryker: https://stryker-mutator.io/docs/stryker-js/configuration/. It runs in a copy of the tree, and
 * rules.ts passes the files to mutate.
 */
export default {
  testRunner: 'vitest',
  plugins: ['@stryker-mutator/vitest-runner', './test/mutation/ignore-prose.mjs'],
  // Stryker fails when it runs no test, as for a file that no test of its folder imports.
  vitest: { configFile: 'test/mutation/vitest.config.ts', related: false },
  coverageAnalysis: 'perTest',
  // Ignores mutants in code that runs once, when a module is loaded: each of them would need all tests of the rules.
  ignoreStatic: true,
  ignorers: ['prose'],
  // Without `?.` the code does not compile, or behaves the same.
  mutator: { excludedMutations: ['OptionalChaining'] },
  concurrency: 2,
  // A busy machine must not count as an endless loop.
  timeoutMS: 20_000,
  // For all tests of a folder, with their servers.
  dryRunTimeoutMinutes: 20,
  inPlace: true,
  // Otherwise Stryker also changes files without mutants. Nothing compiles the tree while it runs.
  disableTypeChecks: false,
  reporters: ['json', 'progress-append-only'],
  jsonReporter: { fileName: '.sandbox/mutants.json' },
  logLevel: 'warn',
  allowConsoleColors: false,
}
