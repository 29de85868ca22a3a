import { request } from 'node:http'
import { beforeAll, beforeEach, expect, test } from 'vitest'
import { parse } from 'yaml'
import type { Cluster } from '../../../../sandbox/kubernetes/index.ts'
import { asObject, asString, at, type JsonObject } from '../../../../sandbox/kubernetes/objects/objects.ts'
import { apply, send, testKubernetes, until } from '../support.ts'

const sandbox = testKubernetes()
let management: Cluster

beforeAll(async () => {
  management = sandbox.kubernetes.management
})
beforeEach(() => {
  sandbox.kubernetes.provisioningMs = 0
  sandbox.onPublish(async () => {})
  sandbox.published.length = 0
})

const group = '/apis/multicloud.cluster.gke.io/v1/namespaces/default'
const path = (name: string) => `${group}/awsclusters/${name}`

const awsCluster = (name: string, controlPlane: JsonObject = {}): JsonObject => ({
  apiVersion: 'multicloud.cluster.gke.io/v1',
  kind: 'AWSCluster',
  metadata: { name },
  spec: {
    region: 'eu-west-1',
    networking: {
      vpcID: 'vpc-1',
      podAddressCIDRBlocks: ['10.2.0.0/16'],
      serviceAddressCIDRBlocks: ['10.1.0.0/16'],
      serviceLoadBalancerSubnetIDs: ['subnet-1'],
    },
    controlPlane: {
      version: '1.20.9-gke.300',
      subnetIDs: ['subnet-1'],
      iamInstanceProfile: 'control-plane',
      databaseEncryption: { kmsKeyARN: 'arn:aws:kms:eu-west-1:000000000000:key/1' },
      workloadIdentity: { oidcDiscoveryGCSBucket: 'issuers' },
      ...controlPlane,
    },
  },
})

const statusOf = (name: string) => asObject(management.store.get('AWSCluster', name, 'default')?.status)
const running = async (name: string) => {
  await until(() => statusOf(name).state === 'Running', `${name} to run`)
  return statusOf(name)
}
const eventsOf = (name: string) =>
  management.objects('Event', 'default').filter((event) => at(event, 'involvedObject', 'name') === name)

test('an AWSCluster becomes a user cluster of its version, with its documents in the bucket', async () => {
  const up: string[] = []
  sandbox.kubernetes.onClusterUp((name) => void up.push(name))
  expect((await apply(management, path('cluster-0'), awsCluster('cluster-0'))).code).toBe(201)
  const status = await running('cluster-0')
  const id = asString(status.clusterID)
  expect(id).toMatch(/^[0-9a-f]{8}$/)
  const issuer = `https://storage.googleapis.com/issuers/gke-issuer-${id}`
  const host = `gke-${id}.elb.eu-west-1.amazonaws.com`
  expect(status).toMatchObject({
    version: '1.20.9-gke.300',
    controlPlaneEndpoint: host,
    workloadIdentityInfo: { issuerURL: issuer },
  })
  expect(up).toEqual(['cluster-0'])
  expect(eventsOf('cluster-0').map(({ reason }) => reason)).toEqual(
    expect.arrayContaining(['ControlPlaneCreated', 'ClusterReady']),
  )

  expect(sandbox.published.map(({ bucket, name, contentType }) => [bucket, name, contentType])).toEqual([
    ['issuers', `gke-issuer-${id}/.well-known/openid-configuration`, 'application/json'],
    ['issuers', `gke-issuer-${id}/openid/v1/jwks`, 'application/jwk-set+json'],
  ])
  const discovery = asObject(JSON.parse(sandbox.published[0]?.body ?? ''))
  expect(discovery).toMatchObject({ issuer, jwks_uri: `${issuer}/openid/v1/jwks` })

  const cluster = sandbox.kubernetes.cluster('cluster-0')
  expect(cluster && (await send(cluster, 'GET /version')).body).toMatchObject({
    gitVersion: 'v1.20.9-gke.300',
    minor: '20+',
  })
})

