import { generateKeyPairSync } from 'node:crypto'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import * as z from 'zod/mini'
import { description } from '../../../lambdas/cluster/check-cluster.step.ts'
import { run } from '../../../lambdas/cluster/check-cluster.ts'
import { apply } from '../../../lambdas/objects/apply.ts'
import { connectToCluster } from '../../../lambdas/objects/connect.ts'
import { manifestsFor } from '../../../lambdas/rights/manifests.ts'
import type { Rule } from '../../../lambdas/rights/rules.ts'
import { webhook } from '../../../lambdas/spec/setup-request.ts'
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

const fixture = checkedClusters((clusters) => clusters.start('management', { management: true, behindBastion: true }))
let user: AnyCluster

/** To create a token of ServiceAccount default/default. */
const tokenRights: readonly Rule[] = [
  {
    namespace: 'default',
    apiGroup: '',
    resources: ['serviceaccounts/token'],
    names: ['default'],
    verbs: ['create'],
    reasons: [
      { verbs: ['create'], steps: [{ state: 'CheckCluster', optional: false }], why: '', alsoOfWebhook: false },
    ],
  },
]

beforeAll(async () => {
  user = await fixture.clusters.start('user', { issuer: issuerUrl, behindBastion: true })
  await fixture.signedBy(user)
})
beforeEach(() => fixture.clusters.bastion.route(`${user.settings.host}:443`, user.port))

/** Creates the AWSCluster and then its status, as the management service does. */
async function putAwsCluster(
  status?: object,
  workloadIdentity: object | null = { oidcDiscoveryGCSBucket: 'prod-oidc' },
): Promise<void> {
  const path = `/apis/${apiVersion}/namespaces/default/awsclusters`
  const { spec } = exampleRequest('setup').cluster
  const { workloadIdentity: _, ...rest } = asObject(spec?.controlPlane)
  const controlPlane = { ...rest, ...(workloadIdentity && { workloadIdentity }) }
  const body = { apiVersion, kind: 'AWSCluster', metadata: { name: fixture.name }, spec: { ...spec, controlPlane } }
  const created = await send(fixture.management, `POST ${path}`, { body })
  expect(created.code, JSON.stringify(created.body)).toBe(201)
  if (!status) return
  const contentType = 'application/merge-patch+json'
  await send(fixture.management, `PATCH ${path}/${fixture.name}/status`, { body: { status }, contentType })
}

async function provisioned(issuerURL = issuerUrl): Promise<void> {
  await putAwsCluster({ clusterID: `id-${fixture.name}`, workloadIdentityInfo: { issuerURL } })
  fixture.management.calls.clear()
}

const keepKubeconfig = (kubeconfig = user.kubeconfig()) => fixture.keep(kubeconfig)

/** Publishes the documents of the issuer, and stores the kubeconfig. */
async function publishAndKeep(issuer = issuerUrl): Promise<void> {
  fixture.publish(issuer)
  await keepKubeconfig()
}

const waitingReasonOf = (result: unknown) =>
  z.object({ waiting: z.object({ reason: z.string() }) }).parse(result).waiting.reason

/** A cluster that moves to a hosted issuer, as a request describes it. */
const hosted = { issuerUrl: otherIssuer, hosted: true, acceptRefusedTokens: true }

/** The status that a successful setup records. */
const withIssuer = (issuerUrl: string) => setUpStatus({ facts: { issuerUrl } })

