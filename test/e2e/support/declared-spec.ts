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

/** In a namespace of its own, which goes with it. */
const others = { namespace: 'media', serviceAccount: 'second' }
const withSecond = { 'workloads.1': { ...others, role: { policyArns: [] } } }

/** Tests of a spec that is replaced by PUT: what leaves it is removed last, nothing else is touched, and the newest one is brought about. */
export function declaredSpec(systemToTest: () => Promise<AnySystem>): void {
  beforeAll(async () => {
    running = await systemToTest()
  }, 300_000)

  it('one workload less removes its role, account and claim, after all else has succeeded, and nothing more; the same again writes nothing', async () => {
    const { name, body, path } = await declared('declared')
    await broughtAbout(path, body())
    const before = await allOf(name)
    await broughtAbout(path, body(withSecond))
    expect(await allOf(name)).not.toEqual(before)

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

    const done = await broughtAbout(`${path}?removals=allow`, body(), { 'if-match': '"2"' })
    const isRemoved = ({ changes }: OperationAnswer['steps'][number]) =>
      changes.some(({ action }) => action === 'deleted')
    expect(done.steps.filter(isRemoved).map(({ state }) => state)).toEqual(['UnbindKsa', 'DeleteRole'])
    // Controllers delete what belonged to the account.
    await expect.poll(() => allOf(name), { timeout: 30_000 }).toEqual(before)
    expect(await viewOf(path)).toMatchObject({
      generation: 3,
      status: { observedGeneration: 3, workloads: [{ serviceAccount: 'exporter' }] },
    })

    const again = Date.now()
    await broughtAbout(path, body())
    expect(await running.writesOf(name, again)).toEqual([])
    expect(await allOf(name)).toEqual(before)
    expect(await viewOf(path)).toMatchObject({ generation: 3 })
  })

  it('of two specs that are sent at once for one generation one is refused', async () => {
    const { body, path } = await declared('raced')
    await broughtAbout(path, body())
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

  it('a spec without workloads keeps the cluster, and what else it has', async () => {
    const { body, path } = await declared('empty')
    await broughtAbout(path, body())
    await broughtAbout(`${path}?removals=allow`, body({ workloads: [] }), { 'if-match': '"1"' })
    expect(await viewOf(path)).toMatchObject({
      spec: { workloads: [] },
      status: { observedGeneration: 2, workloads: [], providerArn: expect.any(String) },
    })
    expect((await running.tearDown(path)).error).toBeUndefined()
  })

  it('specs that are written while an operation runs end in the newest one, by one further operation', async () => {
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

  it('a spec that is put during a rotation is brought about after it', async () => {
    const own = await declared('rotating')
    await broughtAbout(own.path, own.body())
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

  it('a spec that waits for an execution that is stopped is brought about', async () => {
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

  it('a spec whose function is stopped as soon as it is recorded is brought about without another request', async () => {
    const own = await declared('killed')
    await broughtAbout(own.path, own.body())
    const { faults } = running.sandbox.aws
    await faults.add({
      kind: 'kill-caller',
      operation: 'dynamodb:TransactWriteItems',
      actor: '*-ApiStart*',
      times: 1,
    })
    expect((await running.putTo(own.path, own.body(withSecond))).status).toBeGreaterThanOrEqual(500)
    const location = await minutesPassFor(own)
    expect((await endedBySchedule(location)).status).toBe('succeeded')
    await expectBothWorkloads(own)
  })

  it('an earlier spec that is read from its generation and sent again becomes the next generation', async () => {
    const { name, body, path } = await declared('returned')
    const first = await broughtAbout(path, body())
    const before = await allOf(name)
    await broughtAbout(path, body(withSecond))
    const { spec } = generationView.parse(await viewOf(`${path}/generations/1`))
    const done = await broughtAbout(`${path}?removals=allow`, spec, { 'if-match': '"2"' })
    await expect.poll(() => allOf(name), { timeout: 30_000 }).toEqual(before)
    const { generations } = generationPage.parse(await viewOf(`${path}/generations`))
    expect(generations).toMatchObject([
      { generation: 3, operationId: done.operationId, operationStatus: 'succeeded', changes: { removed: [others] } },
      { generation: 2, operationStatus: 'succeeded', changes: { added: [others], removed: [], fields: [] } },
      { generation: 1, operationId: first.operationId, operationStatus: 'succeeded' },
    ])
  })

  it('a workload that comes back while its namespace is being deleted is set up again', async () => {
    const own = await declared('back')
    await broughtAbout(own.path, own.body(withSecond))
    await broughtAbout(`${own.path}?removals=allow`, own.body(), { 'if-match': '"1"' })
    await inRealTime(() => broughtAbout(own.path, own.body(withSecond)))
    await expectBothWorkloads(own, 3)
  })

  it('a workload of another manager stays when a spec is put without it, and nothing of it is written', async () => {
    const { name, body, path } = await declared('managers')
    await broughtAbout(`${path}?manager=portal`, body(withSecond))
    const before = await allOf(name)
    const since = Date.now()
    await broughtAbout(`${path}?manager=file&removals=allow`, body({ workloads: [] }), { 'if-match': '"1"' })
    expect(await running.writesOf(name, since)).toEqual([])
    expect(await allOf(name)).toEqual(before)
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

async function broughtAbout(path: string, body: unknown, headers: Headers = {}): Promise<OperationAnswer> {
  const done = await running.ended(await put(path, body, headers))
  expect(done.error).toBeUndefined()
  return done
}

/** A real API server takes some seconds to delete a namespace: they have to pass between the attempts of a step. */
async function inRealTime(work: () => Promise<unknown>): Promise<void> {
  const { aws } = running.sandbox
  await aws.setWaitScale(1)
  try {
    await work()
  } finally {
    await aws.setWaitScale(waitScale)
  }
}

/** With identities and versions: what is equal has not been written. */
async function allOf(name: string): Promise<string[]> {
  return [...(await footprint(running, name)), ...(await claimsOf(running, name))]
}

async function viewOf(path: string): Promise<unknown> {
  return (await fetch(running.api + path)).json()
}

function idIn(location: string): string {
  return location.split('/').at(-1) ?? ''
}

/** The issuer of the cluster gives its first answer when the test releases it. */
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

/** The end of an operation that the schedule brings further every minute, without the minute. */
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

/** The operation that was recorded and not started, as it is two minutes later. */
async function minutesPassFor({ name }: Declared): Promise<string> {
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
