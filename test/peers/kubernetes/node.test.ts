import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { at, type JsonObject, type KubeObject, objectsIn } from '../../../sandbox/kubernetes/objects/objects.ts'
import { peer } from '../../support/kubernetes/kubernetes-peer.ts'
import {
  deploymentPath,
  eventually,
  name,
  namespace,
  oldImage,
  startWebhookPods,
  type WebhookPods,
} from './support/webhook-pods.ts'

let webhook: WebhookPods

beforeAll(async () => {
  webhook = await startWebhookPods()
})
afterAll(() => webhook?.close())
beforeEach(() => webhook.clear())

const variablesOf = (pod: JsonObject | string): Record<string, unknown> => {
  const [container] = typeof pod === 'string' ? [] : objectsIn(at(pod, 'spec', 'containers'))
  return Object.fromEntries(objectsIn(container?.env).map((entry) => [String(entry.name), entry.value]))
}
const untilMutated = () =>
  eventually(async () => {
    const variables = variablesOf(await webhook.dryRunPod())
    return 'AWS_ROLE_ARN' in variables ? variables : undefined
  }, 'a mutated pod')
const refusal = (words: string) =>
  eventually(async () => {
    const answer = await webhook.dryRunPod()
    return typeof answer === 'string' && answer.includes(words)
  }, `a refusal: ${words}`)
const statusOfOne = async () => objectsIn(at((await webhook.pods())[0], 'status', 'containerStatuses'))[0]

/** Deletes a pod of the webhook. Returns a function that checks whether the pod is gone. */
async function deletePod(): Promise<() => Promise<boolean>> {
  const [pod] = await webhook.pods()
  await webhook.cluster.api.call('DELETE', `/api/v1/namespaces/${namespace}/pods/${pod?.metadata.name}`)
  return async () => (await webhook.pods()).every(({ metadata }) => metadata.uid !== pod?.metadata.uid)
}

test('the webhook mutates a pod of an annotated account', async () => {
  await webhook.install()
  await webhook.untilAvailable()
  await webhook.activate(webhook.ca.caPem)
  expect(await untilMutated()).toEqual({
    AWS_STS_REGIONAL_ENDPOINTS: 'regional',
    AWS_DEFAULT_REGION: 'eu-west-1',
    AWS_REGION: 'eu-west-1',
    AWS_ROLE_ARN: 'arn:aws:iam::000000000000:role/reader',
    AWS_WEB_IDENTITY_TOKEN_FILE: '/var/run/secrets/eks.amazonaws.com/serviceaccount/token',
  })
})

test('the webhook serves a new mounted certificate without a restart', async () => {
  await webhook.install()
  await webhook.untilAvailable()
  const other = await webhook.replaceCertificate()
  await webhook.activate(other.caPem)
  await untilMutated()
  expect((await statusOfOne())?.restartCount).toBe(0)
})

test('the same pods run again after a restart of the cluster', async () => {
  await webhook.install()
  await webhook.untilAvailable()
  const [before] = await webhook.pods()
  await webhook.activate(webhook.ca.caPem)
  await webhook.restart()
  await untilMutated()
  expect((await webhook.pods()).map(({ metadata }) => metadata.uid)).toEqual([before?.metadata.uid])
})

test('a Service without a ready pod refuses connections', async () => {
  await webhook.install({ replicas: 0 })
  await webhook.activate(webhook.ca.caPem)
  await refusal('connection refused')
})

test('another pod serves while a pod is deleted', async () => {
  await webhook.install({ replicas: 2 })
  await webhook.untilAvailable()
  await webhook.activate(webhook.ca.caPem)
  await untilMutated()
  const isGone = await deletePod()
  await eventually(async () => {
    expect(variablesOf(await webhook.dryRunPod())).toHaveProperty('AWS_ROLE_ARN')
    return isGone()
  }, 'its end')
})

