import { expect, test } from 'vitest'
import * as z from 'zod'
import { type AgentItem, enrol, storeCode } from '../../../lambdas/agent/agent-record.ts'
import { type ClusterSummary, clusterPage, clusterView } from '../../../lambdas/api/clusters/cluster-view.ts'
import * as getCluster from '../../../lambdas/api/clusters/get-cluster.ts'
import * as listClusters from '../../../lambdas/api/clusters/list-clusters.ts'
import * as startSetup from '../../../lambdas/api/starts/start-setup.ts'
import * as operations from '../../../lambdas/operations/record/operations.ts'
import { recordStarted, recordSucceeded } from '../../../lambdas/operations/record/progress.ts'
import { writeStatus } from '../../../lambdas/operations/record/status-record.ts'
import { keys } from '../../../lambdas/operations/record/table.ts'
import { workloadKey } from '../../../lambdas/operations/record/workload-record.ts'
import { recordOperation } from '../../../lambdas/operations/start/record-operation.ts'
import { writeThumbprintHistory } from '../../../lambdas/provider/thumbprint-record.ts'
import { apiAccount, callApi } from '../../support/api/api.ts'
import {
  exampleSpec,
  firstGeneration,
  newOperation,
  recordNext,
  recordRole,
  recordSetUpAs,
  setUpStatus,
} from '../../support/api/operations.ts'
import { recordedOperation } from '../../support/api/recorded-operation.ts'
import { exampleBody, exampleRequest, namedCluster } from '../../support/api/requests.ts'

apiAccount()

test('a cluster shows its spec, its status, its workloads and its running operation', async () => {
  const { change: _change, ...made } = newOperation({ cluster: 'prod-eu' })
  const { operation, request } = made
  const name = { namespace: 'default', serviceAccount: 's3-reader' }
  const requested = { name: 'r', policyArns: ['arn:p'], maxSessionSeconds: 3600 }
  const change = firstGeneration(exampleSpec('setup'), [{ ...name, role: requested }])
  await recordOperation({ ...made, change })
  const role = { roleName: 'r', roleArn: 'arn:r', policyArns: ['arn:p'] }
  await recordRole('prod-eu', name, role)
  const as = { facts: { kubernetesVersion: '1.33.2' }, providerArn: 'arn:o', webhook: { mode: 'own-ca' } }
  await recordSetUpAs('prod-eu', as)

  const { status, body } = await callApi(getCluster.handler, { parameters: { cluster: 'prod-eu' } })
  const { workloads: _, ...spec } = JSON.parse(JSON.stringify(request))
  const { cluster, providerArn, webhook } = setUpStatus(as)
  expect(status).toBe(200)
  expect(body).toMatchObject({
    name: 'prod-eu',
    provider: 'gke-on-aws',
    generation: 1,
    spec: { ...spec, workloads: [{ ...name, role: requested }] },
    status: { cluster, providerArn, webhook, workloads: [{ ...name, role }] },
    lastOperationId: operation.operationId,
    runningOperationId: operation.operationId,
    verifiedAt: expect.any(String),
  })
  const described = z.fromJSONSchema(JSON.parse(JSON.stringify(z.toJSONSchema(clusterView))))
  expect(described.safeParse(body).error).toBeUndefined()
})

test('a cancelled operation is shown as running while one of its steps may still write', async () => {
  const operation = await recordedOperation({ cluster: 'cancelled' })
  const ref = { operationId: operation.operationId, state: 'CreateRole' }
  await recordStarted(ref, new Date(), new Date(Date.now() + 60_000))
  await operations.endOperation(operation, { status: 'cancelled' })
  expect((await get('cancelled')).body).toMatchObject({ runningOperationId: operation.operationId })
  await recordSucceeded(ref, { changes: [], output: {} }, new Date())
  expect((await get('cancelled')).body).not.toHaveProperty('runningOperationId')
})

test('a later request keeps the creation time and the status of the cluster', async () => {
  const first = newOperation({ cluster: 'twice' })
  await recordOperation(first)
  await recordSetUpAs('twice')
  await operations.endOperation(first.operation, { status: 'succeeded' })
  const second = newOperation({ cluster: 'twice', createdAt: '2031-01-01T00:00:00.000Z' })
  await recordNext(second)
  const { body } = await callApi(getCluster.handler, { parameters: { cluster: 'twice' } })
  expect(body).toMatchObject({
    createdAt: first.operation.createdAt,
    lastOperationId: second.operation.operationId,
    status: { cluster: setUpStatus().cluster },
  })
})

test('a setup with the spec that a read returned changes nothing', async () => {
  const edits = namedCluster('sent-again')
  const sent = await callApi(startSetup.handler, { body: exampleBody('existing-cluster', edits) })
  expect(sent.status).toBe(202)
  const get = async () => (await callApi(getCluster.handler, { parameters: { cluster: sent.body.cluster } })).body
  const before = await get()
  expect(before.spec).toEqual(JSON.parse(JSON.stringify(exampleRequest('existing-cluster', edits))))
  const { operationId, cluster } = sent.body
  await operations.endOperation({ operationId, cluster }, { status: 'succeeded' })
  const again = await callApi(startSetup.handler, { body: before.spec })
  expect(again.status).toBe(202)
  const { lastOperationId: _, runningOperationId: __, updatedAt: ___, ...after } = await get()
  expect(before).toMatchObject(after)
})

