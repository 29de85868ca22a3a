import { expect, test } from 'vitest'
import { unlisted, unlistedLines } from '../../../cli/apply/unlisted.ts'
import { said } from '../support/lines.ts'

test('a recorded workload is listed when namespace and account are both in the request', () => {
  const recorded = ['a/b', 'a/c', 'd/b'].map((name) => {
    const [namespace = '', serviceAccount = ''] = name.split('/')
    return { namespace, serviceAccount }
  })
  expect(unlisted(recorded, [{ namespace: 'a', serviceAccount: 'b' }])).toEqual(['a/c', 'd/b'])
  expect(unlisted(recorded, recorded)).toEqual([])
})

test('workloads that no file has are named, each with the command that removes it', () => {
  expect(said(unlistedLines('prod-eu', ['a/b', 'c/d']))).toEqual([
    '  2 recorded workloads are not in these files: a/b, c/d',
    '  The setup leaves them. "wid apply --prune" with these files removes them, and so does:',
    '      wid workload remove prod-eu a/b',
    '      wid workload remove prod-eu c/d',
  ])
})
