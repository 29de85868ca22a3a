/** Operations on a cluster with more workloads than one execution handles. */
import { beforeAll, expect, it, vi } from 'vitest'
import { batchStatuses } from '../../e2e/support/aws-clients.ts'
import { existingCluster } from '../../e2e/support/clusters/existing-cluster.ts'
import { itemsOf, workloadsOf } from '../../e2e/support/clusters/many-workloads.ts'
import { type System, system } from '../../e2e/support/system.ts'

let running: System

beforeAll(async () => {
  running = await system()
})

it('verifies, compares and removes forty-five workloads in batches, and reports each workload', async () => {
  const { name, body } = await existingCluster(running, 'batchother')
  const path = `/v1/clusters/${name}`
  const workloads = workloadsOf(name)
  const items = workloads.map(({ serviceAccount }) => `apps/${serviceAccount}`).sort()
  const planned = await running.ended(await running.send('/v1/plans', body({ workloads })))
  expect((await running.setUp(body({ workloads }))).error).toBeUndefined()
  const before = await batchStatuses(running)
  const verified = await running.ended(await running.send(`${path}/verifications`, {}))
  const drift = await running.ended(await running.send(`${path}/drift`, {}))
  const removed = await running.tearDown(path)
  for (const [operation, states] of [
    [planned, ['CreateRole', 'BindKsa']],
    [verified, ['Verify']],
    [drift, ['CreateRole', 'BindKsa']],
    [removed, ['UnbindKsa', 'DeleteRole']],
  ] as const) {
    expect(operation.error, operation.kind).toBeUndefined()
    for (const state of states) expect(itemsOf(operation, state), `${operation.kind}: ${state}`).toEqual(items)
  }
  const made = (await batchStatuses(running)).slice(0, -before.length || undefined)
  expect(made).toEqual(Array.from({ length: 6 }, () => 'SUCCEEDED'))
  expect((await fetch(running.api + path)).status).toBe(404)
})

it('names a workload of the last batch that fails, and sets up all others', async () => {
  const { name, body } = await existingCluster(running, 'batchfails')
  const workloads = workloadsOf(name)
  const other = await existingCluster(running, 'batchowner')
  expect((await running.setUp(other.body({ 'workloads.0.role.name': `${name}-44` }))).error).toBeUndefined()
  const done = await running.setUp(body({ workloads }))
  expect(done).toMatchObject({ status: 'failed', error: { step: 'CreateRole', item: 'apps/account-44' } })
  expect(done.steps.filter(({ state, status }) => state === 'Verify' && status === 'succeeded')).toHaveLength(44)
})

it('stops the batch of a cancelled setup', async () => {
  const { name, body } = await existingCluster(running, 'batchstops')
  const location = await running.start(body({ workloads: workloadsOf(name) }))
  await running.until(location, ({ steps }) => steps.some(({ state }) => state === 'BindKsa'))
  await running.postTo(`${location}/cancel`, {})
  expect(await running.ended(location)).toMatchObject({ status: 'cancelled' })
  await vi.waitFor(async () => expect((await batchStatuses(running))[0]).toBe('ABORTED'), 10_000)
  await running.untilFree(name)
  const again = await running.setUp(body({ workloads: workloadsOf(name) }))
  expect(again.error).toBeUndefined()
})
