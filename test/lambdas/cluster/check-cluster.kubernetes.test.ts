import { generateKeyPairSync } from 'node:crypto'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import * as z from 'zod/mini'
import { description } from '../../../lambdas/cluster/check-cluster.step.ts'
import { run } from '../../../lambdas/cluster/check-cluster.ts'
import { apply } from '../../../lambdas/objects/apply.ts'
import { connectToCluster } from '../../../lambdas/objects/connect.ts'
import { manifestsFor } from '../../../lambdas/rights/manifests.ts'
import type { Rule } from '../../../lambdas/rights/rules.ts'
import { webhook } from '../../../lambdas/spec/parts.ts'
import type { AnyCluster } from '../../../sandbox/kubernetes/clusters/any-cluster.ts'
import { asObject, objectsIn } from '../../../sandbox/kubernetes/objects/objects.ts'
import { setUpStatus } from '../../support/api/operations.ts'
import { exampleRequest } from '../../support/api/requests.ts'
import { send } from '../../support/kubernetes/api-requests.ts'
import { bastionUrl, clientOf, minorOf, writesTo } from '../../support/kubernetes/clusters.ts'
import { grant } from '../../support/kubernetes/rights.ts'
import { checkedClusters } from '../../support/steps/check-cluster.ts'
import { foundStatus, stepContext } from '../../support/steps/step-context.ts'

const apiVersion = 'multicloud.cluster.gke.io/v1'
const issuerUrl = 'https://issuers.example/user'
const otherIssuer = 'https://issuers.example/another'

const world = checkedClusters((clusters) => clusters.start('management', { management: true, behindBastion: true }))
let user: AnyCluster

/** To make a token of ServiceAccount default/default. */
const tokenRights: readonly Rule[] = [
  {
    namespace: 'default',
    apiGroup: '',
    resources: ['serviceaccounts/token'],
    names: ['default'],
    verbs: ['create'],
    reasons: [{ verbs: ['create'], steps: [{ state: 'CheckCluster', optional: false }], why: '', given: false }],
  },
]

beforeAll(async () => {
  user = await world.clusters.start('user', { issuer: issuerUrl, behindBastion: true })
  await world.signedBy(user)
})
beforeEach(() => world.clusters.bastion.route(`${user.settings.host}:443`, user.port))

/** As people and the management service do it: the AWSCluster first, its status later. */
async function putAwsCluster(
  status?: object,
  workloadIdentity: object | null = { oidcDiscoveryGCSBucket: 'prod-oidc' },
): Promise<void> {
  const path = `/apis/${apiVersion}/namespaces/default/awsclusters`
  const { spec } = exampleRequest('setup').cluster
  const { workloadIdentity: _, ...rest } = asObject(spec?.controlPlane)
  const controlPlane = { ...rest, ...(workloadIdentity && { workloadIdentity }) }
  const body = { apiVersion, kind: 'AWSCluster', metadata: { name: world.name }, spec: { ...spec, controlPlane } }
  const made = await send(world.management, `POST ${path}`, { body })
  expect(made.code, JSON.stringify(made.body)).toBe(201)
  if (!status) return
  const contentType = 'application/merge-patch+json'
  await send(world.management, `PATCH ${path}/${world.name}/status`, { body: { status }, contentType })
}

async function provisioned(issuerURL = issuerUrl): Promise<void> {
  await putAwsCluster({ clusterID: `id-${world.name}`, workloadIdentityInfo: { issuerURL } })
  world.management.calls.clear()
}

const keepKubeconfig = (kubeconfig = user.kubeconfig()) => world.keep(kubeconfig)

/** As a setup that has gone to its end records the cluster. */
const withIssuer = (issuerUrl: string) => setUpStatus({ facts: { issuerUrl } })

