import { get } from 'node:https'
import { setImmediate } from 'node:timers/promises'
import { beforeAll, beforeEach, expect, test } from 'vitest'
import { type ClusterAuthority, createClusterAuthority } from '../../../sandbox/kubernetes/certificates.ts'
import type { Cluster } from '../../../sandbox/kubernetes/index.ts'
import { asString, at, type JsonObject, objectsIn } from '../../../sandbox/kubernetes/objects/objects.ts'
import { parseFlags } from '../../../sandbox/kubernetes/webhook/flags.ts'
import { pullWebhook } from '../../../sandbox/kubernetes/webhook/images.ts'
import { WebhookServer } from '../../../sandbox/kubernetes/webhook/server.ts'
import {
  activate,
  annotate,
  deploymentCondition,
  deploymentPath,
  dryRunPod,
  environmentOf,
  installAccount,
  installWebhook,
  isAvailable,
  name,
  namespace,
  newImage,
  oldImage,
  putCertificate,
} from './manifests.ts'
import { send, testKubernetes, until } from './support.ts'

const sandbox = testKubernetes()
let cluster: Cluster
let ca: ClusterAuthority

const mountedArgs = ['--in-cluster=false', `--namespace=${namespace}`, `--service-name=${name}`]
const roleArn = 'arn:aws:iam::000000000000:role/reader'
const serviceHost = `${name}.${namespace}.svc`

beforeAll(async () => {
  cluster = await sandbox.kubernetes.addUserCluster({
    name: 'modern',
    version: '1.33.2',
    issuer: { host: 'issuer.example.com' },
  })
  ca = await createClusterAuthority()
})

beforeEach(async () => {
  cluster.faults.clear()
  cluster.isSchedulable = true
  await send(cluster, `DELETE /apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations/${name}`)
  await send(cluster, `DELETE /api/v1/namespaces/${namespace}`)
  await installAccount(cluster)
  await putCertificate(cluster, await ca.issueServer([serviceHost]))
  await annotate(cluster, { 'role-arn': roleArn })
})

const install = async (args: string[] = [], image = newImage) => {
  await installWebhook(cluster, { image, args: [...mountedArgs, ...args] })
  await until(() => isAvailable(cluster), 'the webhook')
}

/** Retries, because the webhook's cache lags behind the API server. */
const mutatedPod = (isRight: (pod: JsonObject) => boolean = (pod) => 'AWS_ROLE_ARN' in environmentOf(pod)) =>
  until(async () => {
    const { body } = await dryRunPod(cluster)
    return isRight(body) ? body : undefined
  }, 'the mutation')

test('a dry-run pod of an annotated account gets the variables, mount and volume of a real server', async () => {
  await install(['--aws-default-region=eu-west-1', '--sts-regional-endpoint=true'])
  expect((await activate(cluster, ca.caPem)).code).toBe(201)
  const pod = await mutatedPod()
  expect(environmentOf(pod)).toEqual({
    AWS_STS_REGIONAL_ENDPOINTS: 'regional',
    AWS_DEFAULT_REGION: 'eu-west-1',
    AWS_REGION: 'eu-west-1',
    AWS_ROLE_ARN: roleArn,
    AWS_WEB_IDENTITY_TOKEN_FILE: '/var/run/secrets/eks.amazonaws.com/serviceaccount/token',
  })
  expect(objectsIn(at(objectsIn(at(pod, 'spec', 'containers'))[0], 'volumeMounts'))).toContainEqual({
    name: 'aws-iam-token',
    readOnly: true,
    mountPath: '/var/run/secrets/eks.amazonaws.com/serviceaccount',
  })
  expect(objectsIn(at(pod, 'spec', 'volumes'))).toContainEqual({
    name: 'aws-iam-token',
    projected: {
      defaultMode: 420,
      sources: [{ serviceAccountToken: { audience: 'sts.amazonaws.com', expirationSeconds: 86400, path: 'token' } }],
    },
  })
  expect(cluster.store.get('Pod', 'probe', 'default')).toBeUndefined()
})

