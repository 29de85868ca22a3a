import type { Observations } from './differences.ts'

/** What the sandbox does. test/long/acceptance.test.ts fails when it does something else. */
export const inSandbox: Observations = {}
