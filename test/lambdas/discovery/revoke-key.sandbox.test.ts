import { DeleteObjectCommand } from '@aws-sdk/client-s3'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import * as publication from '../../../lambdas/discovery/publish-discovery.ts'
import { run } from '../../../lambdas/discovery/revoke-key.ts'
import { readClusterStatus, recordAcceptedKey } from '../../../lambdas/operations/record/cluster-record.ts'
import { type ClusterStatus, noStatus } from '../../../lambdas/operations/record/record.ts'
import { writeStatus } from '../../../lambdas/operations/record/status-record.ts'
import { keys } from '../../../lambdas/operations/record/table.ts'
import type { Cluster } from '../../../sandbox/kubernetes/index.ts'
import { SecretKeeper } from '../../../sandbox/secrets.ts'
import { recordEndedSetup } from '../../support/api/operations.ts'
import { notifiedAccount } from '../../support/aws/notified-account.ts'
import { issuerBucket } from '../../support/google/issuer-bucket.ts'
import { reachableClusters } from '../../support/kubernetes/reachable-clusters.ts'
import { keyRefsOf } from '../../support/steps/key-refs.ts'
import { stepContext } from '../../support/steps/step-context.ts'

const host = 'oidc.example.com'
const keySetPath = 'openid/v1/jwks'

const notified = notifiedAccount()
const clusters = reachableClusters()
const issuers = issuerBucket(clusters, host)
let secrets: SecretKeeper
let cluster: Cluster
/** The recorded cluster of the test, whose API server is the one above. */
let name: string
let credentialsSecretArn: string
let old: string

beforeAll(() => {
  secrets = new SecretKeeper(notified.aws.endpoint)
})
beforeEach(async () => {
  name = await recordEndedSetup({ example: 'kubeadm' })
  cluster = await clusters.emulate(name, { issuer: issuerUrl() })
  const publishedKeys = await keyRefsOf(cluster)
  await writeStatus(keys.cluster(name), {}, { cluster: { issuerUrl: issuerUrl(), jwksUri: 'u' }, publishedKeys })
  credentialsSecretArn = await secrets.keep(`${name}/user-cluster`, cluster.kubeconfig())
  old = cluster.signer.keyId
  const added = cluster.signer.addVerificationKey()
  await publish()
  cluster.signer.signWith(added)
  await notified.aws.calls.clear()
})

const issuerUrl = () => `https://${host}/${name}`
const recorded = async (): Promise<ClusterStatus> => (await readClusterStatus(name)) ?? noStatus
const publishedKids = async (): Promise<string[]> =>
  JSON.parse((await issuers.textOf(`${name}/${keySetPath}`)) ?? '').keys.map(({ kid }: { kid: string }) => kid)
const sorted = (kids: readonly string[]) => kids.toSorted((a, b) => a.localeCompare(b, 'en'))

/** The same number with two leading zero bytes. */
const zeroPadded = (number = '') =>
  Buffer.concat([Buffer.alloc(2), Buffer.from(number, 'base64url')]).toString('base64url')

/** Publishes the keys as a refresh, a rotation and a setup do. A drift does it as a dry run. */
async function publish(dryRun = false, status?: Partial<ClusterStatus>) {
  const target = { name, credentialsSecretArn }
  const known = status ?? (await recorded())
  return publication.run({ target, issuerUrl: issuerUrl() }, stepContext(name, 20_000, dryRun, known))
}

async function revoke(kid: string, { force = false, issuer = issuerUrl() } = {}) {
  const status = await recorded()
  const known = [...(status.publishedKeys ?? []), ...(status.revokedKeys ?? [])]
  const thumbprint = known.find((key) => key.kid === kid)?.thumbprint ?? ''
  const target = { name, credentialsSecretArn }
  const input = { target, issuerUrl: issuer, key: { kid, thumbprint }, force, revokedBy: 'somebody' }
  return run(input, stepContext(name, 20_000, false, status))
}

