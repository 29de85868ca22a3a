import { readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import * as z from 'zod'
import { root } from '../docs/support.ts'

const flags = z.record(z.string(), z.unknown())

/**
 * `cdk` warns about each flag without a value: https://docs.aws.amazon.com/cdk/v2/guide/ref-cli-cmd-flags.html. The package
 * contains the recommended values.
 */
test('cdk.json sets each feature flag that the CDK recommends, so that a synthesis warns about none', () => {
  const { context } = z.object({ context: flags }).parse(read('cdk.json'))
  const recommended = flags.parse(read('node_modules/aws-cdk-lib/recommended-feature-flags.json'))
  expect(Object.keys(recommended).filter((flag) => !Object.hasOwn(context, flag))).toEqual([])
})

function read(file: string): unknown {
  return JSON.parse(readFileSync(path.join(root, file), 'utf8'))
}
