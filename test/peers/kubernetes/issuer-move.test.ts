/** The move of a real API server from its own issuer to a hosted one, while pods use their existing tokens. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { ApiClient, ApiRefusal } from '../../../sandbox/kubernetes/api-client.ts'
import type { RealCluster } from '../../../sandbox/kubernetes/real/cluster.ts'
import { startPublicHost } from '../../../sandbox/network/public-host.ts'
import { exchangeOf, refusedOf, repeatedDuring } from '../../e2e/support/clusters/exchanges.ts'
import { type PrivateCluster, setUpChanging } from '../../e2e/support/clusters/private-cluster.ts'
import { secretArnOf } from '../../e2e/support/clusters/secrets.ts'
import { type Edits, exampleBody } from '../../support/api/requests.ts'
import { roleArnOf } from '../../support/aws/roles.ts'
import { isLegacy, peer } from '../../support/kubernetes/kubernetes-peer.ts'
import { type RealSystem, startRealSystem } from './support/real-system.ts'

const minutes = 60_000
const version = peer?.gitVersion.slice(1) ?? ''
const name = 'real-moved'
const ownHost = `oidc.${name}.example.com`
const workload = { namespace: 'reports', serviceAccount: 'exporter' }

let system: RealSystem
let cluster: RealCluster
let end = async () => {}

beforeAll(async () => {
  ;({ system, end } = await startRealSystem())
  const { kubernetes, secrets, authority, proxy } = system.sandbox
  cluster = await kubernetes.addUserCluster({ name, version, issuer: { host: ownHost } })
  await secrets.keep(`${name}/user-cluster`, kubernetes.kubeconfig(name))
  // Copies of the documents, because a published issuer does not depend on the API server, which restarts.
  const { discovery, keySet } = await cluster.issuerDocuments()
  const files = new Map([
    ['/.well-known/openid-configuration', discovery],
    ['/openid/v1/jwks', keySet],
  ])
  await startPublicHost({
    authority,
    proxy,
    names: [ownHost],
    handler(request, response) {
      const file = files.get(request.url ?? '')
      response.writeHead(file ? 200 : 404, { 'content-type': 'application/json' }).end(JSON.stringify(file))
    },
  })
}, 5 * minutes)

afterAll(() => end(), minutes)

const bodyOf = (edits: Edits = {}) =>
  exampleBody('existing-cluster', {
    'cluster.name': name,
    'cluster.credentialsSecretArn': secretArnOf(`${name}/user-cluster`),
    'cluster.issuerUrl': `https://${ownHost}`,
    'workloads.0.role.name': name,
    ...edits,
  })

/** A new token, requested as by the kubelet. */
async function newToken(audiences: readonly string[]): Promise<string> {
  const { namespace, serviceAccount } = workload
  const path = `/api/v1/namespaces/${namespace}/serviceaccounts/${serviceAccount}/token`
  const body = {
    apiVersion: 'authentication.k8s.io/v1',
    kind: 'TokenRequest',
    spec: { audiences, expirationSeconds: 3600 },
  }
  const { status } = await cluster.api.call('POST', path, body)
  return String(Object(status).token)
}

/** A call of a pod. Connection errors while the API server restarts are ignored, because they refuse no token. */
function callWith(token: string): () => Promise<void> {
  const api = new ApiClient({ port: cluster.port, caPem: cluster.caPem, token: async () => token })
  const spec = { nonResourceAttributes: { path: '/version', verb: 'get' } }
  const review = { apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectAccessReview', spec }
  return async () => {
    const sent = api.call('POST', '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', review)
    await sent.catch((error: unknown) => {
      if (error instanceof ApiRefusal && error.code === 401) throw error
    })
  }
}

it(`a kube-apiserver of ${version} moves to a hosted issuer, while STS${isLegacy(version) ? '' : ' and the API server'} accept all tokens`, {
  timeout: 5 * minutes,
}, async () => {
  expect((await system.setUp(bodyOf())).error).toBeUndefined()
  const [forSts, forApi] = [await newToken(['sts.amazonaws.com']), await newToken([])]
  const moving = {
    discovery: { hosting: 'deployment', ...(isLegacy(version) && { acceptRefusedTokens: true }) },
    'cluster.issuerUrl': undefined,
  }
  const issuer = `https://${system.sandbox.deployment.outputs.IssuerHost}/${name}`
  const own: PrivateCluster<RealCluster> = { name, cluster, issuer, body: bodyOf(moving) }
  const move = () => setUpChanging(system, own, (issuers) => cluster.restart({ issuers }), 'CheckIssuer')
  const atSts = exchangeOf(system, roleArnOf(name, name), async () => forSts)
  const calls = await repeatedDuring(callWith(forApi), () => repeatedDuring(atSts, move))
  const { result, exchanges } = calls.result
  expect(result.ended.error).toBeUndefined()
  expect(result.ended.result?.proofs).toHaveLength(1)
  expect(exchanges.length).toBeGreaterThan(10)
  expect(refusedOf(exchanges)).toEqual([])
  // An API server with a single issuer refuses old tokens. The request has accepted that.
  if (isLegacy(version)) expect(refusedOf(calls.exchanges).length).toBeGreaterThan(0)
  else expect(refusedOf(calls.exchanges)).toEqual([])
})
