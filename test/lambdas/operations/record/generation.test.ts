import fc from 'fast-check'
import { describe, expect, test, vi } from 'vitest'
import type { RecordedCluster } from '../../../../lambdas/operations/record/cluster-record.ts'
import {
  desiredWorkloads,
  generationWrites,
  isApplied,
  isStillApplied,
  keptGenerations,
  newGeneration,
} from '../../../../lambdas/operations/record/generation.ts'
import type { DeclaredSpec, DeclaredWorkload, GenerationItem } from '../../../../lambdas/operations/record/record.ts'
import { keys } from '../../../../lambdas/operations/record/table.ts'
import { remove } from '../../../../lambdas/operations/record/writes.ts'
import { itemOf } from '../../../../lambdas/ownership/ownership.ts'
import { bareRole, clusterRecord, leavingWorkload, workloadRecord } from '../../../support/api/cluster-record.ts'
import { exampleSpec } from '../../../support/api/operations.ts'

const at = '2026-11-30T12:00:00.000Z'
const names = fc.constantFrom('a', 'b', 'c')
const role = fc.record({
  name: names,
  policyArns: fc.array(fc.constantFrom('arn:p', 'arn:q')),
  maxSessionSeconds: fc.constantFrom(3600, 7200),
})
const manager = fc.constantFrom('file', 'api')
const workload = fc.record({ namespace: names, serviceAccount: names, role, manager })
const workloads = fc.uniqueArray(workload, { selector: itemOf, maxLength: 5 })

function recordedWith(desired: readonly DeclaredWorkload[], generation = 1): RecordedCluster {
  return { cluster: clusterRecord({ generation }), workloads: desired.map((one) => workloadRecord(one, one)) }
}

describe('a spec that is written', () => {
  test('is generation 1 of a new cluster, and creates the next generation when the workloads differ', () => {
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

  test('creates the next generation when only the cluster’s own fields differ', () => {
    const adopting = { ...exampleSpec('setup'), adopt: true, workloads: [] }
    expect(newGeneration(adopting, recordedWith([]))).toMatchObject({ generation: 2, spec: { adopt: true } })
  })

  test('creates the next generation when only a manager differs', () => {
    const one = { namespace: 'a', serviceAccount: 'a', role: bareRole, manager: 'api' }
    const workloads = [{ ...one, manager: 'file' }]
    const takenOver = { ...exampleSpec('setup'), workloads }
    expect(newGeneration(takenOver, recordedWith([one]))).toMatchObject({ generation: 2, workloads })
  })
})

describe('a generation is applied', () => {
  const ref = { namespace: 'a', serviceAccount: 'a' }
  const proven = { status: 'True', reason: 'Succeeded', message: '', lastTransitionTime: at } as const
  const created = { roleName: 'r', roleArn: 'arn:r', policyArns: [], applied: bareRole }
  const done = workloadRecord(ref, { status: { role: created, conditions: { Verified: proven } } })

  test('when each workload has the requested role, and is proven', () => {
    expect(isApplied({ workloads: [done] })).toBe(true)
    expect(isApplied({ workloads: [] })).toBe(true)
  })

  test.each([
    ['has an older role', { ...done, spec: { ...bareRole, maxSessionSeconds: 7200 } }],
    ['has no role', { ...done, status: { conditions: { Verified: proven } } }],
    ['is not proven', { ...done, status: { role: created, conditions: { Verified: { ...proven, status: 'False' } } } }],
    ['is leaving', { ...leavingWorkload(ref), status: done.status }],
  ] as const)('not while one workload %s', (_, workload) => {
    expect(isApplied({ workloads: [done, workload] })).toBe(false)
    expect(desiredWorkloads({ workloads: [workload] })).toHaveLength('spec' in workload ? 1 : 0)
  })
})

describe('a workload that a setup did not include is still applied', () => {
  const own = { namespace: 'a', serviceAccount: 'a', role: bareRole, manager: 'file' }
  const other = { ...own, serviceAccount: 'b', role: { ...bareRole, maxSessionSeconds: 7200 } }
  const former = { ...own, role: { ...bareRole, maxSessionSeconds: 900 } }
  const time = (hour: number) => `2026-11-30T${hour}:00:00.000Z`
  const item = (
    generation: number,
    workloads: DeclaredWorkload[],
    edits: Partial<DeclaredSpec> = {},
  ): GenerationItem => ({
    generation,
    spec: { ...exampleSpec('setup'), workloads, ...edits },
    writtenBy: 'w',
    writtenAt: time(10 + generation),
    operationId: 'o',
  })
  const provenAt = (verifiedAt?: string) =>
    workloadRecord(own, { status: { conditions: {}, ...(verifiedAt !== undefined && { verifiedAt }) } })

  test('while all generations have its role and the same cluster, whatever changes beside it', () => {
    expect(isStillApplied(provenAt(), [item(2, [other, own]), item(1, [own])])).toBe(true)
    expect(isStillApplied(provenAt(), [item(2, [own], { adopt: true, reconcile: 'repair' }), item(1, [own])])).toBe(
      true,
    )
    expect(
      isStillApplied(provenAt(), [
        item(2, [own], { webhook: { ...exampleSpec('setup').webhook, mode: 'none' } }),
        item(1, [own]),
      ]),
    ).toBe(false)
    expect(isStillApplied(provenAt(), [])).toBe(false)
  })

  test('after a change of its role only if it was proven since', () => {
    const since = [item(3, [own, other]), item(2, [own]), item(1, [former])]
    expect(isStillApplied(provenAt('2026-11-30T12:00:00.001Z'), since)).toBe(true)
    expect(isStillApplied(provenAt(time(12)), since)).toBe(false)
    expect(isStillApplied(provenAt(time(11)), since)).toBe(false)
    expect(isStillApplied(provenAt(), since)).toBe(false)
  })

  test('not if the newest generation has another role, or none', () => {
    for (const newest of [item(2, [former]), item(2, [other]), item(2, [])]) {
      expect(isStillApplied(provenAt(time(20)), [newest, item(1, [own])])).toBe(false)
    }
    const leaving = { ...leavingWorkload(own), status: provenAt(time(20)).status }
    expect(isStillApplied(leaving, [item(2, [own]), item(1, [own])])).toBe(false)
  })
})

test('the table keeps the newest generations of a cluster', () => {
  vi.stubEnv('TABLE_NAME', 'table')
  const written = { writtenBy: 'w', writtenAt: at, operationId: 'o' }
  const writes = (generation: number) =>
    generationWrites('c', { generation, spec: exampleSpec('setup'), workloads: [] }, written)
  expect(writes(keptGenerations)).toHaveLength(2)
  expect(writes(keptGenerations + 1).slice(2)).toEqual([remove(keys.generation('c', 1))])
})

function inOrder(one: DeclaredWorkload, other: DeclaredWorkload): number {
  return itemOf(one) < itemOf(other) ? -1 : 1
}
