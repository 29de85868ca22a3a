import { describe, expect, test } from 'vitest'
import * as ofCluster from '../../../lambdas/api/starts/tear-down-cluster.ts'
import * as ofWorkload from '../../../lambdas/api/starts/tear-down-workload.ts'
import * as clusters from '../../../lambdas/operations/record/cluster-record.ts'
import * as operations from '../../../lambdas/operations/record/operations.ts'
import type { ClusterFacts } from '../../../lambdas/operations/record/record.ts'
import { write } from '../../../lambdas/operations/record/writes.ts'
import { recordOperation } from '../../../lambdas/operations/start/record-operation.ts'
import { readRecorded, writeOfStatus } from '../../../lambdas/steps/status.ts'
import { apiAccount, callApi } from '../../support/api/api.ts'
import { exampleSpec, firstGeneration, newOperation, recordRole, recordSetUpAs } from '../../support/api/operations.ts'
import type { Example } from '../../support/api/requests.ts'

let made = 0

apiAccount()

const reader = { namespace: 'default', serviceAccount: 's3-reader' }
const writer = { namespace: 'media', serviceAccount: 's3-writer' }
const facts = { issuerUrl: 'https://issuer.example', jwksUri: 'https://issuer.example/jwks' }

interface Recorded {
  readonly example?: Example
  /** Whether a setup has succeeded. */
  readonly finished?: boolean
  /** What CheckCluster observed in a setup that failed. */
  readonly observed?: ClusterFacts
}

async function record({ example = 'setup', finished = true, observed }: Recorded = {}): Promise<string> {
  const { operation, ...rest } = newOperation({ cluster: `torn-down-${made++}` })
  const { cluster } = operation
  const change = firstGeneration(exampleSpec(example, { cluster: { name: cluster } }))
  expect(await recordOperation({ ...rest, operation, change })).toBe('recorded')
  for (const workload of [reader, writer]) {
    await recordRole(cluster, workload)
  }
  if (finished)
    await recordSetUpAs(cluster, { facts: { ...facts, kubernetesVersion: '1.21.14' }, webhook: { mode: 'csr' } })
  if (observed) await observe(operation, 'CheckCluster', observed)
  await operations.endOperation(operation, { status: finished ? 'succeeded' : 'failed' })
  return cluster
}

/** Records what a step of the operation observed of its cluster, as the step does. */
async function observe(
  { operationId, cluster, dryRun = false }: { operationId: string; cluster: string; dryRun?: boolean },
  state: string,
  observed: ClusterFacts,
): Promise<void> {
  const call = { operationId, cluster, state, dryRun }
  const known = { observed: { cluster: observed } }
  const status = writeOfStatus(call, await readRecorded(call, undefined), undefined, known)
  if (status) await write(status)
}

interface Options {
  readonly query?: Readonly<Record<string, string>>
  readonly headers?: Readonly<Record<string, string>>
}

const tearDown = (cluster: string, options: Options = {}) =>
  callApi(ofCluster.handler, { parameters: { cluster }, ...options })
const tearDownOne = (cluster: string, workload: typeof reader, options: Options = {}) =>
  callApi(ofWorkload.handler, { parameters: { cluster, ...workload }, ...options })
/** The recorded facts, which the steps of a teardown read. */
const factsOf = async (cluster: string) => (await clusters.readCluster(cluster))?.cluster.status.cluster
const requestOf = async (operationId: string) => (await operations.readOperation(operationId))?.request

