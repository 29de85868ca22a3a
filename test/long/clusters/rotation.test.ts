import { CreateOpenIDConnectProviderCommand, GetOpenIDConnectProviderCommand } from '@aws-sdk/client-iam'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as z from 'zod'
import { claimKey, issuerResource, providerResource } from '../../../lambdas/claims/claim.ts'
import { at } from '../../../sandbox/kubernetes/objects/objects.ts'
import { startPublicHost } from '../../../sandbox/network/public-host.ts'
import { iamClient, putRecord } from '../../e2e/support/aws-clients.ts'
import { exchangingDuring, refusedOf } from '../../e2e/support/clusters/exchanges.ts'
import { type ExistingCluster, existingCluster } from '../../e2e/support/clusters/existing-cluster.ts'
import { daysPass, onlyThese, rotate } from '../../e2e/support/clusters/rotation.ts'
import { secretArnOf } from '../../e2e/support/clusters/secrets.ts'
import { ownCluster } from '../../e2e/support/requests.ts'
import { type System, system } from '../../e2e/support/system.ts'
import { exampleSpec, setUpStatus } from '../../support/api/operations.ts'
import { trustAndProxy } from '../../support/aws/trust.ts'
import { bastionUrl, clientOf } from '../../support/kubernetes/clusters.ts'
import { bindReader, inWords, underLoad } from '../../support/kubernetes/pod-load.ts'
import { deployment } from '../../support/steps/deployment.ts'
import { thumbprint } from '../../support/steps/registration.ts'
import { ageCertificate, servingCertificate } from '../../support/webhook/aged-certificate.ts'

const namespace = 'workload-identity-webhook'
const image = 'public.ecr.aws/eks/amazon-eks-pod-identity-webhook:v0.6.17'

let running: System

beforeAll(async () => {
  running = await system()
})

async function thumbprintsOf(OpenIDConnectProviderArn: string): Promise<string[]> {
  const observed = await iamClient(running).send(new GetOpenIDConnectProviderCommand({ OpenIDConnectProviderArn }))
  return observed.ThumbprintList ?? []
}

/** A cluster whose issuer's host is about to present a chain below another intermediate. */
async function beforeChangeOver(purpose: string) {
  const made = await existingCluster(running, purpose)
  expect((await running.setUp(made.body())).error).toBeUndefined()
  const [old] = await thumbprintsOf(made.providerArn)
  await running.sandbox.authority.rotate()
  const leaf = await running.sandbox.authority.issue([new URL(made.issuerUrl).hostname])
  return { made, old, leaf, desired: thumbprint(leaf) }
}

/** Waits for this many more exchanges. */
async function more(exchanges: readonly unknown[], count: number): Promise<void> {
  const goal = exchanges.length + count
  await expect.poll(() => exchanges.length, { timeout: 120_000, interval: 100 }).toBeGreaterThanOrEqual(goal)
}

const outcomeOf = async ({ name }: ExistingCluster) => (await rotate(running)).get(name)?.outcome

