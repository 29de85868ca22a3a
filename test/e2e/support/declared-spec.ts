import { beforeAll, expect, it } from 'vitest'
import * as z from 'zod'
import { generationPage, generationView } from '../../../lambdas/api/generations/generation-view.ts'
import type { AnyCluster } from '../../../sandbox/kubernetes/clusters/any-cluster.ts'
import { putRecord, readRecord, stopExecution } from './aws-clients.ts'
import { type ExistingCluster, existingCluster } from './clusters/existing-cluster.ts'
import { onlyThese } from './clusters/rotation.ts'
import type { OperationAnswer } from './operation.ts'
import { footprint } from './runs/footprint.ts'
import { callBySchedule } from './runs/reconciler.ts'
import { claimsOf } from './runs/recorded.ts'
import { type AnySystem, waitScale } from './system.ts'

let running: AnySystem

/** The only workload in its namespace, which is deleted with it. */
const second = { namespace: 'media', serviceAccount: 'second' }
const withSecond = { 'workloads.1': { ...second, role: { policyArns: [] } } }

/** Tests of PUT, which replaces a spec. Removed workloads are deleted last, and the newest spec is applied. */
export function declaredSpec(systemToTest: () => Promise<AnySystem>): void {
  beforeAll(async () => {
    running = await systemToTest()
  }, 300_000)

  it('a spec with one workload less removes only its role, service account and claim, last; the same spec again writes nothing', async () => {
    const { name, body, path } = await declared('declared')
    await applySpec(path, body())
    const before = await stateOf(name)
    await applySpec(path, body(withSecond))
    expect(await stateOf(name)).not.toEqual(before)

    const since = Date.now()
    const refused = await running.putTo(path, body())
    expect(refused.status).toBe(409)
    expect(await refused.json()).toMatchObject({ detail: expect.stringContaining('media/second') })
    const planned = await running.ended(await put(`${path}?dryRun=true`, body()))
    expect(planned).toMatchObject({
      kind: 'plan',
      status: 'succeeded',
      result: { outcome: 'changes', summary: { created: 0 } },
    })
    expect(await running.writesOf(name, since)).toEqual([])

    const done = await applySpec(`${path}?removals=allow`, body(), { 'if-match': '"2"' })
    const isRemoved = ({ changes }: OperationAnswer['steps'][number]) =>
      changes.some(({ action }) => action === 'deleted')
    expect(done.steps.filter(isRemoved).map(({ state }) => state)).toEqual(['UnbindKsa', 'DeleteRole'])
    // Controllers delete the dependents of the service account.
    await expect.poll(() => stateOf(name), { timeout: 30_000 }).toEqual(before)
    expect(await viewOf(path)).toMatchObject({
      generation: 3,
      status: { observedGeneration: 3, workloads: [{ serviceAccount: 'exporter' }] },
    })

    const again = Date.now()
    await applySpec(path, body())
    expect(await running.writesOf(name, again)).toEqual([])
    expect(await stateOf(name)).toEqual(before)
    expect(await viewOf(path)).toMatchObject({ generation: 3 })
  })

  it('one of two concurrent specs for the same generation is refused', async () => {
    const { body, path } = await declared('raced')
    await applySpec(path, body())
    const sent = await Promise.all(
      [3600, 5400].map((seconds) =>
        running.putTo(path, body({ 'workloads.0.role.maxSessionSeconds': seconds }), { 'if-match': '"1"' }),
      ),
    )
    expect(sent.map(({ status }) => status).sort()).toEqual([202, 412])
    const accepted = sent.find(({ status }) => status === 202)?.headers.get('location') ?? ''
    expect((await running.ended(accepted)).error).toBeUndefined()
    expect(await viewOf(path)).toMatchObject({ generation: 2, status: { observedGeneration: 2 } })
  })

  it('a spec without workloads retains the cluster and its provider', async () => {
    const { body, path } = await declared('empty')
    await applySpec(path, body())
    await applySpec(`${path}?removals=allow`, body({ workloads: [] }), { 'if-match': '"1"' })
    expect(await viewOf(path)).toMatchObject({
      spec: { workloads: [] },
      status: { observedGeneration: 2, workloads: [], providerArn: expect.any(String) },
    })
    expect((await running.tearDown(path)).error).toBeUndefined()
  })

  it('one operation applies the newest of the specs that are written while another operation runs', async () => {
    const { body, path } = await declared('written')
    const first = await put(path, body())
    const written = [await put(path, body(withSecond))]
    for (const failurePolicy of ['Fail', 'Ignore', 'Fail']) {
      written.push(await put(path, body({ ...withSecond, 'webhook.failurePolicy': failurePolicy })))
    }
    expect((await running.ended(first)).error).toBeUndefined()
    const ends = await Promise.all(written.map((location) => running.ended(location)))
    expect(ends.map(({ status }) => status)).toEqual(['succeeded', 'succeeded', 'succeeded', 'succeeded'])
    expect(new Set(ends.map(({ broughtAboutBy }) => broughtAboutBy)).size).toBe(1)
    expect(await viewOf(path)).toMatchObject({
      generation: 5,
      spec: { webhook: { failurePolicy: 'Fail' } },
      status: { observedGeneration: 5, workloads: [{}, {}] },
    })
  })

  it('a spec that is written during a rotation is applied after it', async () => {
    const own = await declared('rotating')
    await applySpec(own.path, own.body())
    await onlyThese(running, [own.name], async () => {
      const discovery = heldDiscovery(own)
      const rotation = await running.send('/v1/rotations', {})
      await discovery.isRead
      const location = await put(own.path, own.body(withSecond))
      expect(await running.observe(location)).toMatchObject({ waits: true, waitsFor: idIn(rotation) })
      discovery.answer()
      expect((await running.ended(rotation)).error).toBeUndefined()
      expect((await endedBySchedule(location)).status).toBe('succeeded')
    })
    await expectBothWorkloads(own)
  })

  it('a spec that waits for an operation is applied when the execution of that operation is stopped', async () => {
    const own = await declared('stopped')
    const discovery = heldDiscovery(own)
    const stopped = await put(own.path, own.body())
    await discovery.isRead
    const location = await put(own.path, own.body(withSecond))
    await stopExecution(running, idIn(stopped))
    discovery.answer()
    expect((await endedBySchedule(stopped)).status).toBe('cancelled')
    expect((await endedBySchedule(location)).status).toBe('succeeded')
    await expectBothWorkloads(own)
  })

  it('a spec whose function crashes after it is recorded is applied without another request', async () => {
    const own = await declared('killed')
    await applySpec(own.path, own.body())
    const { faults } = running.sandbox.aws
    await faults.add({
      kind: 'kill-caller',
      operation: 'dynamodb:TransactWriteItems',
      actor: '*-ApiStart*',
      times: 1,
    })
    expect((await running.putTo(own.path, own.body(withSecond))).status).toBeGreaterThanOrEqual(500)
    const location = await ageQueuedOperation(own)
    expect((await endedBySchedule(location)).status).toBe('succeeded')
    await expectBothWorkloads(own)
  })

  it('an earlier spec that is read from its generation and sent again is the next generation', async () => {
    const { name, body, path } = await declared('returned')
    const first = await applySpec(path, body())
    const before = await stateOf(name)
    await applySpec(path, body(withSecond))
    const { spec } = generationView.parse(await viewOf(`${path}/generations/1`))
    const done = await applySpec(`${path}?removals=allow`, spec, { 'if-match': '"2"' })
    await expect.poll(() => stateOf(name), { timeout: 30_000 }).toEqual(before)
    const { generations } = generationPage.parse(await viewOf(`${path}/generations`))
    expect(generations).toMatchObject([
      { generation: 3, operationId: done.operationId, operationStatus: 'succeeded', changes: { removed: [second] } },
      { generation: 2, operationStatus: 'succeeded', changes: { added: [second], removed: [], fields: [] } },
      { generation: 1, operationId: first.operationId, operationStatus: 'succeeded' },
    ])
  })

  it('a workload that is added again while its namespace is being deleted is set up again', async () => {
    const own = await declared('back')
    await applySpec(own.path, own.body(withSecond))
    await applySpec(`${own.path}?removals=allow`, own.body(), { 'if-match': '"1"' })
    await inRealTime(() => applySpec(own.path, own.body(withSecond)))
    await expectBothWorkloads(own, 3)
  })

  it('a spec without the workload of another manager does not change that workload', async () => {
    const { name, body, path } = await declared('managers')
    await applySpec(`${path}?manager=portal`, body(withSecond))
    const before = await stateOf(name)
    const since = Date.now()
    await applySpec(`${path}?manager=file&removals=allow`, body({ workloads: [] }), { 'if-match': '"1"' })
    expect(await running.writesOf(name, since)).toEqual([])
    expect(await stateOf(name)).toEqual(before)
    expect(await viewOf(path)).toMatchObject({
      generation: 1,
      status: { observedGeneration: 1, workloads: [{ manager: 'portal' }, { manager: 'portal' }] },
    })
  })
}

