/** A spec that is replaced by PUT: what leaves it is removed last, and nothing else is touched. */
import { beforeAll, expect, it } from 'vitest'
import { generationPage, generationView } from '../../lambdas/api/generation-view.ts'
import { existingCluster } from './support/existing-cluster.ts'
import { footprint } from './support/footprint.ts'
import { type System, system } from './support/system.ts'

let running: System

beforeAll(async () => {
  running = await system()
})

const others = { namespace: 'reports', serviceAccount: 'second' }

it('one workload less removes its role and its annotation, after all else has succeeded, and nothing more', async () => {
  const { name, body } = await existingCluster(running, 'declared')
  const path = `/v1/clusters/${name}`
  expect((await running.ended(await put(path, body()))).error).toBeUndefined()
  const before = await footprint(running, name)
  const two = body({ 'workloads.1': { ...others, role: { policyArns: [] } } })
  expect((await running.ended(await put(path, two))).error).toBeUndefined()
  expect(await footprint(running, name)).not.toEqual(before)

  const refused = await running.putTo(path, body())
  expect(refused.status).toBe(409)
  expect(await refused.json()).toMatchObject({ detail: expect.stringContaining('reports/second') })

  const since = Date.now()
  const planned = await running.ended(await put(`${path}?dryRun=true`, body()))
  expect(planned).toMatchObject({
    kind: 'plan',
    status: 'succeeded',
    result: { outcome: 'changes', summary: { created: 0 } },
  })
  expect(await running.writesOf(name, since)).toEqual([])

  const removing = `${path}?removals=allow`
  const done = await running.ended(await put(removing, body(), { 'if-match': '"2"' }))
  expect(done.error).toBeUndefined()
  expect(
    done.steps.filter(({ changes }) => changes.some(({ action }) => action === 'deleted')).map(({ state }) => state),
  ).toEqual(['UnbindKsa', 'DeleteRole'])
  expect(await footprint(running, name)).toEqual(before)
  expect(await (await fetch(running.api + path)).json()).toMatchObject({
    generation: 3,
    status: { observedGeneration: 3, workloads: [{}] },
  })

  const again = Date.now()
  expect((await running.ended(await put(path, body()))).error).toBeUndefined()
  expect(await running.writesOf(name, again)).toEqual([])
})

it('a spec without workloads keeps the cluster, and what else it has', async () => {
  const { name, body } = await existingCluster(running, 'empty')
  const path = `/v1/clusters/${name}`
  expect((await running.setUp(body())).error).toBeUndefined()
  const none = body({ workloads: [] })
  const done = await running.ended(await put(`${path}?removals=allow`, none, { 'if-match': '"1"' }))
  expect(done.error).toBeUndefined()
  expect(await (await fetch(running.api + path)).json()).toMatchObject({
    spec: { workloads: [] },
    status: { observedGeneration: 2, workloads: [], providerArn: expect.any(String) },
  })
  expect((await running.tearDown(path)).error).toBeUndefined()
})

it('specs that are written while an operation runs end in the newest one, by one further operation', async () => {
  const { name, body } = await existingCluster(running, 'written')
  const path = `/v1/clusters/${name}`
  const first = await put(path, body())
  const two = body({ 'workloads.1': { ...others, role: { policyArns: [] } } })
  const written = [await put(path, two)]
  for (const failurePolicy of ['Fail', 'Ignore', 'Fail']) {
    const edits = { 'workloads.1': { ...others, role: { policyArns: [] } }, 'webhook.failurePolicy': failurePolicy }
    written.push(await put(path, body(edits)))
  }
  expect((await running.ended(first)).error).toBeUndefined()
  const ends = await Promise.all(written.map((location) => running.ended(location)))
  expect(ends.map(({ status }) => status)).toEqual(['succeeded', 'succeeded', 'succeeded', 'succeeded'])
  expect(new Set(ends.map(({ broughtAboutBy }) => broughtAboutBy)).size).toBe(1)
  expect(await (await fetch(running.api + path)).json()).toMatchObject({
    generation: 5,
    spec: { webhook: { failurePolicy: 'Fail' } },
    status: { observedGeneration: 5, workloads: [{}, {}] },
  })
})

it('an earlier spec that is read from its generation and sent again becomes the next generation', async () => {
  const { name, body } = await existingCluster(running, 'returned')
  const path = `/v1/clusters/${name}`
  const two = body({ 'workloads.1': { ...others, role: { policyArns: [] } } })
  const first = await running.setUp(body())
  expect(first.error).toBeUndefined()
  const before = await footprint(running, name)
  expect((await running.setUp(two)).error).toBeUndefined()
  const { spec } = generationView.parse(await (await fetch(`${running.api}${path}/generations/1`)).json())
  const done = await running.ended(await put(`${path}?removals=allow`, spec, { 'if-match': '"2"' }))
  expect(done.error).toBeUndefined()
  expect(await footprint(running, name)).toEqual(before)
  const { generations } = generationPage.parse(await (await fetch(`${running.api}${path}/generations`)).json())
  expect(generations).toMatchObject([
    { generation: 3, operationId: done.operationId, operationStatus: 'succeeded', changes: { removed: [others] } },
    { generation: 2, operationStatus: 'succeeded', changes: { added: [others], removed: [], fields: [] } },
    { generation: 1, operationId: first.operationId, operationStatus: 'succeeded' },
  ])
})

it('a workload of another manager stays when a spec is put without it, and nothing of it is written', async () => {
  const { name, body } = await existingCluster(running, 'managers')
  const path = `/v1/clusters/${name}`
  const two = body({ 'workloads.1': { ...others, role: { policyArns: [] } } })
  expect((await running.ended(await put(`${path}?manager=portal`, two))).error).toBeUndefined()
  const before = await footprint(running, name)
  const since = Date.now()
  const removing = `${path}?manager=file&removals=allow`
  const done = await running.ended(await put(removing, body({ workloads: [] }), { 'if-match': '"1"' }))
  expect(done.error).toBeUndefined()
  expect(await running.writesOf(name, since)).toEqual([])
  expect(await footprint(running, name)).toEqual(before)
  expect(await (await fetch(running.api + path)).json()).toMatchObject({
    generation: 1,
    status: { observedGeneration: 1, workloads: [{ manager: 'portal' }, { manager: 'portal' }] },
  })
})

async function put(path: string, body: unknown, headers: Readonly<Record<string, string>> = {}): Promise<string> {
  const response = await running.putTo(path, body, headers)
  if (response.status !== 202) throw new Error(`PUT ${path} answered ${response.status} ${await response.text()}`)
  return response.headers.get('location') ?? ''
}