test('annotations of account and pod decide audience, expiry, regional endpoint and skipped containers', async () => {
  await install()
  await activate(cluster, ca.caPem)
  await annotate(cluster, {
    'role-arn': roleArn,
    audience: 'other',
    'token-expiration': '60',
    'sts-regional-endpoints': 'true',
  })
  const containers = ['main', 'proxy'].map((one) => ({
    name: one,
    image: 'busybox:1',
    env: [{ name: 'AWS_ROLE_ARN', value: 'mine' }],
  }))
  const metadata = { annotations: { 'eks.amazonaws.com/skip-containers': 'proxy' } }
  const pod = await until(async () => {
    const { body } = await dryRunPod(
      cluster,
      { containers, initContainers: [{ name: 'init', image: 'busybox:1' }] },
      metadata,
    )
    return environmentOf(body).AWS_STS_REGIONAL_ENDPOINTS ? body : undefined
  })
  expect(environmentOf(pod)).toEqual({ AWS_ROLE_ARN: 'mine', AWS_STS_REGIONAL_ENDPOINTS: 'regional' })
  expect(environmentOf(pod, 1)).toEqual({ AWS_ROLE_ARN: 'mine' })
  expect(JSON.stringify(at(pod, 'spec', 'initContainers'))).toContain('AWS_WEB_IDENTITY_TOKEN_FILE')
  const token = at(objectsIn(at(pod, 'spec', 'volumes'))[0], 'projected', 'sources', '0') ?? at(pod, 'spec', 'volumes')
  expect(JSON.stringify(token)).toContain('"audience":"other","expirationSeconds":600')
})

test('an image older than v0.3.0 inverts the annotation for regional endpoints', async () => {
  await install([], oldImage)
  await activate(cluster, ca.caPem)
  await annotate(cluster, { 'role-arn': roleArn, 'sts-regional-endpoints': 'false' })
  const pod = await mutatedPod((one) => 'AWS_STS_REGIONAL_ENDPOINTS' in environmentOf(one))
  expect(environmentOf(pod)).toMatchObject({ AWS_STS_REGIONAL_ENDPOINTS: 'regional' })
})

test('does not change a pod of an account without the annotation', async () => {
  await install()
  await activate(cluster, ca.caPem)
  await mutatedPod()
  await annotate(cluster, {})
  const pod = await mutatedPod((one) => !('AWS_ROLE_ARN' in environmentOf(one)))
  expect(JSON.stringify(pod)).not.toContain('aws-iam-token')
})

test('a wrong CA bundle fails closed or open, depending on failurePolicy', async () => {
  await install()
  const stranger = await createClusterAuthority()
  await activate(cluster, stranger.caPem)
  const refused = await dryRunPod(cluster)
  expect(refused.body).toMatchObject({ code: 500, reason: 'InternalError' })
  expect(refused.body.message).toBe(
    'Internal error occurred: failed calling webhook "pod-identity-webhook.amazonaws.com": failed to call webhook: Post "https://pod-identity-webhook.wh.svc:443/mutate?timeout=10s": x509: certificate signed by unknown authority',
  )
  await activate(cluster, stranger.caPem, { failurePolicy: 'Ignore' })
  const ignored = await dryRunPod(cluster)
  expect(ignored.code).toBe(201)
  expect(environmentOf(ignored.body)).toEqual({})
})

test('a certificate without the name of the Service is refused, and the webhook reloads a new one', async () => {
  await putCertificate(cluster, await ca.issueServer(['elsewhere.example.com']))
  await install()
  await activate(cluster, ca.caPem)
  expect((await dryRunPod(cluster)).body.message).toContain('x509: certificate is not valid for')
  await putCertificate(cluster, await ca.issueServer([serviceHost]))
  await mutatedPod()
})

test('the webhook answers reviews only in v1beta1', async () => {
  await install()
  await activate(cluster, ca.caPem, { admissionReviewVersions: ['v1'] })
  expect((await dryRunPod(cluster)).body.message).toContain('expected webhook response of admission.k8s.io/v1')
})

test('a dry run is refused where the webhook may have side effects', async () => {
  const old = await sandbox.kubernetes.addUserCluster({
    name: 'sideeffects',
    version: '1.20.9-gke.300',
    issuer: { host: 'old.example.com' },
  })
  await annotate(old, {})
  await activate(old, ca.caPem, { sideEffects: 'Unknown' }, 'v1beta1')
  expect((await dryRunPod(old)).body).toMatchObject({
    code: 400,
    message: 'admission webhook "pod-identity-webhook.amazonaws.com" does not support dry run',
  })
  const v1 = await activate(cluster, ca.caPem, { sideEffects: 'Unknown' })
  expect(v1.body).toMatchObject({ code: 422, details: { causes: [{ field: 'webhooks[0].sideEffects' }] } })
})