test('a cluster and its node pools are provisioning for the provisioning time', async () => {
  sandbox.kubernetes.provisioningMs = Number.POSITIVE_INFINITY
  await apply(management, path('slow'), awsCluster('slow'))
  const pool = {
    apiVersion: 'multicloud.cluster.gke.io/v1',
    kind: 'AWSNodePool',
    metadata: { name: 'pool-0' },
    spec: {
      clusterName: 'slow',
      version: '1.20.9-gke.300',
      region: 'eu-west-1',
      subnetID: 'subnet-1',
      minNodeCount: 3,
      maxNodeCount: 5,
      instanceType: 'm5.large',
      iamInstanceProfile: 'nodes',
    },
  }
  expect((await apply(management, `${group}/awsnodepools/pool-0`, pool)).code).toBe(201)
  const poolState = () => at(management.store.get('AWSNodePool', 'pool-0', 'default'), 'status', 'state')
  await until(() => statusOf('slow').state === 'Provisioning' && poolState() === 'Provisioning')
  expect(statusOf('slow')).not.toHaveProperty('clusterID')
  sandbox.kubernetes.provisioningMs = 0
  await running('slow')
  await until(() => poolState() === 'Running')
})

test('the cluster has no issuer while the bucket cannot be written, and an event says why', async () => {
  sandbox.onPublish(async () => {
    throw new Error('management-sa does not have storage.objects.create access')
  })
  await apply(management, path('unpublished'), awsCluster('unpublished'))
  const event = await until(() => eventsOf('unpublished').find(({ type }) => type === 'Warning'))
  expect(event).toMatchObject({
    reason: 'OIDCDiscoveryFailed',
    message: expect.stringContaining('storage.objects.create'),
  })
  expect(statusOf('unpublished')).toMatchObject({ state: 'Provisioning', clusterID: expect.any(String) })
  expect(statusOf('unpublished')).not.toHaveProperty('workloadIdentityInfo')
  sandbox.onPublish(async () => {})
  await running('unpublished')
})

test('a cluster without workload identity runs without an issuer', async () => {
  await apply(management, path('plain'), awsCluster('plain', { workloadIdentity: null }))
  expect(await running('plain')).not.toHaveProperty('workloadIdentityInfo')
})

test('a spec that does not match the schema is refused', async () => {
  const missing = await apply(management, path('bad'), awsCluster('bad', { version: null }))
  expect(missing.body).toMatchObject({ code: 422, reason: 'Invalid' })
  expect(missing.body.message).toBe(
    'AWSCluster.multicloud.cluster.gke.io "bad" is invalid: spec.controlPlane.version: Required value',
  )
  const typed = await send(management, `POST ${group}/awsclusters`, {
    body: awsCluster('bad', { subnetIDs: 'subnet-1' }),
  })
  expect(typed.body).toMatchObject({ code: 422, details: { causes: [{ field: 'spec.controlPlane.subnetIDs' }] } })
  const misspelt = awsCluster('bad', { ServiceLoadBalancerSubnetIDs: [] })
  expect((await apply(management, path('bad'), misspelt)).body.message).toContain('field not declared in schema')
  const pruned = await send(management, `POST ${group}/awsclusters?dryRun=All`, { body: misspelt })
  expect(at(pruned.body, 'spec', 'controlPlane')).not.toHaveProperty('ServiceLoadBalancerSubnetIDs')
})

test('a user cluster does not have the multicloud API', async () => {
  const cluster = await sandbox.kubernetes.addUserCluster({
    name: 'plainer',
    version: '1.21.14',
    issuer: { bucket: 'issuers' },
  })
  expect((await send(cluster, `GET ${group}/awsclusters`)).code).toBe(404)
})

test('deleting the AWSCluster deletes the cluster', async () => {
  await apply(management, path('short'), awsCluster('short'))
  await running('short')
  const host = sandbox.kubernetes.cluster('short')?.settings.host ?? ''
  await send(management, `DELETE ${path('short')}`)
  await until(() => sandbox.kubernetes.cluster('short') === undefined)
  expect(await connectThrough(sandbox.bastion.url, `${host}:443`)).toBe(403)
})

