import { expect } from 'vitest'
import * as operations from '../../../lambdas/operations/record/operations.ts'
import { recordOperation } from '../../../lambdas/operations/start/record-operation.ts'
import * as step from '../../../lambdas/workflows/teardown/record-teardown.ts'
import { lambdaContext } from '../api/lambda-context.ts'
import { newOperation, recordRole } from '../api/operations.ts'

export const reader = { namespace: 'default', serviceAccount: 's3-reader' }
export const writer = { namespace: 'default', serviceAccount: 's3-writer' }

/** Records a cluster with two workloads and a running teardown. */
export async function started({ whole = true, dryRun = false } = {}) {
  const setup = newOperation()
  const { cluster } = setup.operation
  expect(await recordOperation(setup)).toBe('recorded')
  await operations.endOperation(setup.operation, { status: 'succeeded' })
  for (const workload of [reader, writer]) {
    await recordRole(cluster, workload)
  }
  const { operation } = newOperation({ kind: 'teardown', cluster })
  const request = {
    cluster: { name: cluster, provider: 'existing', credentialsSecretArn: 'arn:secret' },
    issuerUrls: [],
    workloads: whole ? [reader, writer] : [reader],
    ...{ whole, deleteCluster: false, force: false, dryRun },
  }
  const recorded = { operation, request, ...(!dryRun && { change: 'same spec' as const }) }
  expect(await recordOperation(recorded)).toBe('recorded')
  return { operation, request, cluster }
}

/** Runs the step with these failures of other steps. */
export function record({ operation, request }: Awaited<ReturnType<typeof started>>, failures: readonly object[] = []) {
  const { operationId, cluster } = operation
  const { workloads, whole, dryRun } = request
  const input = { failures, workloads, whole }
  return step.handler({ operationId, cluster, state: 'RecordTeardown', attempt: 0, dryRun, input }, lambdaContext())
}
