import type { RequestListener } from 'node:http'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { description } from '../../../lambdas/cluster/check-cluster.step.ts'
import { run } from '../../../lambdas/cluster/check-cluster.ts'
import type { ClusterStatus } from '../../../lambdas/operations/record.ts'
import type { AnyCluster } from '../../../sandbox/kubernetes/any-cluster.ts'
import { asObject } from '../../../sandbox/kubernetes/objects.ts'
import type { PublicHost } from '../../../sandbox/network/public-host.ts'
import { SecretKeeper } from '../../../sandbox/secrets.ts'
import { send } from '../../support/api-requests.ts'
import { type AwsAccount, startAwsAccount } from '../../support/aws-account.ts'
import { bastionUrl, type Clusters, clientOf, minorOf, startClusters, writesTo } from '../../support/clusters.ts'
import { setUpStatus } from '../../support/operations.ts'
import { exampleRequest } from '../../support/requests.ts'
import { stepContext } from '../../support/step-context.ts'

const apiVersion = 'multicloud.cluster.gke.io/v1'

let aws: AwsAccount
let secrets: SecretKeeper
let clusters: Clusters
let management: AnyCluster
let user: AnyCluster
let managementSecret: string
let issuerHost: PublicHost
/** What the issuers' host answers, by path. */
const documents = new Map<string, string>()
let count = 0
let name = ''

beforeAll(async () => {
  ;[aws, clusters] = await Promise.all([startAwsAccount(), startClusters()])
  secrets = new SecretKeeper(aws.endpoint)
  management = await clusters.start('management', { management: true, behindBastion: true })
  user = await clusters.start('user', { issuer: issuerUrl, behindBastion: true })
  managementSecret = await secrets.keep('prod/management', management.kubeconfig())
  issuerHost = await clusters.internet.host('issuers.example', answerDocument)
})
afterAll(async () => {
  await issuerHost.close()
  await clusters.end()
  await aws.end()
})
beforeEach(() => {
  count += 1
  name = `prod-${count}`
  documents.clear()
  management.calls.clear()
  clusters.bastion.route(`${user.settings.host}:443`, user.port)
})

const answerDocument: RequestListener = (request, response) => {
  const document = documents.get(request.url ?? '')
  if (document === undefined) response.writeHead(404).end()
  else response.writeHead(200, { 'content-type': 'application/json' }).end(document)
}

const issuerUrl = 'https://issuers.example/user'
const otherIssuer = 'https://issuers.example/another'
const secretOf = () => managementSecret.replace(/secret:.*$/, `secret:workload-identity/${name}/user-cluster`)

function publish(change: { issuer?: string; keys?: object[] } = {}, at = issuerUrl): void {
  const { issuer = at, keys = [{ kty: 'RSA', kid: '1', use: 'sig', alg: 'RS256', n: 'AQAB', e: 'AQAB' }] } = change
  const { pathname } = new URL(at)
  const discovery = { issuer, jwks_uri: `${at}/openid/v1/jwks` }
  documents.set(`${pathname}/.well-known/openid-configuration`, JSON.stringify(discovery))
  documents.set(`${pathname}/openid/v1/jwks`, JSON.stringify({ keys }))
}

/** As people and the management service do it: the AWSCluster first, its status later. */
async function putAwsCluster(
  status?: object,
  workloadIdentity: object | null = { oidcDiscoveryGCSBucket: 'prod-oidc' },
): Promise<void> {
  const path = `/apis/${apiVersion}/namespaces/default/awsclusters`
  const { spec } = exampleRequest('setup').cluster
  const { workloadIdentity: _, ...rest } = asObject(spec?.controlPlane)
  const controlPlane = { ...rest, ...(workloadIdentity && { workloadIdentity }) }
  const body = { apiVersion, kind: 'AWSCluster', metadata: { name }, spec: { ...spec, controlPlane } }
  const made = await send(management, `POST ${path}`, { body })
  expect(made.code, JSON.stringify(made.body)).toBe(201)
  if (!status) return
  const contentType = 'application/merge-patch+json'
  await send(management, `PATCH ${path}/${name}/status`, { body: { status }, contentType })
}

