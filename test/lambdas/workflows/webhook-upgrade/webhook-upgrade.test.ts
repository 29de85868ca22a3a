import { describe, expect, test } from 'vitest'
import type { ClusterItem } from '../../../../lambdas/operations/record.ts'
import type { Webhook } from '../../../../lambdas/spec/parts.ts'
import { upgradeBody, upgradeRequest } from '../../../../lambdas/workflows/webhook-upgrade/webhook-upgrade.ts'
import { setUpStatus } from '../../../support/operations.ts'
import { exampleRequest } from '../../../support/requests.ts'

const { workloads: _, ...spec } = exampleRequest('setup')
const installed = { mode: 'csr', image: 'amazon/x:ed8c41f', namespace: 'webhooks', replicas: 2 }

function recorded(
  webhook: Partial<Webhook> = {},
  now: { mode: string } = installed,
  kubernetesVersion = '1.21.14',
): ClusterItem {
  const at = '2026-11-25T12:00:00.000Z'
  const facts = { kubernetesVersion, kubernetesMinor: Number(kubernetesVersion.split('.')[1]) }
  return {
    cluster: 'prod-eu',
    spec: { ...spec, webhook: { ...spec.webhook, ...webhook } },
    status: setUpStatus({ facts, webhook: now }),
    generation: 1,
    lastOperationId: 'o',
    createdAt: at,
    updatedAt: at,
  }
}

const made = (body: object, of = recorded()) => upgradeRequest(of, upgradeBody.parse(body))
const requestOf = (body: object, of = recorded()) => {
  const result = made(body, of)
  if ('request' in result) return result.request
  throw new Error(JSON.stringify(result))
}

describe('the webhook that is asked for', () => {
  test('is what was last asked, with what the body says, where the record has it', () => {
    const request = requestOf({ certificate: 'own-ca', failurePolicy: 'Fail' })
    expect(request.webhook).toMatchObject({ certificate: 'own-ca', failurePolicy: 'Fail', namespace: 'webhooks' })
    expect(request).toMatchObject({ installed, adopt: false, restart: false, dryRun: false })
  })

  test('keeps an image that was asked for, until another one is', () => {
    const of = recorded({ image: 'registry/webhook:v0.3.0' })
    expect(requestOf({}, of).webhook).toMatchObject({ image: 'registry/webhook:v0.3.0' })
    expect(requestOf({ image: 'registry/webhook:v0.2.0' }, of).webhook).toMatchObject({
      image: 'registry/webhook:v0.2.0',
    })
  })

  test('is looked for where the cluster has it, when one made by hand is taken over', () => {
    const request = requestOf({ adopt: true }, recorded({ mode: 'managed' }, { mode: 'managed' }))
    expect(request.webhook).toMatchObject({ mode: 'install' })
    expect(request.webhook).not.toHaveProperty('namespace')
    expect(request).not.toHaveProperty('installed')
    expect(requestOf({ adopt: true, namespace: 'by-hand' }, recorded({}, { mode: 'none' })).webhook).toMatchObject({
      namespace: 'by-hand',
    })
  })

  test('can be asked for when no setup has gone to its end', () => {
    const never = { ...recorded({ namespace: 'webhooks' }), status: { conditions: {} } }
    expect(requestOf({}, never).webhook).toMatchObject({ namespace: 'webhooks' })
  })

  test('takes the recorded bucket to CheckCluster, and none where there is none', () => {
    expect(requestOf({}).discovery).toEqual(spec.discovery)
    const { discovery: _, ...without } = recorded().spec
    expect(requestOf({}, { ...recorded(), spec: without })).not.toHaveProperty('discovery')
  })

  test('takes the cluster’s spec to no step', () => {
    expect(requestOf({}).cluster).not.toHaveProperty('spec')
    expect(requestOf({}).cluster).not.toHaveProperty('nodePools')
  })
})

test.each([
  [{ image: 'registry/webhook' }, 'image', 'neither tag nor digest'],
  [{ image: 'registry/webhook:latest' }, 'image', 'latest'],
  [{ image: 'no image' }, 'image', 'is not an image reference'],
  [{ certificate: 'csr', image: 'registry/webhook:v0.6.17' }, 'certificate', 'v0.4.0 and newer'],
  [{ adopt: true, namespace: 'kube-system' }, 'namespace', 'own'],
  [{ image: 'registry/webhook:release-0.2.2-gke.0' }, 'image', '1.19'],
])('the body %j has a fault at %s', (body, path, message) => {
  const result = made(body)
  expect(result).toMatchObject({ issues: [{ path }] })
  expect(JSON.stringify(result)).toContain(message)
})

test('a certificate of the cluster is refused from 1.22 on', () => {
  expect(made({ certificate: 'csr' }, recorded({}, { ...installed, mode: 'own-ca' }, '1.33.2'))).toMatchObject({
    issues: [{ path: 'certificate' }],
  })
})

test.each(['managed', 'none'] as const)('a webhook of mode %s is not upgraded unless it is taken over', (mode) => {
  const result = made({}, recorded({ mode }, { mode }))
  expect(JSON.stringify(result)).toContain('adopt: true')
  expect(result).toHaveProperty('refused')
})
