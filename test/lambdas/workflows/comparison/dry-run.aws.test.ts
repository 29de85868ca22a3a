/** Dry runs of create-role and register-oidc, on any AWS; client IDs are in test/lambdas/provider/register-oidc.sandbox.test.ts. */
import {
  AttachRolePolicyCommand,
  DeleteOpenIDConnectProviderCommand,
  DeleteRoleCommand,
  DeleteRolePermissionsBoundaryCommand,
  DeleteRolePolicyCommand,
  DetachRolePolicyCommand,
  PutRolePolicyCommand,
  TagOpenIDConnectProviderCommand,
  TagRoleCommand,
  UntagOpenIDConnectProviderCommand,
  UntagRoleCommand,
  UpdateAssumeRolePolicyCommand,
  UpdateOpenIDConnectProviderThumbprintCommand,
  UpdateRoleCommand,
} from '@aws-sdk/client-iam'
import { beforeEach, describe, expect, it } from 'vitest'
import { issuerResource } from '../../../../lambdas/claims/claim.ts'
import { release } from '../../../../lambdas/claims/claims.ts'
import { tagKeys } from '../../../../lambdas/ownership/labels.ts'
import type { Change } from '../../../../lambdas/report/change.ts'
import type { Difference } from '../../../../lambdas/report/difference.ts'
import { settings } from '../../../support/aws/aws-account.ts'
import { issuerHost, old, registration, thumbprint } from '../../../support/steps/registration.ts'
import {
  createRole,
  foreignTrust,
  inlinePolicy,
  makePolicies,
  type RoleAsk,
  s3,
  sns,
  sqs,
  wantedTrust,
} from '../../../support/steps/role-creation.ts'

const oidc = registration()
const { aws } = oidc
let count = 0
let RoleName = ''

makePolicies(aws)
beforeEach(async () => {
  count += 1
  RoleName = `prod-${count}`
})

interface Case {
  readonly what: string
  /** A change by another writer after the role or provider was created. */
  readonly change?: () => Promise<unknown>
  readonly action: Change['action']
  readonly differences?: () => Difference[]
}

interface RoleCase extends Case {
  /** The role of the dry run and of the next setup, when it differs from the first setup's. */
  readonly requested?: RoleAsk
}

/** The writes at AWS during `work`, including those of the record. */
async function writesDuring(work: () => Promise<unknown>): Promise<string[]> {
  await aws.calls.clear()
  await work()
  const calls = await aws.calls.all()
  return calls.filter(({ write }) => write).map(({ operation }) => operation)
}

type Reported = Change | undefined
type Step = (dryRun: boolean) => Promise<{ change: Reported }>

/** Expects that a dry run reports what the step then does, and that a further dry run reports no change. */
async function expectReportedAndDone(step: Step, { action, differences }: Case) {
  let change: Reported
  const writes = await writesDuring(async () => {
    change = (await step(true)).change
  })
  expect(writes).toEqual([])
  expect(change).toMatchObject({ action })
  expect(change?.differences).toEqual(differences?.())

  const { change: done } = await step(false)
  expect(done).toMatchObject({ object: change?.object, action })
  expect(done).not.toHaveProperty('differences')
  const { change: after } = await step(true)
  expect(after).toMatchObject({ object: change?.object, action: 'unchanged' })
  expect(after).not.toHaveProperty('differences')
}

const other = { ...inlinePolicy, Statement: [{ Effect: 'Allow', Action: 's3:ListBucket', Resource: '*' }] }
const tag = (key: keyof typeof tagKeys) => `tags.${tagKeys[key]}`

