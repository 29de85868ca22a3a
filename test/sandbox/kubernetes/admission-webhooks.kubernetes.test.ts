/** How an API server calls a mutating webhook, and the errors when it cannot: the product parses them after a canary. */
import type { IncomingMessage } from 'node:http'
import { createServer, type Server } from 'node:https'
import { json } from 'node:stream/consumers'
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { webhookFailure } from '../../../lambdas/clouds/kubernetes/webhook-failure.ts'
import type { AnyCluster } from '../../../sandbox/kubernetes/clusters/any-cluster.ts'
import { asObject, asString, at, type JsonObject } from '../../../sandbox/kubernetes/objects/objects.ts'
import { type Authority, createAuthority } from '../../../sandbox/network/authority.ts'
import { listenOnFreePort } from '../../../sandbox/network/listen.ts'
import { send } from '../../support/kubernetes/api-requests.ts'
import { reachableClusters } from '../../support/kubernetes/reachable-clusters.ts'
import { temporaryDirectory } from '../../support/temporary.ts'

const configurations = '/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations'
const name = 'labels.hooks.example'

const clusters = reachableClusters()
let cluster: AnyCluster
let server: Server
let port = 0
let trusted: Authority
let stranger: Authority
let reviews: JsonObject[] = []
let answer: (review: JsonObject) => unknown

beforeAll(async () => {
  cluster = await clusters.start('prod')
  trusted = clusters.internet.authority
  const directory = await temporaryDirectory()
  stranger = await createAuthority(directory.path)
  await directory.remove()
  server = createServer(await pairOf(), async (request: IncomingMessage, response) => {
    const review = asObject(await json(request))
    reviews.push(review)
    response.setHeader('content-type', 'application/json').end(JSON.stringify(answer(review)))
  })
  port = await listenOnFreePort(server)
})
afterAll(async () => {
  server.closeAllConnections()
  server.close()
})
beforeEach(async () => {
  reviews = []
  answer = allowing
  await send(cluster, `DELETE ${configurations}`)
  await eventually(async () => {
    const { code, body } = await dryRun()
    expect(code).toBe(201)
    expect(at(body, 'metadata', 'labels')).toEqual({ hook: 'yes' })
  })
})

/** Responds like the pod identity webhook: in v1beta1, whatever the version of the request. */
function allowing(review: JsonObject) {
  const patch = [{ op: 'add', path: '/metadata/labels/seen', value: 'yes' }]
  const response = {
    uid: at(review, 'request', 'uid'),
    allowed: true,
    patchType: 'JSONPatch',
    patch: Buffer.from(JSON.stringify(patch)).toString('base64'),
  }
  return { apiVersion: 'admission.k8s.io/v1beta1', kind: 'AdmissionReview', response }
}

interface Registered {
  readonly url?: string
  readonly authority?: string
  readonly versions?: readonly string[]
  /** The default suffices for a busy machine. A test of a missing response sets a short one. */
  readonly timeoutSeconds?: number
}

async function register(webhook: Registered = {}): Promise<void> {
  const { url = `https://127.0.0.1:${port}/mutate`, authority = trusted.caPem, versions = ['v1beta1'] } = webhook
  const { body, code } = await send(cluster, `POST ${configurations}`, {
    body: {
      metadata: { name: 'hooks' },
      webhooks: [
        {
          name,
          clientConfig: { url, caBundle: Buffer.from(authority).toString('base64') },
          rules: [{ operations: ['CREATE'], apiGroups: [''], apiVersions: ['v1'], resources: ['pods'] }],
          objectSelector: { matchLabels: { hook: 'yes' } },
          failurePolicy: 'Fail',
          sideEffects: 'None',
          admissionReviewVersions: versions,
          timeoutSeconds: webhook.timeoutSeconds ?? 10,
        },
      ],
    },
  })
  expect(code, JSON.stringify(body)).toBe(201)
}

function dryRun(labels = { hook: 'yes' }) {
  const pod = {
    metadata: { generateName: 'tried-', labels },
    spec: { containers: [{ name: 'main', image: 'busybox:1' }] },
  }
  return send(cluster, 'POST /api/v1/namespaces/default/pods?dryRun=All', { body: pod })
}

/** Retries the check: the API server notices new and deleted configurations after a moment. */
function eventually<Result>(check: () => Promise<Result>): Promise<Result> {
  return vi.waitFor(check, { timeout: 20_000 })
}