test('the thumbprints of a cluster are those that the last rotation saw', async () => {
  await recordedOperation({ cluster: 'rotated' })
  const get = async () => (await callApi(getCluster.handler, { parameters: { cluster: 'rotated' } })).body.status
  expect(await get()).toMatchObject({ thumbprints: [] })
  const thumbprint = '9e99a48a9960b14926bb7f3b02e22da2b0ab7280'
  await writeThumbprintHistory('rotated', { [thumbprint]: { noted: '2026-11-25T12:00:00.000Z' } })
  expect(await get()).toMatchObject({ thumbprints: [thumbprint] })
})

test('clusters are listed by name, a page at a time', async () => {
  for (const cluster of ['page-c', 'page-a', 'page-b']) await recordedOperation({ cluster })
  const first = await callApi(listClusters.handler, { query: { after: 'page', limit: '2' } })
  expect(first.body.clusters.map(({ name }: { name: string }) => name)).toEqual(['page-a', 'page-b'])
  const query = Object.fromEntries(new URL(first.body.next, 'http://api').searchParams)
  const second = await callApi(listClusters.handler, { query })
  expect(second.body.clusters[0]).toMatchObject({ name: 'page-c', provider: 'gke-on-aws' })
  const described = z.fromJSONSchema(JSON.parse(JSON.stringify(z.toJSONSchema(clusterPage))))
  expect(described.safeParse(first.body).error).toBeUndefined()
})

test('a list shows the same health, last proof and running operation of a cluster as a read of that cluster', async () => {
  const at = '2026-11-25T12:00:00.000Z'
  const condition = { status: 'True', reason: 'Succeeded', message: '', lastTransitionTime: at } as const
  const ref = (serviceAccount: string) => ({ namespace: 'default', serviceAccount })
  const conditions = { RoleReady: condition, AccountBound: condition, Verified: condition }
  const failed = { ...conditions, Verified: { ...condition, status: 'False', reason: 'VerificationFailed' } as const }
  for (const cluster of ['sum', 'sum-failing', 'sum-running', 'sum0']) {
    const operation = await recordedOperation({ cluster })
    await recordSetUpAs(cluster)
    await writeStatus(keys.cluster(cluster), {}, { conditions: { ClusterReady: condition } })
    await recordRole(cluster, ref('first'))
    await recordRole(cluster, ref('second'))
    await writeStatus(workloadKey(cluster, ref('first')), {}, { conditions })
    const second = cluster === 'sum-failing' ? failed : conditions
    await writeStatus(workloadKey(cluster, ref('second')), {}, { conditions: second })
    if (cluster !== 'sum-running') await operations.endOperation(operation, { status: 'succeeded' })
  }
  await recordRole('sum0', ref('third'))

  const { body } = await callApi(listClusters.handler, { query: { after: 'su', limit: '4' } })
  for (const summary of clusterPage.parse(body).clusters) {
    expect((await get(summary.name)).body).toMatchObject({ ...summary })
  }
  const shown = body.clusters.map(({ name, health, runningOperationId }: ClusterSummary) => [
    name,
    health,
    runningOperationId !== undefined,
  ])
  expect(shown).toEqual([
    ['sum', { state: 'ready' }, false],
    ['sum-failing', { state: 'failing', because: 'Verified' }, false],
    ['sum-running', { state: 'changing' }, true],
    ['sum0', { state: 'unknown', because: 'WorkloadsReady' }, false],
  ])
})

test('a list and a read name the connection of a cluster, and the agent that is enrolled', async () => {
  const at = '2026-12-02T12:00:00.000Z'
  const facts = { version: '1.0.0', server: 'https://10.96.0.1:443', authorities: 'PEM', publicKey: 'k'.repeat(43) }
  const agent: AgentItem = { accountUid: 'uid', keys: [], enrolledAt: at, enrolledBy: 'arn:a', facts, calledAt: at }
  for (const [name, connection] of [
    ['via-agent', 'agent'],
    ['via-none', 'agent'],
    ['via-secret', 'direct'],
  ] as const) {
    const change = firstGeneration(exampleSpec('existing-cluster', { cluster: { name, connection } }))
    await recordOperation({ ...newOperation({ cluster: name }), change })
    const code = { hash: name, createdBy: 'arn:a', renews: false, expiresAt: new Date(Date.now() + 60_000) }
    if (name === 'via-none') continue
    await storeCode(name, code)
    await enrol(name, agent, code)
  }

  const { body } = await callApi(listClusters.handler, { query: { after: 'via', limit: '3' } })
  const shown = { version: '1.0.0', calledAt: at, enrolledAt: at, enrolledBy: 'arn:a' }
  const expected = [
    { name: 'via-agent', connection: 'agent', agent: shown },
    { name: 'via-none', connection: 'agent', agent: undefined },
    // An agent of an earlier spec, which nothing uses.
    { name: 'via-secret', connection: 'direct', agent: undefined },
  ]
  const seen = ({ name, connection, agent }: ClusterSummary) => ({ name, connection, agent })
  expect(clusterPage.parse(body).clusters.map(seen)).toEqual(expected)
  for (const one of expected) expect(seen((await get(one.name)).body)).toEqual(one)
})

test('a cluster without a record is not found', async () => {
  for (const cluster of ['nobody', 'n'.repeat(3000)]) {
    expect(await callApi(getCluster.handler, { parameters: { cluster } })).toMatchObject({ status: 404 })
  }
})

function get(cluster: string) {
  return callApi(getCluster.handler, { parameters: { cluster } })
}
