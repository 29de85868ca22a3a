import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import type { RecordedWorkload } from '../../../../lambdas/operations/record/cluster-record.ts'
import type { ClusterItem } from '../../../../lambdas/operations/record/record.ts'
import { verificationRequest } from '../../../../lambdas/workflows/verification/verification.ts'
import { exampleSpec, setUpStatus } from '../../../support/api/operations.ts'

const now = new Date('2026-11-28T18:00:00.000Z')
const today = '2026-11-28T00:03:12.000Z'
const yesterday = '2026-11-27T18:03:12.000Z'

const asked = z.object({
  request: z.object({ workloads: z.array(z.object({ roleArn: z.string(), refusedAt: z.string().exactOptional() })) }),
})

function workload(name: string, status: { refusedAt?: string; changedAt?: string } = {}): RecordedWorkload {
  const { refusedAt, changedAt } = status
  const spec = { name, policyArns: [], maxSessionSeconds: 3600 }
  const made = { roleName: name, roleArn: `arn:${name}`, policyArns: [], applied: spec }
  const role = { ...made, ...(changedAt !== undefined && { changedAt }) }
  return {
    namespace: 'apps',
    serviceAccount: name,
    spec,
    manager: 'api',
    status: { role, conditions: {}, ...(refusedAt !== undefined && { refusedAt }) },
    updatedAt: today,
  }
}

/** The accounts of which tokens of others are not tried, with the time that the request gives. */
function spared(
  workloads: readonly RecordedWorkload[],
  { routineAt, providerChangedAt }: { routineAt?: Date; providerChangedAt?: string } = {},
): unknown {
  const cluster: ClusterItem = {
    cluster: 'prod',
    spec: exampleSpec('setup'),
    status: { ...setUpStatus(), ...(providerChangedAt !== undefined && { providerChangedAt }) },
    generation: 1,
    lastOperationId: 'o',
    createdAt: today,
    updatedAt: today,
  }
  const made = verificationRequest({ cluster, workloads }, undefined, routineAt)
  const { request } = asked.parse(made)
  expect(request.workloads).toHaveLength(workloads.length)
  return Object.fromEntries(
    request.workloads.flatMap(({ roleArn, refusedAt }) => (refusedAt === undefined ? [] : [[roleArn, refusedAt]])),
  )
}

describe('the request of a verification', () => {
  it('tries tokens of others for each workload when somebody asks for it', () => {
    expect(spared([workload('a', { refusedAt: today })])).toEqual({})
  })

  it('of a rotation spares the workloads for whose roles they were refused today, and no others', () => {
    const workloads = [workload('a', { refusedAt: today }), workload('b', { refusedAt: yesterday }), workload('c')]
    expect(spared(workloads, { routineAt: now })).toEqual({ 'arn:a': today })
  })

  it('of a rotation spares no workload whose role, or the provider of its cluster, was changed since', () => {
    const later = '2026-11-28T12:00:00.000Z'
    const workloads = [workload('a', { refusedAt: today, changedAt: later }), workload('b', { refusedAt: today })]
    expect(spared(workloads, { routineAt: now })).toEqual({ 'arn:b': today })
    expect(spared(workloads, { routineAt: now, providerChangedAt: later })).toEqual({})
    expect(spared(workloads, { routineAt: now, providerChangedAt: yesterday })).toEqual({ 'arn:b': today })
  })
})
