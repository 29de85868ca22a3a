import { beforeAll, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import * as api from '../../../../lambdas/api/workloads/get-manifest.ts'
import { recordOperation } from '../../../../lambdas/operations/start/record-operation.ts'
import { alice } from '../../../support/api/alice.ts'
import { apiAccount, callApi } from '../../../support/api/api.ts'
import { lambdaContext } from '../../../support/api/lambda-context.ts'
import { newOperation, recordRole, recordSetUpAs } from '../../../support/api/operations.ts'
import { userIdOf } from '../../../support/aws/callers.ts'

const roleArn = 'arn:aws:iam::000000000000:role/workload-identity/prod-eu-default-s3-reader'

apiAccount()
beforeAll(async () => {
  for (const [cluster, mode] of [
    ['prod-eu', 'own-ca'],
    ['bare', 'none'],
  ] as const) {
    const made = newOperation({ cluster })
    await recordOperation(made)
    await recordRole(cluster, { namespace: 'default', serviceAccount: 's3-reader' }, { roleArn })
    await recordSetUpAs(cluster, { webhook: { mode } })
  }
})

const credentials = {
  env: expect.arrayContaining([
    { name: 'AWS_ROLE_ARN', value: roleArn },
    { name: 'AWS_WEB_IDENTITY_TOKEN_FILE', value: '/var/run/secrets/eks.amazonaws.com/serviceaccount/token' },
  ]),
  volumeMounts: [
    { name: 'aws-iam-token', mountPath: '/var/run/secrets/eks.amazonaws.com/serviceaccount', readOnly: true },
  ],
}
const token = { audience: 'sts.amazonaws.com', expirationSeconds: 86_400, path: 'token' }
const volumes = [{ name: 'aws-iam-token', projected: { sources: [{ serviceAccountToken: token }] } }]

test('a pod is given as YAML, with the account alone where there is a webhook', async () => {
  const { headers, text } = await raw('prod-eu')
  expect(headers).toMatchObject({ 'content-type': 'application/yaml' })
  expect(parse(text)).toEqual({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 's3-reader-example', namespace: 'default' },
    spec: {
      serviceAccountName: 's3-reader',
      containers: [{ name: 'app', image: 'amazon/aws-cli', command: ['/bin/sh', '-ec', expect.any(String)] }],
    },
  })
})

test('YAML repeats what occurs twice, because kubectl users read and edit it by hand', async () => {
  const { text } = await raw('bare', { kind: 'Deployment' })
  expect(parse(text)).toMatchObject({ kind: 'Deployment' })
  expect(text).not.toMatch(/[&*]a\d/)
})

test('where there is no webhook the pod has what the webhook would have written', async () => {
  const { body } = await get('bare', { format: 'json' })
  expect(body.spec).toMatchObject({ serviceAccountName: 's3-reader', containers: [credentials], volumes })
})

test('the caller chooses, whatever the cluster has', async () => {
  expect((await get('prod-eu', { format: 'json', webhook: 'false' })).body.spec).toMatchObject({ volumes })
  expect((await get('bare', { format: 'json', webhook: 'true' })).body.spec).not.toHaveProperty('volumes')
})

test('a Deployment runs the image and the command of the caller’s choice', async () => {
  const query = { kind: 'Deployment', image: 'registry.example/app:1', command: 'serve', name: 'app', format: 'json' }
  const { body } = await get('prod-eu', query)
  expect(body).toMatchObject({ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'app' } })
  expect(body.spec.selector.matchLabels).toEqual(body.spec.template.metadata.labels)
  expect(body.spec.template.spec.containers).toEqual([
    { name: 'app', image: 'registry.example/app:1', command: ['/bin/sh', '-ec', 'serve'] },
  ])
  const plain = await get('prod-eu', { image: 'registry.example/app:1', format: 'json' })
  expect(plain.body.spec.containers).toEqual([{ name: 'app', image: 'registry.example/app:1' }])
})

describe('a patch for a Deployment that is there', () => {
  const query = { kind: 'patch', name: 'app', container: 'web', format: 'json' }

  test('sets the account, and nothing else with the webhook', async () => {
    expect((await get('prod-eu', query)).body).toEqual({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'app', namespace: 'default' },
      spec: { template: { spec: { serviceAccountName: 's3-reader' } } },
    })
  })

  test('adds to the container of that name, and no image, without it', async () => {
    const { spec } = (await get('bare', query)).body.spec.template
    expect(spec).toEqual({ serviceAccountName: 's3-reader', containers: [{ name: 'web', ...credentials }], volumes })
  })
})

test('a patch without the names of what it is for is refused', async () => {
  const { status, body } = await get('bare', { kind: 'patch' })
  expect(status).toBe(400)
  expect(body.issues.map(({ path }: { path: string }) => path)).toEqual(['name', 'container'])
})

test('what is mistyped is refused, and the nearest named', async () => {
  expect(await get('prod-e')).toMatchObject({ status: 404, body: { detail: expect.stringContaining('prod-eu') } })
  const parameters = { cluster: 'prod-eu', namespace: 'default', serviceAccount: 's3-readr' }
  expect(await callApi(api.handler, { parameters })).toMatchObject({
    status: 404,
    body: { detail: expect.stringContaining('did you mean default/s3-reader?') },
  })
  const bad = await get('prod-eu', { kind: 'pod', webhook: 'yes', name: 'No_Name' })
  expect(bad.status).toBe(400)
  expect(bad.body.issues.map(({ path }: { path: string }) => path).sort()).toEqual(['kind', 'name', 'webhook'])
})

function get(cluster: string, query: Record<string, string> = {}) {
  return callApi(api.handler, { parameters: parametersOf(cluster), query })
}

async function raw(cluster: string, queryStringParameters: Readonly<Record<string, string>> = {}) {
  const requestContext = { requestId: 'id', authorizer: { iam: { userArn: alice, userId: userIdOf(alice) } } }
  const event = {
    routeKey: 'GET /',
    headers: {},
    pathParameters: parametersOf(cluster),
    queryStringParameters,
    requestContext,
  }
  const { headers, body = '' } = await api.handler(event, lambdaContext())
  return { headers, text: body }
}

function parametersOf(cluster: string) {
  return { cluster, namespace: 'default', serviceAccount: 's3-reader' }
}