const roleCases: RoleCase[] = [
  { what: 'nothing', action: 'unchanged' },
  {
    what: 'trust policy',
    change: () => aws.iam.send(new UpdateAssumeRolePolicyCommand({ RoleName, PolicyDocument: foreignTrust })),
    action: 'updated',
    differences: () => [{ field: 'trustPolicy', desired: wantedTrust(RoleName), observed: JSON.parse(foreignTrust) }],
  },
  {
    what: 'boundary, removed',
    change: () => aws.iam.send(new DeleteRolePermissionsBoundaryCommand({ RoleName })),
    action: 'updated',
    differences: () => [{ field: 'permissionsBoundaryArn', desired: settings.PERMISSIONS_BOUNDARY_ARN }],
  },
  {
    what: 'session length',
    change: () =>
      aws.iam.send(new UpdateRoleCommand({ RoleName, Description: descriptionOf(RoleName), MaxSessionDuration: 7200 })),
    action: 'updated',
    differences: () => [{ field: 'maxSessionSeconds', desired: 3600, observed: 7200 }],
  },
  {
    what: 'description',
    change: () => aws.iam.send(new UpdateRoleCommand({ RoleName, Description: 'mine', MaxSessionDuration: 3600 })),
    action: 'updated',
    differences: () => [{ field: 'description', desired: descriptionOf(RoleName), observed: 'mine' }],
  },
  {
    what: 'policies, others requested',
    requested: { policyArns: [sqs, sns], inlinePolicy },
    action: 'updated',
    differences: () => [
      { field: 'policyArns', desired: sqs },
      { field: 'policyArns', desired: sns },
      { field: 'policyArns', observed: s3 },
    ],
  },
  {
    what: 'inline policy, another text',
    change: () => putInlinePolicy('workload-identity', other),
    action: 'updated',
    differences: () => [{ field: 'inlinePolicy', desired: inlinePolicy, observed: other }],
  },
  {
    what: 'inline policy, no longer requested',
    requested: {},
    action: 'updated',
    differences: () => [{ field: 'inlinePolicy', observed: inlinePolicy }],
  },
  {
    what: 'ownership tag, removed from a role that may be adopted',
    change: () => aws.iam.send(new UntagRoleCommand({ RoleName, TagKeys: [tagKeys.deployment] })),
    requested: { inlinePolicy, adopt: true },
    action: 'adopted',
    differences: () => [
      { field: tag('deployment'), desired: settings.DEPLOYMENT },
      { field: tag('adopted'), desired: 'true' },
    ],
  },
  { what: 'role, deleted', change: () => deleteRole(), action: 'created' },
]

function descriptionOf(name: string): string {
  return `Kubernetes service account default/${name} of cluster prod`
}

function putInlinePolicy(PolicyName: string, document: object): Promise<unknown> {
  return aws.iam.send(new PutRolePolicyCommand({ RoleName, PolicyName, PolicyDocument: JSON.stringify(document) }))
}

async function deleteRole() {
  await Promise.all([
    aws.iam.send(new DetachRolePolicyCommand({ RoleName, PolicyArn: s3 })),
    aws.iam.send(new DeleteRolePolicyCommand({ RoleName, PolicyName: 'workload-identity' })),
  ])
  await aws.iam.send(new DeleteRoleCommand({ RoleName }))
}

describe('a dry run of create-role', () => {
  it('reports that a missing role would be created, with its trust policy', async () => {
    const { change } = await createRole(RoleName, { inlinePolicy, dryRun: true })
    expect(change?.made).toEqual({ trustPolicy: wantedTrust(RoleName) })
    await expectReportedAndDone((dryRun) => createRole(RoleName, { inlinePolicy, dryRun }), {
      what: 'role',
      action: 'created',
    })
  })

  it.each(roleCases)(
    'names exactly what was changed: $what',
    async ({ change, requested = { inlinePolicy }, ...rest }) => {
      await createRole(RoleName, { inlinePolicy })
      await change?.()
      await expectReportedAndDone((dryRun) => createRole(RoleName, { ...requested, dryRun }), rest)
    },
  )

  it('reports policies that others added as additions, which a setup keeps', async () => {
    await createRole(RoleName)
    await aws.iam.send(new AttachRolePolicyCommand({ RoleName, PolicyArn: sqs }))
    await putInlinePolicy('theirs', inlinePolicy)
    const { change } = await createRole(RoleName, { dryRun: true })
    expect(change).toMatchObject({ action: 'unchanged' })
    expect(change).not.toHaveProperty('differences')
    expect(change?.additions).toEqual([
      { field: 'policyArns', observed: sqs },
      { field: 'inlinePolicyNames', observed: 'theirs' },
    ])
  })

  it('does not treat policies of an earlier dry run as ours', async () => {
    await createRole(RoleName)
    await createRole(RoleName, { policyArns: [s3, sqs], dryRun: true })
    await aws.iam.send(new AttachRolePolicyCommand({ RoleName, PolicyArn: sqs }))
    const { change } = await createRole(RoleName, { dryRun: true })
    expect(change?.additions).toEqual([{ field: 'policyArns', observed: sqs }])
  })

  it.each(['deployment', 'cluster', 'namespace', 'serviceAccount'] as const)(
    'reports the error of a setup after the removal of the tag %s, beside the differences',
    async (key) => {
      const { arn } = await createRole(RoleName)
      await aws.iam.send(new UntagRoleCommand({ RoleName, TagKeys: [tagKeys[key]] }))
      const { change } = await createRole(RoleName, { dryRun: true })
      const [fails] = await Promise.allSettled([createRole(RoleName)])
      expect(change?.refused).toMatchObject({ name: 'OwnershipConflict', object: arn })
      expect(fails).toMatchObject({ reason: change?.refused })
      expect(change?.differences?.map(({ field }) => field)).toEqual([tag(key), tag('adopted')])
    },
  )
})

