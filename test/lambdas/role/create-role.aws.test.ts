import {
  AttachRolePolicyCommand,
  CreateRoleCommand,
  GetRoleCommand,
  ListAttachedRolePoliciesCommand,
  PutRolePolicyCommand,
  TagRoleCommand,
  UntagRoleCommand,
  UpdateAssumeRolePolicyCommand,
  UpdateRoleCommand,
} from '@aws-sdk/client-iam'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { roleResource } from '../../../lambdas/claims/claim.ts'
import { ownerOfEach } from '../../../lambdas/claims/claims.ts'
import { deleteInlinePolicy, detachPolicy, readRolePolicies } from '../../../lambdas/clouds/aws/role-policies.ts'
import { readRole } from '../../../lambdas/clouds/aws/roles.ts'
import { readRoleRecord } from '../../../lambdas/operations/record/workload-record.ts'
import { tagKeys } from '../../../lambdas/ownership/labels.ts'
import { description } from '../../../lambdas/role/create-role.step.ts'
import { run } from '../../../lambdas/role/create-role.ts'
import { clusterRolePath } from '../../../lambdas/role/name.ts'
import { account } from '../../../sandbox/account.ts'
import { makePolicy, settings } from '../../support/aws/aws-account.ts'
import { roleArnOf } from '../../support/aws/roles.ts'
import {
  accountWithPolicies,
  createRole as createNamedRole,
  foreignTrust,
  inlinePolicy,
  type RoleAsk,
  recordWorkload,
  s3,
  sns,
  sqs,
  wantedTrust,
} from '../../support/steps/role-creation.ts'
import { foundStatus, stepContext } from '../../support/steps/step-context.ts'

const claim = 'dynamodb:TransactWriteItems'

const aws = accountWithPolicies()
let count = 0
let name = ''

beforeEach(() => {
  count += 1
  name = `prod-${count}`
})

const createRole = (request: RoleAsk = {}) => createNamedRole(name, request)

/** Sets the clock of the steps forward. Times in IAM and in the record do not change. */
function twoMinutesLater(): void {
  vi.useFakeTimers({ now: Date.now() + 121_000, toFake: ['Date'] })
}

afterEach(() => void vi.useRealTimers())

async function attached(): Promise<string[]> {
  const answer = await aws.iam.send(new ListAttachedRolePoliciesCommand({ RoleName: name }))
  return (answer.AttachedPolicies ?? []).map((policy) => policy.PolicyArn ?? '').sort()
}

async function role() {
  const { Role } = await aws.iam.send(new GetRoleCommand({ RoleName: name }))
  return {
    arn: Role?.Arn,
    trust: JSON.parse(decodeURIComponent(Role?.AssumeRolePolicyDocument ?? '{}')),
    boundary: Role?.PermissionsBoundary?.PermissionsBoundaryArn,
    seconds: Role?.MaxSessionDuration,
    tags: Object.fromEntries((Role?.Tags ?? []).map((tag) => [tag.Key, tag.Value])),
  }
}

async function createForeignRole(path = clusterRolePath(settings.ROLE_PATH, 'prod')) {
  await aws.iam.send(new CreateRoleCommand({ RoleName: name, Path: path, AssumeRolePolicyDocument: foreignTrust }))
}

async function changedAt(): Promise<string> {
  const record = await readRoleRecord('prod', { namespace: 'default', serviceAccount: name })
  if (!record) throw new Error('no role is recorded')
  return record.changedAt ?? ''
}

const wantedTags = () => ({
  [tagKeys.deployment]: settings.DEPLOYMENT,
  [tagKeys.cluster]: 'prod',
  [tagKeys.namespace]: 'default',
  [tagKeys.serviceAccount]: name,
})

async function expectAsWanted() {
  expect(await role()).toEqual({
    arn: roleArnOf('prod', name),
    trust: wantedTrust(name),
    boundary: settings.PERMISSIONS_BOUNDARY_ARN,
    seconds: 3600,
    tags: wantedTags(),
  })
  expect(await attached()).toEqual([s3])
}