type Declared = ExistingCluster<AnyCluster> & { readonly path: string }

async function declared(purpose: string): Promise<Declared> {
  const own = await existingCluster(running, purpose)
  return Object.assign(own, { path: `/v1/clusters/${own.name}` })
}

type Headers = Readonly<Record<string, string>>

async function put(path: string, body: unknown, headers: Headers = {}): Promise<string> {
  const response = await running.putTo(path, body, headers)
  if (response.status !== 202) throw new Error(`PUT ${path} answered ${response.status} ${await response.text()}`)
  return response.headers.get('location') ?? ''
}

async function applySpec(path: string, body: unknown, headers: Headers = {}): Promise<OperationAnswer> {
  const done = await running.ended(await put(path, body, headers))
  expect(done.error).toBeUndefined()
  return done
}

/** Waits the full time between the attempts of a step, because a real API server takes some seconds to delete a namespace. */
async function inRealTime(work: () => Promise<unknown>): Promise<void> {
  const { aws } = running.sandbox
  await aws.setWaitScale(1)
  try {
    await work()
  } finally {
    await aws.setWaitScale(waitScale)
  }
}

/** All objects and claims of a cluster, with UIDs and versions, which show each write. */
async function stateOf(name: string): Promise<string[]> {
  return [...(await footprint(running, name)), ...(await claimsOf(running, name))]
}