const otherDeployment = '000000000000/eu-west-1/Another'
const refusedForDeployment = {
  name: 'OwnershipConflict',
  reason: expect.stringContaining(`belongs to the deployment ${otherDeployment}`),
}

describe('an object of another deployment for a cluster of the same name', () => {
  it.each([true, false])(
    'is refused as the role, in a dry run (%s) as in a setup, also with adoption',
    async (dryRun) => {
      await createRole(RoleName)
      const Tags = [{ Key: tagKeys.deployment, Value: otherDeployment }]
      await aws.iam.send(new TagRoleCommand({ RoleName, Tags }))
      await expect(createRole(RoleName, { adopt: true, dryRun })).rejects.toMatchObject(refusedForDeployment)
    },
  )

  it.each([true, false])(
    'is refused as the provider, in a dry run (%s) as in a setup, also with adoption',
    async (dryRun) => {
      await oidc.register({ adopt: false })
      const Tags = [{ Key: tagKeys.deployment, Value: otherDeployment }]
      const OpenIDConnectProviderArn = oidc.arn()
      await aws.iam.send(new TagOpenIDConnectProviderCommand({ OpenIDConnectProviderArn, Tags }))
      await expect(oidc.register({ adopt: true, dryRun })).rejects.toMatchObject(refusedForDeployment)
    },
  )
})

const providerCases: Case[] = [
  { what: 'nothing', action: 'unchanged' },
  {
    what: 'thumbprints',
    change: () =>
      aws.iam.send(
        new UpdateOpenIDConnectProviderThumbprintCommand({
          OpenIDConnectProviderArn: oidc.arn(),
          ThumbprintList: [old],
        }),
      ),
    action: 'updated',
    differences: () => [{ field: 'thumbprints', desired: [old, thumbprint(oidc.issuerLeaf)], observed: [old] }],
  },
  {
    what: 'ownership tag, removed from a provider that may be adopted',
    change: () =>
      aws.iam.send(
        new UntagOpenIDConnectProviderCommand({ OpenIDConnectProviderArn: oidc.arn(), TagKeys: [tagKeys.deployment] }),
      ),
    action: 'adopted',
    differences: () => [
      { field: tag('deployment'), desired: settings.DEPLOYMENT },
      { field: tag('adopted'), desired: 'true' },
    ],
  },
  {
    what: 'provider, deleted',
    change: () => aws.iam.send(new DeleteOpenIDConnectProviderCommand({ OpenIDConnectProviderArn: oidc.arn() })),
    action: 'created',
  },
]

describe('a dry run of register-oidc', () => {
  const register = (dryRun: boolean) => oidc.register({ adopt: true, dryRun })

  it('reports that a missing provider would be created, with its thumbprint and ARN', async () => {
    const { arn, change } = await register(true)
    expect(arn).toBe(oidc.arn())
    expect(change?.detail).toBe(`thumbprints ${thumbprint(oidc.issuerLeaf)}`)
    await expectReportedAndDone(register, { what: 'provider', action: 'created' })
  })

  it.each(providerCases)('names exactly what was changed: $what', async ({ change, ...rest }) => {
    await register(false)
    await change?.()
    await expectReportedAndDone(register, rest)
  })

  it('reports the new certificate of a server beside the registered one', async () => {
    await register(false)
    const before = thumbprint(oidc.issuerLeaf)
    await oidc.authority.rotate()
    const leaf = await oidc.authority.issue([issuerHost])
    oidc.issuer.present(leaf)
    await expectReportedAndDone(register, {
      what: 'thumbprints',
      action: 'updated',
      differences: () => [{ field: 'thumbprints', desired: [before, thumbprint(leaf)], observed: [before] }],
    })
  })

  it('reports audiences of others as additions, and no thumbprints', async () => {
    await oidc.foreignProvider({ thumbprints: [old], clientIds: ['theirs', 'sts.amazonaws.com'] })
    const { change } = await register(true)
    expect(change?.action).toBe('adopted')
    expect(change?.differences?.map(({ field }) => field)).toEqual([
      tag('deployment'),
      tag('cluster'),
      tag('adopted'),
      'thumbprints',
    ])
    expect(change?.additions).toEqual([{ field: 'clientIds', observed: 'theirs' }])
  })

  it('fails as a setup does, and names the provider, when another cluster owns it', async () => {
    await register(false)
    await release(issuerResource(oidc.issuerUrl()), 'prod')
    await expect(oidc.register({ clusterName: 'dev', dryRun: true })).rejects.toMatchObject({
      name: 'OwnershipConflict',
      object: oidc.arn(),
    })
  })
})
