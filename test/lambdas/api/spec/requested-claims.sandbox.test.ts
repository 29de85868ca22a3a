import { beforeEach, describe, expect, test } from 'vitest'
import * as addWorkload from '../../../../lambdas/api/starts/add-workload.ts'
import * as startPlan from '../../../../lambdas/api/starts/start-plan.ts'
import * as startSetup from '../../../../lambdas/api/starts/start-setup.ts'
import * as tearDown from '../../../../lambdas/api/starts/tear-down-cluster.ts'
import { withUserKept } from '../../../../lambdas/claims/bucket-claim.ts'
import { readBucketClaim, writeLeft } from '../../../../lambdas/claims/bucket-claims.ts'
import { issuerResource } from '../../../../lambdas/claims/claim.ts'
import * as operations from '../../../../lambdas/operations/record/operations.ts'
import { recordOperation } from '../../../../lambdas/operations/start/record-operation.ts'
import { alice } from '../../../support/api/alice.ts'
import {
  type ApiResponse,
  accessVariables,
  aliceAdministersTeamOperates,
  apiAccount,
  callApi,
} from '../../../support/api/api.ts'
import { newOperation, recordNext } from '../../../support/api/operations.ts'
import { exampleBody, existingCluster } from '../../../support/api/requests.ts'
import { setEnvironment } from '../../../support/environment.ts'
import { own, useBucket } from '../../../support/steps/claims.ts'

apiAccount()
let count = 0
let bucket = ''

const team = 'arn:aws:iam::000000000000:user/team'
const account = 'management-sa@platform-prod.iam.gserviceaccount.com'
const role = 'roles/storage.objectAdmin'

beforeEach(() => {
  count += 1
  bucket = `shared-${count}`
  return setEnvironment(accessVariables(aliceAdministersTeamOperates))
})

const name = () => `team-${count}`
const owner = () => `prod-${count}`

/** The body of a setup of the team's cluster with the bucket. */
function bodyOf(edits: Record<string, unknown> = {}) {
  const secret = 'arn:aws:secretsmanager:eu-west-1:000000000000:secret:workload-identity'
  return exampleBody('setup', {
    'cluster.name': name(),
    'cluster.credentialsSecretArn': `${secret}/${name()}/user-cluster`,
    'cluster.management.credentialsSecretArn': `${secret}/${name()}/management-cluster`,
    'discovery.bucket': bucket,
    'discovery.managementServiceAccount': account,
    'discovery.managementRole': role,
    'cluster.spec.controlPlane.workloadIdentity.oidcDiscoveryGCSBucket': bucket,
    ...edits,
  })
}

const send = (
  handler: typeof startSetup.handler,
  caller: string,
  edits?: Record<string, unknown>,
): Promise<ApiResponse> => callApi(handler, { caller, body: bodyOf(edits) })

const conflict = (pointer: string) => ({
  status: 409,
  body: { type: 'urn:workload-identity:problem:conflict', issues: [expect.objectContaining({ pointer })] },
})

/** Lets another cluster use the bucket. */
async function ownedBucket(terms: { account?: string; role?: string; operationId?: string; held?: boolean } = {}) {
  await recordOperation(newOperation({ cluster: owner() }))
  await useBucket(bucket, owner(), { account, role, held: true, ...terms })
}