test('the pod and an event say why the pod does not run, and the pod waits for a missing Secret', async () => {
  await webhook.install({}, { command: ['/webhook', '--in-cluster=false', '--sts=1'] })
  await eventually(async () => {
    const status = await statusOfOne()
    return String(at(status, 'state', 'waiting', 'message')).includes('unknown flag: --sts')
  }, 'the refusal')
  expect(at(await statusOfOne(), 'state', 'waiting', 'reason')).toBe('CrashLoopBackOff')
  await eventually(
    async () => (await webhook.events()).some((text) => text.includes('unknown flag: --sts')),
    'the event',
  )
  await webhook.install({ replicas: 0 })
  await webhook.cluster.api.call('DELETE', `/api/v1/namespaces/${namespace}/secrets/${name}-tls`)
  await webhook.cluster.api.merge(deploymentPath, { spec: { replicas: 1 } })
  const notMounted = 'FailedMount: MountVolume.SetUp failed'
  await eventually(async () => (await webhook.events()).some((text) => text.startsWith(notMounted)), 'the event')
  await webhook.replaceCertificate()
  await webhook.untilAvailable()
})

test('a pod of another image is shown as running', async () => {
  await webhook.install()
  const path = '/api/v1/namespaces/default/pods'
  const spec = { containers: [{ name: 'main', image: 'busybox:1' }] }
  await webhook.cluster.api.call('POST', path, { metadata: { name: 'other' }, spec })
  const status = await eventually(async () => {
    const pod = await webhook.cluster.api.call('GET', `${path}/other`)
    return at(pod, 'status', 'phase') === 'Running' ? pod.status : undefined
  }, 'the pod')
  expect(status).toMatchObject({ containerStatuses: [{ ready: true, state: { running: expect.anything() } }] })
  await webhook.cluster.api.call('DELETE', `${path}/other`)
  await eventually(async () => (await webhook.cluster.api.get(`${path}/other`)) === undefined, 'its end')
})

/** The last version with certificates.k8s.io/v1beta1 is 1.21. */
const isLegacy = Number(peer?.gitVersion.split('.')[1]) < 22
const isRequested = ({ metadata }: KubeObject) => metadata.name === name
const requests = () => webhook.cluster.objects('CertificateSigningRequest')
/** A probe that succeeds without a certificate, so that requests reach the pod. */
const listens = { readinessProbe: { tcpSocket: { port: 8443 }, periodSeconds: 1 } }
const approve = async (request: KubeObject) => {
  const conditions = [{ type: 'Approved', status: 'True', reason: 'Test', message: '' }]
  const path = `/apis/certificates.k8s.io/v1/certificatesigningrequests/${request.metadata.name}/approval`
  await webhook.cluster.api.call('PUT', path, { ...request, status: { conditions } })
}

if (isLegacy) {
  test('with --in-cluster=true the webhook requests a certificate, serves the approved one, and reuses it', async () => {
    await webhook.install({ mode: 'csr', image: oldImage }, listens)
    await webhook.untilAvailable()
    await webhook.activate(webhook.cluster.caPem)
    await refusal('remote error: tls')
    const [request, ...others] = await eventually(async () => {
      const observed = await requests()
      return observed.length > 0 ? observed : undefined
    }, 'the request')
    if (!request || others.length > 0) throw new Error('expected exactly one request')
    expect(request.spec).toMatchObject({
      signerName: 'kubernetes.io/legacy-unknown',
      username: `system:serviceaccount:${namespace}:${name}`,
      groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated'],
    })
    await approve(request)
    await untilMutated()
    const secret = await eventually(async () => (await webhook.cluster.objects('Secret', namespace)).find(isRequested))
    expect(secret.type).toBe('kubernetes.io/tls')

    await eventually(await deletePod(), 'its end')
    await webhook.untilAvailable()
    await untilMutated()
    expect(await requests()).toHaveLength(1)
  })
} else {
  test('with --in-cluster=true the webhook gets no certificate, because its API version was removed', async () => {
    await webhook.install({ mode: 'csr', image: oldImage }, listens)
    await webhook.untilAvailable()
    await webhook.activate(webhook.cluster.caPem)
    await refusal('remote error: tls')
    expect(await requests()).toEqual([])
  })
}
