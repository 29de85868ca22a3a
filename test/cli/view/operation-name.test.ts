import { expect, it } from 'vitest'
import { operationName } from '../../../cli/view/operation-name.ts'

const workload = { namespace: 'default', serviceAccount: 's3-reader' }

it.each([
  ['names its kind', { kind: 'setup' }, 'setup'],
  ['does not mark a plan as a dry run', { kind: 'plan', dryRun: true }, 'plan'],
  ['marks a dry run', { kind: 'teardown', dryRun: true }, 'teardown (dry run)'],
  ['names the only workload that is removed', { kind: 'teardown', workload }, 'removal of default/s3-reader'],
] as const)('the name of an operation %s', (_, operation, name) => {
  expect(operationName(operation)).toBe(name)
})
