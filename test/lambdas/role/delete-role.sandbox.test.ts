import {
  DeleteRoleCommand,
  DeleteRolePolicyCommand,
  DetachRolePolicyCommand,
  IAMClient,
  ListRolesCommand,
  PutRolePolicyCommand,
} from '@aws-sdk/client-iam'
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest'
import { description } from '../../../lambdas/role/delete-role.step.ts'
import { run } from '../../../lambdas/role/delete-role.ts'
import { account } from '../../../sandbox/account.ts'
import { type Aws, rootUserEnvironment, startAws } from '../../../sandbox/aws/server.ts'
import { createResources, settings } from '../../support/aws/aws-account.ts'
import { setEnvironment } from '../../support/environment.ts'
import { python } from '../../support/python.ts'
import { createRole, inlinePolicy, s3 } from '../../support/steps/role-creation.ts'
import { stepContext } from '../../support/steps/step-context.ts'
import { temporaryDirectory } from '../../support/temporary.ts'

let directory: Awaited<ReturnType<typeof temporaryDirectory>>
let aws: Aws
let iam: IAMClient
let restore: (() => void) | undefined

beforeAll(async () => {
  directory = await temporaryDirectory()
  aws = await startAws({ python, directory: directory.path, environment: {}, auth: false })
  restore = setEnvironment({ ...rootUserEnvironment(aws.endpoint, account.region), ...settings })
  iam = new IAMClient()
  await createResources(iam)
})
afterAll(async () => {
  iam?.destroy()
  restore?.()
  await aws?.close()
  await directory.remove()
})

afterEach(() => void vi.useRealTimers())

const name = 'going'

const remove = (serviceAccount = name) => {
  const workload = { namespace: 'default', serviceAccount }
  return run(description.input.parse({ clusterName: 'prod', workload, force: false }), stepContext('prod'))
}

/** Refuses the next call of this operation, and runs `meanwhile` before the refusal arrives. Returns the result of the removal. */
async function removeWhile(operation: string, delayMs: number, meanwhile: () => Promise<unknown>) {
  await aws.faults.add({ kind: 'refuse', operation, delayMs, times: 1 })
  const removing = remove()
  // It may fail before it is awaited below.
  removing.catch(() => undefined)
  await expect.poll(() => aws.faults.armed(), { timeout: 10_000 }).toEqual([])
  await meanwhile()
  return outcomeOf(await removing)
}

function outcomeOf(result: Awaited<ReturnType<typeof run>>) {
  if ('waiting' in result) throw new Error('delete-role never waits')
  return { remaining: result.output.remaining, changes: result.changes.map(({ action }) => action) }
}

// IAM allows these calls by the tags and the path of a role, and refuses them when the role does not exist.
it.each([
  { operation: 'iam:ListRolePolicies', changes: [] },
  { operation: 'iam:DetachRolePolicy', changes: ['deleted'] },
])('succeeds when another run deletes the role before $operation', async ({ operation, changes }) => {
  await createRole(name)
  const outcome = await removeWhile(operation, 3000, async () => {
    await iam.send(new DetachRolePolicyCommand({ RoleName: name, PolicyArn: s3 }))
    await iam.send(new DeleteRoleCommand({ RoleName: name }))
  })
  expect(outcome).toEqual({ remaining: [], changes })
})

it.each(['iam:ListRolePolicies', 'iam:DetachRolePolicy'])(
  'keeps the role and reports the error when %s is refused and the role exists',
  async (operation) => {
    await createRole(name)
    await expect(removeWhile(operation, 0, () => Promise.resolve())).rejects.toMatchObject({ name: 'NotYetConsistent' })
    vi.useFakeTimers({ now: Date.now() + 121_000, toFake: ['Date'] })
    expect(await removeWhile(operation, 0, () => Promise.resolve())).toMatchObject({
      remaining: [{ name: 'AccessDenied' }],
      changes: [],
    })
  },
)

it('tries again when IAM does not show a role that was created a moment ago', async () => {
  await createRole('unseen', { policyArns: [] })
  await iam.send(new DeleteRoleCommand({ RoleName: 'unseen' }))
  await expect(remove('unseen')).rejects.toMatchObject({ name: 'NotYetConsistent' })
  vi.useFakeTimers({ now: Date.now() + 121_000, toFake: ['Date'] })
  expect(outcomeOf(await remove('unseen'))).toEqual({ remaining: [], changes: [] })
})

it('records the removal before its first write to IAM', async () => {
  await createRole('ordered')
  await aws.faults.add({ kind: 'refuse', operation: 'dynamodb:UpdateItem', times: 1 })
  await aws.calls.clear()
  expect(outcomeOf(await remove('ordered'))).toMatchObject({ remaining: [{ name: 'AccessDenied' }], changes: [] })
  const writes = (await aws.calls.all()).filter(({ write }) => write).map(({ operation }) => operation)
  expect(writes.filter((operation) => operation.startsWith('iam:'))).toEqual([])
  expect(outcomeOf(await remove('ordered'))).toEqual({ remaining: [], changes: ['deleted'] })
})

it('deletes the workload’s former roles of other names, and one that cannot be deleted does not keep the others', async () => {
  await createRole('renamed-kept', { serviceAccount: 'renamed', inlinePolicy })
  await createRole('renamed-first', { serviceAccount: 'renamed' })
  await createRole('renamed-second', { serviceAccount: 'renamed', policyArns: [] })
  const PolicyDocument = JSON.stringify(inlinePolicy)
  await iam.send(new PutRolePolicyCommand({ RoleName: 'renamed-kept', PolicyName: 'break-glass', PolicyDocument }))
  expect(outcomeOf(await remove('renamed'))).toEqual({
    remaining: [
      expect.objectContaining({
        name: 'OwnershipConflict',
        object: expect.stringMatching(/role\/workload-identity\/prod\/renamed-kept$/),
      }),
    ],
    changes: ['deleted', 'deleted'],
  })
  expect(await roleNames()).toEqual(['renamed-kept'])

  await iam.send(new DeleteRolePolicyCommand({ RoleName: 'renamed-kept', PolicyName: 'break-glass' }))
  expect(outcomeOf(await remove('renamed'))).toEqual({ remaining: [], changes: ['deleted'] })
  expect(await roleNames()).toEqual([])
})

async function roleNames() {
  const { Roles = [] } = await iam.send(new ListRolesCommand({ PathPrefix: settings.ROLE_PATH }))
  return Roles.map(({ RoleName = '' }) => RoleName).filter((each) => each.startsWith('renamed-'))
}