async function viewOf(path: string): Promise<unknown> {
  return (await fetch(running.api + path)).json()
}

function idIn(location: string): string {
  return location.split('/').at(-1) ?? ''
}

/** Delays the first answer of the cluster's issuer until the test releases it. */
function heldDiscovery(own: Declared) {
  const isRead = Promise.withResolvers<void>()
  const mayAnswer = Promise.withResolvers<void>()
  own.answer = async ({ url = '' }, response) => {
    isRead.resolve()
    await mayAnswer.promise
    own.answer = undefined
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(own.documents[url]))
  }
  return { isRead: isRead.promise, answer: mayAnswer.resolve }
}

/** Calls the reconciler, which its schedule calls every minute, every second until the operation ends. */
async function endedBySchedule(location: string): Promise<OperationAnswer> {
  await expect
    .poll(
      async () => {
        await callBySchedule(running)
        return (await running.observe(location)).endedAt
      },
      { timeout: 100_000, interval: 1_000 },
    )
    .toBeDefined()
  return running.observe(location)
}

const listed = z.object({ operations: z.array(z.object({ operationId: z.string(), status: z.string() })) })

/** Records the queued operation as two minutes older, and returns its path. */
async function ageQueuedOperation({ name }: Declared): Promise<string> {
  const { operations } = listed.parse(await viewOf(`/v1/operations?cluster=${name}`))
  const operationId = operations.find(({ status }) => status === 'queued')?.operationId ?? ''
  const item = await readRecord(running, { pk: `OPERATION#${operationId}`, sk: 'OPERATION' })
  const { createdAt } = z.object({ createdAt: z.string() }).parse(item)
  await putRecord(running, { ...item, createdAt: new Date(Date.parse(createdAt) - 120_000).toISOString() })
  return `/v1/operations/${operationId}`
}

async function expectBothWorkloads({ path }: Declared, generation = 2): Promise<void> {
  expect(await viewOf(path)).toMatchObject({
    generation,
    status: {
      observedGeneration: generation,
      workloads: [{ serviceAccount: 'second' }, { serviceAccount: 'exporter' }],
    },
  })
}