describe('a cluster of Anthos on AWS', () => {
  it('is ready when identity, documents, credentials and API server are there', async () => {
    await provisioned()
    world.publish(issuerUrl)
    await keepKubeconfig()

    const facts = {
      clusterId: `id-${world.name}`,
      issuerUrl,
      region: 'eu-west-1',
      jwksUri: `${issuerUrl}/openid/v1/jwks`,
      foundAt: { server: clientOf(world.management).server, namespace: 'default' },
      kubernetesVersion: user.gitVersion.slice(1),
      kubernetesMinor: minorOf(user),
    }
    expect(await world.check()).toEqual({
      output: facts,
      changes: [],
      observed: { cluster: facts, credentials: expect.anything(), managementCredentials: expect.anything() },
    })
    expect(world.management.calls.all().map(({ operation }) => operation)).toEqual([
      `GET /apis/${apiVersion}/namespaces/default/awsclusters/${world.name}`,
    ])
  })

  it.each([
    ['no status', undefined],
    ['an empty ID', { clusterID: '', workloadIdentityInfo: { issuerURL: 'https://issuers.example/x' } }],
    ['no issuer', { clusterID: 'id' }],
  ])('waits for its identity while it has %s', async (_, status) => {
    await putAwsCluster(status)

    expect(await world.check()).toMatchObject({
      waiting: {
        reason: expect.stringContaining(`has not given AWSCluster default/${world.name} its ID and its issuer yet`),
      },
    })
  })

  it('tells its newest events while it is waited for, and those of no other object', async () => {
    await putAwsCluster()
    for (let minute = 0; minute < 7; minute++) await putEvent(world.name, minute)
    await putEvent('another', 9)
    const result = await world.check()
    const events = 'waiting' in result ? (result.waiting.events ?? []) : []

    expect(events).toHaveLength(5)
    expect(events[0]).toEqual({
      time: '2026-11-25T10:06:00Z',
      type: 'Warning',
      reason: 'SubnetFull',
      message: `${world.name}: no address left in subnet 6`,
    })
  })

  it('is an error when it was made without workload identity: it would never get an issuer', async () => {
    await putAwsCluster({ clusterID: 'id' }, null)

    await expect(world.check()).rejects.toMatchObject({
      name: 'InvalidObject',
      object: `AWSCluster default/${world.name}`,
      reason: expect.stringContaining('oidcDiscoveryGCSBucket'),
    })
  })

  it('waits for its own kubeconfig while the secret holds that of the cluster that had its name before', async () => {
    await provisioned(otherIssuer)
    world.publish(otherIssuer)
    await keepKubeconfig()

    expect(await world.check()).toMatchObject({
      waiting: {
        reason: `put the kubeconfig of cluster ${world.name} into secret ${world.secretOf()}: anthos-gke aws clusters get-credentials ${world.name}; what it holds now leads to another cluster, whose tokens are of ${issuerUrl}`,
      },
    })
  })

  it('waits for its discovery document, naming its URL and the bucket', async () => {
    await provisioned()
    await keepKubeconfig()

    expect(await world.check()).toMatchObject({
      waiting: {
        reason: expect.stringMatching(
          new RegExp(
            `${issuerUrl}/\\.well-known/openid-configuration: it answers 404 to the public .*bucket prod-oidc`,
          ),
        ),
      },
    })
  })

  it('makes a token and has its rights reviewed while its documents are read', async () => {
    await provisioned()
    await keepKubeconfig()
    const { webhook, workloads } = exampleRequest('setup')
    const needs = { webhook, workloads }
    user.calls.clear()

    const request = description.input.parse({ cluster: world.ofAnthos(), bucket: 'prod-oidc', needs })
    expect(await run(request, stepContext(world.name))).toHaveProperty('waiting')
    const asked = user.calls.all().map(({ operation }) => operation)
    expect(asked).toContain('POST /api/v1/namespaces/default/serviceaccounts/default/token')
    expect(asked).toContain('POST /apis/authorization.k8s.io/v1/selfsubjectrulesreviews')
  })

  it('waits for its kubeconfig, telling who has to put it where', async () => {
    await provisioned()
    world.publish(issuerUrl)

    expect(await world.check()).toMatchObject({
      waiting: {
        reason: `put the kubeconfig of cluster ${world.name} into secret ${world.secretOf()}: anthos-gke aws clusters get-credentials ${world.name}`,
      },
    })
  })

  it('waits for its API server', async () => {
    await provisioned()
    world.publish(issuerUrl)
    await keepKubeconfig()
    world.clusters.bastion.unroute(`${user.settings.host}:443`)

    expect(await world.check()).toMatchObject({
      waiting: { reason: expect.stringMatching(`${user.settings.host}:443: .*answered 403 to CONNECT`) },
    })
  })

  it('is an error when there is no AWSCluster of this name', async () => {
    await expect(world.check()).rejects.toMatchObject({
      name: 'InvalidObject',
      object: `AWSCluster default/${world.name}`,
    })
  })

  it('that a setup would make first is waited for in a dry run, which writes nothing', async () => {
    const dryRun = stepContext(world.name, undefined, true)
    const request = description.input.parse({ cluster: world.ofAnthos(), bucket: 'prod-oidc', applied: true })
    expect(await run(request, dryRun)).toMatchObject({
      waiting: { reason: `AWSCluster default/${world.name} is not there: it is to be made first` },
    })
    await expect(run({ ...request, applied: false }, dryRun)).rejects.toMatchObject({ name: 'InvalidObject' })
    await expect(run(request, stepContext(world.name))).rejects.toMatchObject({ name: 'InvalidObject' })
    expect(writesTo(world.management)).toEqual([])
  })

  it('has the region that was applied last in a dry run, which has not put back what somebody has changed', async () => {
    await provisioned()
    world.publish(issuerUrl)
    await keepKubeconfig()
    const request = { cluster: world.ofAnthos(), bucket: 'prod-oidc' }
    const status = setUpStatus({ facts: { issuerUrl, region: 'us-east-1' } })
    const regionIn = async (applied: boolean, dryRun: boolean) => {
      const input = description.input.parse({ ...request, applied })
      const result = await run(input, stepContext(world.name, undefined, dryRun, status))
      return 'output' in result ? result.output.region : undefined
    }
    expect(await regionIn(true, true)).toBe('us-east-1')
    expect(await regionIn(true, false)).toBe('eu-west-1')
    expect(await regionIn(false, true)).toBe('eu-west-1')
  })

  it('is an error when its kubeconfig is malformed, even while the cluster is being made', async () => {
    await putAwsCluster()
    await world.keep('clusters: []\nusers: []\ncontexts: []\n')

    await expect(world.check()).rejects.toMatchObject({ name: 'InvalidCredentials', object: world.secretOf() })
  })

  it('is an error when its API server rejects the credentials', async () => {
    await provisioned()
    world.publish(issuerUrl)
    await keepKubeconfig(user.kubeconfig().replace(/token: .*/, 'token: old'))

    await expect(world.check()).rejects.toMatchObject({ name: 'InvalidCredentials', object: world.secretOf() })
  })

  it('is an error when its documents are of another issuer', async () => {
    await provisioned()
    world.publish(issuerUrl, { issuer: 'https://issuers.example/somebody-else' })
    await keepKubeconfig()

    await expect(world.check()).rejects.toMatchObject({
      name: 'InvalidDiscovery',
      object: `${issuerUrl}/.well-known/openid-configuration`,
    })
  })

  it('is an error, and no reason to wait, when the management cluster does not answer', async () => {
    const management = { credentialsSecretArn: world.managementSecret, namespace: 'default' }

    await expect(
      world.check({ management: { ...management, proxyUrl: 'http://gone.anthos.internal:1' } }),
    ).rejects.toMatchObject({ name: 'Unreachable' })
  })
})

