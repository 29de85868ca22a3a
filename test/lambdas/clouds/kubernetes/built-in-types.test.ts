import { expect, test } from 'vitest'
import { builtInType, isCustom, knownType } from '../../../../lambdas/clouds/kubernetes/built-in-types.ts'

test('a type is built in by its apiVersion and kind', () => {
  expect(builtInType('apps/v1', 'Deployment')).toEqual({ name: 'deployments', namespaced: true })
  expect(builtInType('v1', 'Namespace')).toEqual({ name: 'namespaces', namespaced: false })
  expect(builtInType('v1', 'Deployment')).toBeUndefined()
})

test('a custom type is known, but not built in', () => {
  expect(knownType('multicloud.cluster.gke.io/v1', 'AWSNodePool')).toEqual({ name: 'awsnodepools', namespaced: true })
  expect(isCustom('multicloud.cluster.gke.io/v1', 'AWSNodePool')).toBe(true)
  expect(builtInType('multicloud.cluster.gke.io/v1', 'AWSNodePool')).toBeUndefined()
  expect(isCustom('v1', 'Namespace')).toBe(false)
})

test.each([
  ['__proto__', 'toString'],
  ['constructor', 'name'],
  ['v1', 'constructor'],
])('a property of every JavaScript object is no type: %s %s', (apiVersion, kind) => {
  expect(builtInType(apiVersion, kind)).toBeUndefined()
})
