/** The pods that the product dry-runs or prints as manifests, and their tokens. */
import { decodeJwt, decodeProtectedHeader } from 'jose'
import { beforeAll, describe, expect, it } from 'vitest'
import { workloadManifest } from '../../../lambdas/service-account/workload-manifest.ts'
import { canaryPod } from '../../../lambdas/webhook/desired/canary.ts'
import { proofPod } from '../../../lambdas/webhook/desired/proof-pod.ts'
import type { AnyCluster } from '../../../sandbox/kubernetes/clusters/any-cluster.ts'
import { asObject, asString, at, objectsIn } from '../../../sandbox/kubernetes/objects/objects.ts'
import { send } from '../../support/kubernetes/api-requests.ts'
import { clientOf, writesTo } from '../../support/kubernetes/clusters.ts'
import { reachableClusters } from '../../support/kubernetes/reachable-clusters.ts'

const namespace = 'restricted'
const workload = { namespace, serviceAccount: 'reader' }
const bound = { ...workload, roleArn: 'arn:aws:iam::123456789012:role/reader', region: 'eu-west-1' }
const ofWorkload = { name: 'reader', container: 'main', image: 'amazon/aws-cli:2.31.0', webhook: false } as const

const clusters = reachableClusters()
let cluster: AnyCluster

beforeAll(async () => {
  cluster = await clusters.start('prod', { issuer: 'https://issuers.example/prod' })
  const labels = { 'pod-security.kubernetes.io/enforce': 'restricted' }
  await send(cluster, 'POST /api/v1/namespaces', { body: { metadata: { name: namespace, labels } } })
  for (const name of ['reader', 'pod-identity-webhook-canary']) {
    const { code } = await send(cluster, `POST /api/v1/namespaces/${namespace}/serviceaccounts`, {
      body: { metadata: { name } },
    })
    expect(code).toBe(201)
  }
})

const tokenOf = (pod: unknown) =>
  objectsIn(at(pod, 'spec', 'volumes'))
    .filter(({ name }) => name === 'aws-iam-token')
    .flatMap((volume) => objectsIn(at(volume, 'projected', 'sources')))
    .map((source) => asObject(source.serviceAccountToken))[0]

describe('a dry run', () => {
  it.each([
    ['the proof’s', proofPod(workload)],
    ['the canary’s', canaryPod(namespace)],
  ])('accepts %s pod under the strictest Pod Security Standard, and creates nothing', async (_, pod) => {
    cluster.calls.clear()
    const { code, body } = await send(cluster, `POST /api/v1/namespaces/${namespace}/pods?dryRun=All`, { body: pod })
    expect(code, JSON.stringify(body)).toBe(201)
    expect(at(body, 'metadata', 'name')).toMatch(/^workload-identity-proof-.{5}$/)
    expect(writesTo(cluster)).toEqual([])
    expect(await cluster.objects('Pod')).toEqual([])
  })

  it('keeps the variables, the mount and the token of the pod for a cluster without a webhook', async () => {
    const pod = workloadManifest(
      { ...bound, namespace: 'default', serviceAccount: 'default' },
      { ...ofWorkload, kind: 'Pod' },
    )
    const { code, body } = await send(cluster, 'POST /api/v1/namespaces/default/pods?dryRun=All', { body: pod })
    expect(code, JSON.stringify(body)).toBe(201)
    const [container] = objectsIn(at(body, 'spec', 'containers'))
    expect(container?.env).toEqual(objectsIn(at(pod, 'spec', 'containers'))[0]?.env)
    expect(container?.volumeMounts).toContainEqual({
      name: 'aws-iam-token',
      mountPath: '/var/run/secrets/eks.amazonaws.com/serviceaccount',
      readOnly: true,
    })
    expect(tokenOf(body)).toEqual({ audience: 'sts.amazonaws.com', expirationSeconds: 86_400, path: 'token' })
  })

  it('accepts the Deployment for a cluster without a webhook, and the patch of an existing one', async () => {
    const path = '/apis/apps/v1/namespaces/default/deployments'
    const existing = { ...bound, namespace: 'default', serviceAccount: 'default' }
    const complete = workloadManifest(existing, { ...ofWorkload, kind: 'Deployment' })
    expect((await send(cluster, `POST ${path}?dryRun=All`, { body: complete })).code).toBe(201)

    const plain = workloadManifest(existing, { ...ofWorkload, kind: 'Deployment', webhook: true })
    await send(cluster, `POST ${path}`, { body: { ...plain, spec: { ...asObject(plain.spec), replicas: 0 } } })
    const patch = workloadManifest(existing, { ...ofWorkload, kind: 'patch' })
    const contentType = 'application/strategic-merge-patch+json'
    const { code, body } = await send(cluster, `PATCH ${path}/reader`, { body: patch, contentType })
    expect(code, JSON.stringify(body)).toBe(200)
    expect(tokenOf(at(body, 'spec', 'template'))).toMatchObject({ audience: 'sts.amazonaws.com' })
    expect(objectsIn(at(body, 'spec', 'template', 'spec', 'containers'))).toMatchObject([
      {
        name: 'main',
        image: ofWorkload.image,
        env: expect.arrayContaining([{ name: 'AWS_REGION', value: 'eu-west-1' }]),
      },
    ])
  })

  it('refuses a pod of a missing service account', async () => {
    const pod = proofPod({ namespace, serviceAccount: 'nobody' })
    const { body } = await send(cluster, `POST /api/v1/namespaces/${namespace}/pods?dryRun=All`, { body: pod })
    expect(body).toMatchObject({ code: 403, reason: 'Forbidden' })
    expect(body.message).toContain(
      'error looking up service account restricted/nobody: serviceaccount "nobody" not found',
    )
  })
})

