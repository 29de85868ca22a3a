import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { at, type JsonObject, type KubeObject, objectsIn } from '../../../sandbox/kubernetes/objects.ts'
import { peer } from '../../support/kubernetes-peer.ts'
import {
  name,
  namespace,
  newImage,
  oldImage,
  soon,
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
  soon(async () => {
    const variables = variablesOf(await webhook.dryRunPod())
    return 'AWS_ROLE_ARN' in variables ? variables : undefined
  }, 'a mutated pod')
const refusal = (words: string) =>
  soon(async () => {
    const answer = await webhook.dryRunPod()
    return typeof answer === 'string' && answer.includes(words)
  }, `a refusal: ${words}`)
const statusOfOne = async () => objectsIn(at((await webhook.pods())[0], 'status', 'containerStatuses'))[0]

test('a pod of an annotated account comes out of the API server mutated by the program', async () => {
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

test('a certificate that takes the place of the mounted one is served without a restart', async () => {
  await webhook.install()
  await webhook.untilAvailable()
  const other = await webhook.replaceCertificate()
  await webhook.activate(other.caPem)
  await untilMutated()
  expect((await statusOfOne())?.restartCount).toBe(0)
})

test('pods run again, as the same pods, when the cluster is started again', async () => {
  await webhook.install()
  await webhook.untilAvailable()
  const [before] = await webhook.pods()
  await webhook.activate(webhook.ca.caPem)
  await webhook.restart()
  await untilMutated()
  expect((await webhook.pods()).map(({ metadata }) => metadata.uid)).toEqual([before?.metadata.uid])
})

/** Of all pods there ever were. */
const starts = async () => (await webhook.logs()).split('Listening on').length - 1
const https = { readinessProbe: { httpGet: { path: '/healthz', port: 8443, scheme: 'HTTPS' }, periodSeconds: 1 } }
const http = { readinessProbe: { httpGet: { path: '/healthz', port: 9999 }, periodSeconds: 1 } }

test.each([
  ['an image before v0.5.6 tells of its health by HTTP at the metrics port', oldImage, http, https],
  ['an image from v0.5.6 on tells of its health by HTTPS at the main port', newImage, https, http],
])('%s', async (_, image, right, wrong) => {
  await webhook.install({ image }, right)
  await webhook.untilAvailable()
  await webhook.clear()
  const before = await starts()
  await webhook.install({ image }, wrong)
  await soon(async () => (await starts()) > before, 'the second start')
  await soon(async () => at(await statusOfOne(), 'state', 'running') !== undefined, 'the pod')
  expect(await statusOfOne()).toMatchObject({ ready: false, started: true })
})

const asRoot = { runAsNonRoot: false, runAsUser: 0 }

interface Wrong {
  readonly image?: string
  readonly flag: string
  readonly container?: JsonObject
}

const notBound = 'Error listening: "listen tcp :443: bind: permission denied"'
const withoutRights = { ...asRoot, capabilities: { drop: ['ALL'] } }

test.each<[string, Wrong, string]>([
  ['a flag that it does not have', { flag: '--sts=1' }, 'unknown flag: --sts'],
  [
    'a flag that this version does not have yet',
    { image: oldImage, flag: '--service-account-lookup-grace-period=1s' },
    'unknown flag: --service-account-lookup-grace-period',
  ],
  ['a port that its user may not bind', { flag: '--port=443' }, notBound],
  [
    'a port that root without capabilities may not bind',
    { flag: '--port=443', container: { securityContext: withoutRights } },
    notBound,
  ],
  [
    'a certificate that is not where it looks',
    { flag: '--tls-cert=/elsewhere/tls.crt' },
    'Error initializing certwatcher: "open /elsewhere/tls.crt: no such file or directory"',
  ],
])('%s ends the program again and again, with the reason in its log', async (_, { image, flag, container }, words) => {
  const command = ['/webhook', '--in-cluster=false', '--logtostderr', flag]
  await webhook.install({ image: image ?? newImage }, { command, ...container })
  const status = await soon(async () => {
    const observed = await statusOfOne()
    return at(observed, 'state', 'waiting', 'reason') === 'CrashLoopBackOff' ? observed : undefined
  }, 'the back-off')
  expect(at(status, 'lastState', 'terminated', 'message')).toContain(words)
})

test('root with its capabilities may bind the documented port', async () => {
  const command = ['/webhook', '--in-cluster=false', '--port=443', '--logtostderr']
  await webhook.install(
    {},
    { command, securityContext: asRoot, readinessProbe: { tcpSocket: { port: 443 }, periodSeconds: 1 } },
  )
  await webhook.untilAvailable()
})

/** The last version with certificates.k8s.io/v1beta1 is 1.21. */
const isLegacy = Number(peer?.gitVersion.split('.')[1]) < 22
const isRequested = ({ metadata }: KubeObject) => metadata.name === name
const requests = () => webhook.cluster.objects('CertificateSigningRequest')
/** Ready without a certificate, so that requests reach it. */
const listens = { readinessProbe: { tcpSocket: { port: 8443 }, periodSeconds: 1 } }
const approve = async (request: KubeObject) => {
  const conditions = [{ type: 'Approved', status: 'True', reason: 'Test', message: '' }]
  const path = `/apis/certificates.k8s.io/v1/certificatesigningrequests/${request.metadata.name}/approval`
  await webhook.cluster.api.call('PUT', path, { ...request, status: { conditions } })
}

if (isLegacy) {
  test('with --in-cluster=true it asks for a certificate, serves the one that is approved, and uses it again later', async () => {
    await webhook.install({ mode: 'csr', image: oldImage }, listens)
    await webhook.untilAvailable()
    await webhook.activate(webhook.cluster.caPem)
    await refusal('remote error: tls')
    const [request, ...others] = await soon(async () => {
      const observed = await requests()
      return observed.length > 0 ? observed : undefined
    }, 'the request')
    if (!request || others.length > 0) throw new Error('one request was to be there')
    expect(request.spec).toMatchObject({
      signerName: 'kubernetes.io/legacy-unknown',
      username: `system:serviceaccount:${namespace}:${name}`,
      groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated'],
    })
    await approve(request)
    await untilMutated()
    const secret = await soon(async () => (await webhook.cluster.objects('Secret', namespace)).find(isRequested))
    expect(secret.type).toBe('kubernetes.io/tls')

    const [pod] = await webhook.pods()
    await webhook.cluster.api.call('DELETE', `/api/v1/namespaces/${namespace}/pods/${pod?.metadata.name}`)
    await soon(
      async () => (await webhook.pods()).every(({ metadata }) => metadata.uid !== pod?.metadata.uid),
      'its end',
    )
    await webhook.untilAvailable()
    await untilMutated()
    expect(await requests()).toHaveLength(1)
  })
} else {
  test('with --in-cluster=true it never has a certificate: the API of its requests is gone', async () => {
    await webhook.install({ mode: 'csr', image: oldImage }, listens)
    await webhook.untilAvailable()
    await webhook.activate(webhook.cluster.caPem)
    await refusal('remote error: tls')
    expect(await requests()).toEqual([])
  })
}