/** Accepts the keys that the step waits for, as an administrator does. */
async function accept() {
  const { waitingKeys = [], ...status } = await recorded()
  const by = { acceptedAt: new Date().toISOString(), acceptedBy: 'somebody' }
  for (const key of waitingKeys) await recordAcceptedKey(name, { ...key, ...by }, { ...status, waitingKeys })
}

describe('a key that the cluster no longer signs with', () => {
  it('is removed from the document, and recorded with the caller that revoked it', async () => {
    const { keyId } = cluster.signer
    expect(await publishedKids()).toEqual(sorted([old, keyId]))
    expect(await revoke(old)).toMatchObject({
      output: { published: [keyId], kept: [], revoked: [old] },
      changes: [{ action: 'unchanged' }, { object: `${issuerUrl()}/${keySetPath}`, action: 'updated' }],
    })
    expect(await publishedKids()).toEqual([keyId])
    expect(await recorded()).toMatchObject({
      publishedKeys: [{ kid: keyId }],
      revokedKeys: [{ kid: old, revokedBy: 'somebody', revokedAt: expect.any(String) }],
    })
  })

  it('is recorded as revoked before the document changes, so that no later setup publishes it', async () => {
    await notified.aws.faults.add({ kind: 'refuse', operation: 's3:PutObject', times: 1 })
    await expect(revoke(old)).rejects.toMatchObject({ name: 'AccessDenied' })
    expect(await publishedKids()).toContain(old)
    expect(await recorded()).toMatchObject({ revokedKeys: [{ kid: old }] })
    await publish()
    expect(await publishedKids()).toEqual([cluster.signer.keyId])
  })

  it('is not published again although the cluster has it, and a drift reports it without a difference', async () => {
    await revoke(old)
    expect(await publish()).toMatchObject({
      output: { revoked: [old] },
      changes: [{ action: 'unchanged' }, { action: 'unchanged' }],
    })
    expect(await publishedKids()).toEqual([cluster.signer.keyId])
    const { changes } = await publish(true)
    expect(changes?.flatMap(({ differences = [] }) => differences)).toEqual([])
    expect(changes?.at(-1)).toEqual({
      object: `API servers of cluster ${name}`,
      action: 'unchanged',
      additions: [{ field: '--service-account-key-file', observed: expect.stringContaining(old) }],
    })
    cluster.signer.removeKey(old)
    expect((await publish(true)).changes).toHaveLength(2)
  })

  it('is not published again when the API server encodes its numbers in another form', async () => {
    await revoke(old)
    const { keys } = await cluster.signer.keySet()
    const encoded = keys.map((key) => (key.kid === old ? { ...key, n: zeroPadded(key.n), e: 'AAAAAQAB' } : key))
    cluster.signer.keySet = async () => ({ keys: encoded })
    expect(await publish()).toMatchObject({ output: { published: [cluster.signer.keyId], revoked: [old] } })
    expect(await publishedKids()).toEqual([cluster.signer.keyId])
  })

  it('is revoked once: a second revocation writes nothing, and keeps the first caller', async () => {
    await revoke(old)
    const before = await recorded()
    await notified.aws.calls.clear()
    expect(await revoke(old)).toMatchObject({ changes: [{ action: 'unchanged' }, { action: 'unchanged' }] })
    expect(await recorded()).toEqual(before)
    expect((await notified.aws.calls.all()).filter(({ operation }) => operation === 's3:PutObject')).toEqual([])
  })

  it('is also revoked when its document is lost, and a refresh publishes the other keys', async () => {
    const Key = `${name}/${keySetPath}`
    await issuers.s3.send(new DeleteObjectCommand({ Bucket: issuers.name, Key }))
    expect(await revoke(old)).toMatchObject({ output: { published: [], revoked: [old] } })
    expect(await publish()).toMatchObject({ output: { published: [cluster.signer.keyId], revoked: [old] } })
  })

  it('is waited for until no cache has it', async () => {
    issuers.replaced.set(`${name}/${keySetPath}`, (await issuers.textOf(`${name}/${keySetPath}`)) ?? null)
    expect(await revoke(old)).toMatchObject({ waiting: { reason: expect.stringContaining('a cache still serves') } })
    issuers.replaced.clear()
    expect(await revoke(old)).toHaveProperty('output')
  })
})

