import { beforeEach, describe, expect, test } from 'vitest'
import { labelsFor } from '../../../lambdas/bucket/bucket.ts'
import { description } from '../../../lambdas/bucket/create-bucket.step.ts'
import { run } from '../../../lambdas/bucket/create-bucket.ts'
import { readBucketClaim } from '../../../lambdas/claims/bucket-claims.ts'
import { managementServiceAccount, otherProject, project } from '../../../sandbox/google/project.ts'
import { googleAccount } from '../../support/google/google-account.ts'
import { useBucket } from '../../support/steps/claims.ts'
import { deployment } from '../../support/steps/deployment.ts'
import { stepContext } from '../../support/steps/step-context.ts'

const sandbox = googleAccount()
const role = 'roles/storage.objectAdmin' as const
const uniform = { location: 'EU', iamConfiguration: { uniformBucketLevelAccess: { enabled: true } } }
let count = 0
let bucket = ''

beforeEach(() => {
  count += 1
  bucket = `attacked-${count}`
})

function createBucket(clusterName: string, { dryRun = false } = {}) {
  const discovery = { bucket, projectId: project.id, location: 'EU', managementServiceAccount, managementRole: role }
  const request = description.input.parse({ clusterName, adopt: false, discovery })
  return run(request, stepContext(clusterName, 60_000, dryRun))
}

describe('a bucket in the Google project of another team', () => {
  /** Creates the bucket as the setup of another cluster, in that cluster's project. */
  async function createInOtherProject(): Promise<void> {
    const { buckets } = sandbox.google
    const owner = otherProject.administrator
    const labels = labelsFor({ deployment, clusterName: 'team-evil' })
    await buckets.insert(owner, otherProject.id, bucket, { ...uniform, labels })
    const policy = await buckets.policy(owner, bucket, 3)
    const ours = { role: 'roles/storage.admin', members: [`serviceAccount:${project.administrator}`] }
    await buckets.setPolicy(owner, bucket, { ...policy, bindings: [...policy.bindings, ours] })
    await useBucket(bucket, 'team-evil', { account: managementServiceAccount, project: otherProject.id, held: true })
  }

  test('is refused for a cluster whose request names another project, although account and role are equal', async () => {
    await createInOtherProject()
    await useBucket(bucket, 'prod', { account: managementServiceAccount })
    await expect(createBucket('prod')).rejects.toMatchObject({ name: 'OwnershipConflict' })
  })

  test('is not held by a cluster whose setup was refused because the bucket belongs to another project', async () => {
    await sandbox.google.buckets.insert(otherProject.administrator, otherProject.id, bucket, uniform)
    await useBucket(bucket, 'team-evil', { account: managementServiceAccount })
    await expect(createBucket('team-evil')).rejects.toMatchObject({ name: 'OwnershipConflict' })
    // The operation of team-evil has ended, so a cluster of the other project may use the bucket.
    expect((await readBucketClaim(bucket, 'prod'))?.users).toEqual({})
  })
})

test('a plan does not show the IAM policy of a foreign bucket that the request does not adopt', async () => {
  const { buckets } = sandbox.google
  await buckets.insert(project.administrator, project.id, bucket, uniform)
  const policy = await buckets.policy(project.administrator, bucket, 3)
  const secret = { role: 'roles/storage.objectViewer', members: ['user:auditor@finance.example'] }
  await buckets.setPolicy(project.administrator, bucket, { ...policy, bindings: [...policy.bindings, secret] })
  const planned = await createBucket('team-evil', { dryRun: true })
  expect(JSON.stringify(planned)).not.toContain('auditor@finance.example')
})

test('a drift of a cluster that does not use the bucket shows nothing of the cluster that does', async () => {
  // The request of team-evil came first, and its operation ended before it created the bucket.
  await useBucket(bucket, 'prod', { account: managementServiceAccount })
  await createBucket('prod')
  const discovery = { bucket, projectId: project.id, location: 'EU', managementRole: role }
  const account = 'evil-sa@team-evil.iam.gserviceaccount.com'
  const request = description.input.parse({
    clusterName: 'team-evil',
    adopt: false,
    discovery: { ...discovery, managementServiceAccount: account },
  })
  const shown = await run(request, stepContext('team-evil', 60_000, true)).catch((error: unknown) => String(error))
  expect(JSON.stringify(shown)).not.toContain(managementServiceAccount)
})
