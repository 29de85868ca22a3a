/** Which requests create a generation of a cluster's spec. */
import { QueryCommand } from '@aws-sdk/lib-dynamodb'
import { expect, test } from 'vitest'
import { clusterView } from '../../../lambdas/api/clusters/cluster-view.ts'
import * as getCluster from '../../../lambdas/api/clusters/get-cluster.ts'
import * as addWorkload from '../../../lambdas/api/starts/add-workload.ts'
import * as startSetup from '../../../lambdas/api/starts/start-setup.ts'
import * as tearDownWorkload from '../../../lambdas/api/starts/tear-down-workload.ts'
import * as operations from '../../../lambdas/operations/record/operations.ts'
import { generationItem } from '../../../lambdas/operations/record/record.ts'
import { keys, table } from '../../../lambdas/operations/record/table.ts'
import { alice } from '../../support/api/alice.ts'
import { apiAccount, callApi } from '../../support/api/api.ts'
import { exampleRequest, existingCluster } from '../../support/api/requests.ts'
import { settings } from '../../support/aws/aws-account.ts'

apiAccount()

const added = { namespace: 'apps', serviceAccount: 'added', role: { policyArns: [] } }
let made = 0

test('each change of the spec creates a generation with its author, and a request without a change creates none', async () => {
  const { cluster, send } = newCluster()
  const first = await send({})
  expect(await generationOf(cluster)).toBe(1)
  await send({})
  expect(await generationOf(cluster)).toBe(1)
  await send({ 'workloads.0.role.maxSessionSeconds': 5400 })
  expect(await generationOf(cluster)).toBe(2)
  const [one, two, ...others] = await generationsOf(cluster)
  expect(one).toMatchObject({
    generation: 1,
    writtenBy: alice,
    operationId: first,
    spec: { cluster: { name: cluster } },
  })
  expect(two).toMatchObject({ generation: 2, writtenBy: alice })
  expect(two?.spec.workloads.map(({ role }) => role.maxSessionSeconds)).toContain(5400)
  expect(others).toEqual([])
})

test('an added workload stays in the spec when a setup without it is sent, and a removed one leaves the spec', async () => {
  const { cluster, send } = newCluster()
  await send({})
  const parameters = { cluster }
  await ended(cluster, await callApi(addWorkload.handler, { parameters, body: added }))
  const sent = exampleRequest('existing-cluster').workloads.map(({ serviceAccount }) => serviceAccount)
  expect(await accountsOf(cluster)).toEqual(['added', ...sent])
  await send({})
  expect(await accountsOf(cluster)).toEqual(['added', ...sent])
  expect(await generationOf(cluster)).toBe(2)
  const named = { ...parameters, namespace: added.namespace, serviceAccount: added.serviceAccount }
  await callApi(tearDownWorkload.handler, { parameters: named, query: { dryRun: 'true' } })
  expect(await generationOf(cluster)).toBe(2)
  await callApi(tearDownWorkload.handler, { parameters: named })
  expect(await generationOf(cluster)).toBe(3)
  expect(await accountsOf(cluster)).toEqual(sent)
})

test('the newest 100 generations of a cluster are stored, and none of a removed cluster', async () => {
  const { cluster, send } = newCluster()
  await send({})
  for (let version = 0; version < 100; version++) await send({ 'webhook.image': `registry/webhook:v0.6.${version}` })
  const numbers = (await generationsOf(cluster)).map(({ generation }) => generation)
  expect(numbers).toEqual(Array.from({ length: 100 }, (_, index) => index + 2))
  const { body } = await callApi(startSetup.handler, { body: existingCluster(cluster) })
  expect(await operations.endAndForget(body.operationId, cluster, [])).toBe(true)
  expect(await generationsOf(cluster)).toEqual([])
})

function newCluster() {
  const cluster = `generations-${made++}`
  /** Sends a setup, ends its operation, and returns the operation's ID. */
  const send = async (edits: Readonly<Record<string, unknown>>): Promise<string> =>
    ended(cluster, await callApi(startSetup.handler, { body: existingCluster(cluster, edits) }))
  return { cluster, send }
}

async function ended(cluster: string, { status, body }: Awaited<ReturnType<typeof callApi>>): Promise<string> {
  expect({ status, body }).toMatchObject({ status: 202 })
  const { operationId } = body
  await operations.endOperation({ operationId, cluster }, { status: 'succeeded' })
  return operationId
}

async function viewOf(cluster: string) {
  return clusterView.parse((await callApi(getCluster.handler, { parameters: { cluster } })).body)
}

async function generationOf(cluster: string): Promise<number> {
  return (await viewOf(cluster)).generation
}

async function accountsOf(cluster: string) {
  const { workloads } = (await viewOf(cluster)).spec
  return Array.isArray(workloads) ? workloads.map(({ serviceAccount }) => serviceAccount) : undefined
}

async function generationsOf(cluster: string) {
  const command = new QueryCommand({
    TableName: settings.TABLE_NAME,
    KeyConditionExpression: 'pk = :pk',
    ExpressionAttributeValues: { ':pk': keys.generation(cluster, 0).pk },
  })
  return ((await table.send(command)).Items ?? []).map((item) => generationItem.parse(item))
}
