import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { allows } from '../../../../lambdas/clouds/kubernetes/access.ts'
import { builtInTypes } from '../../../../lambdas/clouds/kubernetes/built-in-types.ts'
import type { ClusterClient } from '../../../../lambdas/clouds/kubernetes/cluster-client.ts'
import type { AnyCluster } from '../../../../sandbox/kubernetes/clusters/any-cluster.ts'
import { clientCertificate } from '../../../support/kubernetes/client-certificate.ts'
import { bastionUrl, clientOf, minorOf, secretArn, writesTo } from '../../../support/kubernetes/clusters.ts'
import { reachableClusters } from '../../../support/kubernetes/reachable-clusters.ts'

const clusters = reachableClusters()
let cluster: AnyCluster
let hidden: AnyCluster
let client: ClusterClient

beforeAll(async () => {
  cluster = await clusters.start('prod-eu')
  hidden = await clusters.start('hidden', { behindBastion: true })
})
beforeEach(async () => {
  client = clientOf(cluster)
  cluster.calls.clear()
})

const configMap = (name: string, labels: Record<string, string> = {}) => ({
  apiVersion: 'v1' as const,
  kind: 'ConfigMap' as const,
  metadata: { name, namespace: 'default', labels },
})
const account = (name: string) => ({ apiVersion: 'v1', kind: 'ServiceAccount', name, namespace: 'default' }) as const
const pod = (name: string) => ({
  apiVersion: 'v1' as const,
  kind: 'Pod' as const,
  metadata: { name, namespace: 'default' },
  spec: { containers: [{ name: 'main', image: 'busybox:1.36' }] },
})

