import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { run } from '../../../lambdas/discovery/publish-discovery.ts'
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
const formerIssuer = 'https://former.example.com/documents'

const notified = notifiedAccount()
const clusters = reachableClusters()
const issuers = issuerBucket(clusters, host)
/** Documents of the former issuer by path. */
const former = new Map<string, object>()
let secrets: SecretKeeper
let cluster: Cluster
/** The recorded cluster of the test after a successful setup. Its API server is the one above. */
let name: string
let credentialsSecretArn: string

beforeAll(async () => {
  secrets = new SecretKeeper(notified.aws.endpoint)
  await clusters.internet.host('former.example.com', (request, response) => {
    const document = former.get(request.url ?? '')
    response.writeHead(document ? 200 : 404, { 'content-type': 'application/json' }).end(JSON.stringify(document))
  })
})
beforeEach(async () => {
  former.clear()
  name = await recordEndedSetup({ example: 'kubeadm' })
  cluster = await clusters.emulate(name, { issuer: issuerUrl() })
  await connectTo(cluster)
})

const issuerUrl = () => `https://${host}/${name}`
const recorded = async (): Promise<ClusterStatus> => (await readClusterStatus(name)) ?? noStatus
const documents = () =>
  Promise.all(['openid/v1/jwks', '.well-known/openid-configuration'].map((path) => issuers.textOf(`${name}/${path}`)))

/** Stores credentials for this API server as those of the recorded cluster. */
async function connectTo(to: Cluster): Promise<void> {
  credentialsSecretArn = await secrets.keep(`${name}/user-cluster`, to.kubeconfig())
}

async function publish({ dryRun = false } = {}) {
  const target = { name, credentialsSecretArn }
  return run({ target, issuerUrl: issuerUrl() }, stepContext(name, 20_000, dryRun, await recorded()))
}

async function publishFirst(): Promise<void> {
  const publishedKeys = await keyRefsOf(cluster)
  await writeStatus(keys.cluster(name), {}, { cluster: { issuerUrl: issuerUrl(), jwksUri: 'u' }, publishedKeys })
  expect(await publish()).toHaveProperty('output')
}

const accepting = (key: { kid: string; thumbprint: string }, read: ClusterStatus) =>
  recordAcceptedKey(name, { ...key, acceptedAt: '2026-11-29T10:00:00.000Z', acceptedBy: 'somebody' }, read)

/** Another API server with other keys, whose tokens name the issuer of the recorded cluster. */
async function startImpostor(): Promise<Cluster> {
  return clusters.emulate(`${name}-other`, { issuer: issuerUrl() })
}

describe('with the credentials of another API server whose tokens name the same issuer', () => {
  beforeEach(publishFirst)

  it('publishes nothing, although it lists the published keys, and does not change the documents', async () => {
    const before = await documents()
    const other = await startImpostor()
    const [own, foreign] = [await cluster.signer.keySet(), await other.signer.keySet()]
    other.signer.keySet = async () => ({ keys: [...own.keys, ...foreign.keys] })
    await connectTo(other)
    expect(await publish()).toMatchObject({
      waiting: {
        reason: expect.stringContaining(`signs with key ${other.signer.keyId}, and no published key vouches`),
      },
      changes: [],
    })
    expect(await documents()).toEqual(before)
    expect(await recorded()).toMatchObject({
      publishedKeys: [{ kid: cluster.signer.keyId }],
      waitingKeys: [{ kid: other.signer.keyId }],
    })
  })

  it('publishes nothing, although it answers with a token of a pod of the cluster', async () => {
    const before = await documents()
    const pod = { namespace: 'default', name: 'default', uid: 'uid' }
    const ofPod = await cluster.signer.sign(pod, ['sts.amazonaws.com'], 86_400)
    const other = await startImpostor()
    const [own, foreign] = [await cluster.signer.keySet(), await other.signer.keySet()]
    other.signer.keySet = async () => ({ keys: [...own.keys, ...foreign.keys] })
    other.signer.sign = async () => ofPod
    await connectTo(other)
    expect(await publish()).toMatchObject({
      waiting: { reason: expect.stringContaining('is signed by none of the keys') },
    })
    expect(await documents()).toEqual(before)
  })

  it('keeps the published keys, although it lists only published keys', async () => {
    const before = await recorded()
    const other = await startImpostor()
    const shown = await cluster.signer.keySet()
    other.signer.keySet = async () => shown
    await connectTo(other)
    expect(await publish()).toMatchObject({
      waiting: { reason: expect.stringContaining('is signed by none of the keys') },
    })
    expect((await recorded()).publishedKeys).toEqual(before.publishedKeys)
  })

  it('records nothing in a dry run, which reports the same reason', async () => {
    await connectTo(await startImpostor())
    expect(await publish({ dryRun: true })).toMatchObject({ waiting: { reason: expect.stringContaining('vouches') } })
    expect(await recorded()).not.toHaveProperty('waitingKeys')
  })

  it('publishes its key after its acceptance, and accepts no other key with that ID', async () => {
    const other = await startImpostor()
    await connectTo(other)
    await publish()
    const read = await recorded()
    const [waiting = { kid: '', thumbprint: '' }] = read.waitingKeys ?? []
    expect(waiting.kid).toBe(other.signer.keyId)
    expect(await accepting({ ...waiting, thumbprint: 'other' }, { ...read, waitingKeys: [] })).toBe(false)
    expect(await accepting(waiting, read)).toBe(true)
    expect(await publish()).toMatchObject({ output: { published: expect.arrayContaining([waiting.kid]) } })
    expect(await recorded()).toMatchObject({ waitingKeys: [], acceptedKeys: [{ ...waiting, acceptedBy: 'somebody' }] })
  })
})