describe('the bucket of another cluster', () => {
  test.each([
    ['account', { 'discovery.managementServiceAccount': 'another-sa@platform-prod.iam.gserviceaccount.com' }],
    ['role', { 'discovery.managementRole': 'roles/storage.admin' }],
  ])(
    'is refused with another %s to a caller who may not set that cluster up, in a setup and in a plan',
    async (_, edits) => {
      await ownedBucket()
      const before = await readBucketClaim(bucket, owner())
      for (const handler of [startSetup.handler, startPlan.handler]) {
        const response = await send(handler, team, edits)
        expect(response).toMatchObject(conflict('#/discovery/bucket'))
        expect(JSON.stringify(response.body)).not.toContain(owner())
      }
      expect(await readBucketClaim(bucket, owner())).toEqual(before)
    },
  )

  test('can be claimed with the same account and role', async () => {
    await ownedBucket()
    expect((await send(startSetup.handler, team)).status).toBe(202)
    const claim = await readBucketClaim(bucket, owner())
    expect(claim?.users).toMatchObject({ [owner()]: { held: { account } }, [name()]: { requested: { account, role } } })
    expect(claim?.users[name()]).not.toHaveProperty('held')
  })

  test('can be claimed with another account by a caller who may set up all of its clusters, and other callers may then add workloads', async () => {
    await ownedBucket()
    const edits = { 'discovery.managementServiceAccount': 'second@platform-prod.iam.gserviceaccount.com' }
    const { status, body } = await send(startSetup.handler, alice, edits)
    expect(status).toBe(202)
    await operations.endOperation({ operationId: body.operationId, cluster: name() }, { status: 'failed' })
    const workload = {
      namespace: 'default',
      serviceAccount: 'more',
      role: { policyArns: ['arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess'] },
    }
    const added = await callApi(addWorkload.handler, { caller: team, parameters: { cluster: name() }, body: workload })
    expect(added.status).toBe(202)
  })

  test('is free when the operation of that cluster ended before it held the bucket', async () => {
    const recorded = newOperation({ cluster: owner() })
    expect(await recordNext(recorded)).toBe('recorded')
    const other = { account: 'other@platform-prod.iam.gserviceaccount.com' }
    await useBucket(bucket, owner(), { ...other, operationId: recorded.operation.operationId })
    expect(await send(startSetup.handler, team)).toMatchObject(conflict('#/discovery/bucket'))
    await operations.endOperation(recorded.operation, { status: 'failed' })
    expect((await send(startSetup.handler, team)).status).toBe(202)
    expect(Object.keys((await readBucketClaim(bucket, name()))?.users ?? {})).toEqual([name()])
  })

  test('stays that of a setup that runs, although an earlier setup has failed before it held the bucket', async () => {
    const { body } = await send(startSetup.handler, team)
    await operations.endOperation({ operationId: body.operationId, cluster: name() }, { status: 'failed' })
    expect((await send(startSetup.handler, team)).status).toBe(202)
    expect((await readBucketClaim(bucket, owner()))?.users).toHaveProperty(name())
  })

  /** Starts a setup that holds the bucket, and then fails. */
  async function holdAndFail(): Promise<void> {
    const { body } = await send(startSetup.handler, team)
    await useBucket(bucket, name(), { account, held: true, operationId: body.operationId })
    await operations.endOperation({ operationId: body.operationId, cluster: name() }, { status: 'failed' })
  }

  test.each([
    [
      'another bucket',
      () => {
        const other = `other-${count}`
        const inSpec = 'cluster.spec.controlPlane.workloadIdentity.oidcDiscoveryGCSBucket'
        return bodyOf({ 'discovery.bucket': other, [inSpec]: other })
      },
    ],
    ['no bucket', () => existingCluster(name())],
  ])('is not claimed forever by a cluster whose first setup failed and whose next one names %s', async (_, next) => {
    await ownedBucket()
    await holdAndFail()

    const moved = await callApi(startSetup.handler, { caller: team, body: next() })
    if (moved.status !== 202) return
    await operations.endOperation({ operationId: moved.body.operationId, cluster: name() }, { status: 'failed' })
    const { body } = await callApi(tearDown.handler, { caller: team, parameters: { cluster: name() } })
    const request = (await operations.readOperation(body.operationId))?.request
    await operations.endAndForget(body.operationId, name(), [])

    const isLeftByTeardown = JSON.stringify(request).includes(bucket)
    const isUser = Object.hasOwn((await readBucketClaim(bucket, owner()))?.users ?? {}, name())
    expect({ isLeftByTeardown, isUser }).not.toEqual({ isLeftByTeardown: false, isUser: true })
  })

  test('that its last user left with objects in it is refused with another account', async () => {
    await useBucket(bucket, owner(), { account, held: true })
    const claim = await readBucketClaim(bucket, owner())
    if (claim) await writeLeft(bucket, claim, withUserKept(claim, owner()))

    const evil = { 'discovery.managementServiceAccount': 'evil-sa@team-evil.iam.gserviceaccount.com' }
    expect((await send(startSetup.handler, team, evil)).status).toBe(409)
  })
})

test('a plan claims nothing', async () => {
  expect((await send(startPlan.handler, team)).status).toBe(202)
  expect(await readBucketClaim(bucket, name())).toBeUndefined()
})

describe('the issuer of another cluster', () => {
  const issuerUrl = () => `https://issuer-${count}.example.org`
  const existing = (caller: string) =>
    callApi(startSetup.handler, {
      caller,
      body: existingCluster(name(), { 'cluster.issuerUrl': issuerUrl() }),
    })

  test('is refused at once, and the other cluster is named to a caller who may read it', async () => {
    await recordOperation(newOperation({ cluster: owner() }))
    await own(owner(), issuerResource(issuerUrl()))
    const refused = await existing(team)
    expect(refused).toMatchObject(conflict('#/cluster/issuerUrl'))
    expect(JSON.stringify(refused.body)).not.toContain(owner())
    const named = await existing(alice)
    expect(named).toMatchObject(conflict('#/cluster/issuerUrl'))
    expect(JSON.stringify(named.body)).toContain(owner())
  })

  test.each(['the cluster itself', 'a cluster that is no longer recorded'])(
    'can be claimed when its owner is %s',
    async (who) => {
      await own(who === 'the cluster itself' ? name() : 'gone', issuerResource(issuerUrl()))
      expect((await existing(team)).status).toBe(202)
    },
  )
})
