/** A cluster whose provider and roles are in a member account. */
import {
  DeletePolicyCommand,
  GetOpenIDConnectProviderCommand,
  GetRoleCommand,
  type IAMClient,
  ListOpenIDConnectProvidersCommand,
  ListRolesCommand,
  UpdateOpenIDConnectProviderThumbprintCommand,
  UpdateRoleCommand,
} from '@aws-sdk/client-iam'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bundleName } from '../../infra/functions/entry.ts'
import { steps } from '../../infra/steps.ts'
import { account, memberAccount, otherMemberAccount } from '../../sandbox/account.ts'
import { DeployedRoles } from '../permissions/support/deployed-role.ts'
import { deleteMemberStack, deployMemberStack, memberIam } from '../support/aws/member-stack.ts'
import { iamClient } from './support/aws-clients.ts'
import { type ExistingCluster, existingCluster } from './support/clusters/existing-cluster.ts'
import { onlyThese, rotate } from './support/clusters/rotation.ts'
import { driftOf, namedIn } from './support/runs/comparison.ts'
import { type System, system } from './support/system.ts'

let running: System
let inMemberAccount: IAMClient

beforeAll(async () => {
  running = await system()
  await deployMemberStack(running.sandbox.aws, memberAccount)
  inMemberAccount = memberIam(running.sandbox.aws, memberAccount.id)
})
afterAll(() => inMemberAccount?.destroy())

const inMember = { 'cluster.awsAccountId': memberAccount.id }
const ofMember = (arn: string) => arn.replace(account.id, memberAccount.id)

/** ARNs of the cluster's roles and providers in an account. */
async function foundIn(iam: IAMClient, { name }: ExistingCluster): Promise<string[]> {
  const [{ Roles = [] }, { OpenIDConnectProviderList = [] }] = await Promise.all([
    iam.send(new ListRolesCommand({ PathPrefix: `/workload-identity/${name}/` })),
    iam.send(new ListOpenIDConnectProvidersCommand({})),
  ])
  const providers = OpenIDConnectProviderList.flatMap(({ Arn = '' }) => (Arn.includes(name) ? [Arn] : []))
  return [...Roles.map(({ Arn = '' }) => Arn), ...providers]
}

/** The steps that use IAM, in the order of a setup. */
const inSetup = ['RegisterOidc', 'CreateRole', 'Verify'] as const

// These tests come first, because a function caches its session for ten minutes.
describe('the right to assume the role that the member roles trust', () => {
  const callerOf = (step: string) =>
    `arn:aws:iam::${account.id}:role/WorkloadIdentity-${account.region}-${step === 'Verify' ? 'reader' : 'writer'}`
  const refused = (step: string) => ({ name: 'AccountRefused', object: callerOf(step), step })
  let own: ExistingCluster
  let roles: DeployedRoles

  beforeAll(async () => {
    own = await existingCluster(running, 'member-rights')
    roles = new DeployedRoles(running.sandbox.aws.endpoint)
  })
  afterAll(() => roles?.iam.destroy())

  async function without<Result>(state: string, use: () => Promise<Result>): Promise<Result> {
    const role = await roles.roleOfFunction(bundleName(steps.get(state)?.entry ?? ''))
    return roles.without(role, { action: 'sts:AssumeRole', resource: callerOf(state) }, use)
  }

  it.each(inSetup)('is needed by %s in a setup', async (state) => {
    const ended = await without(state, () => running.setUp(own.body(inMember)))
    expect(ended.error).toMatchObject(refused(state))
  })

  it('is needed by RotateThumbprints in a rotation', async () => {
    expect((await running.setUp(own.body(inMember))).error).toBeUndefined()
    await onlyThese(running, [own.name], async () => {
      const rotated = await without('RotateThumbprints', () => rotate(running))
      expect(rotated.get(own.name)?.error).toMatchObject(refused('RotateThumbprints'))
    })
  })

  it('is needed by DeleteRole and DeleteProvider in a teardown, which lists the remaining objects', async () => {
    const path = `/v1/clusters/${own.name}`
    const first = await without('DeleteRole', () => without('DeleteProvider', () => running.tearDown(path)))
    expect(first).toMatchObject({
      status: 'failed',
      result: { remaining: [refused('DeleteRole'), refused('DeleteProvider')] },
    })
    expect(await foundIn(inMemberAccount, own)).toHaveLength(2)
    expect(await running.tearDown(path)).toMatchObject({ status: 'succeeded' })
    expect(await foundIn(inMemberAccount, own)).toEqual([])
  })
})

