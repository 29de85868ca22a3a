/**
 * How Stryker makes mutants of the rules: https://stryker-mutator.io/docs/stryker-js/configuration/. It runs in a copy
 * of the tree, and rules.ts tells it which files to mutate.
 */
export default {
  testRunner: 'vitest',
  plugins: ['@stryker-mutator/vitest-runner', './test/mutation/ignore-prose.mjs'],
  vitest: { configFile: 'test/mutation/vitest.config.ts' },
  coverageAnalysis: 'perTest',
  // A static mutant is one of what runs once, when its module is loaded: each would take all tests of the rules.
  ignoreStatic: true,
  ignorers: ['prose'],
  // Without `?.` the code does not compile, or it does the same.
  mutator: { excludedMutations: ['OptionalChaining'] },
  concurrency: 2,
  // A busy machine is not an endless loop.
  timeoutMS: 20_000,
  inPlace: true,
  reporters: ['json', 'progress-append-only'],
  jsonReporter: { fileName: '.sandbox/mutants.json' },
  logLevel: 'warn',
  allowConsoleColors: false,
}