async function provisioned(issuerURL = issuerUrl): Promise<void> {
  await putAwsCluster({ clusterID: `id-${name}`, workloadIdentityInfo: { issuerURL } })
  management.calls.clear()
}

const keepKubeconfig = (kubeconfig = user.kubeconfig()) => secrets.keep(`${name}/user-cluster`, kubeconfig)

const context = () => stepContext(name)

function check(change: object = {}) {
  const cluster = {
    name,
    provider: 'gke-on-aws',
    management: { credentialsSecretArn: managementSecret, namespace: 'default', proxyUrl: bastionUrl },
    credentialsSecretArn: secretOf(),
    proxyUrl: bastionUrl,
    ...change,
  }
  return run(description.input.parse({ cluster, bucket: 'prod-oidc' }), context())
}

function checkExisting(change: object = {}, { dryRun = false, status = {} as Partial<ClusterStatus> } = {}) {
  const cluster = { name, provider: 'existing', credentialsSecretArn: secretOf(), proxyUrl: bastionUrl, ...change }
  return run(description.input.parse({ cluster }), stepContext(name, undefined, dryRun, status))
}

/** As a setup that has gone to its end records the cluster. */
const withIssuer = (issuerUrl: string) => setUpStatus({ facts: { issuerUrl } })

describe('a cluster of Anthos on AWS', () => {
  it('is ready when identity, documents, credentials and API server are there', async () => {
    await provisioned()
    publish()
    await keepKubeconfig()

    const facts = {
      clusterId: `id-${name}`,
      issuerUrl,
      jwksUri: `${issuerUrl}/openid/v1/jwks`,
      foundAt: { server: clientOf(management).server, namespace: 'default' },
      kubernetesVersion: user.gitVersion.slice(1),
      kubernetesMinor: minorOf(user),
    }
    expect(await check()).toEqual({ output: facts, changes: [], observed: { cluster: facts } })
    expect(management.calls.all().map(({ operation }) => operation)).toEqual([
      `GET /apis/${apiVersion}`,
      `GET /apis/${apiVersion}/namespaces/default/awsclusters/${name}`,
    ])
  })

  it.each([
    ['no status', undefined],
    ['an empty ID', { clusterID: '', workloadIdentityInfo: { issuerURL: 'https://issuers.example/x' } }],
    ['no issuer', { clusterID: 'id' }],
  ])('waits for its identity while it has %s', async (_, status) => {
    await putAwsCluster(status)

    expect(await check()).toMatchObject({
      waiting: {
        reason: expect.stringContaining(`has not given AWSCluster default/${name} its ID and its issuer yet`),
      },
    })
  })

  it('tells its newest events while it is waited for, and those of no other object', async () => {
    await putAwsCluster()
    for (let minute = 0; minute < 7; minute++) await putEvent(name, minute)
    await putEvent('another', 9)
    const result = await check()
    const events = 'waiting' in result ? (result.waiting.events ?? []) : []

    expect(events).toHaveLength(5)
    expect(events[0]).toEqual({
      time: '2026-11-25T10:06:00Z',
      type: 'Warning',
      reason: 'SubnetFull',
      message: `${name}: no address left in subnet 6`,
    })
  })

  it('is an error when it was made without workload identity: it would never get an issuer', async () => {
    await putAwsCluster({ clusterID: 'id' }, null)

    await expect(check()).rejects.toMatchObject({
      name: 'InvalidObject',
      object: `AWSCluster default/${name}`,
      reason: expect.stringContaining('oidcDiscoveryGCSBucket'),
    })
  })

  it('waits for its own kubeconfig while the secret holds that of the cluster that had its name before', async () => {
    await provisioned(otherIssuer)
    publish({}, otherIssuer)
    await keepKubeconfig()

    expect(await check()).toMatchObject({
      waiting: {
        reason: `put the kubeconfig of cluster ${name} into secret ${secretOf()}: anthos-gke aws clusters get-credentials ${name}; what it holds now leads to another cluster, whose tokens are of ${issuerUrl}`,
      },
    })
  })

  it('waits for its discovery document, naming its URL and the bucket', async () => {
    await provisioned()
    await keepKubeconfig()

    expect(await check()).toMatchObject({
      waiting: {
        reason: expect.stringMatching(
          new RegExp(
            `${issuerUrl}/\\.well-known/openid-configuration: it answers 404 to the public .*bucket prod-oidc`,
          ),
        ),
      },
    })
  })

  it('waits for its kubeconfig, telling who has to put it where', async () => {
    await provisioned()
    publish()

    expect(await check()).toMatchObject({
      waiting: {
        reason: `put the kubeconfig of cluster ${name} into secret ${secretOf()}: anthos-gke aws clusters get-credentials ${name}`,
      },
    })
  })

  it('names both when documents and kubeconfig are missing', async () => {
    await provisioned()

    expect(await check()).toMatchObject({ waiting: { reason: expect.stringMatching(/404 .*; put the kubeconfig/) } })
  })

  it('waits for its API server', async () => {
    await provisioned()
    publish()
    await keepKubeconfig()
    clusters.bastion.unroute(`${user.settings.host}:443`)

    expect(await check()).toMatchObject({
      waiting: { reason: expect.stringMatching(`${user.settings.host}:443: .*answered 403 to CONNECT`) },
    })
  })

  it('is an error when there is no AWSCluster of this name', async () => {
    await expect(check()).rejects.toMatchObject({ name: 'InvalidObject', object: `AWSCluster default/${name}` })
  })

  it('that a setup would make first is waited for in a dry run, which writes nothing', async () => {
    const cluster = {
      name,
      provider: 'gke-on-aws',
      management: { credentialsSecretArn: managementSecret, namespace: 'default', proxyUrl: bastionUrl },
      credentialsSecretArn: secretOf(),
      proxyUrl: bastionUrl,
    }
    const dryRun = stepContext(name, undefined, true)
    const request = description.input.parse({ cluster, bucket: 'prod-oidc', applied: true })
    expect(await run(request, dryRun)).toMatchObject({
      waiting: { reason: `AWSCluster default/${name} is not there: it is to be made first` },
    })
    await expect(run({ ...request, applied: false }, dryRun)).rejects.toMatchObject({ name: 'InvalidObject' })
    await expect(run(request, context())).rejects.toMatchObject({ name: 'InvalidObject' })
    expect(writesTo(management)).toEqual([])
  })

  it('is an error when its kubeconfig is malformed, even while the cluster is being made', async () => {
    await putAwsCluster()
    await secrets.keep(`${name}/user-cluster`, 'clusters: []\nusers: []\ncontexts: []\n')

    await expect(check()).rejects.toMatchObject({ name: 'InvalidCredentials', object: secretOf() })
  })

  it('is an error when its API server rejects the credentials', async () => {
    await provisioned()
    publish()
    await keepKubeconfig(user.kubeconfig().replace(/token: .*/, 'token: old'))

    await expect(check()).rejects.toMatchObject({ name: 'InvalidCredentials', object: secretOf() })
  })

  it('is an error when its documents are of another issuer', async () => {
    await provisioned()
    publish({ issuer: 'https://issuers.example/somebody-else' })
    await keepKubeconfig()

    await expect(check()).rejects.toMatchObject({
      name: 'InvalidDiscovery',
      object: `${issuerUrl}/.well-known/openid-configuration`,
    })
  })

  it('is an error when its key set is empty', async () => {
    await provisioned()
    publish({ keys: [] })
    await keepKubeconfig()

    await expect(check()).rejects.toMatchObject({ name: 'InvalidDiscovery', object: `${issuerUrl}/openid/v1/jwks` })
  })

  it('is an error, and no reason to wait, when the management cluster does not answer', async () => {
    const management = { credentialsSecretArn: managementSecret, namespace: 'default' }

    await expect(
      check({ management: { ...management, proxyUrl: 'http://gone.anthos.internal:1' } }),
    ).rejects.toMatchObject({ name: 'Unreachable' })
  })
})