describe('a token', () => {
  it('has the requested audience and lifetime, and is signed by a key that the cluster publishes', async () => {
    const { token, expiresAt } = await clientOf(cluster).createToken(
      { namespace, name: 'reader' },
      { audience: 'sts.amazonaws.com', expirationSeconds: 86_400 },
    )
    const claims = decodeJwt(token)
    expect(claims).toMatchObject({
      iss: 'https://issuers.example/prod',
      sub: 'system:serviceaccount:restricted:reader',
      aud: ['sts.amazonaws.com'],
      'kubernetes.io': { namespace, serviceaccount: { name: 'reader', uid: expect.any(String) } },
    })
    expect((claims.exp ?? 0) - (claims.iat ?? 0)).toBe(86_400)
    // A real server reads its clock once for the response, and again for the claims.
    expect(Math.abs(Date.parse(expiresAt) / 1000 - (claims.exp ?? 0))).toBeLessThanOrEqual(1)
    const { keySet, discovery } = await cluster.issuerDocuments()
    const { kid, alg } = decodeProtectedHeader(token)
    expect(objectsIn(keySet.keys)).toMatchObject([{ kid, alg, use: 'sig' }])
    expect(discovery).toMatchObject({
      issuer: 'https://issuers.example/prod',
      jwks_uri: 'https://issuers.example/prod/openid/v1/jwks',
    })
  })

  it('for another audience is refused by the API server', async () => {
    const { token } = await clientOf(cluster).createToken(
      { namespace, name: 'reader' },
      { audience: 'sts.amazonaws.com', expirationSeconds: 600 },
    )
    expect((await send(cluster, 'GET /version', { token })).body).toMatchObject({ code: 401, reason: 'Unauthorized' })
  })

  it('has the audience of the API server by default, and a lifetime of at least ten minutes', async () => {
    const path = `POST /api/v1/namespaces/${namespace}/serviceaccounts/reader/token`
    const own = await send(cluster, path, { body: { spec: {} } })
    expect(own.code).toBe(201)
    expect(decodeJwt(asString(at(own.body, 'status', 'token'))).aud).toEqual(['https://issuers.example/prod'])
    const short = await send(cluster, path, { body: { spec: { expirationSeconds: 599 } } })
    expect(short.body).toMatchObject({ code: 422, details: { causes: [{ field: 'spec.expirationSeconds' }] } })
  })

  it('of a missing service account is not issued', async () => {
    const path = `POST /api/v1/namespaces/${namespace}/serviceaccounts/nobody/token`
    expect((await send(cluster, path, { body: { spec: {} } })).body).toMatchObject({
      code: 404,
      message: 'serviceaccounts "nobody" not found',
    })
  })
})