describe('a cluster of Anthos on AWS', () => {
  it('is ready when it has identity, documents, credentials and API server', async () => {
    await provisioned()
    await publishAndKeep()

    const facts = {
      clusterId: `id-${fixture.name}`,
      issuerUrl,
      region: 'eu-west-1',
      jwksUri: `${issuerUrl}/openid/v1/jwks`,
      foundAt: { server: clientOf(fixture.management).server, namespace: 'default' },
      kubernetesVersion: user.gitVersion.slice(1),
      kubernetesMinor: minorOf(user),
    }
    expect(await fixture.check()).toEqual({
      output: facts,
      changes: [],
      observed: { cluster: facts, credentials: expect.anything(), managementCredentials: expect.anything() },
    })
    expect(fixture.management.calls.all().map(({ operation }) => operation)).toEqual([
      `GET /apis/${apiVersion}/namespaces/default/awsclusters/${fixture.name}`,
    ])
  })

  it.each([
    ['no status', undefined],
    ['an empty ID', { clusterID: '', workloadIdentityInfo: { issuerURL: 'https://issuers.example/x' } }],
    ['no issuer', { clusterID: 'id' }],
  ])('waits for its identity while it has %s', async (_, status) => {
    await putAwsCluster(status)

    expect(await fixture.check()).toMatchObject({
      waiting: {
        reason: expect.stringContaining(`has not given AWSCluster default/${fixture.name} its ID and its issuer yet`),
      },
    })
  })

  it('reports its newest events while the check waits, and none of another object', async () => {
    await putAwsCluster()
    for (let minute = 0; minute < 7; minute++) await putEvent(fixture.name, minute)
    await putEvent('another', 9)
    const result = await fixture.check()
    const events = 'waiting' in result ? (result.waiting.events ?? []) : []

    expect(events).toHaveLength(5)
    expect(events[0]).toEqual({
      time: '2026-11-25T10:06:00Z',
      type: 'Warning',
      reason: 'SubnetFull',
      message: `${fixture.name}: no address left in subnet 6`,
    })
  })

  it('is an error without workload identity, because it would never get an issuer', async () => {
    await putAwsCluster({ clusterID: 'id' }, null)

    await expect(fixture.check()).rejects.toMatchObject({
      name: 'InvalidObject',
      object: `AWSCluster default/${fixture.name}`,
      reason: expect.stringContaining('oidcDiscoveryGCSBucket'),
    })
  })

  it('waits for its kubeconfig while the secret has that of an earlier cluster with its name', async () => {
    await provisioned(otherIssuer)
    await publishAndKeep(otherIssuer)

    expect(await fixture.check()).toMatchObject({
      waiting: {
        reason: `put the kubeconfig of cluster ${fixture.name} into secret ${fixture.secretOf()}: anthos-gke aws clusters get-credentials ${fixture.name}; its current value leads to another cluster, whose tokens name the issuer ${issuerUrl}`,
      },
    })
  })

  it('waits for its discovery document, and names its URL and the bucket', async () => {
    await provisioned()
    await keepKubeconfig()

    expect(await fixture.check()).toMatchObject({
      waiting: {
        reason: expect.stringMatching(
          new RegExp(
            `${issuerUrl}/\\.well-known/openid-configuration: it answers 404 to the public .*bucket prod-oidc`,
          ),
        ),
      },
    })
  })

  it('creates a token and reviews its rights although its documents are missing', async () => {
    await provisioned()
    await keepKubeconfig()
    const { webhook, workloads } = exampleRequest('setup')
    const needs = { webhook, workloads }
    user.calls.clear()

    const request = description.input.parse({ cluster: fixture.ofAnthos(), bucket: 'prod-oidc', needs })
    expect(await run(request, stepContext(fixture.name))).toHaveProperty('waiting')
    const operations = user.calls.all().map(({ operation }) => operation)
    expect(operations).toContain('POST /api/v1/namespaces/default/serviceaccounts/default/token')
    expect(operations).toContain('POST /apis/authorization.k8s.io/v1/selfsubjectrulesreviews')
  })

  it('waits for its kubeconfig, and names the secret and the command', async () => {
    await provisioned()
    fixture.publish(issuerUrl)

    expect(await fixture.check()).toMatchObject({
      waiting: {
        reason: `put the kubeconfig of cluster ${fixture.name} into secret ${fixture.secretOf()}: anthos-gke aws clusters get-credentials ${fixture.name}`,
      },
    })
  })

  it('waits for its API server', async () => {
    await provisioned()
    await publishAndKeep()
    fixture.clusters.bastion.unroute(`${user.settings.host}:443`)

    expect(await fixture.check()).toMatchObject({
      waiting: { reason: expect.stringMatching(`${user.settings.host}:443: .*answered 403 to CONNECT`) },
    })
  })

  it('is an error when no AWSCluster has this name', async () => {
    await expect(fixture.check()).rejects.toMatchObject({
      name: 'InvalidObject',
      object: `AWSCluster default/${fixture.name}`,
    })
  })

  it('that a setup would create first is waited for in a dry run, which writes nothing', async () => {
    const dryRun = stepContext(fixture.name, undefined, true)
    const request = description.input.parse({ cluster: fixture.ofAnthos(), bucket: 'prod-oidc', applied: true })
    expect(await run(request, dryRun)).toMatchObject({
      waiting: { reason: `AWSCluster default/${fixture.name} is not there: it is to be made first` },
    })
    await expect(run({ ...request, applied: false }, dryRun)).rejects.toMatchObject({ name: 'InvalidObject' })
    await expect(run(request, stepContext(fixture.name))).rejects.toMatchObject({ name: 'InvalidObject' })
    expect(writesTo(fixture.management)).toEqual([])
  })

  it('has the recorded region in a dry run of a setup, which would restore that region', async () => {
    await provisioned()
    await publishAndKeep()
    const request = { cluster: fixture.ofAnthos(), bucket: 'prod-oidc' }
    const status = setUpStatus({ facts: { issuerUrl, region: 'us-east-1' } })
    const regionIn = async (applied: boolean, dryRun: boolean) => {
      const input = description.input.parse({ ...request, applied })
      const result = await run(input, stepContext(fixture.name, undefined, dryRun, status))
      return 'output' in result ? result.output.region : undefined
    }
    expect(await regionIn(true, true)).toBe('us-east-1')
    expect(await regionIn(true, false)).toBe('eu-west-1')
    expect(await regionIn(false, true)).toBe('eu-west-1')
  })

  it('is an error when its kubeconfig is malformed, even while the cluster is being created', async () => {
    await putAwsCluster()
    await fixture.keep('clusters: []\nusers: []\ncontexts: []\n')

    await expect(fixture.check()).rejects.toMatchObject({ name: 'InvalidCredentials', object: fixture.secretOf() })
  })

  it('is an error when its API server rejects the credentials', async () => {
    await provisioned()
    fixture.publish(issuerUrl)
    await keepKubeconfig(user.kubeconfig().replace(/token: .*/, 'token: old'))

    await expect(fixture.check()).rejects.toMatchObject({ name: 'InvalidCredentials', object: fixture.secretOf() })
  })

  it('is an error when its documents are of another issuer', async () => {
    await provisioned()
    fixture.publish(issuerUrl, { issuer: 'https://issuers.example/somebody-else' })
    await keepKubeconfig()

    await expect(fixture.check()).rejects.toMatchObject({
      name: 'InvalidDiscovery',
      object: `${issuerUrl}/.well-known/openid-configuration`,
    })
  })

  it('is an error when the management cluster does not answer', async () => {
    const management = { credentialsSecretArn: fixture.managementSecret, namespace: 'default' }

    await expect(
      fixture.check({ management: { ...management, proxyUrl: 'http://gone.anthos.internal:1' } }),
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
    fixture.publish(issuerUrl, { keys: [{ ...jwk, kid, use: 'sig' }] })
    await keepKubeconfig()
  }

  it('is waited for with and without an issuer in the request, and before and after a setup', async () => {
    await publishOther()
    expect(await fixture.checkExisting({ issuerUrl })).toMatchObject(waits)
    expect(await fixture.checkExisting()).toMatchObject(waits)
    expect(await fixture.checkExisting({ issuerUrl }, { status: withIssuer(issuerUrl) })).toMatchObject(waits)
    expect(await fixture.checkExisting({ issuerUrl, hosted: true })).toMatchObject(waits)
    expect(await fixture.checkExisting({ issuerUrl }, { dryRun: true })).toMatchObject(waits)
  })

  it('is also waited for with Anthos on AWS, and the reason names key, documents and secret', async () => {
    await provisioned()
    await publishOther()
    const waitingReason = waitingReasonOf(await fixture.check())
    expect(waitingReason).toContain(reason)
    expect(waitingReason).toMatch(
      /\(they name the key [\w-]{43}\): publish the key at https:\/\/issuers.example\/user\/openid/,
    )
    expect(waitingReason).toContain(fixture.secretOf())
  })

  it('is waited for while it moves to a hosted issuer that does not publish the key of its old tokens', async () => {
    await publishOther()
    const { keySet } = await fixture.management.issuerDocuments()
    fixture.publish(otherIssuer, { keys: objectsIn(keySet.keys) })
    const status = { ...foundStatus({ issuerUrl }), verifiedAt: '2026-11-25T12:00:00.000Z' }
    expect(await fixture.checkExisting(hosted, { status })).toMatchObject({
      waiting: { reason: expect.stringContaining(`a key that ${otherIssuer} publishes`) },
    })
  })

  it('is ready for a verification, in which STS decides', async () => {
    await publishOther()
    expect(await fixture.checkExisting({ issuerUrl }, { provesIssuer: false })).toMatchObject({ output: { issuerUrl } })
  })
})

describe('an existing cluster', () => {
  it('needs only one token', async () => {
    await publishAndKeep()
    user.calls.clear()
    expect(await fixture.checkExisting()).toMatchObject({ output: { issuerUrl } })
    expect(user.calls.all().filter(({ operation }) => operation.includes('/default/token'))).toHaveLength(1)
  })

  it('is ready with the issuer of the request when its tokens have it', async () => {
    await publishAndKeep()

    expect(await fixture.checkExisting({ issuerUrl })).toMatchObject({
      output: { clusterId: fixture.name, issuerUrl, kubernetesMinor: minorOf(user) },
    })
  })

  it('waits for tokens of its hosted issuer, and names the flag and the current issuer', async () => {
    await publishAndKeep(otherIssuer)
    const reason = waitingReasonOf(await fixture.checkExisting(hosted))
    expect(reason).toContain(`--service-account-issuer=${otherIssuer}`)
    expect(reason).toContain(issuerUrl)
    expect(user.calls.all().map(({ operation }) => operation)).toContain('GET /api/v1/nodes')
    fixture.publish(issuerUrl)
    expect(await fixture.checkExisting({ issuerUrl, hosted: true, acceptRefusedTokens: true })).toMatchObject({
      output: { issuerUrl },
    })
  })

  it('has its hosted issuer in a dry run, with the reason for which a setup waits', async () => {
    await keepKubeconfig()
    expect(await fixture.checkExisting(hosted, { dryRun: true })).toMatchObject({
      output: {
        issuerUrl: otherIssuer,
        jwksUri: `${otherIssuer}/openid/v1/jwks`,
        waitsFor: expect.stringContaining(`--service-account-issuer=${otherIssuer}`),
      },
    })
    const reason = waitingReasonOf(await fixture.checkExisting(hosted))
    expect(reason).not.toContain('publishes')
  })

  it('with tokens of its former issuer is ready only while it moves to a hosted issuer', async () => {
    await publishAndKeep(otherIssuer)
    const before = { ...foundStatus({ issuerUrl }), verifiedAt: '2026-11-25T12:00:00.000Z' }
    expect(await fixture.checkExisting(hosted, { status: before })).toMatchObject({
      output: { issuerUrl: otherIssuer },
      observed: { cluster: { issuerUrl: otherIssuer }, formerIssuer: { issuerUrl } },
    })
    const waits = { waiting: { reason: expect.stringContaining(`--service-account-issuer=${otherIssuer}`) } }
    expect(await fixture.checkExisting(hosted, { status: before, dryRun: true })).toMatchObject(waits)

    const moving = { ...before, ...foundStatus({ issuerUrl: otherIssuer }), formerIssuer: { issuerUrl } }
    expect(await fixture.checkExisting(hosted, { status: moving })).toMatchObject({
      observed: { formerIssuer: { issuerUrl } },
    })
    expect(await fixture.checkExisting({ issuerUrl: otherIssuer }, { status: moving })).toMatchObject(waits)
    const moved = { ...moving, formerIssuer: { issuerUrl, trustedUntil: '2026-11-28T13:00:00.000Z' } }
    expect(await fixture.checkExisting(hosted, { status: moved })).toMatchObject(waits)
  })

  it('waits for tokens of its hosted issuer even if the credentials may not list nodes', async () => {
    fixture.publish(otherIssuer)
    fixture.clusters.internet.proxy.route(`${user.settings.host}:443`, user.port)
    const { kubeconfig } = await grant(user, manifestsFor({ account: 'checker', label: fixture.name }, tokenRights))
    await keepKubeconfig(kubeconfig)
    expect(await fixture.checkExisting(hosted)).toMatchObject({
      waiting: { reason: expect.stringContaining(`--service-account-issuer=${otherIssuer}`) },
    })
  })

  it('is an error when its tokens have another issuer than the request', async () => {
    await publishAndKeep(otherIssuer)

    await expect(fixture.checkExisting({ issuerUrl: otherIssuer })).rejects.toMatchObject({
      name: 'InvalidCredentials',
      object: fixture.secretOf(),
      reason: `these credentials lead to a cluster whose tokens name the issuer ${issuerUrl}, not ${otherIssuer}`,
    })
  })

  it.each([false, true])(
    'is an error when its tokens have another issuer than recorded (dry run: %s)',
    async (dryRun) => {
      await publishAndKeep()

      await expect(fixture.checkExisting({}, { dryRun, status: withIssuer(otherIssuer) })).rejects.toMatchObject({
        name: 'InvalidCredentials',
        object: fixture.secretOf(),
        reason: `these credentials lead to a cluster whose tokens name the issuer ${issuerUrl}, not ${otherIssuer}, with which cluster ${fixture.name} was set up`,
        action: expect.stringContaining('cluster.issuerUrl'),
      })
    },
  )

  it('that was created again is ready when the request names its new issuer', async () => {
    await publishAndKeep()

    const status = withIssuer(otherIssuer)
    expect(await fixture.checkExisting({ issuerUrl }, { status })).toMatchObject({ output: { issuerUrl } })
  })

  it('waits for its credentials', async () => {
    expect(await fixture.checkExisting()).toMatchObject({
      waiting: {
        reason: `put the kubeconfig of cluster ${fixture.name} into secret ${fixture.secretOf()}`,
        events: [],
      },
    })
  })

  it('is an error when it does not answer', async () => {
    await publishAndKeep()
    fixture.clusters.bastion.unroute(`${user.settings.host}:443`)

    await expect(fixture.checkExisting({ issuerUrl })).rejects.toMatchObject({ name: 'Unreachable' })
  })
})

describe('the accounts of workloads', () => {
  const list = 'GET /api/v1/serviceaccounts'
  const ofCluster = () => ['missing', fixture.name].map((serviceAccount) => ({ namespace: 'default', serviceAccount }))

  async function check({ dryRun = true, workloads = ofCluster(), mode = 'install' } = {}) {
    fixture.publish(issuerUrl)
    user.calls.clear()
    const needs = { webhook: webhook.parse({ mode }), workloads }
    const { output } = z
      .object({ output: description.output })
      .parse(await fixture.checkExisting({}, { dryRun, needs }))
    return { seen: output.seenAccounts, lists: user.calls.all().filter(({ operation }) => operation === list).length }
  }

  beforeEach(async () => {
    await keepKubeconfig()
    const target = { name: fixture.name, credentialsSecretArn: fixture.secretOf(), proxyUrl: bastionUrl }
    const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: fixture.name, namespace: 'default' } }
    await apply(await connectToCluster(target), account, { adopt: false })
  })

  it('are read with one list in a dry run, in the order of the request', async () => {
    expect(await check()).toEqual({ seen: ['', expect.stringMatching(/^[\w-]{22}$/)], lists: 1 })
  })

  it('are not listed by a setup, for a single workload, or without a webhook of the product', async () => {
    for (const options of [
      { dryRun: false },
      { workloads: ofCluster().slice(1) },
      { mode: 'managed' },
      { mode: 'none' },
    ]) {
      expect(await check(options), JSON.stringify(options)).toEqual({ seen: undefined, lists: 0 })
    }
  })
})

async function putEvent(cluster: string, minute: number): Promise<void> {
  const body = {
    metadata: { name: `${cluster}.${fixture.name}.${minute}` },
    involvedObject: { apiVersion, kind: 'AWSCluster', name: cluster, namespace: 'default' },
    type: 'Warning',
    reason: 'SubnetFull',
    message: `${cluster}: no address left in subnet ${minute}`,
    lastTimestamp: `2026-11-25T10:0${minute}:00Z`,
  }
  expect(await send(fixture.management, 'POST /api/v1/namespaces/default/events', { body })).toMatchObject({
    code: 201,
  })
}