describe('a cluster whose tokens name an issuer that does not publish their key', () => {
  const reason = `are not signed with a key that ${issuerUrl} publishes`
  const waits = { waiting: { reason: expect.stringContaining(reason) } }

  /** Another key under the ID of the key of the cluster. */
  async function publishOther(): Promise<void> {
    const { keySet } = await user.issuerDocuments()
    const jwk = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({ format: 'jwk' })
    const [kid] = objectsIn(keySet.keys).map((key) => key.kid)
    world.publish(issuerUrl, { keys: [{ ...jwk, kid, use: 'sig' }] })
    await keepKubeconfig()
  }

  it('is waited for, whether the request names the issuer or not, and whether it is new or set up', async () => {
    await publishOther()
    expect(await world.checkExisting({ issuerUrl })).toMatchObject(waits)
    expect(await world.checkExisting()).toMatchObject(waits)
    expect(await world.checkExisting({ issuerUrl }, { status: withIssuer(issuerUrl) })).toMatchObject(waits)
    expect(await world.checkExisting({ issuerUrl, hosted: true })).toMatchObject(waits)
    expect(await world.checkExisting({ issuerUrl }, { dryRun: true })).toMatchObject(waits)
  })

  it('is waited for also when it is of Anthos on AWS, and the reason names key, documents and secret', async () => {
    await provisioned()
    await publishOther()
    const { waiting } = z.object({ waiting: z.object({ reason: z.string() }) }).parse(await world.check())
    expect(waiting.reason).toContain(reason)
    expect(waiting.reason).toMatch(
      /\(they name the key [\w-]{43}\): publish the key at https:\/\/issuers.example\/user\/openid/,
    )
    expect(waiting.reason).toContain(world.secretOf())
  })

  it('is waited for while it moves to a hosted issuer that does not publish the key of its old tokens', async () => {
    await publishOther()
    const { keySet } = await world.management.issuerDocuments()
    world.publish(otherIssuer, { keys: objectsIn(keySet.keys) })
    const hosted = { issuerUrl: otherIssuer, hosted: true, acceptRefusedTokens: true }
    const status = { ...foundStatus({ issuerUrl }), verifiedAt: '2026-11-25T12:00:00.000Z' }
    expect(await world.checkExisting(hosted, { status })).toMatchObject({
      waiting: { reason: expect.stringContaining(`a key that ${otherIssuer} publishes`) },
    })
  })

  it('is ready for a verification, which has STS decide', async () => {
    await publishOther()
    expect(await world.checkExisting({ issuerUrl }, { provesIssuer: false })).toMatchObject({ output: { issuerUrl } })
  })
})