describe('a key that the cluster needs', () => {
  it('is not revoked without force, and nothing is written', async () => {
    const { keyId } = cluster.signer
    const before = await recorded()
    await expect(revoke(keyId)).rejects.toMatchObject({ name: 'KeyInUse', object: `key ${keyId} of cluster ${name}` })
    expect(await recorded()).toEqual(before)
    expect(await publishedKids()).toContain(keyId)
  })

  it('is revoked with force, even as the last one, and a refresh reports why no key is published', async () => {
    const { keyId } = cluster.signer
    await revoke(old)
    expect(await revoke(keyId, { force: true })).toMatchObject({ output: { published: [], revoked: [old, keyId] } })
    expect(await publishedKids()).toEqual([])
    await expect(publish()).rejects.toThrow(/each of its keys is revoked/)
    expect(await publishedKids()).toEqual([])
    const added = cluster.signer.addVerificationKey()
    expect(await publish()).toMatchObject({
      waiting: { reason: expect.stringContaining(`${keyId}, which is revoked`) },
    })
    cluster.signer.signWith(added)
    expect(await publish()).toMatchObject({ waiting: { reason: expect.stringContaining(`${added}/accept`) } })
    await accept()
    expect(await publish()).toMatchObject({ output: { published: [added] } })
  })

  it('is revoked with all others of a cluster whose first setup has not ended, and a refresh reports why no key is published', async () => {
    for (const kid of [cluster.signer.keyId, old]) await revoke(kid, { force: true })
    const { verifiedAt: _, ...status } = await recorded()
    await expect(publish(false, status)).rejects.toThrow(/each of its keys is revoked/)
  })

  it('is revoked again without force, because the first revocation had it', async () => {
    const { keyId } = cluster.signer
    await revoke(keyId, { force: true })
    expect(await revoke(keyId)).toMatchObject({ output: { published: [old], revoked: [keyId] } })
  })

  it('is not revoked without force as the last published one, although the cluster signs with another', async () => {
    await revoke(cluster.signer.keyId, { force: true })
    cluster.signer.signWith(cluster.signer.addVerificationKey())
    await expect(revoke(old)).rejects.toThrow(/the only key that is published/)
  })
})

describe('a revocation without an answer of the API server', () => {
  it('is refused for an unreachable cluster, and the message names force, which needs no answer', async () => {
    clusters.internet.proxy.unroute(`${cluster.settings.host}:443`)
    await expect(revoke(old)).rejects.toMatchObject({
      name: 'Unreachable',
      action: expect.stringContaining('"force": true'),
    })
    expect(await revoke(old, { force: true })).toMatchObject({ output: { published: [cluster.signer.keyId] } })
  })

  it('is refused for an unavailable API server with the same advice', async () => {
    const order = { operation: '*', kind: 'unavailable', times: 100 } as const
    cluster.faults.add(order)
    await expect(revoke(old)).rejects.toMatchObject({
      name: 'CloudUnavailable',
      action: expect.stringContaining('"force": true'),
    })
  })

  it('is refused with the credentials of another cluster', async () => {
    cluster.signer.setIssuers(['https://elsewhere.example.com'])
    await expect(revoke(old)).rejects.toMatchObject({ name: 'InvalidCredentials' })
  })
})

it('refuses to write the documents of another cluster', async () => {
  await expect(revoke(old, { issuer: `https://${host}/other` })).rejects.toThrow(
    /not the one that the deployment hosts/,
  )
})
