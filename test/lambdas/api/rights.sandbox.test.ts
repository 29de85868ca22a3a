import { beforeAll, describe, expect, test } from 'vitest'
import { parseAllDocuments } from 'yaml'
import * as z from 'zod'
import * as computeRights from '../../../lambdas/api/rights/compute-rights.ts'
import * as getRights from '../../../lambdas/api/rights/get-rights.ts'
import { apiAccount, callApi } from '../../support/api/api.ts'
import { recordEndedSetup } from '../../support/api/operations.ts'
import { exampleBody } from '../../support/api/requests.ts'

apiAccount()

const workloads = [
  { namespace: 'default', serviceAccount: 'reader' },
  { namespace: 'team-a', serviceAccount: 'writer' },
]

let cluster: string
let onAws: string
beforeAll(async () => {
  cluster = await recordEndedSetup({ example: 'existing-cluster', workloads, facts: { kubernetesMinor: 21 } })
  onAws = await recordEndedSetup({ example: 'setup', workloads })
})

const list = z.object({
  kind: z.literal('List'),
  items: z.array(
    z.object({
      kind: z.string(),
      metadata: z.object({ name: z.string(), namespace: z.string().optional() }),
      rules: z
        .array(z.object({ resources: z.array(z.string()), resourceNames: z.array(z.string()).optional() }))
        .optional(),
    }),
  ),
})

type Items = z.output<typeof list>['items']

function rulesOn(items: Items, resource: string) {
  return items.flatMap(({ metadata, rules = [] }) =>
    rules.flatMap(({ resources, resourceNames }) =>
      resources.includes(resource) ? [{ namespace: metadata.namespace, resourceNames }] : [],
    ),
  )
}

async function recorded(of: string, query: Readonly<Record<string, string>> = {}): Promise<Items> {
  const { status, body } = await callApi(getRights.handler, {
    parameters: { cluster: of },
    query: { format: 'json', ...query },
  })
  expect(status, JSON.stringify(body)).toBe(200)
  return list.parse(body).items
}

describe('the rights of a recorded cluster', () => {
  test('are for all its workloads, and for the version that a setup observed', async () => {
    const items = await recorded(cluster)
    expect(rulesOn(items, 'serviceaccounts/token').map(({ namespace }) => namespace)).toEqual(
      expect.arrayContaining(['default', 'team-a']),
    )
    expect(rulesOn(items, 'certificatesigningrequests/approval')).not.toEqual([])
  })

  test('are for another version where the caller names one', async () => {
    expect(rulesOn(await recorded(cluster, { kubernetes: '1.33' }), 'certificatesigningrequests/approval')).toEqual([])
  })

  test('include those of teardowns, unless the query excludes them', async () => {
    const finds = async (query: Readonly<Record<string, string>>) =>
      rulesOn(await recorded(cluster, { kubernetes: '1.33', ...query }), 'replicasets').length > 0
    expect(await finds({})).toBe(true)
    expect(await finds({ teardown: 'false' })).toBe(false)
  })

  test('cover all service accounts of the namespaces, or only those of the workloads', async () => {
    const patched = async (query: Readonly<Record<string, string>>) =>
      rulesOn(await recorded(cluster, query), 'serviceaccounts').filter(({ namespace }) => namespace === 'team-a')
    expect(await patched({})).toContainEqual({ namespace: 'team-a' })
    for (const { resourceNames } of await patched({ namedAccounts: 'true' })) expect(resourceNames).toBeDefined()
  })

  test('are those on its management cluster when the query selects it', async () => {
    expect(rulesOn(await recorded(onAws, { management: 'true' }), 'awsclusters')).toContainEqual({
      namespace: 'default',
      resourceNames: [onAws],
    })
    expect(await callApi(getRights.handler, { parameters: { cluster }, query: { management: 'true' } })).toMatchObject({
      status: 409,
      body: { detail: expect.stringContaining('has no management cluster') },
    })
  })

  test('are YAML for kubectl whose first lines name the call, and have the same objects as the JSON', async () => {
    const parameters = { cluster }
    const query = { teardown: 'true' }
    const { headers, body: text } = await callApi(getRights.handler, { parameters, query })
    expect(headers).toMatchObject({ 'content-type': 'application/yaml' })
    expect(text).toContain(`#   GET /v1/clusters/${cluster}/rights?teardown=true\n`)
    const { body } = await callApi(getRights.handler, { parameters, query: { ...query, format: 'json' } })
    expect(parseAllDocuments(text).map((document) => document.toJS())).toEqual(body.items)
  })

  test('are not found for a cluster without a record, and a mistyped query is refused', async () => {
    expect(await callApi(getRights.handler, { parameters: { cluster: `${cluster}x` } })).toMatchObject({
      status: 404,
      body: { detail: expect.stringContaining(`did you mean ${cluster}?`) },
    })
    const query = { kubernetes: 'v1.21.14', teardown: 'yes' }
    const { status, body } = await callApi(getRights.handler, { parameters: { cluster }, query })
    expect(status).toBe(400)
    expect(body.issues.map(({ path }: { path: string }) => path).sort()).toEqual(['kubernetes', 'teardown'])
  })
})

describe('the rights of a request', () => {
  test('need no record of the cluster', async () => {
    const body = exampleBody('existing-cluster')
    const { status, body: answer } = await callApi(computeRights.handler, { body, query: { format: 'json' } })
    expect(status).toBe(200)
    expect(rulesOn(list.parse(answer).items, 'serviceaccounts/token')).toContainEqual({ namespace: 'reports' })
    const yaml = await callApi(computeRights.handler, { body })
    expect(yaml.body).toContain('#   POST /v1/rights\n')
  })

  test('are refused for a request with faults, or with a webhook that the version does not support', async () => {
    const bad = exampleBody('existing-cluster', { 'cluster.name': 'Prod_EU' })
    expect(await callApi(computeRights.handler, { body: bad })).toMatchObject({
      status: 400,
      body: { issues: [{ path: 'cluster.name' }] },
    })
    const body = exampleBody('existing-cluster', { 'webhook.certificate': 'csr' })
    expect(await callApi(computeRights.handler, { body, query: { kubernetes: '1.33' } })).toMatchObject({
      status: 409,
      body: { detail: expect.stringContaining('1.33 signs no certificate request') },
    })
  })

  test('are refused when the webhook would share the namespace of the service account', async () => {
    const body = exampleBody('existing-cluster', { 'webhook.namespace': 'workload-identity-setup' })
    expect(await callApi(computeRights.handler, { body })).toMatchObject({
      status: 409,
      body: { detail: expect.stringContaining('use another one') },
    })
  })
})