describe('create-role', () => {
  it('creates a role that exactly one service account may assume, with our path and boundary', async () => {
    const { arn, change } = await createRole()
    expect(arn).toBe(roleArnOf('prod', name))
    expect(change).toEqual({ object: arn, action: 'created', detail: `attached ${s3}` })
    await expectAsWanted()
  })

  it('detaches the policies of a former role that the workload gets back, if they are no longer requested', async () => {
    await createRole({ policyArns: [s3, sqs] })
    await createNamedRole(`${name}-other`, { serviceAccount: name, policyArns: [sns] })
    await createRole({ policyArns: [s3] })
    expect(await attached()).toEqual([s3])
  })

  it('writes nothing in a second run', async () => {
    await createRole({ inlinePolicy })
    await aws.calls.clear()
    const { change } = await createRole({ inlinePolicy })
    expect(change).toMatchObject({ action: 'unchanged' })
    expect(await aws.writes()).toEqual([])
    const calls = await aws.calls.all()
    expect(calls.filter((call) => call.write)).toEqual([])
  })

  it('attaches only added policies, and detaches only policies that are no longer requested', async () => {
    await createRole({ policyArns: [s3, sqs] })
    await aws.calls.clear()
    const { change } = await createRole({ policyArns: [sqs, sns] })
    expect(change).toMatchObject({ action: 'updated', detail: `attached ${sns}; detached ${s3}` })
    expect(await aws.writes()).toEqual(['iam:AttachRolePolicy', 'iam:DetachRolePolicy'])
    expect(await attached()).toEqual([sns, sqs].sort())
  })

  it('does not detach policies that others have attached, and reports them', async () => {
    await createRole()
    await aws.iam.send(new AttachRolePolicyCommand({ RoleName: name, PolicyArn: sqs }))
    await aws.iam.send(
      new PutRolePolicyCommand({ RoleName: name, PolicyName: 'theirs', PolicyDocument: JSON.stringify(inlinePolicy) }),
    )
    const { change } = await createRole()
    expect(change).toMatchObject({
      action: 'unchanged',
      detail: `attached by others and left: ${sqs}; inline policies of others, left: theirs`,
    })
    await createRole({ policyArns: [] })
    expect(await attached()).toEqual([sqs])
  })

  it('reads an inline policy in a dry run only if one exists or is requested, and reports the text of one that a setup deletes', async () => {
    await createRole()
    await aws.calls.clear()
    expect((await createRole({ dryRun: true })).change).toEqual({
      object: roleArnOf('prod', name),
      action: 'unchanged',
    })
    const operations = (await aws.calls.all()).map(({ operation }) => operation).filter((each) => /^iam:/.test(each))
    expect(operations.sort()).toEqual(['iam:GetRole', 'iam:ListAttachedRolePolicies', 'iam:ListRolePolicies'])

    await createRole({ inlinePolicy })
    expect((await createRole({ dryRun: true })).change).toMatchObject({
      differences: [{ field: 'inlinePolicy', observed: inlinePolicy }],
    })
  })

  it('keeps the session length when it only restores the description', async () => {
    await createRole({ maxSessionSeconds: 7200 })
    await aws.iam.send(new UpdateRoleCommand({ RoleName: name, Description: 'mine', MaxSessionDuration: 7200 }))
    await createRole({ maxSessionSeconds: 7200 })
    expect(await role()).toMatchObject({ seconds: 7200 })
  })

  // STS may use the earlier trust policy for a time.
  it('records a restored trust policy as a change of the role', async () => {
    await createRole()
    const before = await changedAt()
    await aws.iam.send(new UpdateAssumeRolePolicyCommand({ RoleName: name, PolicyDocument: foreignTrust }))
    await createRole()
    expect(Date.parse(await changedAt())).toBeGreaterThan(Date.parse(before))
    const after = await changedAt()
    await createRole()
    expect(await changedAt()).toBe(after)
  })
})