describe('an API server', () => {
  it('returns its version', async () => {
    const { gitVersion } = cluster
    expect(await client.version()).toEqual({ minor: minorOf(cluster), gitVersion })
  })

  it('gets one request for the types of an apiVersion, however many callers need them', async () => {
    const answers = await Promise.all([
      client.serves('apps/v1', 'Deployment'),
      client.serves('apps/v1', 'Deployment'),
      client.serves('apps/v1', 'Nothing'),
      client.serves('nothing.example/v1', 'Nothing'),
    ])

    expect(answers).toEqual([true, true, false, false])
    const calls = cluster.calls.all()
    expect(calls.map(({ operation }) => operation)).toEqual(['GET /apis/apps/v1', 'GET /apis/nothing.example/v1'])
  })

  const builtIn = Object.entries(builtInTypes).flatMap(([apiVersion, kinds]) =>
    Object.keys(kinds).map((kind) => ({ apiVersion, kind })),
  )

  // A review can only be created. Its result is its status.
  const stored = builtIn.filter(({ apiVersion }) => apiVersion !== 'authorization.k8s.io/v1')

  it.each(stored)('has the type $kind of $apiVersion, without a request for its types', async (type) => {
    expect(await client.get({ ...type, name: 'nothing', namespace: 'default' })).toBeUndefined()
    expect(cluster.calls.all()).toHaveLength(1)
    expect(await client.serves(type.apiVersion, type.kind)).toBe(true)
  })

  it('reviews the permissions of the credentials, as rules and one by one, without a request for its types', async () => {
    const admin = { verb: 'patch', group: 'apps', resource: 'deployments', namespace: 'default', name: 'web' }
    expect((await client.rulesIn('default')).some((rule) => allows(rule, admin))).toBe(true)
    expect(await client.mayDo(admin)).toBe(true)
    expect(await client.mayDo({ verb: 'create', group: '', resource: 'serviceaccounts/token' })).toBe(true)
    expect(cluster.calls.all()).toHaveLength(3)
  })

  it('returns undefined for an object that does not exist, and otherwise the object', async () => {
    expect(await client.get(account('reader'))).toBeUndefined()
    await client.create({ ...account('reader'), metadata: { name: 'reader', namespace: 'default' } })

    expect((await client.get(account('reader')))?.metadata?.name).toBe('reader')
  })

  it('lists objects by selectors, and no more than the limit', async () => {
    await Promise.all(['a', 'b', 'c'].map((name) => client.create(configMap(`list-${name}`, { list: name }))))
    const type = { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'default' }
    const names = async (options: object) => (await client.list(type, options)).map(({ metadata }) => metadata?.name)

    expect(await names({ labelSelector: 'list in (a,c)' })).toEqual(['list-a', 'list-c'])
    expect(await names({ labelSelector: 'list', limit: 2 })).toEqual(['list-a', 'list-b'])
    expect(await names({ fieldSelector: 'metadata.name=list-b' })).toEqual(['list-b'])
  })

  it('lists more objects than one response has, complete or only their metadata', async () => {
    const made = Array.from({ length: 120 }, (_, index) => `page-${String(index).padStart(3, '0')}`)
    for (const name of made) await client.create(configMap(name, { page: 'x' }))
    const type = { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'default' }
    const options = { labelSelector: 'page' }
    cluster.calls.clear()

    expect((await client.list(type, options)).map(({ metadata }) => metadata?.name)).toEqual(made)
    const limited = await client.list(type, { ...options, limit: 70 })
    expect(limited.map(({ metadata }) => metadata?.name)).toEqual(made.slice(0, 70))
    const reads = cluster.calls.all().filter(({ operation }) => operation.startsWith('GET'))
    expect(reads.length).toBeGreaterThanOrEqual(5)
    const metadata = await client.listMetadata(type, options)
    expect(metadata.map((one) => one.metadata.name)).toEqual(made)
    expect(metadata.some((one) => 'data' in one)).toBe(false)
  })

  it('returns the pod of a dry run with its defaults, and creates none', async () => {
    const made = await client.create(pod('canary'), { dryRun: true })

    expect(made.spec?.serviceAccountName).toBe('default')
    expect(writesTo(cluster)).toEqual([])
    expect(await cluster.objects('Pod')).toEqual([])
  })

  it('refuses a used name with ConcurrentChange', async () => {
    await client.create(configMap('taken'))

    await expect(client.create(configMap('taken'))).rejects.toMatchObject({
      name: 'ConcurrentChange',
      object: 'ConfigMap default/taken',
    })
  })

  it('deletes an object, and says whether it existed', async () => {
    await client.create(configMap('gone'))
    const ref = { apiVersion: 'v1', kind: 'ConfigMap', name: 'gone', namespace: 'default' }

    expect(await client.delete(ref)).toBe(true)
    expect(await client.delete(ref)).toBe(false)
  })

  it('deletes only the object that was read: not after another change, and not a new object of the name', async () => {
    const ref = { apiVersion: 'v1', kind: 'ConfigMap', name: 'checked', namespace: 'default' }
    const first = await client.create(configMap('checked'))
    await client.patchMetadata(ref, first, { labels: { theirs: 'true' } })
    const changed = { name: 'ConcurrentChange', object: 'ConfigMap default/checked' }
    await expect(client.delete(ref, first)).rejects.toMatchObject(changed)
    const second = await client.read(ref)
    await client.delete(ref, second)
    await client.create(configMap('checked'))
    await expect(client.delete(ref, second)).rejects.toMatchObject(changed)
    expect(await client.read(ref)).toBeDefined()
  })

  it('changes labels only of the object that was read: not after another change, and not of a new object of the name', async () => {
    const ref = { apiVersion: 'v1', kind: 'ConfigMap', name: 'seen', namespace: 'default' }
    const first = await client.create(configMap('seen'))
    await client.patchMetadata(ref, first, { labels: { ours: 'true' } })
    const changed = { name: 'ConcurrentChange', object: 'ConfigMap default/seen' }
    await expect(client.patchMetadata(ref, first, { labels: { late: 'true' } })).rejects.toMatchObject(changed)
    const second = await client.read(ref)
    await client.delete(ref)
    await client.create(configMap('seen'))
    await expect(client.patchMetadata(ref, second ?? first, { labels: { late: 'true' } })).rejects.toMatchObject(
      changed,
    )
    expect((await client.read(ref))?.metadata?.labels ?? {}).not.toHaveProperty('late')
  })

  it('creates a token of a service account for one audience and lifetime', async () => {
    await client.create({ ...account('token'), metadata: { name: 'token', namespace: 'default' } })
    const request = { audience: 'sts.amazonaws.com', expirationSeconds: 900 }
    const { token, expiresAt } = await client.createToken({ namespace: 'default', name: 'token' }, request)
    const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())

    expect(claims).toMatchObject({
      aud: ['sts.amazonaws.com'],
      iss: 'https://prod-eu.issuer.example',
      sub: 'system:serviceaccount:default:token',
    })
    expect(Date.parse(expiresAt) / 1000).toBe(claims.exp)
  })

  it('is missing a type that it does not serve', async () => {
    const ref = { apiVersion: 'multicloud.cluster.gke.io/v1', kind: 'AWSCluster', name: 'x', namespace: 'default' }
    await expect(client.get(ref)).rejects.toMatchObject({
      name: 'MissingResourceType',
      object: 'AWSCluster (multicloud.cluster.gke.io/v1)',
    })
  })
})

