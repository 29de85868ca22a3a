import {
  AddRoleToInstanceProfileCommand,
  AttachRolePolicyCommand,
  CreateInstanceProfileCommand,
  CreateRoleCommand,
  GetRoleCommand,
  ListAttachedRolePoliciesCommand,
  ListRolePoliciesCommand,
  ListRoleTagsCommand,
  PutRolePolicyCommand,
  RemoveRoleFromInstanceProfileCommand,
  TagRoleCommand,
} from '@aws-sdk/client-iam'
import { beforeEach, describe, expect, it } from 'vitest'
import { roleResource } from '../../../lambdas/claims/claim.ts'
import { ownerOfEach } from '../../../lambdas/claims/claims.ts'
import { tagKeys } from '../../../lambdas/ownership/labels.ts'
import { description } from '../../../lambdas/role/delete-role.step.ts'
import { run } from '../../../lambdas/role/delete-role.ts'
import { clusterRolePath } from '../../../lambdas/role/name.ts'
import { settings } from '../../support/aws/aws-account.ts'
import { own } from '../../support/steps/claims.ts'
import {
  accountWithPolicies,
  createRole,
  foreignTrust,
  inlinePolicy,
  s3,
  sns,
  sqs,
} from '../../support/steps/role-creation.ts'
import { stepContext } from '../../support/steps/step-context.ts'

const aws = accountWithPolicies()
let count = 0
let name = ''

beforeEach(() => {
  count += 1
  name = `gone-${count}`
})

async function removeWithResult({ force = false, dryRun = false } = {}) {
  const workload = { namespace: 'default', serviceAccount: name }
  const result = await run(
    description.input.parse({ clusterName: 'prod', workload, force }),
    stepContext('prod', 20_000, dryRun),
  )
  if ('waiting' in result) throw new Error('delete-role never waits')
  return { changes: result.changes, remaining: result.output.remaining }
}

/** Runs a removal without remaining objects. */
async function remove(options?: Parameters<typeof removeWithResult>[0]) {
  const { changes, remaining } = await removeWithResult(options)
  expect(remaining).toEqual([])
  return changes
}

async function role() {
  try {
    const [{ Role }, { AttachedPolicies = [] }, { PolicyNames }, { Tags = [] }] = await Promise.all([
      aws.iam.send(new GetRoleCommand({ RoleName: name })),
      aws.iam.send(new ListAttachedRolePoliciesCommand({ RoleName: name })),
      aws.iam.send(new ListRolePoliciesCommand({ RoleName: name })),
      aws.iam.send(new ListRoleTagsCommand({ RoleName: name })),
    ])
    return {
      id: Role?.RoleId,
      attached: AttachedPolicies.map(({ PolicyArn }) => PolicyArn).sort(),
      inline: PolicyNames,
      tags: Tags.map(({ Key }) => Key),
    }
  } catch (error) {
    if (error instanceof Error && error.name.startsWith('NoSuchEntity')) return undefined
    throw error
  }
}

const attach = (PolicyArn: string) => aws.iam.send(new AttachRolePolicyCommand({ RoleName: name, PolicyArn }))
const putInline = (PolicyName: string) =>
  aws.iam.send(new PutRolePolicyCommand({ RoleName: name, PolicyName, PolicyDocument: JSON.stringify(inlinePolicy) }))
const createByHand = () =>
  aws.iam.send(
    new CreateRoleCommand({
      RoleName: name,
      Path: clusterRolePath(settings.ROLE_PATH, 'prod'),
      AssumeRolePolicyDocument: foreignTrust,
    }),
  )

describe('the claim of a role', () => {
  it('is deleted with the role, and when another client has deleted the role', async () => {
    const { arn } = await createRole(name)
    await remove({ dryRun: true })
    expect(await ownerOfEach([roleResource(arn)])).toEqual(['prod'])
    await remove()
    expect(await ownerOfEach([roleResource(arn)])).toEqual([undefined])
    await own('prod', roleResource(arn))
    await remove()
    expect(await ownerOfEach([roleResource(arn)])).toEqual([undefined])
  })
})