describe('an existing cluster', () => {
  it('makes one token for all that is found by it', async () => {
    world.publish(issuerUrl)
    await keepKubeconfig()
    user.calls.clear()
    expect(await world.checkExisting()).toMatchObject({ output: { issuerUrl } })
    expect(user.calls.all().filter(({ operation }) => operation.includes('/default/token'))).toHaveLength(1)
  })

  it('is ready with the issuer of the request, when its tokens are of it', async () => {
    world.publish(issuerUrl)
    await keepKubeconfig()

    expect(await world.checkExisting({ issuerUrl })).toMatchObject({
      output: { clusterId: world.name, issuerUrl, kubernetesMinor: minorOf(user) },
    })
  })

  it('whose issuer the deployment hosts is told how its tokens get that issuer, and which they have', async () => {
    world.publish(otherIssuer)
    await keepKubeconfig()
    const hosted = { issuerUrl: otherIssuer, hosted: true, acceptRefusedTokens: true }
    const { waiting } = z.object({ waiting: z.object({ reason: z.string() }) }).parse(await world.checkExisting(hosted))
    expect(waiting.reason).toContain(`--service-account-issuer=${otherIssuer}`)
    expect(waiting.reason).toContain(issuerUrl)
    expect(user.calls.all().map(({ operation }) => operation)).toContain('GET /api/v1/nodes')
    world.publish(issuerUrl)
    expect(await world.checkExisting({ issuerUrl, hosted: true, acceptRefusedTokens: true })).toMatchObject({
      output: { issuerUrl },
    })
  })

  it('whose issuer the deployment is to host is known in a dry run, with what a setup waits for', async () => {
    await keepKubeconfig()
    const hosted = { issuerUrl: otherIssuer, hosted: true, acceptRefusedTokens: true }
    expect(await world.checkExisting(hosted, { dryRun: true })).toMatchObject({
      output: {
        issuerUrl: otherIssuer,
        jwksUri: `${otherIssuer}/openid/v1/jwks`,
        waitsFor: expect.stringContaining(`--service-account-issuer=${otherIssuer}`),
      },
    })
    const { waiting } = z.object({ waiting: z.object({ reason: z.string() }) }).parse(await world.checkExisting(hosted))
    expect(waiting.reason).not.toContain('publishes')
  })

  it('that was set up is ready with its former issuer when it moves to a hosted one, and only then', async () => {
    world.publish(otherIssuer)
    await keepKubeconfig()
    const hosted = { issuerUrl: otherIssuer, hosted: true, acceptRefusedTokens: true }
    const before = { ...foundStatus({ issuerUrl }), verifiedAt: '2026-11-25T12:00:00.000Z' }
    expect(await world.checkExisting(hosted, { status: before })).toMatchObject({
      output: { issuerUrl: otherIssuer },
      observed: { cluster: { issuerUrl: otherIssuer }, formerIssuer: { issuerUrl } },
    })
    const waits = { waiting: { reason: expect.stringContaining(`--service-account-issuer=${otherIssuer}`) } }
    expect(await world.checkExisting(hosted, { status: before, dryRun: true })).toMatchObject(waits)

    const moving = { ...before, ...foundStatus({ issuerUrl: otherIssuer }), formerIssuer: { issuerUrl } }
    expect(await world.checkExisting(hosted, { status: moving })).toMatchObject({
      observed: { formerIssuer: { issuerUrl } },
    })
    expect(await world.checkExisting({ issuerUrl: otherIssuer }, { status: moving })).toMatchObject(waits)
    const moved = { ...moving, formerIssuer: { issuerUrl, trustedUntil: '2026-11-28T13:00:00.000Z' } }
    expect(await world.checkExisting(hosted, { status: moved })).toMatchObject(waits)
  })

  it('is told so without its nodes too, when the credentials may not list them', async () => {
    world.publish(otherIssuer)
    world.clusters.internet.proxy.route(`${user.settings.host}:443`, user.port)
    const { kubeconfig } = await grant(user, manifestsFor({ account: 'checker', label: world.name }, tokenRights))
    await keepKubeconfig(kubeconfig)
    expect(
      await world.checkExisting({ issuerUrl: otherIssuer, hosted: true, acceptRefusedTokens: true }),
    ).toMatchObject({
      waiting: { reason: expect.stringContaining(`--service-account-issuer=${otherIssuer}`) },
    })
  })

  it('is an error when its tokens are of another issuer than the request says', async () => {
    world.publish(otherIssuer)
    await keepKubeconfig()

    await expect(world.checkExisting({ issuerUrl: otherIssuer })).rejects.toMatchObject({
      name: 'InvalidCredentials',
      object: world.secretOf(),
      reason: `the cluster that these credentials lead to makes tokens of ${issuerUrl}, and not of ${otherIssuer}`,
    })
  })

  it.each([false, true])(
    'is an error when its credentials lead to another cluster than it was set up as; dry run: %s',
    async (dryRun) => {
      world.publish(issuerUrl)
      await keepKubeconfig()

      await expect(world.checkExisting({}, { dryRun, status: withIssuer(otherIssuer) })).rejects.toMatchObject({
        name: 'InvalidCredentials',
        object: world.secretOf(),
        reason: `the cluster that these credentials lead to makes tokens of ${issuerUrl}, and not of ${otherIssuer}, which cluster ${world.name} was set up with`,
        action: expect.stringContaining('cluster.issuerUrl'),
      })
    },
  )

  it('that was made anew is ready when the request names its new issuer', async () => {
    world.publish(issuerUrl)
    await keepKubeconfig()

    const status = withIssuer(otherIssuer)
    expect(await world.checkExisting({ issuerUrl }, { status })).toMatchObject({ output: { issuerUrl } })
  })

  it('waits for its credentials', async () => {
    expect(await world.checkExisting()).toMatchObject({
      waiting: { reason: `put the kubeconfig of cluster ${world.name} into secret ${world.secretOf()}`, events: [] },
    })
  })

  it('is an error when it does not answer: it is said to be there', async () => {
    world.publish(issuerUrl)
    await keepKubeconfig()
    world.clusters.bastion.unroute(`${user.settings.host}:443`)

    await expect(world.checkExisting({ issuerUrl })).rejects.toMatchObject({ name: 'Unreachable' })
  })
})

