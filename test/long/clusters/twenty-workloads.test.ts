import { beforeAll, describe, expect, it } from 'vitest'
import * as z from 'zod/mini'
import type { OperationAnswer } from '../../e2e/support/operation.ts'
import { type OwnCluster, ownCluster } from '../../e2e/support/requests.ts'
import { callChains, type Workload } from '../../e2e/support/runs/call-chains.ts'
import { type System, system } from '../../e2e/support/system.ts'
import { setupMachine } from '../../support/workflows/setup-workflow.ts'
import { statesOf } from '../../support/workflows/workflow-parts.ts'

let running: System

beforeAll(async () => {
  running = await system()
})

describe('twenty workloads in one request', () => {
  it('are all proved, and their longest chain of outside calls is no longer than that of one workload', async () => {
    const twenty = await ownCluster(running, 'twenty', 'twenty-workloads')
    const one = await ownCluster(running, 'single', 'twenty-workloads')
    const { workloads } = requestWithWorkloads.parse(twenty.body())
    const [{ operation: single, chains: ofOne }, { operation: all, chains: ofTwenty }] = [
      await measured(one, workloads.slice(0, 1)),
      await measured(twenty, workloads),
    ]
    expect([single.error, all.error]).toEqual([undefined, undefined])
    expect(new Set(proofsOf(all).map(({ subject }) => subject)).size).toBe(20)
    expect(proofsOf(all)).toHaveLength(20)

    expect(ofTwenty.perWorkload).toHaveLength(20)
    expect(ofOne.once.length).toBeGreaterThan(20)
    expect(ofTwenty.once).toEqual(ofOne.once)
    for (const calls of ofTwenty.perWorkload) expect(calls).toEqual(ofOne.perWorkload[0])
    for (const limit of mapConcurrencies()) expect(limit).toBeGreaterThanOrEqual(20)
  })

  const requestWithWorkloads = z.object({
    workloads: z.array(z.looseObject({ namespace: z.string(), serviceAccount: z.string() })),
  })

  async function measured({ name, body }: OwnCluster, workloads: readonly Workload[]) {
    const since = Date.now()
    const operation = await setUpAfterWaiting(body({ workloads }))
    const names = { CLUSTER: name, ID: running.sandbox.kubernetes.cluster(name)?.settings.id ?? '' }
    return { operation, chains: callChains(await running.callsSince(since), { names, workloads }) }
  }
})

/** Creates the cluster only after the setup waits for it: reading a missing cluster makes calls that other setups do not make. */
async function setUpAfterWaiting(body: unknown): Promise<OperationAnswer> {
  const { kubernetes } = running.sandbox
  const { provisioningMs } = kubernetes
  kubernetes.provisioningMs = Number.POSITIVE_INFINITY
  const location = await running.start(body)
  await running.until(location, ({ steps }) => steps.some(({ status }) => status === 'waiting'))
  kubernetes.provisioningMs = provisioningMs
  return running.ended(location)
}

/** The number of workloads that each Map of the workflow handles concurrently. */
function mapConcurrencies(): number[] {
  const maps = statesOf(setupMachine).filter(([name, { Type }]) => Type === 'Map' && !name.endsWith('Batches'))
  return maps.map(([, { MaxConcurrency = 0 }]) => MaxConcurrency)
}

function proofsOf(operation: OperationAnswer): Record<string, unknown>[] {
  return operation.result?.proofs ?? []
}
