import { afterEach, beforeAll, expect, test } from 'vitest'
import { signingKeysResult } from '../../lambdas/workflows/signing-keys/signing-keys.ts'
import { exchangeOf } from './support/clusters/exchanges.ts'
import { type PrivateCluster, privateBody, privateCluster, setUpPrivate } from './support/clusters/private-cluster.ts'
import { publicKids } from './support/clusters/public-kids.ts'
import { onlyThese, rotate } from './support/clusters/rotation.ts'
import type { OperationAnswer } from './support/operation.ts'
import { driftOf, planOf } from './support/runs/comparison.ts'
import { footprint } from './support/runs/footprint.ts'
import { type System, system } from './support/system.ts'
import { wid } from './support/wid.ts'

let running: System
/** Its issuer is private. Each test uses the state that the previous one left. */
let own: PrivateCluster
let roleArn: string
/** Another cluster with a hosted issuer. */
let other: PrivateCluster

beforeAll(async () => {
  running = await system()
  own = await privateCluster(running, 'hosted-own')
  other = await privateCluster(running, 'hosted-one', '1.21.14')
})
afterEach(() => running.sandbox.aws.setKeyCache(0))

test('the plan for a cluster with a private issuer shows all changes, and names the manual one that the setup waits for', async () => {
  const plan = await planOf(running, own.body)
  expect(plan).toMatchObject({ outcome: 'changes', unknown: [], problems: [] })
  expect(plan.waitingFor).toContain(own.issuer)
  const steps = ['PublishDiscovery', 'DeployWebhook', 'ActivateWebhook', 'RegisterOidc', 'CreateRole', 'BindKsa']
  expect(plan.writes.map(({ step }) => step)).toEqual(expect.arrayContaining(steps))
  expect(plan.writes.map(({ object }) => object)).toContain(
    `arn:aws:iam::000000000000:oidc-provider/${own.issuer.replace('https://', '')}`,
  )
})

test('one POST and the requested change of the issuer set it up, and a second POST writes nothing', async () => {
  const old = own.cluster.signer.issuer
  const { instruction, ended } = await setUpPrivate(running, own)
  expect(instruction).toContain(old)
  expect(ended.error).toBeUndefined()
  expect(ended.result?.proofs).toHaveLength(1)
  roleArn = String(ended.result?.proofs[0]?.roleArn)
  expect(own.cluster.signer.issuers).toEqual([own.issuer, old])
  expect(await publicKids(running, own.issuer)).toEqual([own.cluster.signer.keyId])

  const since = Date.now()
  expect((await running.setUp(own.body)).error).toBeUndefined()
  expect(await running.writesOf(own.name, since)).toEqual([])
})

test('a cluster that supports only one issuer changes it only when the request accepts that existing tokens are refused', async () => {
  expect((await running.setUp(other.body)).error).toMatchObject({ name: 'ConsentMissing', step: 'CheckCluster' })
  const body = privateBody(other.name, { 'discovery.acceptRefusedTokens': true })
  const { instruction, ended } = await setUpPrivate(running, { ...other, body })
  expect(instruction).toContain('Bound tokens are refused for up to 50 minutes.')
  expect(ended.error).toBeUndefined()
  expect(other.cluster.signer.issuers).toEqual([other.issuer])
})

test('a request without hosting is refused while the cluster has a hosted issuer', async () => {
  const unhosted = { 'cluster.issuerUrl': own.issuer, discovery: undefined }
  const answer = await running.post(privateBody(own.name, unhosted))
  expect([answer.status, await answer.json()]).toMatchObject([
    409,
    { issues: [{ path: 'discovery.hosting', message: expect.stringContaining('set it to deployment') }] },
  ])
})

test('a rotation publishes a new key before the cluster signs with it, and the verification with that key succeeds', async () => {
  const { signer } = own.cluster
  const before = signer.keyId
  const added = signer.addVerificationKey()
  await onlyThese(running, [own.name], async () => {
    expect((await rotate(running)).get(own.name)?.outcome).toBe('published')
  })
  expect(await publicKids(running, own.issuer)).toEqual(sorted([before, added]))
  signer.signWith(added)
  expect(await verification()).toMatchObject({ status: 'succeeded' })
})

test('a verification fails with instructions while the cluster signs with an unpublished key, until a refresh publishes it', async () => {
  const { signer } = own.cluster
  const before = signer.keyId
  const published = await kids()
  const added = signer.addVerificationKey()
  signer.signWith(added)
  expect(await verification()).toMatchObject({
    status: 'failed',
    error: {
      step: 'Verify',
      object: `${own.issuer}/openid/v1/jwks`,
      reason: expect.stringContaining(`lacks the key ${added}`),
      action: expect.stringContaining('POST /v1/clusters/CLUSTER/signing-keys'),
    },
  })
  signer.signWith(before)
  const refreshed = resultOf(await refresh())
  expect(refreshed).toMatchObject({
    added: [added],
    kept: [],
    revoked: [],
    takesEffect: expect.stringContaining('STS'),
  })
  expect(sorted(refreshed.published)).toEqual(sorted([...published, added]))
  expect(await kids()).toEqual(sorted([...published, added]))
  signer.signWith(added)
  expect(await verification()).toMatchObject({ status: 'succeeded' })
})

