import { chmod, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { decodeJwt } from 'jose'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { asString, at, type JsonObject, objectsIn, stringsIn } from '../../../sandbox/kubernetes/objects.ts'
import { temporaryDirectory } from '../../support/temporary.ts'
import {
  deploymentPath,
  name,
  namespace,
  newImage,
  soon,
  startWebhookPods,
  type WebhookPods,
} from './support/webhook-pods.ts'

let directory: Awaited<ReturnType<typeof temporaryDirectory>>
let webhook: WebhookPods

beforeAll(async () => {
  directory = await temporaryDirectory()
  const program = path.join(import.meta.dirname, 'support', 'recording-webhook.ts')
  const binary = path.join(directory.path, 'webhook')
  await writeFile(binary, `#!/bin/sh\nexec '${process.execPath}' '${program}' "$0" "$@"\n`)
  await chmod(binary, 0o700)
  webhook = await startWebhookPods(binary)
})
afterAll(async () => {
  await webhook?.close()
  await directory?.remove()
})
beforeEach(() => webhook.clear())

/** A pod has none until the API server has noticed the configuration. */
const record = async (): Promise<JsonObject> => {
  const text = await soon(async () => {
    const answer = await webhook.dryRunPod()
    return typeof answer === 'string' ? '' : asString(at(answer, 'metadata', 'annotations', 'record'))
  }, 'an answer of the webhook')
  return JSON.parse(text)
}
const only = async () => {
  const [pod, ...others] = await webhook.pods()
  if (!pod || others.length > 0) throw new Error(`${others.length + 1} pods, and not one`)
  return pod
}
const containerStatus = async () => objectsIn(at(await only(), 'status', 'containerStatuses'))[0]

test('the program named in WEBHOOK_BINARY gets the command line, variables and user of the container, and nothing else', async () => {
  const field = { fieldRef: { fieldPath: 'status.podIP' } }
  await webhook.install(
    {},
    {
      env: [
        { name: 'ADDRESS', valueFrom: field },
        { name: 'BOTH', value: 'at $(ADDRESS)' },
      ],
    },
  )
  await webhook.activate(webhook.ca.caPem)
  const { command, env, directory: where, user, group, writes } = await record()
  const container = objectsIn(at(await webhook.deployment(), 'spec', 'template', 'spec', 'containers'))[0]
  expect(command).toEqual(stringsIn(container?.command))
  const pod = await only()
  const address = at(pod, 'status', 'podIP')
  expect(env).toEqual({
    PATH: expect.any(String),
    HOME: '/',
    HOSTNAME: pod.metadata.name,
    PWD: '/',
    KUBERNETES_SERVICE_HOST: '10.96.0.1',
    KUBERNETES_SERVICE_PORT: '16443',
    KUBERNETES_SERVICE_PORT_HTTPS: '16443',
    ADDRESS: address,
    BOTH: `at ${address}`,
  })
  expect({ where, user, group, writes }).toEqual({ where: '/', user: 65534, group: 65534, writes: false })
})

test('Secret, token and CA lie at their paths, and the API server takes the token of this very pod', async () => {
  await webhook.install()
  await webhook.activate(webhook.ca.caPem)
  const { certificates, account, apiServer } = await record()
  const secret = (await webhook.cluster.objects('Secret', namespace)).find(({ type }) => type === 'kubernetes.io/tls')
  expect(certificates).toEqual(
    Object.fromEntries(
      ['ca.crt', 'tls.crt', 'tls.key'].map((key) => [
        key,
        Buffer.from(asString(at(secret, 'data', key)), 'base64').toString(),
      ]),
    ),
  )
  expect(account).toMatchObject({ namespace, 'ca.crt': webhook.cluster.caPem, token: expect.any(String) })
  const claims = decodeJwt(asString(at(account, 'token')))
  expect(claims).toMatchObject({
    iss: 'https://node.example.com',
    sub: `system:serviceaccount:${namespace}:${name}`,
    'kubernetes.io': { pod: { name: (await only()).metadata.name } },
  })
  expect(apiServer).toBe(200)
})

test('two pods listen on one port, and the API server reaches the other through the Service when one ends', async () => {
  await webhook.install({ replicas: 2 })
  await webhook.untilAvailable()
  await webhook.activate(webhook.ca.caPem)
  const first = at(await record(), 'env', 'HOSTNAME')
  await webhook.dryRunPod({ exit: '0' })
  const second = at(await record(), 'env', 'HOSTNAME')
  expect([first, second].toSorted()).toEqual((await webhook.pods()).map(({ metadata }) => metadata.name).toSorted())
})

test('files follow their Secret while the program runs', async () => {
  await webhook.install()
  await webhook.activate(webhook.ca.caPem)
  await record()
  const other = await webhook.replaceCertificate()
  await soon(async () => at(await record(), 'certificates', 'ca.crt') === other.caPem, 'the other certificate')
  expect((await containerStatus())?.restartCount).toBe(0)
})

test('a program that ends is started again later, with its status, its last words and an event', async () => {
  await webhook.install()
  await webhook.activate(webhook.ca.caPem)
  await record()
  await webhook.dryRunPod({ exit: '3' })
  const waiting = await soon(async () => at(await containerStatus(), 'state', 'waiting'), 'the back-off')
  expect(waiting).toMatchObject({
    reason: 'CrashLoopBackOff',
    message: expect.stringContaining('back-off 1s restarting'),
  })
  await record()
  const status = await soon(async () => {
    const observed = await containerStatus()
    return observed?.ready === true ? observed : undefined
  })
  expect(status).toMatchObject({ restartCount: 1, lastState: { terminated: { exitCode: 3, reason: 'Error' } } })
  expect(at(status, 'lastState', 'terminated', 'message')).toContain('these were its last words')
  expect(await webhook.logs()).toContain('these were its last words')
  expect(await webhook.events()).toContainEqual(expect.stringMatching(/^BackOff: Back-off restarting failed container/))
})

test('without a ready pod the connection to the Service is refused', async () => {
  await webhook.install({ replicas: 0 })
  await webhook.activate(webhook.ca.caPem)
  const message = await soon(async () => {
    const answer = await webhook.dryRunPod()
    return typeof answer === 'string' && answer.includes('connection refused') ? answer : undefined
  }, 'a refusal')
  expect(message).toContain(`failed calling webhook "${name}.amazonaws.com"`)
})

test('a pod that is deleted is asked to end, and gone then', async () => {
  await webhook.install()
  await webhook.untilAvailable()
  const { metadata } = await only()
  await webhook.install({ replicas: 0 })
  await soon(async () => (await webhook.pods()).length === 0, 'the end of the pod')
  expect(await webhook.logs()).toContain('it was asked to end')
  expect(metadata.deletionTimestamp).toBeUndefined()
})

test.each([
  ['an image that is nowhere', { image: newImage.replace('17', '99') }, 'ErrImagePull', 'Failed: failed to pull'],
  ['a command that the image does not have', { command: ['/bin/sh'] }, 'RunContainerError', 'Failed: failed to create'],
  [
    'a user that may not be root',
    { securityContext: { runAsUser: 0 } },
    'CreateContainerConfigError',
    'Failed: container has runAsNonRoot',
  ],
  [
    'a variable from a Secret that is not there',
    { env: [{ name: 'A', valueFrom: { secretKeyRef: { name: 'absent', key: 'b' } } }] },
    'CreateContainerConfigError',
    'Failed: secret "absent" not found',
  ],
])('%s keeps the pod waiting, with the reason at the pod and in an event', async (_, container, reason, event) => {
  await webhook.install({}, container)
  await soon(async () => at((await webhook.pods())[0], 'status', 'phase') === 'Pending', 'the pod')
  const observed = await soon(async () => {
    const status = objectsIn(at((await webhook.pods())[0], 'status', 'containerStatuses'))[0]
    return at(status, 'state', 'waiting', 'reason')
  }, reason)
  expect(observed).toBe(reason)
  await soon(async () => (await webhook.events()).some((text) => text.startsWith(event)), event)
})

test('a Secret that is missing keeps the pod from starting until it is there', async () => {
  await webhook.install({ replicas: 0 })
  await webhook.cluster.api.call('DELETE', `/api/v1/namespaces/${namespace}/secrets/${name}-tls`)
  await webhook.cluster.api.merge(deploymentPath, { spec: { replicas: 1 } })
  await soon(
    async () => (await webhook.events()).some((text) => text.startsWith('FailedMount: MountVolume.SetUp failed')),
    'the event',
  )
  await webhook.replaceCertificate()
  await webhook.untilAvailable()
})

test('a pod of any other image is said to run', async () => {
  await webhook.install()
  const path = '/api/v1/namespaces/default/pods'
  await webhook.cluster.api.call('POST', path, {
    metadata: { name: 'other' },
    spec: { containers: [{ name: 'main', image: 'busybox:1' }] },
  })
  const status = await soon(async () => {
    const pod = await webhook.cluster.api.call('GET', `${path}/other`)
    return at(pod, 'status', 'phase') === 'Running' ? pod.status : undefined
  }, 'the pod')
  expect(status).toMatchObject({ containerStatuses: [{ ready: true, state: { running: expect.anything() } }] })
  await webhook.cluster.api.call('DELETE', `${path}/other`)
  await soon(async () => (await webhook.cluster.api.get(`${path}/other`)) === undefined, 'its end')
})