describe('the accounts of workloads', () => {
  const list = 'GET /api/v1/serviceaccounts'
  const ofCluster = () => ['missing', world.name].map((serviceAccount) => ({ namespace: 'default', serviceAccount }))

  async function check({ dryRun = true, workloads = ofCluster(), mode = 'install' } = {}) {
    world.publish(issuerUrl)
    user.calls.clear()
    const needs = { webhook: webhook.parse({ mode }), workloads }
    const { output } = z.object({ output: description.output }).parse(await world.checkExisting({}, { dryRun, needs }))
    return { seen: output.seenAccounts, lists: user.calls.all().filter(({ operation }) => operation === list).length }
  }

  beforeEach(async () => {
    await keepKubeconfig()
    const target = { name: world.name, credentialsSecretArn: world.secretOf(), proxyUrl: bastionUrl }
    const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: world.name, namespace: 'default' } }
    await apply(await connectToCluster(target), account, { adopt: false })
  })

  it('are seen by one list in a dry run, in their order', async () => {
    expect(await check()).toEqual({ seen: ['', expect.stringMatching(/^[\w-]{22}$/)], lists: 1 })
  })

  it('are not listed by a setup, for a single workload, or where the credentials may not list them', async () => {
    for (const ask of [{ dryRun: false }, { workloads: ofCluster().slice(1) }, { mode: 'managed' }, { mode: 'none' }]) {
      expect(await check(ask), JSON.stringify(ask)).toEqual({ seen: undefined, lists: 0 })
    }
  })
})

async function putEvent(cluster: string, minute: number): Promise<void> {
  const body = {
    metadata: { name: `${cluster}.${world.name}.${minute}` },
    involvedObject: { apiVersion, kind: 'AWSCluster', name: cluster, namespace: 'default' },
    type: 'Warning',
    reason: 'SubnetFull',
    message: `${cluster}: no address left in subnet ${minute}`,
    lastTimestamp: `2026-11-25T10:0${minute}:00Z`,
  }
  expect(await send(world.management, 'POST /api/v1/namespaces/default/events', { body })).toMatchObject({ code: 201 })
}