describe('credentials', () => {
  it('may be a client certificate', async () => {
    const robot = clientOf(cluster, { user: { client: await clientCertificate(cluster, 'robot') } })
    cluster.calls.clear()

    await expect(robot.get({ apiVersion: 'v1', kind: 'Namespace', name: 'default' })).rejects.toMatchObject({
      name: 'AccessDenied',
      reason: expect.stringContaining('may not get namespaces on cluster prod-eu'),
    })
    const calls = cluster.calls.all()
    expect(new Set(calls.map(({ actor }) => actor))).toEqual(new Set(['robot']))
  })

  it('that are rejected are named by their secret, and are not in the error', async () => {
    const failure = clientOf(cluster, { user: { token: 'very-secret-token' } }).get(account('x'))

    await expect(failure).rejects.toMatchObject({ name: 'InvalidCredentials', object: secretArn })
    await failure.catch(({ stack, message }) => expect(`${stack}${message}`).not.toContain('very-secret-token'))
  })

  it('without a permission get an error with verb and resource', async () => {
    await client.create({ ...account('nobody'), metadata: { name: 'nobody', namespace: 'default' } })
    const { token } = await client.createToken({ namespace: 'default', name: 'nobody' }, { expirationSeconds: 600 })
    const nobody = clientOf(cluster, { user: { token } })

    await expect(
      nobody.list({ apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'default' }),
    ).rejects.toMatchObject({
      name: 'AccessDenied',
      reason: `the credentials of ${secretArn} may not list deployments.apps on cluster prod-eu`,
    })
    await expect(
      nobody.createToken({ namespace: 'default', name: 'nobody' }, { expirationSeconds: 600 }),
    ).rejects.toMatchObject({ name: 'AccessDenied', reason: expect.stringContaining('create serviceaccounts/token') })
  })
})

describe('the connection to an API server', () => {
  const behindBastion = { target: { proxyUrl: bastionUrl } }

  it('goes through the egress proxy and the bastion behind it', async () => {
    expect(await clientOf(hidden, behindBastion).version()).toMatchObject({ minor: minorOf(hidden) })
    expect(clusters.internet.proxy.asked.has('hidden.clusters.example:443')).toBe(false)
    expect(clusters.bastion.asked.get('hidden.clusters.example:443')).toBe(1)
  })

  it('is kept open for the calls that follow', async () => {
    const before = clusters.internet.proxy.asked.get('prod-eu.clusters.example:443') ?? 0
    for (let call = 0; call < 20; call++) await client.version()

    // The pool opens a second connection for a call that comes before the first one is free.
    expect(clusters.internet.proxy.asked.get('prod-eu.clusters.example:443')).toBeLessThanOrEqual(before + 2)
  })

  it('is refused when another authority signed the certificate of the server', async () => {
    const other = await clusters.emulate('other')
    clusters.internet.proxy.route('prod-eu.clusters.example:443', other.port)
    try {
      await expect(clientOf(cluster).version()).rejects.toMatchObject({
        name: 'UntrustedCertificate',
        action: `Put the cluster's current credentials, with its CA, into ${secretArn}`,
      })
    } finally {
      clusters.internet.proxy.route('prod-eu.clusters.example:443', cluster.port)
    }
  })

  it('fails when the step has no time left', async () => {
    await expect(clientOf(cluster, { signal: AbortSignal.abort() }).version()).rejects.toMatchObject({
      name: 'Unreachable',
    })
  })
})