describe('an existing cluster', () => {
  it('is ready with the issuer of the request, when its tokens are of it', async () => {
    publish()
    await keepKubeconfig()

    expect(await checkExisting({ issuerUrl })).toMatchObject({
      output: { clusterId: name, issuerUrl, kubernetesMinor: minorOf(user) },
    })
  })

  it('is an error when its tokens are of another issuer than the request says', async () => {
    publish({}, otherIssuer)
    await keepKubeconfig()

    await expect(checkExisting({ issuerUrl: otherIssuer })).rejects.toMatchObject({
      name: 'InvalidCredentials',
      object: secretOf(),
      reason: `the cluster that these credentials lead to makes tokens of ${issuerUrl}, and not of ${otherIssuer}`,
    })
  })

  it('has the issuer that its tokens name where the request has none', async () => {
    publish()
    await keepKubeconfig()

    expect(await checkExisting()).toMatchObject({ output: { issuerUrl } })
  })

  it('is ready with the issuer that its last setup has found', async () => {
    publish()
    await keepKubeconfig()

    expect(await checkExisting({}, { status: withIssuer(issuerUrl) })).toMatchObject({ output: { issuerUrl } })
  })

  it.each([false, true])(
    'is an error when its credentials lead to another cluster than it was set up as; dry run: %s',
    async (dryRun) => {
      publish()
      await keepKubeconfig()

      await expect(checkExisting({}, { dryRun, status: withIssuer(otherIssuer) })).rejects.toMatchObject({
        name: 'InvalidCredentials',
        object: secretOf(),
        reason: `the cluster that these credentials lead to makes tokens of ${issuerUrl}, and not of ${otherIssuer}, which cluster ${name} was set up with`,
        action: expect.stringContaining('cluster.issuerUrl'),
      })
    },
  )

  it('that was made anew is ready when the request names its new issuer', async () => {
    publish()
    await keepKubeconfig()

    const status = withIssuer(otherIssuer)
    expect(await checkExisting({ issuerUrl }, { status })).toMatchObject({ output: { issuerUrl } })
  })

  it('waits for its credentials', async () => {
    expect(await checkExisting()).toMatchObject({
      waiting: { reason: `put the kubeconfig of cluster ${name} into secret ${secretOf()}`, events: [] },
    })
  })

  it('waits for its discovery document', async () => {
    await keepKubeconfig()

    expect(await checkExisting()).toMatchObject({
      waiting: { reason: expect.stringContaining('it answers 404 to the public') },
    })
  })

  it('is an error when it does not answer: it is said to be there', async () => {
    publish()
    await keepKubeconfig()
    clusters.bastion.unroute(`${user.settings.host}:443`)

    await expect(checkExisting({ issuerUrl })).rejects.toMatchObject({ name: 'Unreachable' })
  })
})

async function putEvent(cluster: string, minute: number): Promise<void> {
  const body = {
    metadata: { name: `${cluster}.${name}.${minute}` },
    involvedObject: { apiVersion, kind: 'AWSCluster', name: cluster, namespace: 'default' },
    type: 'Warning',
    reason: 'SubnetFull',
    message: `${cluster}: no address left in subnet ${minute}`,
    lastTimestamp: `2026-11-25T10:0${minute}:00Z`,
  }
  expect(await send(management, 'POST /api/v1/namespaces/default/events', { body })).toMatchObject({ code: 201 })
}
