import { expect, test } from 'vitest'
import { unlisted, unlistedLines } from '../../../cli/apply/unlisted.ts'
import { said } from '../support/lines.ts'

test('matches recorded workloads by namespace and account, and ignores leaving ones', () => {
  const recorded = ['a/b', 'a/c', 'd/b'].map((name) => {
    const [namespace = '', serviceAccount = ''] = name.split('/')
    return { namespace, serviceAccount, manager: 'file' }
  })
  expect(unlisted(recorded, [{ namespace: 'a', serviceAccount: 'b' }])).toEqual(
    ['a/c', 'd/b'].map((name) => ({ name, manager: 'file' })),
  )
  expect(unlisted(recorded, recorded)).toEqual([])
  expect(unlisted([{ namespace: 'a', serviceAccount: 'gone', leaving: true }], [])).toEqual([])
})

test.each([
  [
    'file',
    'file',
    '  2 recorded workloads are not in these files: a/b, c/d',
    '  The setup keeps them. "wid apply --prune" with these files removes them. To remove them by name:',
  ],
  [
    'file',
    'api',
    '  2 recorded workloads are not in these files: a/b, c/d (of api)',
    '  The setup keeps them. "wid apply --prune" with these files removes a/b. To remove them by name:',
  ],
  [
    'api',
    'portal',
    '  2 recorded workloads are not in these files: a/b (of api), c/d (of portal)',
    '  The setup keeps them, and "wid apply --prune" keeps them too. To remove them:',
  ],
])(
  'lists workloads of %s and %s that are in no file, each with the command that removes it',
  (one, other, ...lines) => {
    const found = [
      { name: 'a/b', manager: one },
      { name: 'c/d', manager: other },
    ]
    expect(said(unlistedLines('prod-eu', found))).toEqual([
      ...lines,
      '      wid workload remove prod-eu a/b',
      '      wid workload remove prod-eu c/d',
    ])
  },
)
