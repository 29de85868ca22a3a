import { afterAll, beforeAll, expect, test } from 'vitest'
import * as z from 'zod'
import { clusterPage, clusterView } from '../../../lambdas/api/cluster-view.ts'
import { callApi, startApiAccount } from '../../support/api.ts'
import { newOperation, recordRole, recordSetUpAs, setUpStatus } from '../../support/operations.ts'

let aws: Awaited<ReturnType<typeof startApiAccount>>
let api: {
  get: typeof import('../../../lambdas/api/get-cluster.ts')
  list: typeof import('../../../lambdas/api/list-clusters.ts')
}
let operations: typeof import('../../../lambdas/operations/operations.ts')

beforeAll(async () => {
  aws = await startApiAccount()
  api = {
    get: await import('../../../lambdas/api/get-cluster.ts'),
    list: await import('../../../lambdas/api/list-clusters.ts'),
  }
  operations = await import('../../../lambdas/operations/operations.ts')
})
afterAll(() => aws?.end())

test('a cluster shows what was asked for, what is, its workloads and its running operation', async () => {
  const made = newOperation({ cluster: 'prod-eu' })
  const { operation, request } = made
  await operations.recordOperation(made)
  const name = { namespace: 'default', serviceAccount: 's3-reader' }
  const role = { roleName: 'r', roleArn: 'arn:r', policyArns: ['arn:p'] }
  await recordRole('prod-eu', name, role)
  const as = { facts: { kubernetesVersion: '1.33.2' }, providerArn: 'arn:o', webhook: { mode: 'own-ca' } }
  await recordSetUpAs('prod-eu', as)

  const { status, body } = await callApi(api.get.handler, { parameters: { cluster: 'prod-eu' } })
  const { workloads: _, ...spec } = JSON.parse(JSON.stringify(request))
  const { cluster, providerArn, webhook } = setUpStatus(as)
  expect(status).toBe(200)
  expect(body).toMatchObject({
    name: 'prod-eu',
    provider: 'gke-on-aws',
    spec: { ...spec, workloads: [{ ...name, role: { name: 'r', policyArns: ['arn:p'] } }] },
    status: { cluster, providerArn, webhook, workloads: [{ ...name, role }] },
    lastOperationId: operation.operationId,
    runningOperationId: operation.operationId,
    verifiedAt: expect.any(String),
  })
  const described = z.fromJSONSchema(JSON.parse(JSON.stringify(z.toJSONSchema(clusterView))))
  expect(described.safeParse(body).error).toBeUndefined()
})

test('a later request keeps when the cluster was first asked for, and what is', async () => {
  const first = newOperation({ cluster: 'twice' })
  await operations.recordOperation(first)
  await recordSetUpAs('twice')
  await operations.endOperation(first.operation, { status: 'succeeded' })
  const second = newOperation({ cluster: 'twice', createdAt: '2031-01-01T00:00:00.000Z' })
  await operations.recordOperation(second)
  const { body } = await callApi(api.get.handler, { parameters: { cluster: 'twice' } })
  expect(body).toMatchObject({
    createdAt: first.operation.createdAt,
    lastOperationId: second.operation.operationId,
    status: { cluster: setUpStatus().cluster },
  })
})

test('clusters are listed by name, a page at a time', async () => {
  for (const cluster of ['page-c', 'page-a', 'page-b']) await operations.recordOperation(newOperation({ cluster }))
  const first = await callApi(api.list.handler, { query: { after: 'page', limit: '2' } })
  expect(first.body.clusters.map(({ name }: { name: string }) => name)).toEqual(['page-a', 'page-b'])
  const query = Object.fromEntries(new URL(first.body.next, 'http://api').searchParams)
  const second = await callApi(api.list.handler, { query })
  expect(second.body.clusters[0]).toMatchObject({ name: 'page-c', provider: 'gke-on-aws' })
  const described = z.fromJSONSchema(JSON.parse(JSON.stringify(z.toJSONSchema(clusterPage))))
  expect(described.safeParse(first.body).error).toBeUndefined()
})

test('a cluster that nobody has asked for is not found', async () => {
  for (const cluster of ['nobody', 'n'.repeat(3000)]) {
    expect(await callApi(api.get.handler, { parameters: { cluster } })).toMatchObject({ status: 404 })
  }
})