describe('a workload that exchanges its token every 200 ms', () => {
  it('is never refused during an announced change-over, and the thumbprints are correct after each run', async ({
    annotate,
  }) => {
    const { made, old, leaf, desired } = await beforeChangeOver('announced')
    await onlyThese(running, [made.name], async () => {
      const { exchanges } = await exchangingDuring(running, made, async (soFar) => {
        expect(await outcomeOf(made)).toBe('unchanged')
        await made.host.announce(leaf)
        expect(await outcomeOf(made)).toBe('added')
        expect(await thumbprintsOf(made.providerArn)).toEqual([old, desired])
        made.host.present(leaf)
        await more(soFar, 20)
        expect(await outcomeOf(made)).toBe('unchanged')
        await daysPass(running, made.name, 1.1)
        expect(await outcomeOf(made)).toBe('pruned')
        expect(await thumbprintsOf(made.providerArn)).toEqual([desired])
        await more(soFar, 20)
      })
      await annotate(`${exchanges.length} exchanges, ${refusedOf(exchanges).length} refused`)
      expect(exchanges.length).toBeGreaterThan(40)
      expect(refusedOf(exchanges)).toEqual([])
    })
  })

  it('is refused after an unannounced change-over, but only until the next run', async ({ annotate }) => {
    const { made, old, leaf, desired } = await beforeChangeOver('unannounced')
    await onlyThese(running, [made.name], async () => {
      const { result, exchanges } = await exchangingDuring(running, made, async (soFar) => {
        expect(await outcomeOf(made)).toBe('unchanged')
        const changed = Date.now()
        made.host.present(leaf)
        await more(soFar, 10)
        const rotating = Date.now()
        expect(await outcomeOf(made)).toBe('added')
        const rotated = Date.now()
        await more(soFar, 20)
        return { changed, rotating, rotated }
      })
      const refused = refusedOf(exchanges)
      const afterRun = refused.filter(({ at }) => at > result.rotated)
      await annotate(
        `${exchanges.length} exchanges, ${refused.length} refused, ${afterRun.length} of them after the run`,
      )
      expect(refused.length).toBeGreaterThan(0)
      expect(new Set(refused.map((one) => one.refused))).toEqual(new Set(['InvalidIdentityTokenException']))
      // An exchange that starts just before the change may see the new certificate.
      expect(refused.filter(({ at }) => at < result.changed - 1000)).toEqual([])
      expect(afterRun).toEqual([])
      expect(await thumbprintsOf(made.providerArn)).toEqual([old, desired])
    })
  })
})

describe('a rotation and the certificates of webhooks', () => {
  let restore: () => void

  beforeAll(() => {
    restore = trustAndProxy(running.sandbox.authority, running.sandbox.proxy)
  })
  afterAll(() => restore())

  it('renews one of ours while ten pods a second are created: all get their role, none is refused', async ({
    annotate,
  }) => {
    const made = await existingCluster(running, 'renewed')
    expect((await running.setUp(made.body({ 'webhook.image': image }))).error).toBeUndefined()
    const client = clientOf(made.cluster)
    await bindReader(client)
    await ageCertificate({ cluster: made.cluster, client, namespace, image }, 270)
    const before = await servingCertificate(made.cluster, namespace)
    await onlyThese(running, [made.name], async () => {
      const { load } = await underLoad(client, async () => {
        expect(await outcomeOf(made)).toBe('renewed')
        // A later run removes the old authority.
        await expect.poll(() => outcomeOf(made), { timeout: 200_000, interval: 1000 }).toBe('unchanged')
      })
      await annotate(inWords(load))
      expect(load).toMatchObject({ without: 0, refusals: [] })
      expect(load.pods).toBeGreaterThan(20)
    })
    expect(await servingCertificate(made.cluster, namespace)).not.toEqual(before)
    const since = Date.now()
    expect((await running.setUp(made.body({ 'webhook.image': image }))).error).toBeUndefined()
    expect(await running.writesOf(made.name, since)).toEqual([])
  })

  it('approves the request of a webhook that has lost its certificate', async () => {
    const made = await ownCluster(running, 'asking', 'csr-cluster')
    expect((await running.setUp(made.body())).error).toBeUndefined()
    const cluster = running.sandbox.kubernetes.cluster(made.name)
    if (!cluster) throw new Error('the cluster does not exist')
    const client = clientOf(cluster, { target: { proxyUrl: bastionUrl } })
    await client.delete({ apiVersion: 'v1', kind: 'Secret', name: 'pod-identity-webhook', namespace })
    for (const { metadata } of cluster.objects('Pod', namespace)) {
      await client.delete({ apiVersion: 'v1', kind: 'Pod', name: metadata.name, namespace })
    }
    const pending = () => cluster.objects('CertificateSigningRequest').filter(({ status }) => !at(status, 'conditions'))
    await expect.poll(() => pending().length, { timeout: 20_000 }).toBeGreaterThan(0)
    await onlyThese(running, [made.name], async () => {
      expect((await rotate(running)).get(made.name)?.outcome).toBe('renewed')
    })
    expect(pending()).toEqual([])
    expect(cluster.objects('Secret', namespace).map(({ metadata }) => metadata.name)).toContain('pod-identity-webhook')
  })
})