describe('the notification of changed keys', () => {
  beforeEach(async () => {
    await publishFirst()
    await notified.taken()
  })

  it('is sent, and not by a dry run or without a change', async () => {
    await publish()
    const added = cluster.signer.addVerificationKey()
    await publish({ dryRun: true })
    expect(await notified.taken()).toEqual([])
    await publish()
    expect(await notified.taken()).toMatchObject([
      {
        subject: `Workload identity: ${name}: its signing keys have changed`,
        message: {
          cluster: name,
          status: 'warning',
          error: {
            name: 'SigningKeysChanged',
            object: `signing keys of cluster ${name}`,
            reason: `published from now on: ${added}`,
            action: expect.stringContaining(credentialsSecretArn),
          },
        },
      },
    ])
  })

  it('is sent first: no key is published if it cannot be sent', async () => {
    const before = await documents()
    cluster.signer.addVerificationKey()
    await notified.aws.faults.add({ kind: 'refuse', operation: 'sns:Publish', times: 9 })
    await expect(publish()).rejects.toMatchObject({ name: 'AccessDenied' })
    await notified.aws.faults.clear()
    expect(await documents()).toEqual(before)
    expect((await recorded()).publishedKeys).toHaveLength(1)
  })
})

describe('a cluster that moves to a hosted issuer', () => {
  /** Publishes the keys of this cluster at the former issuer. */
  async function publishFormer(of: Cluster): Promise<void> {
    await writeStatus(keys.cluster(name), {}, { cluster: { issuerUrl: formerIssuer, jwksUri: 'u' } })
    const { pathname } = new URL(formerIssuer)
    former.set(`${pathname}/.well-known/openid-configuration`, {
      issuer: formerIssuer,
      jwks_uri: `${formerIssuer}/jwks`,
    })
    former.set(`${pathname}/jwks`, (await of.issuerDocuments()).keySet)
    cluster.signer.setIssuers([formerIssuer])
  }

  it('publishes its keys when the former issuer publishes the signing key', async () => {
    await publishFormer(cluster)
    const added = cluster.signer.addVerificationKey()
    expect(await publish()).toMatchObject({
      output: { published: expect.arrayContaining([cluster.signer.keyId, added]) },
    })
  })

  it('publishes no key when the former issuer publishes others', async () => {
    await publishFormer(await startImpostor())
    expect(await publish()).toMatchObject({ waiting: { reason: expect.stringContaining('vouches') }, changes: [] })
    expect(await documents()).toEqual([undefined, undefined])
    expect(await recorded()).not.toHaveProperty('publishedKeys')
  })

  it('waits while the documents of the former issuer cannot be read', async () => {
    await publishFormer(cluster)
    former.clear()
    expect(await publish()).toMatchObject({
      waiting: { reason: expect.stringContaining('it answers 404 to the public') },
    })
  })

  it('publishes no key for which only the former issuer vouches once its own keys are published', async () => {
    await publishFormer(cluster)
    await publish()
    const before = await documents()
    cluster.signer.signWith(cluster.signer.addVerificationKey())
    await publishFormer(cluster)
    expect(await publish()).toMatchObject({ waiting: { reason: expect.stringContaining('vouches') }, changes: [] })
    expect(await documents()).toEqual(before)
  })

  it('needs no documents of the former issuer once its own keys are published', async () => {
    await publishFormer(cluster)
    await publish()
    former.clear()
    expect(await publish()).toMatchObject({ output: { published: [cluster.signer.keyId] } })
  })
})