/** The status of the proxy's response to CONNECT. */
function connectThrough(proxy: string, target: string): Promise<number> {
  const { hostname, port } = new URL(proxy)
  return new Promise((resolve, reject) => {
    const sent = request({ hostname, port, method: 'CONNECT', path: target })
    sent.on('connect', (response, socket) => {
      socket.destroy()
      resolve(response.statusCode ?? 0)
    })
    sent.on('error', reject)
    sent.end()
  })
}

test('clusters behind the bastion are reachable only through it, and the bastion through the egress proxy', async () => {
  expect(await connectThrough(sandbox.bastion.url, 'management.anthos.internal:443')).toBe(200)
  expect(await connectThrough(sandbox.proxy.url, 'management.anthos.internal:443')).toBe(403)
  expect(await connectThrough(sandbox.proxy.url, 'bastion.anthos.internal:8118')).toBe(200)
  const cluster = await sandbox.kubernetes.addUserCluster({
    name: 'open',
    version: '1.33.2',
    issuer: { host: 'oidc.open.example.com' },
  })
  expect(await connectThrough(sandbox.proxy.url, `${cluster.settings.host}:443`)).toBe(200)
  expect(await connectThrough(sandbox.bastion.url, `${cluster.settings.host}:443`)).toBe(403)
  expect(await connectThrough(sandbox.proxy.url, 'oidc.open.example.com:443')).toBe(200)
})

test('a kubeconfig is self-contained, with the proxy of clusters behind the bastion', async () => {
  const read = (text: string) => {
    const config: unknown = parse(text)
    return asObject(config)
  }
  const config = read(sandbox.kubernetes.kubeconfig('management'))
  expect(config).toMatchObject({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'management',
    clusters: [
      {
        cluster: {
          server: 'https://management.anthos.internal:443',
          'certificate-authority-data': Buffer.from(management.caPem).toString('base64'),
          'proxy-url': 'http://bastion.anthos.internal:8118',
        },
      },
    ],
    users: [{ user: { token: management.adminToken } }],
  })
  const local = read(sandbox.kubernetes.localKubeconfig('management'))
  expect(local).toMatchObject({ clusters: [{ cluster: { 'proxy-url': sandbox.bastion.url } }] })
})

test('no proxy reaches a closed cluster, also after a restart, and its kubeconfig for this machine has no proxy', async () => {
  const closed = { name: 'closed', version: '1.33.2', issuer: { installer: 'kubeadm' }, isClosed: true } as const
  await sandbox.kubernetes.addUserCluster(closed)
  const after = await sandbox.restart()
  const address = 'closed.clusters.example.com:443'
  expect(await connectThrough(sandbox.proxy.url, address)).toBe(403)
  expect(await connectThrough(sandbox.bastion.url, address)).toBe(403)
  const cluster = { name: 'closed', cluster: { server: `https://127.0.0.1:${after.cluster('closed')?.port}` } }
  const local: unknown = parse(after.localKubeconfig('closed'))
  expect(local).toMatchObject({ clusters: [cluster] })
  expect(local).not.toHaveProperty('clusters.0.cluster.proxy-url')
  management = after.management
})

test('keys, objects and the hosts of issuers survive a restart', async () => {
  await apply(management, path('lasting'), awsCluster('lasting'))
  const status = await running('lasting')
  const before = sandbox.kubernetes.cluster('lasting')
  const added = await sandbox.kubernetes.addUserCluster({
    name: 'added',
    version: '1.33.2',
    issuer: { host: 'added.example.com' },
  })
  const after = await sandbox.restart()
  const cluster = after.cluster('lasting')
  if (!before || !cluster) throw new Error('no cluster')
  expect(cluster.caPem).toBe(before.caPem)
  expect(cluster.signer.keyId).toBe(before.signer.keyId)
  expect((await send(cluster, 'GET /api/v1/namespaces/default', { token: before.adminToken })).code).toBe(200)
  expect(after.management.store.get('AWSCluster', 'lasting', 'default')?.status).toEqual(status)
  expect(await connectThrough(sandbox.proxy.url, 'added.example.com:443')).toBe(200)
  const again = await after.addUserCluster({ name: 'added', version: '1.33.2', issuer: { host: 'added.example.com' } })
  expect(again.caPem).toBe(added.caPem)
  management = after.management
})
