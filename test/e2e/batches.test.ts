/** Sets up more workloads than one execution handles. test/long/clusters/batches.test.ts tests the other operations. */
import { beforeAll, expect, it } from 'vitest'
import { batchStatuses } from './support/aws-clients.ts'
import { existingCluster } from './support/clusters/existing-cluster.ts'
import { itemsOf, manyWorkloads, workloadsOf } from './support/clusters/many-workloads.ts'
import { type System, system } from './support/system.ts'

let running: System

beforeAll(async () => {
  running = await system()
})

it('sets up forty-five workloads, and then writes only the one that is changed and the one that is removed', async () => {
  const { name, body } = await existingCluster(running, 'batches')
  const workloads = workloadsOf(name)
  const path = `/v1/clusters/${name}`
  const before = await batchStatuses(running)
  const first = await running.ended(await put(path, body({ workloads })))
  expect(first.error).toBeUndefined()
  expect(first.result?.proofs).toHaveLength(manyWorkloads)
  for (const state of ['CreateRole', 'BindKsa', 'Verify']) {
    expect(itemsOf(first, state), state).toEqual(workloads.map((one) => `apps/${one.serviceAccount}`).sort())
  }
  const made = (await batchStatuses(running)).slice(0, -before.length || undefined)
  // Two batches, of forty and five workloads, for the roles, and two for the proofs.
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
    status: { observedGeneration: 2, workloads: { length: manyWorkloads - 1 } },
  })
})

async function put(path: string, body: unknown, headers: Record<string, string> = {}): Promise<string> {
  const response = await running.putTo(path, body, headers)
  expect([response.status, response.status === 202 ? '' : await response.text()]).toEqual([202, ''])
  return response.headers.get('location') ?? ''
}