describe('a cluster of a member account', () => {
  it('is set up and verified there, and has no objects in the account of the deployment', async () => {
    const own = await existingCluster(running, 'member')
    const ended = await running.setUp(own.body(inMember))
    expect(ended.error).toBeUndefined()
    expect(ended.result).toMatchObject({
      providerArn: ofMember(own.providerArn),
      proofs: [{ roleArn: ofMember(own.roleArn), provider: ofMember(own.providerArn) }],
    })
    expect(await foundIn(inMemberAccount, own)).toEqual([ofMember(own.roleArn), ofMember(own.providerArn)])
    const iam = iamClient(running)
    expect(await foundIn(iam, own)).toEqual([])
    iam.destroy()

    const { Role } = await inMemberAccount.send(new GetRoleCommand({ RoleName: own.name }))
    expect(Role).toMatchObject({
      PermissionsBoundary: {
        PermissionsBoundaryArn: `arn:aws:iam::${memberAccount.id}:policy/WorkloadIdentity-${account.id}-${account.region}`,
      },
      Tags: expect.arrayContaining([
        { Key: 'workload-identity:deployment', Value: `${account.id}/${account.region}/WorkloadIdentity` },
      ]),
    })
    expect(decodeURIComponent(Role?.AssumeRolePolicyDocument ?? '')).toContain(ofMember(own.providerArn))
    const PolicyArn = Role?.PermissionsBoundary?.PermissionsBoundaryArn ?? ''
    // The use of the boundary prevents CloudFormation from deleting the member stack.
    const deletion = inMemberAccount.send(new DeletePolicyCommand({ PolicyArn }))
    await expect(deletion).rejects.toMatchObject({ name: expect.stringContaining('DeleteConflict') })

    const since = Date.now()
    expect((await running.setUp(own.body(inMember))).error).toBeUndefined()
    expect(await running.writesOf(own.name, since)).toEqual([])
  })

  it('is compared, rotated, verified and torn down there', async () => {
    const own = await existingCluster(running, 'member-kept')
    expect((await running.setUp(own.body(inMember))).error).toBeUndefined()
    expect(namedIn(await driftOf(running, own.name))).toEqual([])

    await inMemberAccount.send(new UpdateRoleCommand({ RoleName: own.name, MaxSessionDuration: 3600 }))
    expect(namedIn(await driftOf(running, own.name))).toEqual([`${ofMember(own.roleArn)}: maxSessionSeconds`])
    expect((await running.setUp(own.body(inMember))).error).toBeUndefined()
    expect(namedIn(await driftOf(running, own.name))).toEqual([])

    const OpenIDConnectProviderArn = ofMember(own.providerArn)
    const { ThumbprintList: live } = await inMemberAccount.send(
      new GetOpenIDConnectProviderCommand({ OpenIDConnectProviderArn }),
    )
    const ThumbprintList = ['0'.repeat(40)]
    await inMemberAccount.send(
      new UpdateOpenIDConnectProviderThumbprintCommand({ OpenIDConnectProviderArn, ThumbprintList }),
    )
    await onlyThese(running, [own.name], async () => {
      expect((await rotate(running)).get(own.name)).toMatchObject({ outcome: 'added', added: live })
    })

    const done = await running.tearDown(`/v1/clusters/${own.name}`)
    expect(done).toMatchObject({ status: 'succeeded', result: { remaining: [] } })
    expect(await foundIn(inMemberAccount, own)).toEqual([])
  })

  it('cannot move to another account', async () => {
    const own = await existingCluster(running, 'member-stays')
    expect((await running.setUp(own.body(inMember))).error).toBeUndefined()
    const answer = await running.post(own.body())
    expect([answer.status, await answer.json()]).toMatchObject([
      409,
      { issues: [{ path: 'cluster.awsAccountId', message: expect.stringContaining(`set it to ${memberAccount.id}`) }] },
    ])
  })

  it('is refused in an account that is not in the settings', async () => {
    const own = await existingCluster(running, 'member-unknown')
    const answer = await running.post(own.body({ 'cluster.awsAccountId': '999999999999' }))
    expect([answer.status, await answer.json()]).toMatchObject([
      400,
      { issues: [{ path: 'cluster.awsAccountId', message: expect.stringContaining('the setting accounts') }] },
    ])
  })
})

describe('an account whose member stack', () => {
  const body = (own: ExistingCluster) => own.body({ 'cluster.awsAccountId': otherMemberAccount.id })
  const refused = {
    name: 'AccountRefused',
    object: `arn:aws:iam::${otherMemberAccount.id}:role/WorkloadIdentity-${account.id}-${account.region}-writer`,
    action: expect.stringContaining(`Deploy the member stack in ${otherMemberAccount.id}`),
  }

  it('is missing, or has another external ID, fails the setup immediately with instructions', async () => {
    const own = await existingCluster(running, 'member-missing')
    expect((await running.setUp(body(own))).error).toMatchObject(refused)

    await deployMemberStack(running.sandbox.aws, { ...otherMemberAccount, externalId: 'of-somebody-else' })
    const wrong = await running.setUp(body(own))
    expect(wrong.error).toMatchObject(refused)
    expect(JSON.stringify(wrong)).not.toContain(otherMemberAccount.externalId)

    await deleteMemberStack(running.sandbox.aws, otherMemberAccount.id)
    await deployMemberStack(running.sandbox.aws, otherMemberAccount)
    expect((await running.setUp(body(own))).error).toBeUndefined()
  })
})
