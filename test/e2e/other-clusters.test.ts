import { beforeAll, describe, expect, it } from 'vitest'
import { documentsOf } from '../../lambdas/cluster/aws-cluster.ts'
import { clusterStatus } from '../../lambdas/operations/record/record.ts'
import { managementServiceAccount } from '../../sandbox/google/project.ts'
import type { Edits } from '../support/api/requests.ts'
import { send } from '../support/kubernetes/api-requests.ts'
import { attempt, readableIn } from './support/attempt.ts'
import { putRecord, readRecord } from './support/aws-clients.ts'
import { type ExistingCluster, existingCluster } from './support/clusters/existing-cluster.ts'
import { privateCluster, setUpChanging, setUpPrivate } from './support/clusters/private-cluster.ts'
import { secretArnOf } from './support/clusters/secrets.ts'
import { type OwnCluster, ownCluster } from './support/requests.ts'
import { footprint } from './support/runs/footprint.ts'
import { snapshotOf } from './support/runs/snapshot.ts'
import { type System, system } from './support/system.ts'
import { setUpUnchecked } from './support/unchecked-setup.ts'

let running: System

beforeAll(async () => {
  running = await system()
})

const refusedSetup = { status: 409, answer: { type: 'urn:workload-identity:problem:conflict' } }

function issueOf(pointer: string) {
  return { issues: [expect.objectContaining({ pointer })] }
}

/** Sets up a cluster with a bucket. */
async function bucketOwner(purpose: string) {
  const owner = await ownCluster(running, purpose)
  expect((await running.setUp(owner.body())).error).toBeUndefined()
  return { ...owner, bucket: `${owner.name}-discovery` }
}

/** A request for the bucket with another account and role than those of its owner. */
function otherAccount(bucket: string): Edits {
  return {
    'discovery.bucket': bucket,
    'discovery.managementServiceAccount': 'another-sa@platform-prod.iam.gserviceaccount.com',
    'discovery.managementRole': 'roles/storage.admin',
  }
}

/** A cluster whose API server names this issuer in its tokens, without its keys. */
async function pretender(purpose: string, issuerUrl: string): Promise<ExistingCluster> {
  const own = await existingCluster(running, purpose)
  own.cluster.setIssuers([issuerUrl])
  return own
}

describe('the bucket of another cluster', () => {
  it('is refused, with another account, to a caller who may not read that cluster; it does not change, and is not named', async () => {
    const owner = await bucketOwner('prod-eu')
    const evil = await ownCluster(running, 'team-evil')
    const before = await snapshotOf(running, owner.name)
    const tearDown = { user: 'team-operator', path: `/v1/clusters/${owner.name}`, method: 'DELETE' } as const
    expect(await attempt(running, tearDown)).toMatchObject({ status: 403 })

    const tried = await attempt(running, { user: 'team-operator', body: evil.body(otherAccount(owner.bucket)) })
    expect(await snapshotOf(running, owner.name)).toEqual(before)
    expect(tried).toMatchObject(refusedSetup)
    expect(tried.answer).toMatchObject(issueOf('#/discovery/bucket'))
    expect(readableIn(tried, [owner.bucket])).not.toContain(owner.name)
  })

  it('gets another account from a caller with rights on all its clusters, and retains the first', async () => {
    const owner = await bucketOwner('prod-accounts')
    const second = await ownCluster(running, 'second')
    const tried = await attempt(running, { user: 'operator', body: second.body(otherAccount(owner.bucket)) })
    expect(tried.ended?.error).toBeUndefined()
    const granted = JSON.stringify((await snapshotOf(running, owner.name)).bucket)
    expect(granted).toContain(managementServiceAccount)
    expect(granted).toContain('another-sa@')
  })

  it('can be shared by a second cluster with the same account and role, whose setup does not change its labels, policy and documents', async () => {
    const owner = await bucketOwner('prod-shared')
    const second = await ownCluster(running, 'team-second')
    const before = await snapshotOf(running, owner.name)
    const body = second.body({ 'discovery.bucket': owner.bucket })
    expect((await attempt(running, { user: 'team-operator', body })).ended?.error).toBeUndefined()
    const after = await snapshotOf(running, owner.name)
    expect(after.bucket).toEqual(before.bucket)
    expect(after.objects).toMatchObject(before.objects)
  })

  it('is refused by the state machine, too, and that cluster does not change', async () => {
    const owner = await bucketOwner('prod-unchecked')
    const evil = await ownCluster(running, 'team-evil')
    const before = await snapshotOf(running, owner.name)
    const ended = await setUpUnchecked(running, evil.body(otherAccount(owner.bucket)))
    expect(await snapshotOf(running, owner.name)).toEqual(before)
    expect(ended.error).toMatchObject({ name: 'OwnershipConflict', step: 'CreateBucket' })
  })
})

