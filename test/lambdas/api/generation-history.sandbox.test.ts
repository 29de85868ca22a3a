/** What the API shows of the generations of a spec, and to which callers. */

import { DeleteCommand } from '@aws-sdk/lib-dynamodb'
import { beforeAll, expect, test } from 'vitest'
import { generationPage, generationView } from '../../../lambdas/api/generations/generation-view.ts'
import * as getGeneration from '../../../lambdas/api/generations/get-generation.ts'
import * as listGenerations from '../../../lambdas/api/generations/list-generations.ts'
import * as putCluster from '../../../lambdas/api/starts/put-cluster.ts'
import * as startSetup from '../../../lambdas/api/starts/start-setup.ts'
import { endOperation } from '../../../lambdas/operations/record/operations.ts'
import { keys, table } from '../../../lambdas/operations/record/table.ts'
import { alice } from '../../support/api/alice.ts'
import { aliceAdministers, apiAccount, callApi, useAccessRules } from '../../support/api/api.ts'
import { existingCluster } from '../../support/api/requests.ts'
import { settings } from '../../support/aws/aws-account.ts'

const cluster = 'history'
const user = (name: string) => `arn:aws:iam::000000000000:user/${name}`

apiAccount()
useAccessRules({
  ...aliceAdministers,
  grants: [
    ...aliceAdministers.grants,
    {
      name: 'reports',
      role: 'developer',
      to: [{ iam: { user: 'reporter' } }],
      clusters: [cluster],
      namespaces: ['reports'],
      policyArns: ['arn:aws:iam::aws:policy/*'],
    },
  ],
})

const first = { namespace: 'reports', serviceAccount: 'exporter' }
const second = { namespace: 'billing', serviceAccount: 'second' }
const two = (role = {}) => ({ 'workloads.1': { ...second, role: { policyArns: [], ...role } } })
let operationIds: readonly string[]

beforeAll(async () => {
  const send = async (edits: Readonly<Record<string, unknown>>, status: 'succeeded' | 'failed') =>
    ended(await callApi(startSetup.handler, { body: existingCluster(cluster, edits) }), status)
  operationIds = [
    await send({}, 'succeeded'),
    await send(two(), 'failed'),
    await send({ ...two({ maxSessionSeconds: 7200 }), 'webhook.failurePolicy': 'Fail' }, 'succeeded'),
    await ended(
      await callApi(putCluster.handler, {
        parameters: { cluster },
        query: { removals: 'allow' },
        headers: { 'if-match': '"3"' },
        body: existingCluster(cluster, { 'webhook.failurePolicy': 'Fail' }),
      }),
      'succeeded',
    ),
  ]
})

test('the newest generation comes first, each with its author, its outcome and its changes', async () => {
  const { generations, next } = await list()
  expect(next).toBeUndefined()
  expect(generations.map(({ generation }) => generation)).toEqual([4, 3, 2, 1])
  expect(generations.map(({ operationId }) => operationId)).toEqual(operationIds.toReversed())
  expect(generations.map(({ operationStatus }) => operationStatus)).toEqual([
    'succeeded',
    'succeeded',
    'failed',
    'succeeded',
  ])
  for (const { writtenBy, writtenAt } of generations) {
    expect(writtenBy).toBe(alice)
    expect(Date.parse(writtenAt)).toBeGreaterThan(0)
  }
  expect(generations.map(({ changes }) => changes)).toEqual([
    { added: [], removed: [second], changed: [], fields: [] },
    {
      added: [],
      removed: [],
      changed: [{ ...second, fields: ['role.maxSessionSeconds'] }],
      fields: ['webhook.failurePolicy'],
    },
    { added: [second], removed: [], changed: [], fields: [] },
    { added: [first], removed: [], changed: [], fields: ['cluster', 'webhook', 'adopt', 'reconcile'] },
  ])
})

