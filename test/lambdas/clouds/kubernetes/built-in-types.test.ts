import { expect, test } from 'vitest'
import { builtInType } from '../../../../lambdas/clouds/kubernetes/built-in-types.ts'

test('a type is built in by its apiVersion and kind', () => {
  expect(builtInType('apps/v1', 'Deployment')).toEqual({ name: 'deployments', namespaced: true })
  expect(builtInType('v1', 'Namespace')).toEqual({ name: 'namespaces', namespaced: false })
  expect(builtInType('v1', 'Deployment')).toBeUndefined()
})

test.each([
  ['__proto__', 'toString'],
  ['constructor', 'name'],
  ['v1', 'constructor'],
])('nothing that every object has is a type: %s %s', (apiVersion, kind) => {
  expect(builtInType(apiVersion, kind)).toBeUndefined()
})