describe('the policies of a role', () => {
  const ref = () => ({
    name,
    arn: roleArnOf('prod', name),
    iam: aws.iam,
    signal: AbortSignal.timeout(20_000),
  })

  it('are empty for a role without policies', async () => {
    await createForeignRole()
    expect(await readRolePolicies(ref(), 'workload-identity')).toEqual({ policyArns: [], inlinePolicyNames: [] })
  })

  it('can be detached and deleted when they do not exist', async () => {
    await createForeignRole()
    await detachPolicy(ref(), s3)
    await deleteInlinePolicy(ref(), 'workload-identity')
  })

  it('cannot be read of a role that does not exist', async () => {
    expect(await readRole(ref())).toBeUndefined()
    await expect(readRolePolicies(ref(), 'workload-identity')).rejects.toMatchObject({ name: 'ConcurrentChange' })
  })
})

describe('create-role and roles of other owners', () => {
  it('keeps the tags of others, and refuses a role that has lost our tag', async () => {
    await createRole()
    await aws.iam.send(new TagRoleCommand({ RoleName: name, Tags: [{ Key: 'team', Value: 'x' }] }))
    await createRole({ policyArns: [s3, sqs] })
    expect((await role()).tags).toEqual({ ...wantedTags(), team: 'x' })
    await aws.iam.send(new UntagRoleCommand({ RoleName: name, TagKeys: [tagKeys.deployment] }))
    await expect(createRole()).rejects.toMatchObject({ name: 'OwnershipConflict' })
  })

  it('refuses a role that was created by hand, and writes nothing', async () => {
    await createForeignRole()
    await aws.calls.clear()
    await expect(createRole()).rejects.toMatchObject({
      name: 'OwnershipConflict',
      action: expect.stringContaining('adopt: true'),
    })
    expect(await aws.writes()).toEqual([])
  })

  it('adopts it on request, changes it to match the request, and tags it', async () => {
    await createForeignRole()
    await aws.iam.send(new AttachRolePolicyCommand({ RoleName: name, PolicyArn: sqs }))
    const { change } = await createRole({ adopt: true })
    expect(change).toMatchObject({ action: 'adopted', detail: expect.stringContaining(`left: ${sqs}`) })
    expect(await role()).toMatchObject({
      trust: wantedTrust(name),
      boundary: settings.PERMISSIONS_BOUNDARY_ARN,
      tags: { ...wantedTags(), [tagKeys.adopted]: 'true' },
    })
    expect(await attached()).toEqual([s3, sqs].sort())
    await aws.calls.clear()
    expect((await createRole()).change).toMatchObject({ action: 'unchanged' })
    expect(await aws.writes()).toEqual([])
  })

  it('refuses a role of another workload or cluster, with and without adopt', async () => {
    await createRole()
    await aws.calls.clear()
    await expect(createRole({ serviceAccount: 'another', adopt: true })).rejects.toMatchObject({
      name: 'OwnershipConflict',
      reason: `it belongs to workload default/${name} of cluster prod`,
    })
    await expect(createRole({ clusterName: 'dev' })).rejects.toMatchObject({ name: 'OwnershipConflict' })
    expect(await aws.writes()).toEqual([])
  })

  it('refuses a role of the same name under another path', async () => {
    await createForeignRole('/')
    await aws.calls.clear()
    await expect(createRole({ adopt: true })).rejects.toMatchObject({
      name: 'OwnershipConflict',
      reason: expect.stringContaining('under another path'),
    })
    expect(await aws.writes()).toEqual([])
  })
})

