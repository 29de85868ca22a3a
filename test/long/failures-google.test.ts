import { afterEach, describe, expect, it } from 'vitest'
import { otherProject } from '../../sandbox/google/project.ts'
import { expectFailure } from '../e2e/support/failure.ts'
import { quickSystem } from '../e2e/support/quick.ts'
import { ownCluster } from '../e2e/support/requests.ts'

const running = quickSystem()

describe('the discovery bucket', () => {
  afterEach(() => {
    running.system.sandbox.google.buckets.organisationPolicies.clear()
    running.system.sandbox.google.faults.clear()
  })

  it('fails the setup when its name belongs to another project, until another is chosen', async () => {
    const own = await ownCluster(running.system, 'taken')
    const bucket = `${own.name}-discovery`
    await running.system.sandbox.google.buckets.insert(otherProject.administrator, otherProject.id, bucket, {})
    expectFailure(running.system, await running.system.setUp(own.body()), {
      name: 'OwnershipConflict',
      step: 'CreateBucket',
      object: `gs://${bucket}`,
      reason: /^the name is taken: the bucket belongs to another project than platform-prod$/,
      action: /^Choose another bucket name/,
    })
    const operation = await running.system.setUp(own.body({ 'discovery.bucket': `${bucket}-2` }))
    expect(operation.error).toBeUndefined()
  })

  it.each(['storage.publicAccessPrevention', 'iam.allowedPolicyMemberDomains'] as const)(
    'fails the setup when constraints/%s keeps it from being public, until there is an exception',
    async (constraint) => {
      const own = await ownCluster(running.system, 'policy')
      const { organisationPolicies } = running.system.sandbox.google.buckets
      organisationPolicies.add(constraint)
      expectFailure(running.system, await running.system.setUp(own.body()), {
        name: 'PublicAccessPrevented',
        step: 'CreateBucket',
        object: `gs://${own.name}-discovery`,
        reason: new RegExp(`^the organisation policy constraints/${constraint} keeps it from being public`),
        action: new RegExp(`exception of constraints/${constraint} for the project`),
      })
      organisationPolicies.clear()
      expect((await running.system.setUp(own.body())).error).toBeUndefined()
    },
  )

  it.each([
    ['storage.buckets.create', 'insert', () => 'project platform-prod'],
    ['storage.buckets.setIamPolicy', 'setIamPolicy', (bucket: string) => `gs://${bucket}`],
  ])('fails the setup when %s is refused, until it is granted', async (permission, method, resourceOf) => {
    const own = await ownCluster(running.system, 'bucket-denied')
    const bucket = `${own.name}-discovery`
    const resource = resourceOf(bucket)
    running.system.sandbox.google.faults.add({ kind: 'refuse', operation: `storage.buckets.${method}`, times: 1 })
    expectFailure(running.system, await running.system.setUp(own.body()), {
      name: 'AccessDenied',
      step: 'CreateBucket',
      object: resource,
      reason: new RegExp(`^Google refused ${permission}$`),
      action: new RegExp(`^Grant a role with ${permission} on ${resource} to the account`),
    })
    expect((await running.system.setUp(own.body())).error).toBeUndefined()
  })
})