test('without a Service, an endpoint or the right port the call fails with the message of a real server', async () => {
  await activate(cluster, ca.caPem)
  expect((await dryRunPod(cluster)).body.message).toContain(`service "${name}" not found`)
  cluster.isSchedulable = false
  await installWebhook(cluster, { image: newImage, args: mountedArgs })
  expect((await dryRunPod(cluster)).body.message).toContain(`no endpoints available for service "${name}"`)
  cluster.isSchedulable = true
  await installWebhook(cluster, { image: newImage, args: [...mountedArgs, '--port=8443'] })
  await until(() => isAvailable(cluster))
  expect((await dryRunPod(cluster)).body.message).toContain('connection refused')
})

test('a webhook that may not list service accounts never mutates', async () => {
  await send(cluster, `DELETE /apis/rbac.authorization.k8s.io/v1/clusterrolebindings/${name}`)
  await install()
  await activate(cluster, ca.caPem)
  const calls = () => cluster.calls.all().filter((call) => call.operation === 'GET /api/v1/serviceaccounts')
  await until(() => calls().some(({ actor }) => actor === `system:serviceaccount:${namespace}:${name}`))
  expect(environmentOf((await dryRunPod(cluster)).body)).toEqual({})
})

const waitingReason = () =>
  cluster.objects('Pod', namespace).map((pod) => {
    const status = objectsIn(at(pod, 'status', 'containerStatuses'))[0]
    return `${asString(at(status, 'state', 'waiting', 'reason'))}: ${asString(at(status, 'state', 'waiting', 'message'))}`
  })
const eventMessages = () => cluster.objects('Event', namespace).map((event) => asString(event.message))

test.each([
  [
    'an image that does not exist',
    { image: newImage.replace('17', '99'), args: mountedArgs },
    'ErrImagePull',
    'not found',
  ],
  [
    'an unknown flag',
    { image: newImage, args: [...mountedArgs, '--sts=1'] },
    'CrashLoopBackOff',
    'unknown flag: --sts',
  ],
  [
    'a flag that this version does not have yet',
    { image: oldImage, args: [...mountedArgs, '--service-account-lookup-grace-period=1s'] },
    'CrashLoopBackOff',
    'unknown flag: --service-account-lookup-grace-period',
  ],
  [
    'an invalid value of a flag',
    { image: newImage, args: [...mountedArgs, '--port=https'] },
    'CrashLoopBackOff',
    'invalid argument "https" for "--port" flag',
  ],
  [
    'a missing certificate file',
    { image: newImage, args: [...mountedArgs, '--tls-cert=/elsewhere/tls.crt'] },
    'CrashLoopBackOff',
    'open /elsewhere/tls.crt: no such file or directory',
  ],
  [
    'a command that the image does not have',
    { image: newImage, args: mountedArgs, container: { command: ['/bin/webhook'] } },
    'RunContainerError',
    'no such file or directory',
  ],
  [
    'a port that its user may not bind',
    { image: newImage, args: mountedArgs, pod: { securityContext: { runAsNonRoot: true, runAsUser: 65534 } } },
    'CrashLoopBackOff',
    'permission denied',
  ],
  [
    'an image that runs as root where that is forbidden',
    { image: newImage, args: mountedArgs, pod: { securityContext: { runAsNonRoot: true } } },
    'CreateContainerConfigError',
    'container has runAsNonRoot and image will run as root',
  ],
])(
  '%s keeps the Deployment unavailable, with the reason in the pod and in an event',
  async (_, options, reason, message) => {
    await installWebhook(cluster, options)
    await until(() => waitingReason().some((text) => text.startsWith(reason)), reason)
    expect(waitingReason()[0]).toContain(message)
    expect(eventMessages().some((text) => text.includes(message))).toBe(true)
    expect(deploymentCondition(cluster, 'Available')?.status).toBe('False')
  },
)

test('a pod does not start until its Secret exists', async () => {
  await send(cluster, `DELETE /api/v1/namespaces/${namespace}/secrets/certs`)
  await installWebhook(cluster, { image: newImage, args: mountedArgs })
  await until(() => eventMessages().includes('MountVolume.SetUp failed for volume "certs" : secret "certs" not found'))
  await putCertificate(cluster, await ca.issueServer([serviceHost]))
  await until(() => isAvailable(cluster))
})