describe('the teardown of a cluster in a shared bucket', () => {
  it.each([
    { purpose: 'prod-keys', what: 'its discovery document names their keys', name: nameKeysOf },
    { purpose: 'prod-issuer', what: 'its AWSCluster names their issuer', name: nameIssuerOf },
  ])('retains the documents of the other cluster when $what', async ({ purpose, name }) => {
    const owner = await bucketOwner(purpose)
    const evil = await ownCluster(running, 'team-evil')
    const body = evil.body({ 'discovery.bucket': owner.bucket })
    const before = await snapshotOf(running, owner.name)
    expect((await attempt(running, { user: 'team-operator', body })).ended?.error).toBeUndefined()

    await name(owner, evil)
    await deleteAwsCluster(evil.name)
    const path = `/v1/clusters/${evil.name}`
    const done = await attempt(running, { user: 'team-operator', path, method: 'DELETE' })
    expect(done.ended).toMatchObject({ status: 'succeeded', result: { remaining: [] } })
    const after = await snapshotOf(running, owner.name)
    expect(after.bucket).toEqual(before.bucket)
    expect(after.iam).toEqual(before.iam)
    expect(after.objects).toEqual(before.objects)
  })

  /** Records the other cluster's key URL, as if the cluster's own discovery document named it. */
  async function nameKeysOf(owner: OwnCluster, evil: OwnCluster): Promise<void> {
    const { jwksUri } = documentsOf(issuerOf(owner))
    await record(evil, { ...documentsOf(issuerOf(evil)), jwksUri })
  }

  /** Records the other cluster's issuer, as ObserveCluster does when the status of the AWSCluster names it. */
  async function nameIssuerOf(owner: OwnCluster, evil: OwnCluster): Promise<void> {
    await record(evil, documentsOf(issuerOf(owner)))
  }

  async function record(evil: OwnCluster, documents: ReturnType<typeof documentsOf>): Promise<void> {
    const { status, ...item } = await readRecord(running, { pk: `CLUSTER#${evil.name}`, sk: 'CLUSTER' })
    const { cluster, ...others } = clusterStatus.parse(status)
    await putRecord(running, { ...item, status: { ...others, cluster: { ...cluster, ...documents } } })
  }

  function issuerOf({ name }: OwnCluster): string {
    return running.sandbox.kubernetes.cluster(name)?.settings.issuer ?? ''
  }

  /** Not by the teardown, because only administrators may use `deleteCluster`. */
  async function deleteAwsCluster(name: string): Promise<void> {
    const path = `/apis/multicloud.cluster.gke.io/v1/namespaces/default/awsclusters/${name}`
    expect(await send(running.sandbox.kubernetes.management, `DELETE ${path}`)).toMatchObject({ code: 200 })
  }
})

describe('the hosted issuer of another cluster', () => {
  it('is not a valid issuer of an existing cluster', async () => {
    const shop = await privateCluster(running, 'shop')
    expect((await setUpPrivate(running, shop)).ended.error).toBeUndefined()
    const evil = await existingCluster(running, 'team-evil')
    const before = await snapshotOf(running, shop.name)

    const body = evil.body({ 'cluster.issuerUrl': shop.issuer })
    const tried = await attempt(running, { user: 'team-operator', body })
    expect(await snapshotOf(running, shop.name)).toEqual(before)
    expect(tried).toMatchObject({ status: 400, answer: issueOf('#/cluster/issuerUrl') })
  })

  it.each([
    { by: 'the API', purpose: 'shop-waits', unchecked: false },
    { by: 'the state machine', purpose: 'shop-unchecked', unchecked: true },
  ])('is refused by $by before that cluster has its provider; its setup succeeds', async ({ purpose, unchecked }) => {
    const shop = await privateCluster(running, purpose)
    const evil = await pretender('team-evil', shop.issuer)
    const body = evil.body({ 'cluster.issuerUrl': shop.issuer })
    const seen: unknown[] = []
    const { ended } = await setUpChanging(running, shop, async (issuers) => {
      const before = await snapshotOf(running, shop.name)
      seen.push(
        unchecked ? await setUpUnchecked(running, body) : await attempt(running, { user: 'team-operator', body }),
      )
      expect(await snapshotOf(running, shop.name)).toEqual(before)
      shop.cluster.setIssuers(issuers)
    })
    expect(ended.error).toBeUndefined()
    const refused = { status: 400, answer: issueOf('#/cluster/issuerUrl') }
    const failed = { error: { name: 'OwnershipConflict', step: 'CheckCluster' } }
    expect(seen).toMatchObject([unchecked ? failed : refused])
  })
})

