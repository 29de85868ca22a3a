import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ProblemError } from '../../../../lambdas/api/problem.ts'
import {
  mergedWorkloads,
  refuseConflicts,
  refuseTooLarge,
  replacedWorkloads,
  type SentWorkloads,
  unchangedWorkloads,
} from '../../../../lambdas/api/spec/spec-change.ts'
import type { RecordedCluster } from '../../../../lambdas/operations/record/cluster-record.ts'
import type { DeclaredWorkload } from '../../../../lambdas/operations/record/record.ts'
import { itemOf } from '../../../../lambdas/ownership/ownership.ts'
import { bareRole, leavingWorkload, workloadRecord } from '../../../support/api/cluster-record.ts'
import { exampleSpec } from '../../../support/api/operations.ts'

const names = fc.constantFrom('a', 'b', 'c')
const managers = fc.constantFrom('file', 'portal', 'api')
const role = fc.record({
  name: names,
  policyArns: fc.array(fc.constantFrom('arn:p', 'arn:q'), { maxLength: 1 }),
  maxSessionSeconds: fc.constantFrom(3600, 7200),
})
const workload = fc.record({ namespace: names, serviceAccount: names, role })
const unique = { selector: itemOf, maxLength: 6 }
const before = fc.uniqueArray(
  fc.tuple(workload, managers).map(([one, manager]) => ({ ...one, manager })),
  unique,
)
/** Some of the sent workloads equal recorded ones, as in a file that is applied again. */
const written = before.chain((recorded) =>
  fc.record({
    recorded: fc.constant(recorded),
    sent: fc.record({
      workloads: fc
        .tuple(fc.subarray(recorded), fc.array(workload, { maxLength: 4 }))
        .map(([same, others]) => uniqueOf([...same.map(({ manager: _, ...one }) => one), ...others])),
      manager: managers,
      takeOver: fc.boolean(),
    }),
  }),
)

describe.each([
  ['merged', mergedWorkloads],
  ['replaced', replacedWorkloads],
] as const)('workloads that are %s', (_, changeOf) => {
  test('do not change those of other managers without takeOver', () => {
    holds(changeOf, ({ recorded, sent, change }) => {
      const others = recorded.filter(({ manager }) => manager !== sent.manager)
      if (!sent.takeOver) expect(change.workloads).toEqual(expect.arrayContaining(others))
      expect(change.removed.filter((one) => others.some((other) => itemOf(other) === itemOf(one)))).toEqual([])
    })
  })

  test('are in conflict when another manager declares another role, and never with takeOver', () => {
    holds(changeOf, ({ recorded, sent, change }) => {
      const inConflict = sent.workloads.filter((one) => {
        const known = find(recorded, one)
        return known && known.manager !== sent.manager && JSON.stringify(known.role) !== JSON.stringify(one.role)
      })
      expect(change.conflicts.map(itemOf)).toEqual(sent.takeOver ? [] : inConflict.map(itemOf))
    })
  })

  test('are reported as changed when their role or manager changes, or would change', () => {
    holds(changeOf, ({ recorded, sent, change }) => {
      const differing = sent.workloads.filter(
        (one) => JSON.stringify(find(recorded, one)) !== JSON.stringify(find(change.workloads, one)),
      )
      const touched = new Set([...differing, ...change.conflicts].map(itemOf))
      expect(new Set(change.changed.map(itemOf))).toEqual(touched)
    })
  })

  test('have the manager of the request when they are new or have changed', () => {
    holds(changeOf, ({ sent, change }) => {
      for (const one of change.changed.filter((each) => !find(change.conflicts, each))) {
        expect(find(change.workloads, one)).toEqual({ ...one, manager: sent.manager })
      }
    })
  })

  test('change nothing when they are sent again', () => {
    holds(changeOf, ({ sent, change }) => {
      const again = changeOf(recordedWith(change.workloads), sent)
      expect(again).toMatchObject({ workloads: change.workloads, removed: [] })
      expect(again.changed.map(itemOf)).toEqual(change.conflicts.map(itemOf))
    })
  })
})

test('only a replacement removes workloads from the spec: all of the same manager that are not sent', () => {
  holds(replacedWorkloads, ({ recorded, sent, change }) => {
    const left = recorded.filter((one) => one.manager === sent.manager && !find(sent.workloads, one))
    expect(change.removed.map(itemOf)).toEqual(left.map(itemOf))
    expect(change.workloads.filter((one) => find(left, one))).toEqual([])
  })
  holds(mergedWorkloads, ({ change }) => {
    expect(change.removed).toEqual([])
  })
})

