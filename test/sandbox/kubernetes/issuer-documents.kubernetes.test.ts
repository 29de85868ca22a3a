/** The documents that an API server serves for an unpublished issuer, and who may read them: on the sandbox and on a real server. */
import { request } from 'node:https'
import { createLocalJWKSet, jwtVerify } from 'jose'
import { beforeAll, expect, test } from 'vitest'
import type { AnyCluster } from '../../../sandbox/kubernetes/clusters/any-cluster.ts'
import { kubeadmIssuer } from '../../../sandbox/kubernetes/clusters/issuers.ts'
import { asString, at, objectsIn } from '../../../sandbox/kubernetes/objects/objects.ts'
import { type Sent, send, until } from '../../support/kubernetes/api-requests.ts'
import { reachableClusters } from '../../support/kubernetes/reachable-clusters.ts'

const clusters = reachableClusters()
const paths = ['/.well-known/openid-configuration', '/openid/v1/jwks']
const rbac = '/apis/rbac.authorization.k8s.io/v1'
const discoveryRole = 'system:service-account-issuer-discovery'
const asAnna = { headers: { 'impersonate-user': 'anna' } }
let cluster: AnyCluster

beforeAll(async () => {
  cluster = await clusters.start('edge', { issuer: kubeadmIssuer })
  const account = `GET /api/v1/namespaces/default/serviceaccounts/default`
  await until(async () => (await send(cluster, account)).code === 200, 'the default service account')
})

async function mint(audiences?: readonly string[]) {
  const { body } = await send(cluster, 'POST /api/v1/namespaces/default/serviceaccounts/default/token', {
    body: { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: audiences ? { audiences } : {} },
  })
  return { token: asString(at(body, 'status', 'token')), audiences: at(body, 'spec', 'audiences') }
}

const codes = (sent: Sent) => Promise.all(paths.map(async (path) => (await send(cluster, `GET ${path}`, sent)).code))

test('the discovery document names the private issuer, and the URL of its keys on the API server', async () => {
  const { body } = await send(cluster, 'GET /.well-known/openid-configuration')
  expect(body).toEqual({
    issuer: kubeadmIssuer,
    jwks_uri: expect.stringMatching(/^https:\/\/[a-z0-9.:-]+\/openid\/v1\/jwks$/),
    response_types_supported: ['id_token'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['RS256'],
  })
  expect(body.jwks_uri).not.toContain(kubeadmIssuer)
})

test('a token is of the private issuer, and the served keys verify it', async () => {
  const { body } = await send(cluster, 'GET /openid/v1/jwks')
  const keys = objectsIn(body.keys).map((key) => ({ ...key, kty: asString(key.kty) }))
  expect(keys).toEqual([
    { use: 'sig', kty: 'RSA', alg: 'RS256', kid: expect.any(String), n: expect.any(String), e: 'AQAB' },
  ])
  const { token } = await mint(['sts.amazonaws.com'])
  const expected = { issuer: kubeadmIssuer, audience: 'sts.amazonaws.com' }
  await expect(jwtVerify(token, createLocalJWKSet({ keys }), expected)).resolves.toBeDefined()
  expect((await mint()).audiences).toEqual([kubeadmIssuer])
})

interface Head {
  readonly status: number | undefined
  readonly type: string | undefined
}

/** Sends only these headers: other clients add their own. */
function headOf(path: string, accept?: string): Promise<Head> {
  const { port, caPem: ca, settings, adminToken } = cluster
  const headers = { authorization: `Bearer ${adminToken}`, ...(accept !== undefined && { accept }) }
  const asked = { host: '127.0.0.1', port, servername: settings.host, ca, agent: false, path, headers }
  return new Promise((resolve, reject) => {
    const sent = request(asked, (response) => {
      resolve({ status: response.statusCode, type: response.resume().headers['content-type'] })
    })
    sent.on('error', reject).end()
  })
}

test('the documents have their media types', async () => {
  const heads = await Promise.all(paths.map((path) => headOf(path)))
  expect(heads.map(({ type }) => type)).toEqual(['application/json', 'application/jwk-set+json'])
})

test('the key set has no other media type', async () => {
  const asked = ['application/json', 'application/json, */*', 'application/jwk-set+json']
  const heads = await Promise.all(asked.map((accept) => headOf('/openid/v1/jwks', accept)))
  expect(heads.map(({ status }) => status)).toEqual([406, 200, 200])
})

test('service accounts may read the documents, through a ClusterRole of every cluster', async () => {
  const role = await send(cluster, `GET ${rbac}/clusterroles/${discoveryRole}`)
  expect(role.body.rules).toEqual([{ verbs: ['get'], nonResourceURLs: expect.arrayContaining(paths) }])
  const binding = await send(cluster, `GET ${rbac}/clusterrolebindings/${discoveryRole}`)
  expect(binding.body).toMatchObject({
    roleRef: { kind: 'ClusterRole', name: discoveryRole },
    subjects: [{ kind: 'Group', name: 'system:serviceaccounts' }],
  })
  const { token } = await mint()
  expect(await codes({ token })).toEqual([200, 200])
})

test('other users may not read the documents until the role is bound to them', async () => {
  expect(await codes({ token: null })).toEqual([403, 403])
  expect(await codes(asAnna)).toEqual([403, 403])
  const { body } = await send(cluster, `GET ${paths[0]}`, asAnna)
  expect(body.message).toBe(`forbidden: User "anna" cannot get path "${paths[0]}"`)
  const apiGroup = 'rbac.authorization.k8s.io'
  await send(cluster, `POST ${rbac}/clusterrolebindings`, {
    body: {
      apiVersion: `${apiGroup}/v1`,
      kind: 'ClusterRoleBinding',
      metadata: { name: 'anna' },
      roleRef: { apiGroup, kind: 'ClusterRole', name: discoveryRole },
      subjects: [{ apiGroup, kind: 'User', name: 'anna' }],
    },
  })
  await until(async () => (await codes(asAnna)).every((code) => code === 200), 'anna to read the documents')
  const review = await send(cluster, 'POST /apis/authorization.k8s.io/v1/selfsubjectaccessreviews', {
    ...asAnna,
    body: {
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SelfSubjectAccessReview',
      spec: { nonResourceAttributes: { path: paths[0], verb: 'get' } },
    },
  })
  expect(at(review.body, 'status', 'allowed')).toBe(true)
})

test('service accounts may not read the documents without the binding', async () => {
  const { token } = await mint()
  await send(cluster, `DELETE ${rbac}/clusterrolebindings/${discoveryRole}`)
  await until(async () => (await codes({ token })).every((code) => code === 403), 'the refusal')
})