describe('fifty clusters in one run', () => {
  const many = Array.from({ length: 50 }, (_, index) => `many-${String(index).padStart(2, '0')}`)
  const host = 'oidc.many.example.com'
  const lost = 'many-17'
  const secret = 'many/user-cluster'

  /** Writes the record and the IAM objects of a cluster after a setup, without workloads and webhook. Returns the provider's ARN. */
  async function record(name: string, issuerHost: string, list: readonly string[]): Promise<string> {
    const issuerUrl = `https://${issuerHost}/${name}`
    const { OpenIDConnectProviderArn: providerArn = '' } = await iamClient(running).send(
      new CreateOpenIDConnectProviderCommand({
        Url: issuerUrl,
        ThumbprintList: [...list],
        ClientIDList: ['sts.amazonaws.com'],
        Tags: [
          { Key: 'workload-identity:deployment', Value: deployment },
          { Key: 'workload-identity:cluster', Value: name },
        ],
      }),
    )
    const at = new Date().toISOString()
    const spec = exampleSpec('existing-cluster', { cluster: { name, credentialsSecretArn: secretArnOf(secret) } })
    const status = setUpStatus({ facts: { issuerUrl }, providerArn })
    const item = { cluster: name, spec, status, generation: 1, lastOperationId: 'o', createdAt: at, updatedAt: at }
    const listed = { listed: 'CLUSTERS', listedKey: name }
    await putRecord(running, { pk: `CLUSTER#${name}`, sk: 'CLUSTER', ...item, ...listed })
    for (const resource of [issuerResource(issuerUrl), providerResource(providerArn)]) {
      await putRecord(running, { ...claimKey(resource), owner: name })
    }
    return providerArn
  }

  it('are all updated, except the unreachable one, which is reported', async ({ annotate }) => {
    const { authority, proxy, secrets, kubernetes } = running.sandbox
    // Its token never expires, so the rotation renews nothing.
    await secrets.keep(secret, kubernetes.kubeconfig('management'))
    const publicHost = await startPublicHost({
      authority,
      proxy,
      names: [host],
      handler: ({ url = '' }, response) => {
        const issuer = `https://${host}/${url.split('/')[1]}`
        response.end(JSON.stringify({ issuer, jwks_uri: `${issuer}/openid/v1/jwks` }))
      },
    })
    const leaf = await authority.issue([host])
    publicHost.present(leaf)
    const old = 'f'.repeat(40)
    const arns = new Map<string, string>()
    for (const name of many) arns.set(name, await record(name, name === lost ? 'lost.example.com' : host, [old]))

    await onlyThese(running, many, async () => {
      const started = Date.now()
      const outcomes = await rotate(running)
      await annotate(`${many.length} clusters in ${((Date.now() - started) / 1000).toFixed(1)} s`)
      const counts = Object.groupBy(many, (name) => outcomes.get(name)?.outcome ?? 'not reported')
      expect(Object.fromEntries(Object.entries(counts).map(([outcome, names]) => [outcome, names?.length]))).toEqual({
        added: 49,
        failed: 1,
      })
      expect(outcomes.get(lost)?.error).toMatchObject({ name: 'Unreachable', object: expect.stringContaining('lost') })
      for (const [name, arn] of arns) {
        expect(await thumbprintsOf(arn), name).toEqual(name === lost ? [old] : [old, thumbprint(leaf)])
      }
    })
    await publicHost.close()
    const response = await fetch(`${running.api}/v1/clusters/${lost}`)
    expect(z.looseObject({}).parse(await response.json())).not.toHaveProperty('runningOperationId')
  })
})
