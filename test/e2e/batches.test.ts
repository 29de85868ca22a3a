/** A cluster with more workloads than one execution sets up: batches of them are executions of their own. */
import { beforeAll, expect, it, vi } from 'vitest'
import { batchStatuses } from './support/aws-clients.ts'
import { existingCluster } from './support/existing-cluster.ts'
import type { OperationAnswer } from './support/operation.ts'
import { type System, system } from './support/system.ts'

let running: System

beforeAll(async () => {
  running = await system()
})

const count = 45

function workloadsOf(cluster: string) {
  return Array.from({ length: count }, (_, index) => ({
    namespace: 'apps',
    serviceAccount: `account-${index}`,
    role: { name: `${cluster}-${index}`, policyArns: [] as string[] },
  }))
}

it('forty-five workloads are set up; then one is changed and one is removed, and no other is written', async () => {
  const { name, body } = await existingCluster(running, 'batches')
  const workloads = workloadsOf(name)
  const path = `/v1/clusters/${name}`
  const before = await batchStatuses(running)
  const first = await running.ended(await put(path, body({ workloads })))
  expect(first.error).toBeUndefined()
  expect(first.result?.proofs).toHaveLength(count)
  // Of each workload the API tells each step.
  for (const state of ['CreateRole', 'BindKsa', 'Verify']) {
    expect(itemsOf(first, state), state).toEqual(workloads.map((one) => `apps/${one.serviceAccount}`).sort())
  }
  const made = (await batchStatuses(running)).slice(0, -before.length || undefined)
  // The roles of forty and of five, and their proofs.
  expect(made).toEqual(Array.from({ length: 4 }, () => 'SUCCEEDED'))

  const since = Date.now()
  const policyArns = ['arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess']
  const changed = workloads
    .slice(0, -1)
    .map((one, index) => (index === 42 ? { ...one, role: { ...one.role, policyArns } } : one))
  const next = await running.ended(
    await put(`${path}?removals=allow`, body({ workloads: changed }), { 'if-match': '"1"' }),
  )
  expect(next.error).toBeUndefined()
  const written = next.steps
    .filter(({ changes }) => changes.some(({ action }) => action !== 'unchanged'))
    .map(({ state, item }) => `${state} ${item}`)
  expect(written.sort()).toEqual([
    'CreateRole apps/account-42',
    'DeleteRole apps/account-44',
    'UnbindKsa apps/account-44',
  ])
  expect((await running.writesOf(name, since)).length).toBeGreaterThan(0)
  expect(await (await fetch(running.api + path)).json()).toMatchObject({
    status: { observedGeneration: 2, workloads: { length: count - 1 } },
  })
})

it('forty-five workloads are verified, compared and removed in batches, and each is in the answer', async () => {
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

it('a workload of the last batch that fails is named, and all others are set up', async () => {
  const { name, body } = await existingCluster(running, 'batchfails')
  const workloads = workloadsOf(name)
  const other = await existingCluster(running, 'batchowner')
  expect((await running.setUp(other.body({ 'workloads.0.role.name': `${name}-44` }))).error).toBeUndefined()
  const done = await running.setUp(body({ workloads }))
  expect(done).toMatchObject({ status: 'failed', error: { step: 'CreateRole', item: 'apps/account-44' } })
  expect(done.steps.filter(({ state, status }) => state === 'Verify' && status === 'succeeded')).toHaveLength(44)
})

it('the batch of a setup that is cancelled is stopped with it', async () => {
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

/** The workloads of which a step has succeeded. */
function itemsOf({ steps }: OperationAnswer, state: string): (string | undefined)[] {
  return steps
    .filter((step) => step.state === state && step.status === 'succeeded')
    .map(({ item }) => item)
    .sort()
}

async function put(path: string, body: unknown, headers: Record<string, string> = {}): Promise<string> {
  const response = await running.putTo(path, body, headers)
  expect([response.status, response.status === 202 ? '' : await response.text()]).toEqual([202, ''])
  return response.headers.get('location') ?? ''
}
