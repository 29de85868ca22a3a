/** Buckets with settings and an IAM policy: https://cloud.google.com/storage/docs/json_api/v1/buckets */
import { expect, test } from 'vitest'
import { labelsFor } from '../../../lambdas/bucket/bucket.ts'
import { discoveryGrants, missingGrants, withGrants } from '../../../lambdas/bucket/bucket-policy.ts'
import { description } from '../../../lambdas/bucket/create-bucket.step.ts'
import { run } from '../../../lambdas/bucket/create-bucket.ts'
import { managementServiceAccount, project } from '../../../sandbox/google/project.ts'
import { storageServer } from '../../support/google/storage-servers.ts'
import { useBucket } from '../../support/steps/claims.ts'
import { deployment } from '../../support/steps/deployment.ts'
import { stepContext } from '../../support/steps/step-context.ts'

const storage = storageServer()
let count = 0

const grants = discoveryGrants({ account: 'gke@project.iam.gserviceaccount.com', role: 'roles/storage.objectAdmin' })

async function newBucket() {
  const bucket = await storage.connect(`discovery-${Date.now()}-${count++}`)
  await bucket.create({ location: 'EU', labels: {} })
  const [observed, policy] = await Promise.all([bucket.read(), bucket.readPolicy()])
  if (!observed || !policy) throw new Error('the bucket is not there')
  return { bucket, observed, policy }
}

test('an update changes only the given fields', async () => {
  const { bucket, observed } = await newBucket()
  const labels = { 'managed-by': 'workload-identity', team: 'platform' }
  await bucket.update(observed, { labels, uniformAccess: true })
  const after = await bucket.read()
  expect(after).toMatchObject({
    labels,
    uniformAccess: true,
    location: observed.location,
    publicAccessPrevented: false,
  })
  expect(after?.metageneration).not.toBe(observed.metageneration)
})

test('a policy keeps the bindings and conditions of others, because it is read in version 3', async () => {
  const { bucket, policy } = await newBucket()
  const condition = { title: 'until 2030', expression: 'request.time < timestamp("2030-01-01T00:00:00Z")' }
  const theirs = { role: 'roles/storage.objectViewer', members: ['user:auditor@example.com'], condition }
  await bucket.writePolicy({ ...policy, bindings: [...policy.bindings, theirs] })
  const read = await bucket.readPolicy()
  expect(read?.bindings).toContainEqual(theirs)

  await bucket.writePolicy(withGrants(read ?? policy, grants))
  const after = await bucket.readPolicy()
  expect(after?.bindings).toContainEqual(theirs)
  expect(missingGrants(after ?? policy, grants)).toEqual([])
  expect(after?.bindings).toContainEqual({ role: 'roles/storage.objectViewer', members: ['allUsers'] })
})

const reads = { field: 'bindings[roles/storage.objectViewer].members', desired: 'allUsers' }
const manages = {
  field: 'bindings[roles/storage.objectAdmin].members',
  desired: `serviceAccount:${managementServiceAccount}`,
}

/** Our bucket without grants, and create-bucket for it. */
async function ourBucket() {
  const name = `discovery-${Date.now()}-${count++}`
  const client = await storage.connect(name)
  await client.create({ location: 'EU', labels: {} })
  const created = await client.read()
  if (!created) throw new Error('the bucket is not there')
  // The emulator ignores the location of a new bucket, and sets labels only on an existing one.
  await client.update(created, { labels: labelsFor({ deployment, clusterName: 'prod' }), uniformAccess: true })
  await useBucket(name, 'prod', { account: managementServiceAccount, held: true })
  const request = description.input.parse({
    clusterName: 'prod',
    adopt: false,
    discovery: { bucket: name, projectId: project.id, location: created.location, managementServiceAccount },
  })
  const changes = async (dryRun: boolean) => (await run(request, stepContext('prod', 60_000, dryRun))).changes
  const state = async () => ({ bucket: await client.read(), policy: await client.readPolicy() })
  return { client, changes, state }
}

test('a dry run reports the missing grants without a write, and a run then writes exactly those', async () => {
  const { changes, state } = await ourBucket()
  const before = await state()
  const reported = await changes(true)
  expect(reported?.[1]).toMatchObject({ action: 'updated', differences: [reads, manages] })
  expect(await state()).toEqual(before)

  const done = await changes(false)
  expect(done?.map(({ object, action }) => [object, action])).toEqual(
    reported?.map(({ object, action }) => [object, action]),
  )
  for (const change of (await changes(true)) ?? []) {
    expect(change.action).toBe('unchanged')
    expect(change.differences).toBeUndefined()
  }
})

test('a dry run reports a removed grant as a difference, and the grants of others as additions', async () => {
  const { client, changes } = await ourBucket()
  await changes(false)
  const policy = await client.readPolicy()
  if (!policy) throw new Error('the bucket is not there')
  const others = policy.bindings.filter(({ role }) => role !== 'roles/storage.objectViewer')
  const theirs = { role: 'roles/storage.objectViewer', members: ['user:auditor@example.com'] }
  await client.writePolicy({ ...policy, bindings: [...others, theirs] })

  const reported = await changes(true)
  expect(reported?.[1]?.differences).toEqual([reads])
  expect(reported?.[1]?.additions).toContainEqual({ field: reads.field, observed: 'user:auditor@example.com' })
})
