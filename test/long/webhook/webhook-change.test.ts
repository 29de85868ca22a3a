/** Changes the webhook through the API while ten pods a second are created, and interrupts changes after each write. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { apply } from '../../../lambdas/objects/apply.ts'
import { makeCertificate } from '../../../lambdas/webhook/certificate/make.ts'
import { realConfiguration } from '../../../lambdas/webhook/desired/configuration.ts'
import { certificateSecretManifest } from '../../../lambdas/webhook/desired/manifest.ts'
import { asString, at, objectsIn } from '../../../sandbox/kubernetes/objects/objects.ts'
import { type ExistingCluster, existingCluster } from '../../e2e/support/clusters/existing-cluster.ts'
import type { OperationAnswer } from '../../e2e/support/operation.ts'
import { type System, system } from '../../e2e/support/system.ts'
import { trustAndProxy } from '../../support/aws/trust.ts'
import { clientOf } from '../../support/kubernetes/clusters.ts'
import { bindReader, inWords, type Load, missingNow, underLoad } from '../../support/kubernetes/pod-load.ts'
import { installByHand } from '../../support/webhook/documented-webhook.ts'
import { changeWebhook } from '../../support/webhook/webhook-change.ts'
import { webhookClusters } from '../../support/webhook/webhook-clusters.ts'

const repository = 'public.ecr.aws/eks/amazon-eks-pod-identity-webhook'
const old = `${repository}:v0.5.0`
const newest = `${repository}:v0.6.17`

describe('while ten pods a second are created, all get their role and none is refused:', () => {
  let running: System
  let restore: (() => void) | undefined

  beforeAll(async () => {
    running = await system()
    restore = trustAndProxy(running.sandbox.authority, running.sandbox.proxy)
  })
  afterAll(() => restore?.())

  const clientIn = ({ cluster }: ExistingCluster) => clientOf(cluster)

  async function withWebhook(purpose: string): Promise<ExistingCluster> {
    const made = await existingCluster(running, purpose)
    expect((await change(made, { image: old, failurePolicy: 'Fail' })).error).toBeUndefined()
    await bindReader(clientIn(made))
    await expect.poll(() => missingNow(clientIn(made)), { timeout: 20_000 }).toEqual([])
    return made
  }

  function during(made: ExistingCluster, work: () => Promise<OperationAnswer>) {
    return underLoad(clientIn(made), work)
  }

  const change = ({ body }: ExistingCluster, webhook: object, adopt = false) => running.setUp(body({ webhook, adopt }))

  function expectNoGap({ pods, without, refusals }: Load): void {
    expect({ without, refusals }).toEqual({ without: 0, refusals: [] })
    expect(pods).toBeGreaterThan(3)
  }

  it('an image is changed', async ({ annotate }) => {
    const made = await withWebhook('loaded')
    const { result, load } = await during(made, () => change(made, { image: newest }))
    expect(result).toMatchObject({ status: 'succeeded', result: { webhook: { image: newest } } })
    await annotate(inWords(load))
    expectNoGap(load)
  })

  it('a new version never becomes ready', async ({ annotate }) => {
    const made = await withWebhook('stuck')
    await running.sandbox.aws.setWaitScale(0.01)
    const { result, load } = await during(made, () => change(made, { image: `${repository}:v9.9.9` }))
    await running.sandbox.aws.setWaitScale(0.05)
    expect(result).toMatchObject({
      status: 'failed',
      error: { name: 'CandidateNotReady', step: 'CheckCandidate', reason: expect.stringContaining('Pull') },
    })
    expect(made.cluster.objects('Deployment').map(({ metadata }) => metadata.name)).toEqual(['pod-identity-webhook'])
    await annotate(inWords(load))
    expectNoGap(load)
  })

  it('a webhook that was installed by hand is adopted and upgraded, and the next setup writes nothing', async ({
    annotate,
  }) => {
    const made = await existingCluster(running, 'by-hand', '1.21.14')
    const setUp = (webhook: object) => running.setUp(made.body({ webhook }))
    expect((await setUp({ mode: 'none' })).error).toBeUndefined()
    await bindReader(clientIn(made))
    await installByHand(made.cluster, 'by-hand')

    const webhook = { namespace: 'by-hand', image: newest, certificate: 'own-ca' }
    const { result, load } = await during(made, () => change(made, webhook, true))
    expect(result.error).toBeUndefined()
    expect(result).toMatchObject({ status: 'succeeded', result: { webhook: { image: newest, mode: 'own-ca' } } })
    await annotate(inWords(load))
    expectNoGap(load)

    const since = Date.now()
    expect((await setUp(webhook)).error).toBeUndefined()
    expect(await running.writesOf(made.name, since)).toEqual([])
  })

  it('a webhook that was installed by hand is adopted without other changes', async ({ annotate }) => {
    const made = await existingCluster(running, 'by-hand-as-it-is', '1.21.14')
    expect((await running.setUp(made.body({ webhook: { mode: 'none' } }))).error).toBeUndefined()
    await bindReader(clientIn(made))
    await installByHand(made.cluster, 'by-hand')

    const { result, load } = await during(made, () => change(made, { namespace: 'by-hand' }, true))
    expect(result.error).toBeUndefined()
    expect(result).toMatchObject({ status: 'succeeded', result: { webhook: { mode: 'csr' } } })
    await annotate(inWords(load))
    expectNoGap(load)
  })

  it('a certificate is renewed', async ({ annotate }) => {
    const made = await withWebhook('aged')
    await age(made)
    const { result, load } = await during(made, () => running.setUp(made.body({ webhook: { image: old } })))
    expect(result.status).toBe('succeeded')
    await annotate(inWords(load))
    expectNoGap(load)
  })

  /** Gives the webhook a certificate that is nine months old, and trusts its authority. */
  async function age(made: ExistingCluster): Promise<void> {
    const namespace = 'workload-identity-webhook'
    const certificate = await makeCertificate(namespace, new Date(Date.now() - 270 * 24 * 60 * 60 * 1000))
    const secret = made.cluster.objects('Secret', namespace).find(({ metadata }) => metadata.name.endsWith('-tls'))
    const current = Buffer.from(asString(at(secret?.data, 'ca.crt')), 'base64').toString()
    const authorities = current + certificate.authority
    await apply(clientIn(made), realConfiguration({ namespace, authorities }, 'Fail'), { adopt: false })
    await apply(clientIn(made), certificateSecretManifest(namespace, certificate), { adopt: false })
    await expect.poll(() => missingNow(clientIn(made)), { timeout: 20_000 }).toEqual([])
  }
})