test('a page links to the next, and compares its last generation with the first of the next page', async () => {
  const page = await list({ query: { limit: '2' } })
  expect(page.generations.map(({ generation }) => generation)).toEqual([4, 3])
  expect(page.generations[1]?.changes?.fields).toEqual(['webhook.failurePolicy'])
  expect(page.next).toBe(`/v1/clusters/${cluster}/generations?limit=2&after=3`)
  const rest = await list({ query: Object.fromEntries(new URL(page.next ?? '', 'http://x').searchParams) })
  expect(rest.generations.map(({ generation }) => generation)).toEqual([2, 1])
  expect(rest.next).toBeUndefined()
  expect(await callApi(listGenerations.handler, { parameters: { cluster }, query: { after: 'x' } })).toMatchObject({
    status: 400,
  })
})

test('a generation has its complete spec, which is a valid body of a PUT', async () => {
  const { status, body } = await get('2')
  expect(status).toBe(200)
  const { spec, ...item } = generationView.parse(body)
  expect(item).toMatchObject({ generation: 2, writtenBy: alice, operationId: operationIds[1] })
  expect(spec).toMatchObject({ webhook: { failurePolicy: 'Ignore' }, workloads: [second, first] })
  const put = await callApi(putCluster.handler, { parameters: { cluster }, query: { dryRun: 'true' }, body: spec })
  expect(put.status).toBe(202)
})

test('a caller that is limited to namespaces sees neither the names nor the specs of other workloads', async () => {
  const caller = user('reporter')
  const page = await list({ caller })
  expect(JSON.stringify(page)).not.toContain('billing')
  expect(page.generations.map(({ changes }) => changes?.fields)).toEqual([
    [],
    ['webhook.failurePolicy'],
    [],
    ['cluster', 'webhook', 'adopt', 'reconcile'],
  ])
  // The other operations also change the namespace `billing`.
  expect(page.generations.map(({ operationStatus }) => operationStatus)).toEqual([
    undefined,
    undefined,
    undefined,
    'succeeded',
  ])
  const { body } = await get('3', caller)
  expect(JSON.stringify(body)).not.toContain('billing')
  expect(body.spec.workloads).toMatchObject([first])
})

test('an unknown cluster and an unknown generation are not found, and the latter problem says which generations exist', async () => {
  const unknown = await callApi(listGenerations.handler, { parameters: { cluster: 'histori' } })
  expect(unknown).toMatchObject({ status: 404, body: { detail: expect.stringContaining('did you mean history?') } })
  const kept = { status: 404, body: { detail: expect.stringContaining('the newest 100 are kept, now 1 to 4') } }
  for (const generation of ['5', '0', '99999999999', 'newest']) expect(await get(generation)).toMatchObject(kept)
  expect(await callApi(getGeneration.handler, { parameters: { cluster: 'none', generation: '1' } })).toMatchObject({
    status: 404,
    body: { detail: expect.stringContaining('no record of a cluster') },
  })
})

test('the oldest stored generation shows no changes, and an expired operation no outcome', async () => {
  const remove = (Key: object) => table.send(new DeleteCommand({ TableName: settings.TABLE_NAME, Key: { ...Key } }))
  await remove(keys.generation(cluster, 1))
  await remove(keys.operation(operationIds[1] ?? ''))
  const { generations } = await list()
  expect(generations.map(({ generation }) => generation)).toEqual([4, 3, 2])
  expect(generations.at(-1)).not.toHaveProperty('changes')
  expect(generations.at(-1)).not.toHaveProperty('operationStatus')
})

async function list(request: { readonly caller?: string; readonly query?: Readonly<Record<string, string>> } = {}) {
  const { status, body } = await callApi(listGenerations.handler, { parameters: { cluster }, ...request })
  expect({ status, body }).toMatchObject({ status: 200 })
  return generationPage.parse(body)
}

function get(generation: string, caller = alice) {
  return callApi(getGeneration.handler, { caller, parameters: { cluster, generation } })
}

async function ended({ status, body }: Awaited<ReturnType<typeof callApi>>, end: 'succeeded' | 'failed') {
  expect({ status, body }).toMatchObject({ status: 202 })
  const { operationId } = body
  await endOperation({ operationId, cluster }, { status: end })
  return String(operationId)
}