describe('DELETE of a cluster', () => {
  test('starts its teardown, with the facts of the record', async () => {
    const cluster = await record()
    const { status, headers, body } = await tearDown(cluster, { query: { deleteCluster: 'true' } })
    expect(status).toBe(202)
    expect(headers).toMatchObject({ location: `/v1/operations/${body.operationId}` })
    expect(body).toMatchObject({ kind: 'teardown', cluster, status: 'running' })
    expect(await requestOf(body.operationId)).toMatchObject({
      cluster: { name: cluster, provider: 'gke-on-aws', management: {} },
      webhook: { namespaces: ['workload-identity-webhook'], mayHaveRequests: true },
      discovery: {},
      workloads: [reader, writer],
      ...{ whole: true, neverFound: false, deleteCluster: true, force: false, dryRun: false },
    })
  })

  test('locks the cluster: another teardown of it or of a workload is refused until the first has ended', async () => {
    const cluster = await record()
    const first = await tearDown(cluster)
    expect((await clusters.readCluster(cluster))?.lock?.operationId).toBe(first.body.operationId)
    for (const second of [await tearDown(cluster), await tearDownOne(cluster, reader)]) {
      expect(second).toMatchObject({
        status: 409,
        headers: { location: `/v1/operations/${first.body.operationId}` },
        body: { type: 'urn:workload-identity:problem:already-running' },
      })
    }
    // The spec stays, because a failed teardown continues with it.
    expect((await clusters.readCluster(cluster))?.cluster.spec).toMatchObject({ cluster: { name: cluster } })
  })

  test('as a dry run takes no lock, and may run beside a change', async () => {
    const cluster = await record()
    expect(await tearDown(cluster, { query: { dryRun: 'true' } })).toMatchObject({
      status: 202,
      body: { dryRun: true },
    })
    expect((await clusters.readCluster(cluster))?.lock).toBeUndefined()
    const real = await tearDown(cluster)
    expect(real.status).toBe(202)
    expect(real.body).not.toHaveProperty('dryRun')
    expect((await tearDown(cluster, { query: { dryRun: 'true' } })).status).toBe(202)
  })

  test('uses the facts that a failed setup observed', async () => {
    const foundAt = { server: 'https://management.example', namespace: 'default' }
    const cluster = await record({ finished: false, observed: { ...facts, foundAt, clusterId: 'c-1' } })
    expect((await tearDown(cluster)).status).toBe(202)
    expect(await factsOf(cluster)).toMatchObject({ ...facts, foundAt })
  })

  test('uses the facts that an earlier teardown observed when no setup observed any', async () => {
    const cluster = await record({ finished: false })
    const earlier = (await tearDown(cluster, { query: { dryRun: 'true' } })).body.operationId
    await observe({ operationId: earlier, cluster, dryRun: true }, 'ObserveCluster', facts)
    expect((await tearDown(cluster)).status).toBe(202)
    expect(await factsOf(cluster)).toEqual(facts)
  })

  test('uses the last observed location of the cluster, and not that of another cluster', async () => {
    const cluster = await record()
    const seenAt = async (seen: object) => {
      const { body } = await tearDown(cluster, { query: { dryRun: 'true' } })
      const observed = { ...facts, ...seen }
      await observe({ operationId: body.operationId, cluster, dryRun: true }, 'ObserveCluster', observed)
    }
    const foundAt = { server: 'https://moved.example', namespace: 'default' }
    await seenAt({ foundAt })
    await seenAt({ issuerUrl: 'https://other.example', foundAt: { ...foundAt, server: 'https://other.example' } })
    expect((await tearDown(cluster)).status).toBe(202)
    expect(await factsOf(cluster)).toMatchObject({ ...facts, foundAt })
  })

  test('uses no facts of an earlier cluster of the same name', async () => {
    const cluster = await record({ finished: false, observed: facts })
    const { body } = await tearDown(cluster)
    await operations.endAndForget(body.operationId, cluster, [])
    const { operation, ...rest } = newOperation({ cluster })
    expect(await recordOperation({ ...rest, operation })).toBe('recorded')
    await operations.endOperation(operation, { status: 'failed' })
    const again = await tearDown(cluster)
    expect(again.status).toBe(202)
    expect(await factsOf(cluster)).toBeUndefined()
  })

  test('with deleteCluster is refused for a cluster that no setup created', async () => {
    const cluster = await record({ example: 'existing-cluster' })
    const { status, body } = await tearDown(cluster, { query: { deleteCluster: 'true' } })
    expect({ status, type: body.type }).toEqual({ status: 409, type: 'urn:workload-identity:problem:conflict' })
    expect(body.detail).toContain(cluster)
    expect((await tearDown(cluster)).status).toBe(202)
  })

  test.each([
    [{ deleteCluster: 'yes' }, 'deleteCluster'],
    [{ force: '1' }, 'force'],
    [{ purge: 'true' }, 'purge'],
  ])('with the query %o is refused with the name of the parameter', async (query, path) => {
    const { status, body } = await tearDown('any', { query })
    expect(status).toBe(400)
    expect(JSON.stringify(body.issues)).toContain(path)
  })
})

describe('DELETE of a workload', () => {
  test('starts the teardown of that one', async () => {
    const cluster = await record()
    const { status, body } = await tearDownOne(cluster, writer, { query: { force: 'true' } })
    expect(status).toBe(202)
    expect(body.workload).toEqual(writer)
    expect(await requestOf(body.operationId)).toMatchObject({ workloads: [writer], whole: false, force: true })
  })

  test('of an unknown workload is not found, and the nearest name is proposed', async () => {
    const cluster = await record()
    const { status, body } = await tearDownOne(cluster, { ...reader, serviceAccount: 's3-raeder' })
    expect(status).toBe(404)
    expect(body.detail).toContain(reader.serviceAccount)
  })

  test('never deletes the cluster', async () => {
    const cluster = await record()
    expect((await tearDownOne(cluster, reader, { query: { deleteCluster: 'true' } })).status).toBe(400)
  })
})
