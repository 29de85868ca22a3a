import { createLocalJWKSet, decodeJwt, decodeProtectedHeader, jwtVerify } from 'jose'
import { beforeEach, describe, expect, test } from 'vitest'
import type { Cluster } from '../../../sandbox/kubernetes/index.ts'
import { asString, at, objectsIn, stringMap } from '../../../sandbox/kubernetes/objects/objects.ts'
import { send, testKubernetes } from './support.ts'

const sandbox = testKubernetes()
const ownIssuer = 'https://kubernetes.default.svc.cluster.local'
const hosted = 'https://oidc.example.com/edge'
let cluster: Cluster
let made = 0

beforeEach(async () => {
  made += 1
  cluster = await sandbox.kubernetes.addUserCluster({
    name: `edge-${made}`,
    version: '1.33.2',
    issuer: { installer: 'kubeadm' },
  })
})

async function mint(audiences: readonly string[] = [], of = cluster): Promise<string> {
  const { body } = await send(of, 'POST /api/v1/namespaces/default/serviceaccounts/default/token', {
    body: { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: { audiences } },
  })
  return asString(at(body, 'status', 'token'))
}

/** The status of a list of pods: 403 for an authenticated user without the right, 401 for an invalid token. */
const statusWith = async (token: string, of = cluster) =>
  (await send(of, 'GET /api/v1/namespaces/default/pods', { token })).code

const discovery = async () => (await send(cluster, 'GET /.well-known/openid-configuration')).body

async function servedKeys() {
  const { body } = await send(cluster, 'GET /openid/v1/jwks')
  return { keys: objectsIn(body.keys).map((key) => ({ ...key, kty: asString(key.kty) })) }
}

describe('the issuer of a kubeadm cluster', () => {
  test('is private at first, and not published', async () => {
    sandbox.published.length = 0
    expect(decodeJwt(await mint()).iss).toBe(ownIssuer)
    expect(sandbox.published).toEqual([])
    expect([...sandbox.proxy.asked.keys()]).not.toContain('kubernetes.default.svc.cluster.local:443')
  })

  test('is changed only by the administrator, and only to valid issuers', async () => {
    const change = (body: unknown, sent: object = {}) => send(cluster, 'PUT /sandbox/issuers', { body, ...sent })
    const issuers = [hosted, ownIssuer]
    expect((await change(issuers, { token: await mint() })).code).toBe(403)
    expect((await send(cluster, 'GET /sandbox/issuers')).code).toBe(403)
    for (const body of [[], {}, ['nonsense'], hosted]) expect((await change(body)).code).toBe(400)
    expect(decodeJwt(await mint()).iss).toBe(ownIssuer)
    expect(await change(issuers)).toMatchObject({ code: 200, body: { issuers } })
    expect(decodeJwt(await mint()).iss).toBe(hosted)
  })

  test('signs new tokens as the first issuer, and accepts tokens of the second until it is removed', async () => {
    const old = await mint()
    cluster.setIssuers([hosted, ownIssuer])
    const young = await mint(['sts.amazonaws.com'])
    expect((await discovery()).issuer).toBe(hosted)
    await expect(
      jwtVerify(young, createLocalJWKSet(await servedKeys()), { issuer: hosted, audience: 'sts.amazonaws.com' }),
    ).resolves.toMatchObject({ payload: { sub: 'system:serviceaccount:default:default' } })
    expect(decodeJwt(await mint()).aud).toEqual([hosted, ownIssuer])
    expect([await statusWith(old), await statusWith(await mint())]).toEqual([403, 403])

    cluster.setIssuers([hosted])
    expect([await statusWith(old), await statusWith(await mint())]).toEqual([401, 403])
  })

  test('survives a restart, with its keys', async () => {
    const { name } = cluster
    cluster.setIssuers([hosted, ownIssuer])
    const second = cluster.signer.addVerificationKey()
    const [old, { keyId: first }] = [await mint(), cluster.signer]
    cluster.signer.signWith(second)

    const restarted = (await sandbox.restart()).cluster(name)
    if (!restarted) throw new Error('the cluster is gone')
    expect(decodeJwt(await mint([], restarted)).iss).toBe(hosted)
    expect(restarted.signer.keyId).toBe(second)
    expect((await restarted.signer.keySet()).keys.map(({ kid }) => kid)).toEqual([second, first])
    expect(await statusWith(old, restarted)).toBe(403)
  })

  test('cannot be two before Kubernetes 1.22, which accepts the flag once', async () => {
    const old = await sandbox.kubernetes.addUserCluster({
      name: 'old',
      version: '1.21.14',
      issuer: { installer: 'kubeadm' },
    })
    expect(() => old.setIssuers([hosted, ownIssuer])).toThrow('v1.21.14 accepts only one --service-account-issuer')
    old.setIssuers([hosted])
    expect(decodeJwt(await mint([], old)).iss).toBe(hosted)
  })
})

describe('the keys that sign tokens', () => {
  const kidOf = (token: string) => decodeProtectedHeader(token).kid

  test('a new key is served before it signs, and tokens of the old key are accepted until it is removed', async () => {
    const old = await mint()
    const second = cluster.signer.addVerificationKey()
    expect((await servedKeys()).keys.map((key) => at(key, 'kid'))).toEqual([kidOf(old), second])
    expect(kidOf(await mint())).toBe(kidOf(old))

    cluster.signer.signWith(second)
    const young = await mint()
    expect(kidOf(young)).toBe(second)
    await expect(jwtVerify(young, createLocalJWKSet(await servedKeys()))).resolves.toBeDefined()
    expect([await statusWith(old), await statusWith(young)]).toEqual([403, 403])

    cluster.signer.removeKey(asString(kidOf(old)))
    expect((await servedKeys()).keys.map((key) => at(key, 'kid'))).toEqual([second])
    expect([await statusWith(old), await statusWith(young)]).toEqual([401, 403])
  })

  test('the signing key cannot be removed, and an unknown key cannot sign', () => {
    const { keyId } = cluster.signer
    expect(() => cluster.signer.removeKey(keyId)).toThrow(`key ${keyId} is the signing key: select another signing key`)
    expect(() => cluster.signer.signWith('absent')).toThrow('there is no key absent')
  })
})

test('the nodes have the names, versions and annotations of kubeadm', async () => {
  const { body } = await send(cluster, 'GET /api/v1/nodes')
  expect(objectsIn(body.items).map(({ metadata, status }) => [at(metadata, 'name'), at(status, 'nodeInfo')])).toEqual([
    [`${cluster.name}-control-plane`, expect.objectContaining({ kubeletVersion: 'v1.33.2' })],
    [`${cluster.name}-worker`, expect.objectContaining({ osImage: 'Ubuntu 24.04.3 LTS' })],
  ])
  for (const { metadata } of objectsIn(body.items)) {
    expect(stringMap(at(metadata, 'annotations'))['kubeadm.alpha.kubernetes.io/cri-socket']).toBe(
      'unix:///run/containerd/containerd.sock',
    )
  }
})

test('kubectl prints the nodes like those of a real cluster', async () => {
  const accept = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json'
  const { body } = await send(cluster, 'GET /api/v1/nodes', { headers: { accept } })
  const age = expect.stringMatching(/^\d+s$/)
  expect(objectsIn(body.rows).map(({ cells }) => cells)).toEqual([
    [`${cluster.name}-control-plane`, 'Ready', 'control-plane', age, 'v1.33.2'],
    [`${cluster.name}-worker`, 'Ready', '<none>', age, 'v1.33.2'],
  ])
})
