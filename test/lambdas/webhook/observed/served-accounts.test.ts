import { expect, it } from 'vitest'
import { oldestServed } from '../../../../lambdas/webhook/observed/served-accounts.ts'

const account = (namespace: string, name: string, minute: number, roleArn?: string) => ({
  metadata: {
    name,
    namespace,
    creationTimestamp: new Date(Date.UTC(2026, 0, 1, 0, minute)),
    ...(roleArn !== undefined && { annotations: { 'eks.amazonaws.com/role-arn': roleArn } }),
  },
})

it('chooses the oldest account with a role in a namespace whose pods the webhook gets', () => {
  const accounts = [
    account('hook', 'canary', 1, 'arn:0'),
    account('kube-system', 'cni', 2, 'arn:1'),
    account('default', 'plain', 3),
    account('default', 'young', 9, 'arn:3'),
    account('default', 'old', 4, 'arn:2'),
  ]
  expect(oldestServed(accounts, 'hook')).toMatchObject({
    namespace: 'default',
    serviceAccount: 'old',
    roleArn: 'arn:2',
  })
  expect(oldestServed(accounts.slice(0, 3), 'hook')).toBeUndefined()
})

it.each([
  ['a name', { namespace: 'default' }],
  ['a namespace', { name: 'a' }],
])('ignores an account without %s', (_, metadata) => {
  const annotations = { 'eks.amazonaws.com/role-arn': 'arn:1' }
  expect(oldestServed([{ metadata: { ...metadata, annotations } }, {}], 'hook')).toBeUndefined()
})