test('a leaving workload has no manager', () => {
  const ref = { namespace: 'a', serviceAccount: 'a' }
  const leaving = { workloads: [leavingWorkload(ref)] }
  const one = { ...ref, role: bareRole }
  const sent = { workloads: [one], manager: 'file', takeOver: false }
  expect(replacedWorkloads(leaving, sent)).toMatchObject({ workloads: [{ ...one, manager: 'file' }], conflicts: [] })
  expect(unchangedWorkloads(leaving).workloads).toEqual([])
})

test('an equal workload of another manager changes its manager only with takeOver', () => {
  const one = { namespace: 'default', serviceAccount: 's3-reader', role: bareRole }
  const recorded = recordedWith([{ ...one, manager: 'file' }])
  const managerWith = (takeOver: boolean) =>
    mergedWorkloads(recorded, { workloads: [one], manager: 'api', takeOver }).workloads.map(({ manager }) => manager)
  expect([managerWith(false), managerWith(true)]).toEqual([['file'], ['api']])
})

test('a conflict names each workload with its manager, and what to do', () => {
  const one = { namespace: 'default', serviceAccount: 's3-reader', role: bareRole }
  const recorded = recordedWith([{ ...one, manager: 'file' }])
  const sent = {
    workloads: [{ ...one, role: { ...bareRole, maxSessionSeconds: 7200 } }],
    manager: 'api',
    takeOver: false,
  }
  const refused = thrownBy(() => refuseConflicts(mergedWorkloads(recorded, sent)))
  expect(refused.problem).toMatchObject({
    type: 'urn:workload-identity:problem:manager-conflict',
    status: 409,
    detail: expect.stringMatching(/^file declares the workload default\/s3-reader with another role\. .*takeOver=true/),
  })
  refuseConflicts(mergedWorkloads(recorded, { ...sent, takeOver: true }))
})

describe('a spec', () => {
  const spec = exampleSpec('setup')
  const many = (count: number, role: DeclaredWorkload['role']) =>
    Array.from({ length: count }, (_, index) => ({
      namespace: 'a',
      serviceAccount: `s-${index}`,
      role,
      manager: 'api',
    }))

  test('has at most 400 workloads', () => {
    refuseTooLarge({ ...spec, workloads: many(400, bareRole) })
    const refused = thrownBy(() => refuseTooLarge({ ...spec, workloads: many(401, bareRole) }))
    expect(refused.problem).toMatchObject({ status: 409, detail: expect.stringContaining('more than 400 workloads') })
  })

  test('has at most as many bytes as the input of a workflow', () => {
    const inlinePolicy = { Statement: [{ Resource: 'x'.repeat(10_000) }] }
    const role = { ...bareRole, inlinePolicy }
    refuseTooLarge({ ...spec, workloads: many(20, role) })
    const refused = thrownBy(() => refuseTooLarge({ ...spec, workloads: many(25, role) }))
    expect(refused.problem).toMatchObject({ status: 409, detail: expect.stringContaining('inline policies') })
  })
})

interface Case {
  readonly recorded: readonly DeclaredWorkload[]
  readonly sent: SentWorkloads
  readonly change: ReturnType<typeof mergedWorkloads>
}

function holds(changeOf: typeof mergedWorkloads, law: (one: Case) => void): void {
  fc.assert(
    fc.property(written, ({ recorded, sent }) =>
      law({ recorded, sent, change: changeOf(recordedWith(recorded), sent) }),
    ),
  )
}

function recordedWith(workloads: readonly DeclaredWorkload[]): Pick<RecordedCluster, 'workloads'> {
  return { workloads: workloads.map((one) => workloadRecord(one, one)) }
}

function uniqueOf<One extends { namespace: string; serviceAccount: string }>(all: readonly One[]): One[] {
  return [...new Map(all.map((one) => [itemOf(one), one])).values()]
}

function find<One extends { namespace: string; serviceAccount: string }>(
  all: readonly One[],
  wanted: { namespace: string; serviceAccount: string },
): One | undefined {
  return all.find((one) => itemOf(one) === itemOf(wanted))
}

function thrownBy(act: () => void): ProblemError {
  try {
    act()
  } catch (error) {
    if (error instanceof ProblemError) return error
    throw error
  }
  throw new Error('nothing was refused')
}
