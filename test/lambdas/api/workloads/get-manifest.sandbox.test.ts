import { beforeAll, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import * as api from '../../../../lambdas/api/workloads/get-manifest.ts'
import { recordOperation } from '../../../../lambdas/operations/start/record-operation.ts'
import { apiAccount, callApi } from '../../../support/api/api.ts'
import { newOperation, recordRole, recordSetUpAs } from '../../../support/api/operations.ts'

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

test('a pod is YAML, and has only the service account when the cluster has a webhook', async () => {
  const { headers, body } = await get('prod-eu')
  expect(headers).toMatchObject({ 'content-type': 'application/yaml' })
  expect(parse(body)).toEqual({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 's3-reader-example', namespace: 'default' },
    spec: {
      serviceAccountName: 's3-reader',
      containers: [{ name: 'app', image: 'amazon/aws-cli', command: ['/bin/sh', '-ec', expect.any(String)] }],
    },
  })
})

test('YAML has no aliases, because kubectl users read and edit it by hand', async () => {
  const { body } = await get('bare', { kind: 'Deployment' })
  expect(parse(body)).toMatchObject({ kind: 'Deployment' })
  expect(body).not.toMatch(/[&*]a\d/)
})

test('without a webhook the pod has the fields that the webhook would add', async () => {
  const { body } = await get('bare', { format: 'json' })
  expect(body.spec).toMatchObject({ serviceAccountName: 's3-reader', containers: [credentials], volumes })
})

test('the query chooses the form with or without webhook, whatever the cluster has', async () => {
  expect((await get('prod-eu', { format: 'json', webhook: 'false' })).body.spec).toMatchObject({ volumes })
  expect((await get('bare', { format: 'json', webhook: 'true' })).body.spec).not.toHaveProperty('volumes')
})

test('a Deployment runs the image and the command of the query', async () => {
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

describe('a patch for an existing Deployment', () => {
  const query = { kind: 'patch', name: 'app', container: 'web', format: 'json' }

  test('sets only the service account with the webhook', async () => {
    expect((await get('prod-eu', query)).body).toEqual({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'app', namespace: 'default' },
      spec: { template: { spec: { serviceAccountName: 's3-reader' } } },
    })
  })

  test('adds environment and mount to the named container without the webhook, and no image', async () => {
    const { spec } = (await get('bare', query)).body.spec.template
    expect(spec).toEqual({ serviceAccountName: 's3-reader', containers: [{ name: 'web', ...credentials }], volumes })
  })
})

test('a patch without the names of its Deployment and container is refused', async () => {
  const { status, body } = await get('bare', { kind: 'patch' })
  expect(status).toBe(400)
  expect(body.issues.map(({ path }: { path: string }) => path)).toEqual(['name', 'container'])
})

test('a mistyped name is refused, and the nearest is proposed', async () => {
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
  return callApi(api.handler, { parameters: { cluster, namespace: 'default', serviceAccount: 's3-reader' }, query })
}