describe('create-role after failures', () => {
  it('fails permanently for a policy that does not exist', async () => {
    const policy = `arn:aws:iam::${account.id}:policy/nothing`
    await expect(createRole({ policyArns: [policy] })).rejects.toMatchObject({
      name: 'InvalidObject',
      reason: expect.stringContaining(policy),
    })
  })

  it('reads again and converges when another run has written first', async () => {
    const results = await Promise.all([createRole(), createRole(), createRole()])
    expect(new Set(results.map(({ arn }) => arn)).size).toBe(1)
    await expectAsWanted()
  })

  it.each(['iam:CreateRole', 'iam:AttachRolePolicy', 'iam:PutRolePolicy', 'dynamodb:UpdateItem', claim])(
    'a second run reaches the same state when the response of %s was lost',
    async (operation) => {
      await recordWorkload(name)
      // One fault for each of the three attempts of the client.
      await aws.faults.add({ kind: 'drop-response', operation, times: 3 })
      await createRole({ inlinePolicy }).catch(() => undefined)
      await aws.faults.clear()
      await createRole({ inlinePolicy })
      await expectAsWanted()
      await aws.calls.clear()
      await createRole({ inlinePolicy })
      expect(await aws.writes()).toEqual([])
    },
  )

  it.each([
    'iam:TagRole',
    'iam:PutRolePermissionsBoundary',
    'iam:UpdateAssumeRolePolicy',
    'iam:UpdateRole',
    'iam:AttachRolePolicy',
    'dynamodb:UpdateItem',
  ])('a second run completes the adoption when %s has failed', async (operation) => {
    await createForeignRole()
    await recordWorkload(name)
    // One fault for each of the three attempts of the client.
    await aws.faults.add({ kind: 'unavailable', operation, times: 3 })
    await expect(createRole({ adopt: true })).rejects.toMatchObject({ name: 'CloudUnavailable' })
    await createRole({ adopt: true })
    expect(await role()).toMatchObject({
      trust: wantedTrust(name),
      boundary: settings.PERMISSIONS_BOUNDARY_ARN,
      tags: { ...wantedTags(), [tagKeys.adopted]: 'true' },
    })
    expect(await attached()).toEqual([s3])
  })

  it.each(['iam:PutRolePermissionsBoundary', 'iam:UpdateAssumeRolePolicy', 'iam:UpdateRole'])(
    'waits for IAM when %s is refused just after the tag that allows it',
    async (operation) => {
      await createForeignRole()
      await aws.faults.add({ kind: 'refuse', operation, times: 1 })
      await expect(createRole({ adopt: true })).rejects.toMatchObject({ name: 'NotYetConsistent' })
      twoMinutesLater()
      await aws.faults.add({ kind: 'refuse', operation, times: 1 })
      await expect(createRole()).rejects.toMatchObject({ name: 'AccessDenied', object: (await role()).arn })
    },
  )

  it('waits for IAM by the recorded time when the response of CreateRole was lost', async () => {
    await aws.faults.add({ kind: 'drop-response', operation: 'iam:CreateRole', times: 3 })
    await expect(createRole()).rejects.toMatchObject({ name: 'Unreachable' })
    await aws.faults.add({ kind: 'refuse', operation: 'iam:GetRole', times: 1 })
    await expect(createRole()).rejects.toMatchObject({ name: 'NotYetConsistent' })
  })

  it('records no time for a role that IAM has refused to create, so that its removal does not wait', async () => {
    await aws.faults.add({ kind: 'refuse', operation: 'iam:CreateRole', times: 1 })
    await expect(createRole()).rejects.toMatchObject({ name: 'AccessDenied' })
    expect(await changedAt()).toBe('')
  })

  it('waits for IAM by the recorded time after an adoption', async () => {
    await createForeignRole()
    twoMinutesLater()
    await aws.faults.add({ kind: 'refuse', operation: 'iam:AttachRolePolicy', times: 2 })
    await expect(createRole({ adopt: true })).rejects.toMatchObject({ name: 'NotYetConsistent' })
    await expect(createRole()).rejects.toMatchObject({ name: 'NotYetConsistent' })
  })

  it('reports the creation of a role although a policy is refused afterwards', async () => {
    const logged: unknown[] = []
    await aws.faults.add({ kind: 'refuse', operation: 'iam:AttachRolePolicy', times: 1 })
    await expect(createRole({ reportChange: (change) => logged.push(change) })).rejects.toMatchObject({
      name: 'NotYetConsistent',
    })
    expect(logged).toEqual([{ object: (await role()).arn, action: 'created' }])
  })

  it.each(['iam:AttachRolePolicy', 'iam:PutRolePolicy'])(
    'waits for IAM when %s is refused just after the creation of the role',
    async (operation) => {
      await aws.faults.add({ kind: 'refuse', operation, times: 2 })
      await expect(createRole({ inlinePolicy })).rejects.toMatchObject({ name: 'NotYetConsistent' })
      // A second attempt, which finds the role.
      await expect(createRole({ inlinePolicy })).rejects.toMatchObject({ name: 'NotYetConsistent' })
      twoMinutesLater()
      await aws.faults.add({ kind: 'refuse', operation, times: 1 })
      await expect(createRole({ inlinePolicy })).rejects.toMatchObject({
        name: 'AccessDenied',
        object: (await role()).arn,
        reason: expect.stringContaining(operation),
      })
      await createRole({ inlinePolicy })
      await expectAsWanted()
    },
  )

  it.each(['iam:GetRole', 'iam:ListAttachedRolePolicies', 'iam:ListRolePolicies', 'iam:GetRolePolicy'])(
    'waits for IAM when %s is refused in the attempt after the creation of the role',
    async (operation) => {
      await createRole({ inlinePolicy })
      await aws.faults.add({ kind: 'refuse', operation, times: 1 })
      await expect(createRole({ inlinePolicy })).rejects.toMatchObject({ name: 'NotYetConsistent' })
      twoMinutesLater()
      await aws.faults.add({ kind: 'refuse', operation, times: 1 })
      await expect(createRole({ inlinePolicy })).rejects.toMatchObject({
        name: 'AccessDenied',
        reason: expect.stringContaining(operation),
      })
    },
  )

  it('detaches policies that were attached before a crash and are no longer requested', async () => {
    await aws.faults.add({ kind: 'unavailable', operation: 'iam:PutRolePolicy', times: 3 })
    await expect(createRole({ policyArns: [s3, sqs], inlinePolicy })).rejects.toMatchObject({
      name: 'CloudUnavailable',
    })
    await createRole({ policyArns: [sns] })
    expect(await attached()).toEqual([sns])
  })
})