test('after the revocation of an old key STS refuses its tokens once its key cache expires, and no operation publishes the key again', async () => {
  const token = await tokenOf()
  const { old } = await changeKey()
  const newToken = await tokenOf()
  const left = (await kids()).filter((kid) => kid !== old)
  await running.sandbox.aws.setKeyCache(3600)
  await exchange(token)

  const revoked = resultOf(await byCommand('revoke-key', '--yes', own.name, '--', old))
  expect(revoked).toMatchObject({ revoked: [old], added: [] })
  expect(sorted(revoked.published)).toEqual(left)
  expect(await kids()).toEqual(left)
  await exchange(token)
  await running.sandbox.aws.setKeyCache(0)
  await expect(exchange(token)).rejects.toThrow(expect.objectContaining({ name: 'InvalidIdentityTokenException' }))
  await exchange(newToken)

  expect(resultOf(await refresh())).toMatchObject({ revoked: [old] })
  expect((await running.setUp(own.body)).error).toBeUndefined()
  await onlyThese(running, [own.name], async () => {
    expect((await rotate(running)).get(own.name)?.outcome).toBe('unchanged')
  })
  expect(await kids()).toEqual(left)

  expect(await driftOf(running, own.name)).toMatchObject({
    summary: { differences: 0 },
    problems: [],
    additions: [{ field: '--service-account-key-file', observed: expect.stringContaining(old) }],
  })
  const response = await fetch(`${running.api}/v1/clusters/${own.name}`)
  expect(await response.json()).toMatchObject({
    status: {
      publishedKeys: left.map((kid) => expect.objectContaining({ kid })),
      revokedKeys: [
        { kid: old, revokedAt: expect.any(String), revokedBy: expect.stringContaining('user/administrator') },
      ],
    },
  })
})

test('the revocation of the signing key needs force, and after it the verification fails with instructions', async () => {
  const { old, added } = await changeKey()
  const published = await kids()
  expect(await revoke(added)).toMatchObject({
    status: 'failed',
    error: { name: 'KeyInUse', step: 'RevokeKey', object: `key ${added} of cluster ${own.name}` },
  })
  expect(await kids()).toEqual(published)

  const forced = resultOf(await revoke(added, { force: true }))
  expect(forced.revoked).toContain(added)
  expect(sorted(forced.published)).toEqual(published.filter((kid) => kid !== added))
  expect(await verification()).toMatchObject({
    status: 'failed',
    error: { step: 'Verify', action: expect.stringContaining('this one is revoked') },
  })
  own.cluster.signer.signWith(old)
  expect(await verification()).toMatchObject({ status: 'succeeded' })
})

test('the revocation of an unknown key is answered with 404 and the known keys', async () => {
  const response = await running.postTo(`/v1/clusters/${own.name}/signing-keys/unknown/revoke`, {})
  expect([response.status, await response.json()]).toMatchObject([
    404,
    { detail: expect.stringContaining(own.cluster.signer.keyId) },
  ])
})

test('a key that the cluster no longer has stays published until the tokens that it signed expire', async () => {
  const { old } = await changeKey()
  own.cluster.signer.removeKey(old)
  const { added, kept } = resultOf(await refresh())
  expect(added).toEqual([])
  expect(kept).toContainEqual({ kid: old, until: expect.any(String) })
  expect(await kids()).toContain(old)
})

test('a teardown removes the documents of its cluster, and retains those of others', async () => {
  expect(await running.tearDown(`/v1/clusters/${own.name}`)).toMatchObject({
    status: 'succeeded',
    result: { remaining: [] },
  })
  expect(await publicKids(running, own.issuer)).toBe(403)
  expect(await publicKids(running, other.issuer)).toEqual([other.cluster.signer.keyId])
  expect((await footprint(running, own.name)).filter((line) => line.startsWith('Provider'))).toEqual([])
})

const sorted = (all: readonly string[]) => all.toSorted((a, b) => a.localeCompare(b, 'en'))

/** IDs of the published keys, sorted. */
async function kids(): Promise<string[]> {
  const observed = await publicKids(running, own.issuer)
  if (typeof observed === 'number') throw new Error(`no published keys: ${observed}`)
  return sorted(observed)
}

async function operation(path: string, body: object = {}): Promise<OperationAnswer> {
  return running.ended(await running.send(`/v1/clusters/${own.name}/${path}`, body))
}
const verification = () => operation('verifications')
const refresh = () => operation('signing-keys')
const revoke = (kid: string, body: object = {}) => operation(`signing-keys/${kid}/revoke`, body)

/** The operation of a command of `wid`, at its end. */
async function byCommand(...args: readonly string[]): Promise<OperationAnswer> {
  const { code, out, err } = await wid(running, ['--output', 'json', ...args])
  expect(code, err).toBe(0)
  return JSON.parse(out.trim().split('\n').at(-1) ?? '')
}

function resultOf({ error, result }: OperationAnswer) {
  expect(error).toBeUndefined()
  return signingKeysResult.parse(result)
}

/** A token of the workload, signed with the current key of the cluster. */
async function tokenOf(): Promise<string> {
  const subject = { namespace: 'default', name: 's3-reader', uid: 'any' }
  return (await own.cluster.signer.sign(subject, ['sts.amazonaws.com'], 3600)).token
}

/** @throws {Error} when STS refuses the token */
const exchange = (token: string) => exchangeOf(running, roleArn, async () => token)()

/** Adds a key, publishes it, and then signs with it. Returns the IDs of the old and the new key. */
async function changeKey() {
  const { signer } = own.cluster
  const old = signer.keyId
  const added = signer.addVerificationKey()
  expect(resultOf(await byCommand('refresh-keys', own.name))).toMatchObject({ added: [added] })
  signer.signWith(added)
  return { old, added }
}
