import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import type { RecordedWorkload } from '../../../../lambdas/operations/record/cluster-record.ts'
import { verificationRequest } from '../../../../lambdas/workflows/verification/verification.ts'
import { clusterRecord, workloadRecord } from '../../../support/api/cluster-record.ts'
import { setUpStatus } from '../../../support/api/operations.ts'

const now = new Date('2026-11-28T18:00:00.000Z')
const today = '2026-11-28T00:03:12.000Z'
const yesterday = '2026-11-27T18:03:12.000Z'

const verification = z.object({
  request: z.object({ workloads: z.array(z.object({ roleArn: z.string(), refusedAt: z.string().exactOptional() })) }),
})

function workload(name: string, status: { refusedAt?: string; changedAt?: string } = {}): RecordedWorkload {
  const { refusedAt, changedAt } = status
  const role = { name, policyArns: [], maxSessionSeconds: 3600 }
  const created = { roleName: name, roleArn: `arn:${name}`, policyArns: [], applied: role }
  return workloadRecord(
    { namespace: 'apps', serviceAccount: name },
    {
      role,
      status: {
        role: { ...created, ...(changedAt !== undefined && { changedAt }) },
        conditions: {},
        ...(refusedAt !== undefined && { refusedAt }),
      },
    },
  )
}

/** The roles for which the request skips tokens of other accounts or audiences, with the time of their last refusal. */
function skipped(
  workloads: readonly RecordedWorkload[],
  { automaticAt, providerChangedAt }: { automaticAt?: Date; providerChangedAt?: string } = {},
): unknown {
  const status = { ...setUpStatus(), ...(providerChangedAt !== undefined && { providerChangedAt }) }
  const cluster = clusterRecord({ status })
  const input = verificationRequest({ cluster, workloads }, undefined, automaticAt)
  const { request } = verification.parse(input)
  expect(request.workloads).toHaveLength(workloads.length)
  return Object.fromEntries(
    request.workloads.flatMap(({ roleArn, refusedAt }) => (refusedAt === undefined ? [] : [[roleArn, refusedAt]])),
  )
}

describe('the request of a verification', () => {
  it('tries tokens of other accounts or audiences for each workload when a caller requests it', () => {
    expect(skipped([workload('a', { refusedAt: today })])).toEqual({})
  })

  it('of a rotation skips these tokens for workloads whose roles refused them today, and for no others', () => {
    const workloads = [workload('a', { refusedAt: today }), workload('b', { refusedAt: yesterday }), workload('c')]
    expect(skipped(workloads, { automaticAt: now })).toEqual({ 'arn:a': today })
  })

  it('of a rotation does not skip them for a workload whose role or provider was changed since', () => {
    const later = '2026-11-28T12:00:00.000Z'
    const workloads = [workload('a', { refusedAt: today, changedAt: later }), workload('b', { refusedAt: today })]
    expect(skipped(workloads, { automaticAt: now })).toEqual({ 'arn:b': today })
    expect(skipped(workloads, { automaticAt: now, providerChangedAt: later })).toEqual({})
    expect(skipped(workloads, { automaticAt: now, providerChangedAt: yesterday })).toEqual({ 'arn:b': today })
  })
})
