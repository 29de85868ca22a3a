import { readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import * as z from 'zod'
import { root } from '../docs/support.ts'

const flags = z.record(z.string(), z.unknown())

/**
 * A flag without a value makes `cdk` print that it has none: https://docs.aws.amazon.com/cdk/v2/guide/ref-cli-cmd-flags.html. The
 * package says what a new app gets.
 */
test('each feature flag that the CDK recommends has a value in cdk.json, so that a synthesis prints none', () => {
  const { context } = z.object({ context: flags }).parse(read('cdk.json'))
  const recommended = flags.parse(read('node_modules/aws-cdk-lib/recommended-feature-flags.json'))
  expect(Object.keys(recommended).filter((flag) => !Object.hasOwn(context, flag))).toEqual([])
})

function read(file: string): unknown {
  return JSON.parse(readFileSync(path.join(root, file), 'utf8'))
}