const hasRunningPod = () => cluster.objects('Pod', namespace).some((pod) => at(pod, 'status', 'phase') === 'Running')
const https = { port: 443, scheme: 'HTTPS' }
const mutateProbe = { path: '/mutate', ...https }
const json = { httpHeaders: [{ name: 'Content-Type', value: 'application/json' }] }

test.each<[string, string, JsonObject, JsonObject]>([
  [
    'an HTTPS probe of /healthz',
    'a TCP probe',
    { httpGet: { path: '/healthz', ...https } },
    { tcpSocket: { port: 443 } },
  ],
  [
    'an HTTPS probe of /mutate without the content type of JSON',
    'one with it',
    { httpGet: mutateProbe },
    { httpGet: { ...mutateProbe, ...json } },
  ],
])('on an older version %s fails, and %s succeeds', async (_failing, _succeeding, failing, succeeding) => {
  const installWith = (readinessProbe: JsonObject) =>
    installWebhook(cluster, { image: oldImage, args: mountedArgs, container: { readinessProbe } })
  await installWith(failing)
  await until(hasRunningPod)
  expect(isAvailable(cluster)).toBe(false)
  await installWith(succeeding)
  await until(() => isAvailable(cluster))
})

test('a pod is not ready before the initial delay of its probe, which is shortened to a twentieth', async () => {
  const readinessProbe = { tcpSocket: { port: 443 }, initialDelaySeconds: 20 }
  await installWebhook(cluster, { image: newImage, args: mountedArgs, container: { readinessProbe } })
  await until(hasRunningPod)
  const running = Date.now()
  expect(isAvailable(cluster)).toBe(false)
  await until(() => isAvailable(cluster))
  expect(Date.now() - running).toBeGreaterThan(500)
})

test('a change of the template keeps the old pods until the new ones are ready', async () => {
  await install()
  const before = cluster.objects('Pod', namespace).map((pod) => pod.metadata.name)
  await installWebhook(cluster, { image: newImage, args: [...mountedArgs, '--wrong'] })
  await until(() => cluster.objects('Pod', namespace).length === 2)
  expect(isAvailable(cluster)).toBe(false)
  await activate(cluster, ca.caPem)
  await mutatedPod()
  await install(['--aws-default-region=eu-west-1'])
  await until(() => cluster.objects('Pod', namespace).length === 1)
  expect(before).not.toContain(cluster.objects('Pod', namespace)[0]?.metadata.name)
  const { body } = await send(cluster, `GET ${deploymentPath}`)
  expect(body.status).toMatchObject({ replicas: 1, readyReplicas: 1, availableReplicas: 1, updatedReplicas: 1 })
})

test('a webhook that shuts down answers connections that were opened before', async () => {
  const image = pullWebhook(newImage)
  if (!image) throw new Error(`${newImage} is no image of the webhook`)
  const { key, certificate } = await ca.issueServer([serviceHost])
  const api = { port: cluster.port, caPem: cluster.caPem, token: async () => cluster.adminToken }
  const webhook = new WebhookServer({
    flags: parseFlags(mountedArgs, image),
    image,
    api,
    mounted: { key, cert: certificate },
  })
  await webhook.listen()
  // The sandbox shuts pods down between two polls of its event loop for connections.
  await setImmediate()
  const answer = new Promise<number | undefined>((resolve, reject) => {
    const options = { host: '127.0.0.1', port: webhook.port, servername: serviceHost, ca: ca.caPem, agent: false }
    get({ ...options, path: '/healthz' }, ({ statusCode }) => resolve(statusCode)).on('error', reject)
  })
  await new Promise((resolve) => process.nextTick(resolve))
  const ended = webhook.shutDown()
  expect(await answer).toBe(200)
  await ended
})

test('a webhook that fails closed for its own namespace blocks its own pods', async () => {
  await activate(cluster, ca.caPem, { namespaceSelector: {} })
  await installWebhook(cluster, { image: newImage, args: mountedArgs })
  await until(() => deploymentCondition(cluster, 'ReplicaFailure'), 'the failure')
  expect(asString(deploymentCondition(cluster, 'ReplicaFailure')?.message)).toContain('failed calling webhook')
})