describe('the claim of a role that belongs to another owner now', () => {
  const tagged = async (tags: Record<string, string>) => {
    const { arn } = await createRole(name)
    const Tags = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }))
    await aws.iam.send(new TagRoleCommand({ RoleName: name, Tags }))
    expect(await remove()).toMatchObject([{ object: arn, action: 'unchanged' }])
    return ownerOfEach([roleResource(arn)])
  }

  it('stays when the owner is another workload of the cluster', async () => {
    expect(await tagged({ [tagKeys.serviceAccount]: 'other' })).toEqual(['prod'])
  })

  it('is deleted when the owner is another cluster', async () => {
    expect(await tagged({ [tagKeys.cluster]: 'other' })).toEqual([undefined])
  })
})

describe('a role that we have created', () => {
  it('is deleted with all attached policies, and a second run writes nothing', async () => {
    const { arn } = await createRole(name, { policyArns: [s3, sqs], inlinePolicy })
    await attach(sns)

    await aws.calls.clear()
    const listed = await remove({ dryRun: true })
    expect(await aws.writes()).toEqual([])
    expect(await role()).toBeDefined()
    const changes = await remove()
    expect(changes).toEqual([
      { object: arn, action: 'deleted', detail: expect.stringMatching(/detaches .*; deletes the inline policies/) },
    ])
    expect(listed).toEqual(changes)
    expect(await role()).toBeUndefined()
    await aws.calls.clear()
    expect(await remove()).toEqual([])
    expect(await aws.writes()).toEqual([])
  })

  it('is not changed while it has inline policies of others, and the error names them', async () => {
    const { arn } = await createRole(name, { inlinePolicy })
    await putInline('break-glass')
    await aws.calls.clear()

    expect(await removeWithResult()).toMatchObject({
      changes: [],
      remaining: [{ name: 'OwnershipConflict', object: arn, reason: expect.stringContaining('break-glass') }],
    })
    expect(await aws.writes()).toEqual([])
    expect((await remove({ force: true }))[0]).toMatchObject({ action: 'deleted' })
    expect(await role()).toBeUndefined()
  })

  it('in an instance profile is kept, and the error names the reason', async () => {
    const { arn } = await createRole(name)
    const InstanceProfileName = name
    await aws.iam.send(new CreateInstanceProfileCommand({ InstanceProfileName }))
    await aws.iam.send(new AddRoleToInstanceProfileCommand({ InstanceProfileName, RoleName: name }))

    expect(await removeWithResult()).toMatchObject({
      changes: [],
      remaining: [{ name: 'InvalidObject', object: arn, reason: expect.stringContaining('instance profile') }],
    })
    await aws.iam.send(new RemoveRoleFromInstanceProfileCommand({ InstanceProfileName, RoleName: name }))
    expect((await remove())[0]).toMatchObject({ action: 'deleted' })
  })
})

describe('a role of another owner', () => {
  it('is not changed when it is not recorded', async () => {
    await createByHand()
    expect(await remove()).toEqual([])
    expect(await role()).toBeDefined()
  })

  it('that was adopted is kept without our tags and policies, and with those of others', async () => {
    await createByHand()
    await Promise.all([attach(sns), putInline('break-glass')])
    const before = await role()
    await createRole(name, { policyArns: [s3, sqs], inlinePolicy, adopt: true })

    expect((await remove())[0]).toMatchObject({ action: 'updated', detail: expect.stringContaining('stays') })
    expect(await role()).toEqual(before)
    await aws.calls.clear()
    expect((await remove())[0]).toMatchObject({ action: 'unchanged' })
    expect(await aws.writes()).toEqual([])
  })
})

it('removes our tags of an adopted role last, so that a second run recognises it', async () => {
  await createByHand()
  await createRole(name, { adopt: true, inlinePolicy })
  await aws.calls.clear()
  await remove()
  expect(await aws.writes()).toEqual(['iam:DetachRolePolicy', 'iam:DeleteRolePolicy', 'iam:UntagRole'])
})