async function untilMutated(): Promise<void> {
  await eventually(async () => expect(at((await dryRun()).body, 'metadata', 'labels', 'seen')).toBe('yes'))
}

/** The error message, once the API server uses the configuration. */
function failure(): Promise<string> {
  return eventually(async () => {
    const { code, body } = await dryRun()
    expect(code).toBe(500)
    return asString(body.message)
  })
}

test('a webhook of v1beta1 gets the review of a dry run in that version, and its patch is applied', async () => {
  await register()
  const pod = await eventually(async () => {
    const { code, body } = await dryRun()
    expect(code).toBe(201)
    expect(at(body, 'metadata', 'labels')).toEqual({ hook: 'yes', seen: 'yes' })
    return body
  })
  expect(at(pod, 'metadata', 'name')).toMatch(/^tried-/)
  expect(reviews.at(-1)).toMatchObject({
    apiVersion: 'admission.k8s.io/v1beta1',
    kind: 'AdmissionReview',
    request: {
      uid: expect.any(String),
      kind: { group: '', version: 'v1', kind: 'Pod' },
      namespace: 'default',
      operation: 'CREATE',
      userInfo: { username: 'kubernetes-admin' },
      object: { spec: { serviceAccountName: 'default' } },
      dryRun: true,
    },
  })
})

test('a pod that the selector does not match is not sent', async () => {
  await register()
  await untilMutated()
  reviews = []
  expect((await dryRun({ hook: 'no' })).code).toBe(201)
  expect(reviews).toEqual([])
})

test('the response to a review in v1 must be in v1', async () => {
  await register({ versions: ['v1'] })
  expect(await failure()).toContain('converting (v1beta1.AdmissionReview) to (v1.AdmissionReview): unknown conversion')
})

test('a response without a version is accepted only in v1beta1', async () => {
  answer = (review) => ({ response: allowing(review).response })
  await register()
  await untilMutated()
  await send(cluster, `DELETE ${configurations}`)
  await register({ versions: ['v1'] })
  expect(await failure()).toContain(
    'expected webhook response of admission.k8s.io/v1, Kind=AdmissionReview, got /, Kind=',
  )
})

test('the error names a webhook that denies the request, and contains its message', async () => {
  answer = (review) => ({
    apiVersion: 'admission.k8s.io/v1beta1',
    kind: 'AdmissionReview',
    response: { uid: at(review, 'request', 'uid'), allowed: false, status: { message: 'not today', code: 403 } },
  })
  await register()
  const refused = await eventually(async () => {
    const { code, body } = await dryRun()
    expect(code).toBe(403)
    return body
  })
  expect(refused.message).toBe(`admission webhook "${name}" denied the request: not today`)
})

describe('the error says why a webhook could not be called', () => {
  const why = async () => webhookFailure(await failure())

  test('when another authority signed its certificate', async () => {
    await register({ authority: stranger.caPem })
    expect(await why()).toEqual({ name, why: expect.stringContaining('the caBundle does not contain') })
  })

  test('when nothing listens on the port', async () => {
    await register({ url: 'https://127.0.0.1:9/mutate' })
    expect(await why()).toEqual({ name, why: expect.stringContaining('refuses connections') })
  })

  test('when it does not answer in time', async () => {
    const slow = createServer(await pairOf(), () => {})
    const slowPort = await listenOnFreePort(slow)
    await register({ url: `https://127.0.0.1:${slowPort}/mutate`, timeoutSeconds: 2 })
    expect(await why()).toEqual({ name, why: 'it did not answer in time' })
    slow.closeAllConnections()
    slow.close()
  })

  test('when its certificate is for another name', async () => {
    const other = createServer(await pairOf('elsewhere.example'), (_, response) => response.end())
    const otherPort = await listenOnFreePort(other)
    await register({ url: `https://127.0.0.1:${otherPort}/mutate` })
    expect(await why()).toEqual({ name, why: "its certificate is not for the Service's name" })
    other.closeAllConnections()
    other.close()
  })

  test('when the caBundle contains no certificate, which the API server does not validate before', async () => {
    await register({ authority: 'nonsense', url: `https://127.0.0.1:${port}/mutate` })
    expect(await why()).toEqual({ name, why: expect.stringMatching(/holds no certificate|does not contain/) })
  })
})

async function pairOf(host = '127.0.0.1'): Promise<{ key: string; cert: string }> {
  const { key, chain } = await trusted.issue([host])
  return { key, cert: chain }
}
