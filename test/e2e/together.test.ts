import { randomUUID } from 'node:crypto'
import { beforeAll, describe, expect, it } from 'vitest'
import * as z from 'zod/mini'
import { leaveLock } from './support/aws-clients.ts'
import type { OperationAnswer } from './support/operation.ts'
import { type OwnCluster, ownCluster } from './support/requests.ts'
import { leaveOperation } from './support/runs/lost-operation.ts'
import { type System, system } from './support/system.ts'

let running: System

beforeAll(async () => {
  running = await system()
})

const problem = z.object({ status: z.number(), type: z.string(), detail: z.string() })

/** The Location header and the problem of a response. */
async function refused(response: Response) {
  return { location: response.headers.get('location'), ...problem.parse(await response.json()) }
}

describe('while a setup of a cluster runs', () => {
  it('a second setup waits for it, a teardown gets 409, and another cluster does not wait', async () => {
    const [held, other] = await Promise.all([ownCluster(running, 'held'), ownCluster(running, 'other')])
    const { promise: released, resolve: release } = Promise.withResolvers<void>()
    running.sandbox.google.faults.interrupt({
      operation: 'storage.buckets.insert',
      object: `${held.name}-discovery`,
      answer: 'sent',
      meanwhile: () => released,
    })
    const first = await running.start(held.body())
    const second = await running.start(held.body({ 'webhook.failurePolicy': 'Fail' }))
    expect(await running.observe(second)).toMatchObject({
      status: 'queued',
      waits: true,
      waitsFor: first.split('/').at(-1),
    })
    const teardown = await running.delete(`/v1/clusters/${held.name}`)
    expect(teardown.headers.get('content-type')).toContain('application/problem+json')
    expect(Number(teardown.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(await refused(teardown)).toMatchObject({
      status: 409,
      location: first,
      detail: expect.stringContaining(first),
    })

    expect((await running.setUp(other.body())).status).toBe('succeeded')
    expect((await running.observe(first)).status).toBe('running')
    release()
    expect((await running.ended(first)).status).toBe('succeeded')
    const waited = await running.ended(second)
    expect(waited).toMatchObject({ status: 'succeeded', broughtAboutBy: expect.any(String) })
    expect(proofsOf(waited)).toHaveLength(1)
    const cluster = await (await fetch(`${running.api}/v1/clusters/${held.name}`)).json()
    expect(cluster).toMatchObject({ generation: 2, status: { observedGeneration: 2 } })
  })
})

describe('a request sent again', () => {
  const send = (cluster: OwnCluster, key: string, edits = {}) =>
    running.post(cluster.body(edits), { 'idempotency-key': key })

  it('with its idempotency key leads to the same operation while it runs, after it failed, and after another succeeded', async () => {
    const cluster = await ownCluster(running, 'again')
    const object = `${cluster.name}-discovery`
    running.sandbox.google.faults.add({ kind: 'refuse', operation: 'storage.buckets.insert', object, times: 1 })
    const key = randomUUID()
    const first = await send(cluster, key)
    const location = first.headers.get('location') ?? ''
    expect(first.status).toBe(202)

    const sentAgain = async () => {
      const response = await send(cluster, key)
      expect(response.headers.get('location')).toBe(location)
      return { code: response.status, ...z.object({ status: z.string() }).parse(await response.json()) }
    }
    expect(await sentAgain()).toMatchObject({ code: 202 })
    const failed = await running.ended(location)
    expect(failed).toMatchObject({ status: 'failed', error: { name: 'AccessDenied', step: 'CreateBucket' } })
    expect(await sentAgain()).toEqual({ code: 202, status: 'failed' })

    expect((await running.setUp(cluster.body())).status).toBe('succeeded')
    expect(await sentAgain()).toEqual({ code: 202, status: 'failed' })
    expect((await running.observe(location)).endedAt).toBe(failed.endedAt)

    const other = await send(cluster, key, { 'cluster.readyTimeoutMinutes': 30 })
    expect(other.status).toBe(422)
    expect(problem.parse(await other.json()).type).toContain('key-reused')
  })

  it('acquires the lock of an operation that has ended or is lost, but not of one that is starting', async () => {
    const cluster = await ownCluster(running, 'stale')
    const { operationId } = await running.setUp(cluster.body())
    await leaveLock(running, cluster.name, { operationId, acquiredAt: new Date() })
    const next = await running.start(cluster.body())
    expect((await running.ended(next)).status).toBe('succeeded')

    await leaveOperation(running, { kind: 'setup', cluster: cluster.name })
    expect((await running.setUp(cluster.body())).status).toBe('succeeded')

    const createdAt = new Date().toISOString()
    const starting = await leaveOperation(running, { kind: 'setup', cluster: cluster.name, createdAt })
    expect(await refused(await running.delete(`/v1/clusters/${cluster.name}`))).toMatchObject({
      status: 409,
      location: `/v1/operations/${starting}`,
    })
  })
})

function proofsOf(operation: OperationAnswer | undefined): Record<string, unknown>[] {
  return operation?.result?.proofs ?? []
}
