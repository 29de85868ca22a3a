import { DeleteObjectCommand, HeadObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { issuerResource } from '../../../lambdas/claims/claim.ts'
import { usableKeys } from '../../../lambdas/clouds/public-key.ts'
import { run } from '../../../lambdas/discovery/publish-discovery.ts'
import { identified } from '../../../lambdas/discovery/published-keys.ts'
import * as removal from '../../../lambdas/discovery/remove-discovery.ts'
import type { ClusterStatus } from '../../../lambdas/operations/record/record.ts'
import type { AnyCluster } from '../../../sandbox/kubernetes/clusters/any-cluster.ts'
import { SecretKeeper } from '../../../sandbox/secrets.ts'
import { setUpStatus } from '../../support/api/operations.ts'
import { awsAccount } from '../../support/aws/aws-account.ts'
import { issuerBucket } from '../../support/google/issuer-bucket.ts'
import { clientOf } from '../../support/kubernetes/clusters.ts'
import { reachableClusters } from '../../support/kubernetes/reachable-clusters.ts'
import { own } from '../../support/steps/claims.ts'
import { stepContext } from '../../support/steps/step-context.ts'

const host = 'oidc.example.com'
const configurationPath = '.well-known/openid-configuration'
const keySetPath = 'openid/v1/jwks'

const aws = awsAccount()
const clusters = reachableClusters()
const issuers = issuerBucket(clusters, host)
const { name: Bucket, replaced, textOf } = issuers
let secrets: SecretKeeper
let cluster: AnyCluster
let count = 0

beforeAll(async () => {
  secrets = new SecretKeeper(aws.endpoint)
  cluster = await clusters.start('edge', { issuer: `https://${host}/edge` })
})
beforeEach(async () => {
  count += 1
  await aws.calls.clear()
})

const name = () => `edge-${count}`
const issuerUrl = () => `https://${host}/${name()}`
const secretOf = (cluster: string) =>
  `arn:aws:secretsmanager:eu-west-1:000000000000:secret:workload-identity/${cluster}/user-cluster`

async function publishedKeySet() {
  return JSON.parse((await textOf(`${name()}/${keySetPath}`)) ?? '{"keys": []}')
}

interface Run {
  readonly dryRun?: boolean
  readonly status?: Partial<ClusterStatus>
  readonly kubeconfig?: string
}

/** Runs the step for the test's cluster, with the credentials of the one API server of this file. */
async function publish({ dryRun = false, status, kubeconfig = cluster.kubeconfig() }: Run = {}) {
  const credentialsSecretArn = await secrets.keep(`${name()}/user-cluster`, kubeconfig)
  const input = { target: { name: name(), credentialsSecretArn }, issuerUrl: issuerUrl() }
  return run(input, stepContext(name(), 20_000, dryRun, status))
}

const s3Writes = async () =>
  (await aws.calls.all())
    .map(({ operation }) => operation)
    .filter((operation) => /^s3:(Put|Delete)Object$/.test(operation))

describe('the keys of a cluster', () => {
  it('are published as its API server has them, with content type and cache time', async () => {
    const { keySet } = await cluster.issuerDocuments()
    const result = await publish()
    const kids = (await publishedKeySet()).keys.map(({ kid }: { kid: string }) => kid)
    expect(result).toEqual({
      output: { published: kids, kept: [], revoked: [] },
      changes: [
        { object: `${issuerUrl()}/${configurationPath}`, action: 'created' },
        { object: `${issuerUrl()}/${keySetPath}`, action: 'created' },
      ],
    })
    expect(await s3Writes()).toEqual(['s3:PutObject', 's3:PutObject'])
    expect(await publishedKeySet()).toEqual({ keys: keySet.keys })
    expect(JSON.parse((await textOf(`${name()}/${configurationPath}`)) ?? '')).toMatchObject({
      issuer: issuerUrl(),
      jwks_uri: `${issuerUrl()}/${keySetPath}`,
    })
    const head = await issuers.s3.send(new HeadObjectCommand({ Bucket, Key: `${name()}/${keySetPath}` }))
    expect(head).toMatchObject({ ContentType: 'application/jwk-set+json', CacheControl: 'public, max-age=300' })
  })

  it('are not written again when nothing differs', async () => {
    await publish()
    await aws.calls.clear()
    const { changes } = await publish()
    expect(changes?.map(({ action }) => action)).toEqual(['unchanged', 'unchanged'])
    expect(await s3Writes()).toEqual([])
  })

  it('are reported and not written by a dry run', async () => {
    const { changes } = await publish({ dryRun: true })
    expect(changes?.map(({ action }) => action)).toEqual(['created', 'created'])
    expect(await s3Writes()).toEqual([])
    await publish()
    const Body = JSON.stringify({ keys: [] })
    await issuers.s3.send(new PutObjectCommand({ Bucket, Key: `${name()}/${keySetPath}`, Body }))
    const drifted = await publish({ dryRun: true })
    expect(drifted.changes?.[1]).toMatchObject({
      action: 'updated',
      differences: expect.arrayContaining([{ field: 'keys', desired: expect.any(String), observed: '' }]),
    })
    expect(await publishedKeySet()).toEqual({ keys: [] })
  })

  it('replace the keys that another client has written', async () => {
    await own(name(), issuerResource(issuerUrl()))
    const Body = JSON.stringify({ keys: [{ kty: 'RSA', kid: 'foreign', n: 'A'.repeat(342), e: 'AQAB' }] })
    await issuers.s3.send(new PutObjectCommand({ Bucket, Key: `${name()}/${keySetPath}`, Body }))
    await publish()
    const kids = (await publishedKeySet()).keys.map(({ kid }: { kid: string }) => kid)
    expect(kids).not.toContain('foreign')
  })

  it('replace those of another cluster, to which wrong credentials led before the first success', async () => {
    const wrong = await clusters.start('wrong', { issuer: `https://${host}/wrong` })
    const { keySet } = await wrong.issuerDocuments()
    await publish({ kubeconfig: wrong.kubeconfig() })
    expect(await publishedKeySet()).toEqual({ keys: keySet.keys })
    const ofWrong = (await identified(usableKeys(keySet))).map(({ key: { kid }, thumbprint }) => ({ kid, thumbprint }))
    expect(await publish({ status: { publishedKeys: ofWrong } })).toMatchObject({ output: { kept: [] } })
    expect(await publishedKeySet()).toEqual({ keys: (await cluster.issuerDocuments()).keySet.keys })
  })
})

describe('waits', () => {
  it('for the credentials, and names their secret', async () => {
    const target = { name: name(), credentialsSecretArn: secretOf('nowhere') }
    const result = await run({ target, issuerUrl: issuerUrl() }, stepContext(name()))
    expect(result).toMatchObject({
      waiting: { reason: expect.stringMatching(/^put the kubeconfig of cluster edge-\d+/) },
    })
  })

  it('for an API server that does not answer', async () => {
    clusters.internet.proxy.unroute(`${cluster.settings.host}:443`)
    const result = await publish()
    clusters.internet.proxy.route(`${cluster.settings.host}:443`, cluster.port)
    expect(result).toMatchObject({ waiting: { reason: expect.stringContaining('answered 403 to CONNECT') } })
  })

  it('for caches that still have the previous keys', async () => {
    const before = JSON.stringify({ keys: [{ kty: 'RSA', kid: 'before', n: 'AQAB', e: 'AQAB' }] })
    replaced.set(`${name()}/${keySetPath}`, before)
    const result = await publish()
    expect(result).toMatchObject({
      waiting: { reason: expect.stringContaining('a cache still serves the previous keys, for at most 5 minutes') },
      changes: [{ action: 'created' }, { action: 'created' }],
    })
    replaced.clear()
    expect(await publish()).toMatchObject({
      output: { kept: [] },
      changes: [{ action: 'unchanged' }, { action: 'unchanged' }],
    })
  })

  it('for documents that are not public, for example after a change of the policy of the bucket', async () => {
    replaced.set(`${name()}/${configurationPath}`, null)
    const result = await publish()
    expect(result).toMatchObject({
      waiting: { reason: `${issuerUrl()}/${configurationPath}: it answers 403 to the public` },
    })
  })
})

describe('publishes nothing', () => {
  it('of another cluster to which the credentials lead', async () => {
    const status = setUpStatus({ facts: { issuerUrl: issuerUrl() } })
    await expect(publish({ status })).rejects.toThrow(/name the issuer https:\/\/oidc\.example\.com\/edge, not/)
    expect(await s3Writes()).toEqual([])
  })

  it('if the credentials may not read the key set, and names the ClusterRole', async () => {
    const admin = clientOf(cluster)
    const binding = {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRoleBinding',
      name: 'system:service-account-issuer-discovery',
    } as const
    const { token } = await admin.createToken({ namespace: 'default', name: 'default' }, { expirationSeconds: 600 })
    const kubeconfig = cluster.kubeconfig().replaceAll(cluster.adminToken, token)
    expect(await publish({ kubeconfig })).toHaveProperty('output')
    await admin.delete(binding)
    await expect(publish({ kubeconfig })).rejects.toThrow(
      /may not read \/openid\/v1\/jwks\. Bind the ClusterRole system:service-account-issuer-discovery/,
    )
  })

  it('for the issuer of another cluster', async () => {
    const credentialsSecretArn = await secrets.keep(`${name()}/user-cluster`, cluster.kubeconfig())
    const input = { target: { name: name(), credentialsSecretArn }, issuerUrl: `https://${host}/other` }
    await expect(run(input, stepContext(name()))).rejects.toThrow(/not the one that the deployment hosts/)
  })
})

describe('a teardown', () => {
  const remove = (dryRun = false) => removal.run({ issuerUrl: issuerUrl() }, stepContext(name(), 20_000, dryRun))

  it('deletes both documents of the cluster and none of another, and a dry run deletes none', async () => {
    await publish()
    await issuers.s3.send(new PutObjectCommand({ Bucket, Key: `${name()}-b/${keySetPath}`, Body: 'other' }))
    const removed = [configurationPath, keySetPath].map((path) => ({
      object: `${issuerUrl()}/${path}`,
      action: 'deleted',
    }))
    expect(await remove(true)).toEqual({ output: {}, changes: removed })
    expect(await textOf(`${name()}/${keySetPath}`)).toBeDefined()
    expect(await remove()).toEqual({ output: {}, changes: removed })
    expect(await textOf(`${name()}/${keySetPath}`)).toBeUndefined()
    expect(await textOf(`${name()}-b/${keySetPath}`)).toBe('other')
    expect(await remove()).toEqual({ output: {}, changes: [] })
  })

  it('deletes a remaining document', async () => {
    await publish()
    await issuers.s3.send(new DeleteObjectCommand({ Bucket, Key: `${name()}/${configurationPath}` }))
    expect((await remove()).changes).toHaveLength(1)
  })

  it('refuses the folder of another cluster', async () => {
    await expect(removal.run({ issuerUrl: `https://${host}/other` }, stepContext(name()))).rejects.toThrow(
      /not the one/,
    )
  })
})
