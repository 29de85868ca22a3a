import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { RecordedCluster } from '../../../../lambdas/operations/record/cluster-record.ts'
import type { AttemptsItem, OperationItem } from '../../../../lambdas/operations/record/record.ts'
import { repairAfter } from '../../../../lambdas/operations/start/repair.ts'
import { bareRole, clusterRecord, leavingWorkload, workloadRecord } from '../../../support/api/cluster-record.ts'
import { exampleSpec } from '../../../support/api/operations.ts'

const at = '2026-11-30T12:00:00.000Z'
const staying = { namespace: 'a', serviceAccount: 'stays' }
const leaving = { namespace: 'b', serviceAccount: 'leaves' }

/** A cluster with a workload of its spec and a leaving one. */
function recordedWith(rest: Partial<RecordedCluster> = {}, lastOperationId = '01-setup'): RecordedCluster {
  const cluster = clusterRecord({ cluster: 'c', lastOperationId })
  return { cluster, workloads: [workloadRecord(staying), leavingWorkload(leaving)], ...rest }
}

function driftOf(toRepair: string[], createdAt = at): OperationItem {
  return {
    operationId: '02-drift',
    kind: 'drift',
    cluster: 'c',
    status: 'succeeded',
    requestedBy: 's',
    createdAt,
    toRepair,
  }
}

const found = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd', 'e'), { minLength: 1 })
const day = fc.constantFrom('2026-11-30', '2026-12-01')

test('a repair sets the recorded workloads up, names the drift that started it, and removes nothing', () => {
  fc.assert(
    fc.property(found, (toRepair) => {
      const repair = repairAfter(driftOf(toRepair), recordedWith())
      if ('left' in repair) throw new Error(repair.left)
      expect(repair.next).toMatchObject({
        operation: { kind: 'setup', cluster: 'c', namespaces: ['a'], requestedBy: 'repair of drift 02-drift' },
        request: { ...exampleSpec('setup'), workloads: [{ ...staying, role: bareRole }] },
        change: 'same spec',
        expectedLastOperation: '01-setup',
      })
      expect(repair.next.request).not.toHaveProperty('removed')
    }),
  )
})

test('a drift that found nothing to repair attempts nothing', () => {
  const { toRepair: _, ...drift } = driftOf([])
  expect(repairAfter(drift, recordedWith())).toMatchObject({ attempts: { differences: [] } })
})

test('no difference is repaired twice in a day, and each new one is repaired, however many drifts run', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(day, found)), (drifts) => {
      const inOrder = drifts.toSorted(([one], [other]) => one.localeCompare(other))
      const attempted: string[] = []
      let attempts: AttemptsItem | undefined
      for (const [on, toRepair] of inOrder) {
        const drift = driftOf(toRepair, `${on}T04:00:00.000Z`)
        const repair = repairAfter(drift, recordedWith(attempts && { attempts }))
        const named = toRepair.map((difference) => `${on} ${difference}`)
        expect('left' in repair).toBe(named.some((one) => attempted.includes(one)))
        if ('left' in repair) continue
        attempted.push(...named)
        attempts = repair.attempts
        expect(attempts.differences).toHaveLength(attempted.filter((one) => one.startsWith(on)).length)
      }
      expect(new Set(attempted).size).toBe(attempted.length)
    }),
  )
})

test('no more than 1,000 differences are repaired in a day', () => {
  const differences = Array.from({ length: 999 }, (_, index) => `${index}`)
  const attempts = { day: '2026-11-30', differences }
  expect(repairAfter(driftOf(['x']), recordedWith({ attempts }))).toHaveProperty('attempts')
  expect(repairAfter(driftOf(['x', 'y']), recordedWith({ attempts }))).toHaveProperty('left')
})

test('a cluster that an operation changes, or has changed since the drift began, is not repaired', () => {
  const lock = { operationId: '03', acquiredAt: at }
  expect(repairAfter(driftOf(['x']), recordedWith({ lock }))).toHaveProperty('left')
  expect(repairAfter(driftOf(['x']), recordedWith({}, '03-setup'))).toHaveProperty('left')
})
