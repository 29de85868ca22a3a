import { expect, test } from 'vitest'
import { differingPaths, generationDifference } from '../../../../lambdas/operations/record/generation-difference.ts'
import { exampleRequest } from '../../../support/api/requests.ts'

const spec = exampleRequest('existing-cluster')
const [workload] = spec.workloads
if (!workload) throw new Error('the example has no workload')
const { role, ...ref } = workload
const nothing = { added: [], removed: [], changed: [], fields: [] }
const other = { namespace: 'apps', serviceAccount: 'other' }

test('equal specs have no difference, whatever the order of fields and workloads', () => {
  const two = [...spec.workloads, { ...other, role }]
  const { webhook, ...rest } = spec
  expect(generationDifference({ ...spec, workloads: two }, { ...rest, webhook, workloads: two.toReversed() })).toEqual(
    nothing,
  )
})

test('a difference lists added, removed and changed workloads, with the changed fields of a role', () => {
  const added = { ...spec, workloads: [...spec.workloads, { ...other, role }] }
  expect(generationDifference(added, spec)).toEqual({ ...nothing, added: [other] })
  expect(generationDifference(spec, added)).toEqual({ ...nothing, removed: [other] })
  const changed = { ...spec, workloads: [{ ...ref, role: { ...role, maxSessionSeconds: 5400 } }] }
  expect(generationDifference(changed, spec)).toEqual({
    ...nothing,
    changed: [{ ...ref, fields: ['role.maxSessionSeconds'] }],
  })
})

test('a changed, added or removed field of the cluster is listed as a path', () => {
  const { proxyUrl: _, ...cluster } = spec.cluster
  const before = { ...spec, cluster: { ...cluster, proxyUrl: 'http://proxy:3128' } }
  const after = { ...spec, cluster, webhook: { ...spec.webhook, failurePolicy: 'Fail' as const } }
  expect(generationDifference(after, before)).toEqual({
    ...nothing,
    fields: ['cluster.proxyUrl', 'webhook.failurePolicy'],
  })
})

test('the first spec adds all its workloads and fields', () => {
  expect(generationDifference(spec, undefined)).toEqual({
    ...nothing,
    added: [ref],
    fields: ['cluster', 'webhook', 'adopt', 'reconcile'],
  })
})

test('a list is compared as one value', () => {
  expect(differingPaths({ a: { b: [1, 2] } }, { a: { b: [2, 1] } })).toEqual(['a.b'])
  expect(differingPaths({ a: { b: [{ c: 1 }] } }, { a: { b: [{ c: 1 }] } })).toEqual([])
  expect(differingPaths({ a: [1] }, { a: { b: 1 } })).toEqual(['a'])
})
