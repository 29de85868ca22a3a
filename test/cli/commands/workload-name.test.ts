import { expect, test } from 'vitest'
import { workloadName } from '../../../cli/commands/workload-name.ts'

test('a workload is typed as its namespace and its account', () => {
  expect(workloadName('default/s3-reader')).toEqual({ namespace: 'default', serviceAccount: 's3-reader' })
})

test.for(['', 'default', 'default/', '/a', 'a/b/c'])('"%s" is no workload', (text) => {
  expect(() => workloadName(text)).toThrow(`"${text}" is no workload: give NAMESPACE/ACCOUNT`)
})
