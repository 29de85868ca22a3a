import { beforeEach, expect, test } from 'vitest'
import * as startSetup from '../../../lambdas/api/start-setup.ts'
import * as tearDown from '../../../lambdas/api/tear-down-cluster.ts'
import { withUserKept } from '../../../lambdas/claims/bucket-claim.ts'
import { readBucketClaim, writeLeft } from '../../../lambdas/claims/bucket-claims.ts'
import * as operations from '../../../lambdas/operations/operations.ts'
import { recordOperation } from '../../../lambdas/operations/record-operation.ts'
import { accessVariables, aliceAdministersTeamOperates, apiAccount, callApi } from '../../support/api.ts'
import { useBucket } from '../../support/claims.ts'
import { setEnvironment } from '../../support/environment.ts'
import { newOperation } from '../../support/operations.ts'
import { type Edits, exampleBody, existingCluster } from '../../support/requests.ts'

apiAccount()
let count = 0

const team = 'arn:aws:iam::000000000000:user/team'
const account = 'management-sa@platform-prod.iam.gserviceaccount.com'
const secret = 'arn:aws:secretsmanager:eu-west-1:000000000000:secret:workload-identity'
const name = () => `team-evil-${count}`
const victims = () => `victims-${count}`

beforeEach(() => {
  count += 1
  return setEnvironment(accessVariables(aliceAdministersTeamOperates))
})

const anthos = (bucket: string, edits: Edits = {}) =>
  exampleBody('setup', {
    'cluster.name': name(),
    'cluster.credentialsSecretArn': `${secret}/${name()}/user-cluster`,
    'cluster.management.credentialsSecretArn': `${secret}/${name()}/management-cluster`,
    'discovery.bucket': bucket,
    'discovery.managementServiceAccount': account,
    'cluster.spec.controlPlane.workloadIdentity.oidcDiscoveryGCSBucket': bucket,
    ...edits,
  })

/** As a setup that goes so far that it holds the bucket, and then fails. */
async function holdAndFail(bucket: string): Promise<void> {
  const { body } = await callApi(startSetup.handler, { caller: team, body: anthos(bucket) })
  await useBucket(bucket, name(), { account, held: true, operationId: body.operationId })
  await operations.endOperation({ operationId: body.operationId, cluster: name() }, { status: 'failed' })
}

test.each([
  ['another bucket', () => anthos(`other-${count}`)],
  ['no bucket', () => existingCluster(name())],
])('a cluster that names %s before it was ever set up does not stay a user of the first for ever', async (_, next) => {
  await recordOperation(newOperation({ cluster: `prod-${count}` }))
  await useBucket(victims(), `prod-${count}`, { account, held: true })
  await holdAndFail(victims())

  const moved = await callApi(startSetup.handler, { caller: team, body: next() })
  if (moved.status !== 202) return
  await operations.endOperation({ operationId: moved.body.operationId, cluster: name() }, { status: 'failed' })
  const { body } = await callApi(tearDown.handler, { caller: team, parameters: { cluster: name() } })
  const request = (await operations.readOperation(body.operationId))?.request
  await operations.endAndForget(body.operationId, name(), [])

  const isLeftByTeardown = JSON.stringify(request).includes(victims())
  const isUser = Object.hasOwn((await readBucketClaim(victims(), `prod-${count}`))?.users ?? {}, name())
  expect({ isLeftByTeardown, isUser }).not.toEqual({ isLeftByTeardown: false, isUser: true })
})

test('a bucket of ours that its last user has left with something in it is not given on other terms', async () => {
  await useBucket(victims(), `prod-${count}`, { account, held: true })
  const claim = await readBucketClaim(victims(), `prod-${count}`)
  if (claim) await writeLeft(victims(), claim, withUserKept(claim, `prod-${count}`))

  const evil = { 'discovery.managementServiceAccount': 'evil-sa@team-evil.iam.gserviceaccount.com' }
  const { status } = await callApi(startSetup.handler, { caller: team, body: anthos(victims(), evil) })
  expect(status).toBe(409)
})
