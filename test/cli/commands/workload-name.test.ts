import { expect, test } from 'vitest'
import { workloadName } from '../../../cli/commands/workload-name.ts'

test('the name of a workload is its namespace and its account', () => {
  expect(workloadName('default/s3-reader')).toEqual({ namespace: 'default', serviceAccount: 's3-reader' })
})

test.for(['', 'default', 'default/', '/a', 'a/b/c'])('refuses "%s" as a workload', (text) => {
  expect(() => workloadName(text)).toThrow(`"${text}" is not a workload: give NAMESPACE/ACCOUNT`)
})