describe('the public issuer of another cluster', () => {
  it.each([
    { user: 'team-operator', purpose: 'pub-owner', isNamed: false },
    { user: 'administrator', purpose: 'pub-named', isNamed: true },
  ])('is refused to the $user; that cluster is named: $isNamed', async ({ user, purpose, isNamed }) => {
    const { owner, before, body } = await ownerAndPretender(purpose)
    const tried = await attempt(running, { user, body })
    expect(await snapshotOf(running, owner.name)).toEqual(before)
    expect(tried).toMatchObject(refusedSetup)
    expect(tried.answer).toMatchObject(issueOf('#/cluster/issuerUrl'))
    expect(readableIn(tried, [owner.issuerUrl]).includes(owner.name)).toBe(isNamed)
  })

  it('is refused by the state machine, too, and that cluster does not change', async () => {
    const { owner, before, body } = await ownerAndPretender('pub-unchecked')
    const ended = await setUpUnchecked(running, body)
    expect(await snapshotOf(running, owner.name)).toEqual(before)
    expect(ended.error).toMatchObject({ name: 'OwnershipConflict', step: 'CheckCluster' })
  })

  it.each([
    { purpose: 'pub-later', how: 'names it in its request', isNamed: true },
    { purpose: 'pub-tokens', how: 'names it in its tokens alone', isNamed: false },
  ])('gets no provider from a cluster that $how without its keys; the setup of its cluster succeeds', async (tried) => {
    const owner = await existingCluster(running, tried.purpose)
    const evil = await pretender('team-evil', owner.issuerUrl)
    const before = await snapshotOf(running, owner.name)

    // The setup waits, because the issuer does not publish the cluster's key.
    const location = await running.start(
      evil.body({ 'cluster.issuerUrl': tried.isNamed ? owner.issuerUrl : undefined }),
    )
    const { steps } = await running.until(location, (operation) => operation.steps.some(({ waitingFor }) => waitingFor))
    expect(steps.at(-1)).toMatchObject({ state: 'CheckCluster', waitingFor: expect.stringContaining('not signed') })
    expect(await snapshotOf(running, owner.name)).toEqual(before)
    expect((await running.setUp(owner.body())).error).toBeUndefined()
    const after = await snapshotOf(running, owner.name)
    expect((await running.ended(location)).error).toMatchObject({ name: 'OwnershipConflict', step: 'CheckCluster' })
    expect(await snapshotOf(running, owner.name)).toEqual(after)
  })

  /** Sets up a cluster, and makes the request for another one with its issuer. */
  async function ownerAndPretender(purpose: string) {
    const owner = await existingCluster(running, purpose)
    expect((await running.setUp(owner.body())).error).toBeUndefined()
    const evil = await pretender('team-evil', owner.issuerUrl)
    const before = await snapshotOf(running, owner.name)
    return { owner, before, body: evil.body({ 'cluster.issuerUrl': owner.issuerUrl }) }
  }
})

describe('a cluster under a second name', () => {
  it('is refused until a teardown has removed the first, and can then be set up', async () => {
    const first = await existingCluster(running, 'team-pubreal')
    const second = first.name.replace('pubreal', 'pubnew')
    const { kubernetes, secrets } = running.sandbox
    await secrets.keep(`${second}/user-cluster`, kubernetes.kubeconfig(first.name))
    const renamed = first.body({
      'cluster.name': second,
      'cluster.credentialsSecretArn': secretArnOf(`${second}/user-cluster`),
      'workloads.0.role.name': second,
    })
    const asTeam = (body: unknown) => attempt(running, { user: 'team-operator', body })
    const nothing = await footprint(running, first.name)
    expect((await asTeam(first.body())).ended?.error).toBeUndefined()
    const before = await snapshotOf(running, first.name)

    const refused = await asTeam(renamed)
    expect(await snapshotOf(running, first.name)).toEqual(before)
    const path = `/v1/clusters/${first.name}`
    const done = await attempt(running, { user: 'team-operator', path, method: 'DELETE' })
    expect(done.ended).toMatchObject({ status: 'succeeded', result: { remaining: [] } })
    expect(await footprint(running, first.name)).toEqual(nothing)
    expect((await asTeam(renamed)).ended?.error).toBeUndefined()
    expect(refused).toMatchObject(refusedSetup)
  })
})
