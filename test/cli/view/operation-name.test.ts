import { expect, it } from 'vitest'
import { operationName } from '../../../cli/view/operation-name.ts'

const workload = { namespace: 'default', serviceAccount: 's3-reader' }

it.each([
  ['names its kind', { kind: 'setup' }, 'setup'],
  ['is that of a plan, which is nothing else than a dry run', { kind: 'plan', dryRun: true }, 'plan'],
  ['says that nothing is changed by a dry run', { kind: 'teardown', dryRun: true }, 'teardown (dry run)'],
  ['names the workload that is removed alone', { kind: 'teardown', workload }, 'removal of default/s3-reader'],
] as const)('the name of an operation %s', (_, operation, name) => {
  expect(operationName(operation)).toBe(name)
})
