import type { RequestListener } from 'node:http'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { ApiServerClient } from '../../../../lambdas/clouds/kubernetes/client.ts'
import type { ClusterClient } from '../../../../lambdas/clouds/kubernetes/cluster-client.ts'
import { directAccess } from '../../../../lambdas/clouds/kubernetes/server-access.ts'
import type { Cluster } from '../../../../sandbox/kubernetes/clusters/cluster.ts'
import type { PublicHost } from '../../../../sandbox/network/public-host.ts'
import { clientOf, secretArn } from '../../../support/kubernetes/clusters.ts'
import { reachableClusters } from '../../../support/kubernetes/reachable-clusters.ts'

const clusters = reachableClusters()
let cluster: Cluster
let client: ClusterClient

beforeAll(async () => {
  cluster = await clusters.emulate('prod-eu')
})
beforeEach(() => {
  client = clientOf(cluster)
  cluster.faults.clear()
  cluster.isReady = true
})

const account = { apiVersion: 'v1', kind: 'ServiceAccount', name: 'x', namespace: 'default' } as const

describe('credentials that may not read the types', () => {
  it('get an error that says so', async () => {
    cluster.faults.add({ kind: 'refuse', operation: 'GET /apis/policy/v1', times: 1 })

    await expect(client.list({ apiVersion: 'policy/v1', kind: 'PodDisruptionBudget' })).rejects.toMatchObject({
      name: 'AccessDenied',
      reason: expect.stringContaining('may not get the types of policy/v1 on cluster prod-eu'),
    })
  })
})

describe('an API server that has just started', () => {
  const manifest = { ...account, metadata: { name: 'x', namespace: 'default' } }
  const each: readonly (readonly [string, () => Promise<unknown>])[] = [
    ['version', () => client.version()],
    ['get', () => client.get(account)],
    ['contentsOf', () => client.contentsOf('default')],
    ['serves', () => client.serves('apps/v1', 'Deployment')],
    ['keySet', () => client.keySet()],
    ['create', () => client.create(manifest)],
    ['createToken', () => client.createToken(account, { expirationSeconds: 600 })],
  ]

  const untilReady = {
    name: 'CloudUnavailable',
    transient: true,
    reason: expect.stringMatching(
      /^the credentials of .* may not .*, and the API server does not report that it is ready/,
    ),
    action: expect.stringContaining('system:public-info-viewer'),
  }

  it.each(each)('and refuses all requests refuses %s with a transient error', async (_, call) => {
    cluster.faults.add({ kind: 'refuse', operation: '*', times: 99 })
    await expect(call()).rejects.toMatchObject(untilReady)
  })

  it.each(each)('and has read some of its roles refuses %s with a transient error', async (_, call) => {
    cluster.isReady = false
    cluster.faults.add({ kind: 'refuse', operation: '*', times: 1 })
    await expect(call()).rejects.toMatchObject(untilReady)
  })
})

describe('an API server that is ready', () => {
  it('is checked for readiness when it refuses, and the refusal is permanent', async () => {
    await client.get(account)
    cluster.calls.clear()
    cluster.faults.add({ kind: 'refuse', operation: 'GET *serviceaccounts/x', times: 1 })
    await expect(client.get(account)).rejects.toMatchObject({ name: 'AccessDenied', transient: false })
    const operations = cluster.calls.all().map(({ operation }) => operation)
    expect(operations).toEqual(['GET /api/v1/namespaces/default/serviceaccounts/x', 'GET /readyz'])
  })

  it('refuses to return its version with a permanent error', async () => {
    cluster.faults.add({ kind: 'refuse', operation: 'GET /version', times: 1 })
    await expect(client.version()).rejects.toMatchObject({
      name: 'AccessDenied',
      reason: expect.stringContaining('may not get /version on cluster prod-eu'),
    })
  })
})

describe('an API server that closes the connection', () => {
  it('is unreachable', async () => {
    cluster.faults.add({ kind: 'drop-response', operation: 'GET /api/v1/namespaces/*', times: 1 })

    await expect(client.get(account)).rejects.toMatchObject({
      name: 'Unreachable',
      object: 'API server of cluster prod-eu (https://prod-eu.clusters.example)',
    })
  })
})

describe('a server at the address of an API server', () => {
  let host: PublicHost
  let answer: RequestListener = (_, response) => response.end()

  beforeAll(async () => {
    host = await clusters.internet.host('odd.example', (request, response) => answer(request, response))
    clusters.internet.proxy.route('alias.example:443', host.port)
  })
  afterAll(() => host.close())

  const odd = (name = 'odd.example', serverName?: string) =>
    new ApiServerClient(
      { name: 'odd', credentialsSecretArn: secretArn },
      directAccess(
        {},
        {
          server: `https://${name}`,
          ca: clusters.internet.authority.caPem,
          token: 'very-secret-token',
          ...(serverName !== undefined && { serverName }),
        },
      ),
      {
        fieldManager: 'workload-identity',
        owner: { deployment: 'd', cluster: 'odd' },
        rightsCommand: 'rights',
        signal: undefined,
      },
    )

  it('may have the TLS name in the credentials', async () => {
    answer = (_, response) =>
      response.setHeader('content-type', 'application/json').end('{"minor":"33","gitVersion":"v1.33.2"}')

    expect(await odd('alias.example', 'odd.example').version()).toMatchObject({ minor: 33 })
    await expect(odd('alias.example').version()).rejects.toMatchObject({ name: 'UntrustedCertificate' })
  })

  it.each([
    ['a page', 'text/html', '<html>Sign in</html>'],
    ['broken JSON', 'application/json', '{"minor": "s3cr3t'],
  ])('that answers with %s does not speak the Kubernetes API, and is not quoted', async (_, type, body) => {
    answer = (_request, response) => response.setHeader('content-type', type).end(body)
    const failure = odd().version()

    await expect(failure).rejects.toMatchObject({
      name: 'Unreachable',
      reason: 'the answer does not come from a Kubernetes API server',
    })
    await failure.catch(({ stack, message, cause }) =>
      expect(`${stack}${message}${cause}`).not.toMatch(/s3cr3t|Sign in|very-secret-token/),
    )
  })
})
