import { readFileSync } from 'node:fs'
import { defineConfig } from 'vitest/config'
import * as z from 'zod'
import { requestValidator } from '../../portal/validator.ts'
import { rulesProject, withOwnModules } from '../../vitest.config.ts'

/** Globs of the tests for this run of Stryker, which rules.ts has written, or null for the tests of the rules. */
const include = z
  .array(z.string())
  .nullable()
  .parse(JSON.parse(readFileSync('.sandbox/mutation-tests.json', 'utf8')))

/** Stryker's runner cannot select projects. These are those of `rules` and `parts`. */
export default defineConfig(
  include ? { plugins: [requestValidator()], test: { include, ...withOwnModules } } : { test: rulesProject },
)
