import { expect, test } from 'vitest'
import { areByName } from '../../../lambdas/rights/by-name.ts'

const onAccounts = (resourceNames?: readonly string[], verbs = ['create', 'get', 'patch']) => ({
  verbs,
  apiGroups: [''],
  resources: ['serviceaccounts'],
  ...(resourceNames && { resourceNames: [...resourceNames] }),
})

test.each([
  ['on accounts of workloads by name', [onAccounts(['pod-identity-webhook']), onAccounts(['reader'])], true],
  ['on all accounts', [onAccounts(['pod-identity-webhook']), onAccounts()], false],
  ['on everything', [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'] }], false],
  ["only on the webhook's account", [onAccounts(['pod-identity-webhook'])], undefined],
  ['only to read accounts', [onAccounts(undefined, ['get', 'list'])], undefined],
  ['on nothing', [], undefined],
])('rights %s', (_, rules, expected) => {
  expect(areByName(rules)).toBe(expected)
})