// So that a second run completes one that has crashed after any of them.
describe('create-role writes in this order', () => {
  const record = 'dynamodb:UpdateItem'

  it('claim and record in one write, the role, the policies, and the record of the attached policies', async () => {
    await recordWorkload(name)
    await aws.calls.clear()
    await createRole({ inlinePolicy })
    expect(await aws.writesWithRecord()).toEqual([
      claim,
      'iam:CreateRole',
      'iam:AttachRolePolicy',
      'iam:PutRolePolicy',
      record,
    ])
  })

  /** Runs the step as the handler does, but does not record its result. */
  function runOf(clusterName: string) {
    const role = { name, policyArns: [], maxSessionSeconds: 3600 }
    const workload = { namespace: 'default', serviceAccount: name, role }
    const request = description.input.parse({ clusterName, workload, adopt: false })
    return run(request, stepContext(clusterName, 20_000, false, foundStatus({})))
  }

  it('with one call to the record for a new role, and its result has the last record', async () => {
    await recordWorkload(name)
    await aws.calls.clear()
    const { observed } = await runOf('prod')
    const calls = (await aws.calls.all()).map(({ operation }) => operation)
    expect(calls.filter((operation) => operation.startsWith('dynamodb:'))).toEqual([claim])
    expect(observed?.role).toMatchObject({ roleName: name, applied: { name } })
  })

  it('nothing, if it cannot record the role', async () => {
    const creating = runOf('unrecorded')
    await expect(creating).rejects.toMatchObject({ name: 'ConcurrentChange' })
    expect(await ownerOfEach([roleResource(roleArnOf('unrecorded', name))])).toEqual([undefined])
    expect(await aws.writes()).toEqual([])
  })

  it('for an adopted role: claim, record and tags, then the boundary and the rest, and at last the record', async () => {
    await createForeignRole()
    await recordWorkload(name)
    await aws.calls.clear()
    await createRole({ adopt: true })
    expect(await aws.writesWithRecord()).toEqual([
      claim,
      record,
      'iam:TagRole',
      'iam:PutRolePermissionsBoundary',
      'iam:UpdateAssumeRolePolicy',
      'iam:UpdateRole',
      'iam:AttachRolePolicy',
      record,
    ])
  })

  it('for a role with ten policies: detachments before attachments', async () => {
    const ten = await Promise.all([...'0123456789'].map((digit) => makePolicy(aws.iam, `${name}-${digit}`)))
    await createRole({ policyArns: ten })
    await aws.calls.clear()
    await createRole({ policyArns: [...ten.slice(1), s3] })
    expect(await aws.writes()).toEqual(['iam:DetachRolePolicy', 'iam:AttachRolePolicy'])
  })
})
