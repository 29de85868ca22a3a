import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { RecordedCluster } from '../../../lambdas/operations/cluster-record.ts'
import {
  desiredWorkloads,
  isBroughtAbout,
  mergedWorkloads,
  newGeneration,
} from '../../../lambdas/operations/generation.ts'
import { itemOf } from '../../../lambdas/ownership/ownership.ts'
import type { Workload } from '../../../lambdas/spec/parts.ts'
import { exampleSpec } from '../../support/operations.ts'

const at = '2026-11-30T12:00:00.000Z'
const names = fc.constantFrom('a', 'b', 'c')
const role = fc.record({
  name: names,
  policyArns: fc.array(fc.constantFrom('arn:p', 'arn:q')),
  maxSessionSeconds: fc.constantFrom(3600, 7200),
})
const workload = fc.record({ namespace: names, serviceAccount: names, role })
const workloads = fc.uniqueArray(workload, { selector: itemOf, maxLength: 5 })

function recordedWith(desired: readonly Workload[], generation = 1): RecordedCluster {
  const cluster = { cluster: 'c', spec: exampleSpec('setup'), generation, status: { conditions: {} } }
  const times = { createdAt: at, updatedAt: at }
  return {
    cluster: { ...cluster, lastOperationId: 'o', ...times },
    workloads: desired.map(({ role, ...ref }) => ({ ...ref, spec: role, status: { conditions: {} }, updatedAt: at })),
  }
}

describe('a spec that is written', () => {
  test('is generation 1 of a new cluster, and makes the next one when anything in it differs', () => {
    fc.assert(
      fc.property(workloads, workloads, (before, after) => {
        const first = newGeneration({ ...exampleSpec('setup'), workloads: before }, undefined)
        if (first === 'same spec') throw new Error('a new cluster has no spec')
        expect(first.generation).toBe(1)
        const recorded = recordedWith(first.workloads, 7)
        expect(newGeneration({ ...exampleSpec('setup'), workloads: before.toReversed() }, recorded)).toBe('same spec')
        const unsorted = recordedWith(before.toReversed(), 7)
        expect(newGeneration({ ...exampleSpec('setup'), workloads: before }, unsorted)).toBe('same spec')
        const next = newGeneration({ ...exampleSpec('setup'), workloads: after }, recorded)
        if (next === 'same spec') expect(after.toSorted(inOrder)).toEqual(first.workloads)
        else expect(next).toMatchObject({ generation: 8, workloads: after.toSorted(inOrder) })
      }),
    )
  })

  test('makes the next generation also when only the part of the cluster differs', () => {
    const adopting = { ...exampleSpec('setup'), adopt: true, workloads: [] }
    expect(newGeneration(adopting, recordedWith([]))).toMatchObject({ generation: 2, spec: { adopt: true } })
  })

  test('has, after a merge, each workload once: as it was sent, or else as it was', () => {
    fc.assert(
      fc.property(workloads, workloads, (before, sent) => {
        const merged = mergedWorkloads(recordedWith(before), sent)
        expect(new Set(merged.map(itemOf))).toEqual(new Set([...before, ...sent].map(itemOf)))
        expect(merged).toHaveLength(new Set(merged.map(itemOf)).size)
        for (const one of merged) {
          expect(one).toEqual([...sent, ...before].find((each) => itemOf(each) === itemOf(one)))
        }
      }),
    )
  })
})

describe('a generation is brought about', () => {
  const spec = { name: 'r', policyArns: [], maxSessionSeconds: 3600 }
  const proven = { status: 'True', reason: 'Succeeded', message: '', lastTransitionTime: at } as const
  const made = { roleName: 'r', roleArn: 'arn:r', policyArns: [], applied: spec }
  const observed = { namespace: 'a', serviceAccount: 'a', updatedAt: at }
  const done = { ...observed, spec, status: { role: made, conditions: { Verified: proven } } }

  test('when each workload has the role that is requested, and is proven', () => {
    expect(isBroughtAbout({ workloads: [done] })).toBe(true)
    expect(isBroughtAbout({ workloads: [] })).toBe(true)
  })

  test.each([
    ['was not applied yet', { ...done, spec: { ...spec, maxSessionSeconds: 7200 } }],
    ['has no role', { ...done, status: { conditions: { Verified: proven } } }],
    ['is not proven', { ...done, status: { role: made, conditions: { Verified: { ...proven, status: 'False' } } } }],
    ['has left the spec and is not removed', { ...observed, status: done.status }],
  ] as const)('not while one of them %s', (_, workload) => {
    expect(isBroughtAbout({ workloads: [done, workload] })).toBe(false)
    expect(desiredWorkloads({ workloads: [workload] })).toHaveLength('spec' in workload ? 1 : 0)
  })
})

function inOrder(one: Workload, other: Workload): number {
  return itemOf(one) < itemOf(other) ? -1 : 1
}