describe('without the API', () => {
  const clusters = webhookClusters()

  it('the next change completes one that was interrupted after any of its writes', async () => {
    const made = await clusters.emulate()
    const { cluster, namespace } = made
    const { faults } = cluster
    await bindReader(clientOf(cluster))
    await made.setUp({ certificate: 'own-ca', image: old })

    /** After these writes all calls fail, as if the function and all its retries were killed. */
    const cutOffAfter = (writes: number): void =>
      faults.interrupt({
        operation: '*',
        write: true,
        answer: writes > 1 ? 'sent' : 'dropped',
        meanwhile: async () => {
          if (writes > 1) return cutOffAfter(writes - 1)
          faults.add({ kind: 'unavailable', operation: '*', times: Number.POSITIVE_INFINITY })
        },
      })

    for (let writes = 1, isCutOff = true; isCutOff; writes += 1) {
      const image = writes % 2 === 0 ? old : newest
      const webhook = { certificate: 'own-ca', image } as const
      cutOffAfter(writes)
      isCutOff = (await changeWebhook(made, webhook)).status === 'FAILED'
      faults.clear()
      const next = await changeWebhook(made, webhook)
      expect({ writes, status: next.status, cause: next.cause }).toEqual({ writes, status: 'SUCCEEDED' })
      const deployments = cluster.objects('Deployment')
      expect(deployments.map(({ metadata }) => metadata.name)).toEqual(['pod-identity-webhook'])
      expect(at(objectsIn(at(deployments[0], 'spec', 'template', 'spec', 'containers'))[0], 'image')).toBe(image)
      const all = [...cluster.objects('Secret', namespace), ...cluster.objects('MutatingWebhookConfiguration')]
      expect(all.map(({ metadata }) => metadata.name).filter((name) => /next|canary/.test(name))).toEqual([])
      await expect.poll(() => missingNow(clientOf(cluster)), { timeout: 20_000 }).toEqual([])
      expect(isCutOff || writes > 10).toBe(true)
    }
  })

  it('a webhook whose rollout fails is restored, and no pod is created without its role', async ({ annotate }) => {
    const made = await clusters.emulate()
    await bindReader(clientOf(made.cluster))
    await made.setUp({ certificate: 'own-ca', image: old })
    await expect.poll(() => missingNow(clientOf(made.cluster)), { timeout: 20_000 }).toEqual([])
    const before = (state: string) => {
      if (state === 'SwitchToCandidate') made.cluster.isSchedulable = false
    }
    const { result, load } = await underLoad(clientOf(made.cluster), () =>
      changeWebhook(made, { certificate: 'own-ca', image: newest, before }),
    )
    made.cluster.isSchedulable = true
    await annotate(inWords(load))
    expect(result).toMatchObject({ status: 'FAILED', error: 'WebhookNotReady' })
    expect(result.cause).toContain('Unschedulable')
    expect({ without: load.without, refusals: load.refusals }).toEqual({ without: 0, refusals: [] })
    const deployments = made.cluster.objects('Deployment', made.namespace)
    expect(deployments.map(({ metadata }) => metadata.name)).toEqual(['pod-identity-webhook'])
    expect(at(objectsIn(at(deployments[0], 'spec', 'template', 'spec', 'containers'))[0], 'image')).toBe(old)
    await made.setUp({ certificate: 'own-ca', image: old })
  })
})
