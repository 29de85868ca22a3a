import {
  CreateRoleCommand,
  DeleteOpenIDConnectProviderCommand,
  DeleteRolePermissionsBoundaryCommand,
  DetachRolePolicyCommand,
  EntityAlreadyExistsException,
  PutRolePolicyCommand,
  RemoveClientIDFromOpenIDConnectProviderCommand,
  TagOpenIDConnectProviderCommand,
  TagRoleCommand,
  UntagOpenIDConnectProviderCommand,
  UntagRoleCommand,
  UpdateAssumeRolePolicyCommand,
  UpdateOpenIDConnectProviderThumbprintCommand,
  UpdateRoleCommand,
} from '@aws-sdk/client-iam'
import * as z from 'zod/mini'
import type { PrivateCluster } from '../../e2e/support/clusters/private-cluster.ts'
import type { Edits } from '../../support/api/requests.ts'
import { deployment } from '../../support/steps/deployment.ts'
import { abandonClaims } from './abandoned.ts'
import { changePreparations } from './change.ts'
import { type Fixture, ownPolicy } from './fixture.ts'
import { deleteDocuments, hostedCluster } from './hosted.ts'
import { recordMove } from './moved.ts'
import { keyPreparations } from './signing-keys.ts'

/** A preparation that makes the next setup need the permission. */
export interface Prepared {
  /** Starts the operation, if it is not the usual setup, and returns its path. */
  readonly start?: () => Promise<string>
  /** The difference of its request from that of the first setup. Default: none. */
  readonly edits?: Edits
  /** Undoes the preparation. */
  readonly undo?: () => Promise<unknown>
}

type Preparation = (fixture: Fixture) => Promise<Prepared>

const both = ['arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess', ownPolicy]
const inlinePolicy = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: 's3:PutObject', Resource: 'arn:aws:s3:::example-reports/*' }],
}
const deploymentTag = 'workload-identity:deployment'
const withEdits = (edits: Edits): Preparation => {
  return () => Promise.resolve({ edits })
}
/** A setup of the cluster with a hosted issuer. */
function ofHosted(prepare: (fixture: Fixture, hosted: PrivateCluster) => Promise<void>): Preparation {
  return async (fixture) => {
    const hosted = await hostedCluster(fixture.system)
    await prepare(fixture, hosted)
    return { start: () => fixture.system.start(hosted.body) }
  }
}
/** Gives the claims of the cluster to an unknown cluster, so that the step has to acquire them. `adopted` prepares the adoption. */
function abandoning(kind: string, adopted?: Preparation): Preparation {
  return async (fixture) => {
    const restore = await abandonClaims(fixture.system, fixture.cluster.name, kind)
    const { edits = {}, undo } = (await adopted?.(fixture)) ?? {}
    return { edits, undo: () => Promise.all([restore(), undo?.()]) }
  }
}
const withBothPolicies = { 'workloads.0.role.policyArns': both }
const withInlinePolicy = { 'workloads.0.role.inlinePolicy': inlinePolicy }

/**
 * Preparations for the permissions that a repeated setup without changes does not need, by function and action, or by function for
 * all its actions. Most change or remove objects as root, as a user may do by hand.
 */
export const preparations: Readonly<Record<string, Preparation>> = {
  'publish-discovery': ofHosted(() => Promise.resolve()),
  'publish-discovery s3:PutObject': ofHosted(async (fixture, hosted) => deleteDocuments(fixture.system, hosted)),
  'publish-discovery dynamodb:ConditionCheckItem': async ({ system }) => {
    const hosted = await hostedCluster(system)
    await deleteDocuments(system, hosted)
    const restore = await abandonClaims(system, hosted.name, 'issuer')
    const undo = async () => {
      await restore()
      await system.setUp(hosted.body)
    }
    return { start: () => system.start(hosted.body), undo }
  },
  'publish-discovery sns:Publish': ofHosted(async (_, { cluster }) => void cluster.signer.addVerificationKey()),
  'check-issuer': ofHosted((fixture) => recordMove(fixture)),
  'register-oidc iam:CreateOpenIDConnectProvider': async (fixture) => {
    const OpenIDConnectProviderArn = await providerArn(fixture.system.api, fixture.cluster.name)
    await fixture.roles.iam.send(new DeleteOpenIDConnectProviderCommand({ OpenIDConnectProviderArn }))
    return { undo: () => fixture.setUp() }
  },
  'register-oidc iam:TagOpenIDConnectProvider': adoptedProvider,
  'register-oidc dynamodb:ConditionCheckItem': abandoning('provider', adoptedProvider),
  'register-oidc iam:AddClientIDToOpenIDConnectProvider': async ({ roles, system, cluster }) => {
    const OpenIDConnectProviderArn = await providerArn(system.api, cluster.name)
    const ClientID = 'sts.amazonaws.com'
    await roles.iam.send(new RemoveClientIDFromOpenIDConnectProviderCommand({ OpenIDConnectProviderArn, ClientID }))
    return {}
  },
  'register-oidc iam:UpdateOpenIDConnectProviderThumbprint': async ({ roles, system, cluster }) => {
    const OpenIDConnectProviderArn = await providerArn(system.api, cluster.name)
    const ThumbprintList = ['f'.repeat(40)]
    await roles.iam.send(new UpdateOpenIDConnectProviderThumbprintCommand({ OpenIDConnectProviderArn, ThumbprintList }))
    return {}
  },
  'create-role iam:GetRolePolicy': withEdits(withInlinePolicy),
  'create-role iam:PutRolePolicy': async (fixture) => {
    // Removes the policy of another case.
    await fixture.setUp()
    return { edits: withInlinePolicy }
  },
  'create-role iam:DeleteRolePolicy': async ({ roles, roleName: RoleName }) => {
    const PolicyDocument = JSON.stringify(inlinePolicy)
    await roles.iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: 'workload-identity', PolicyDocument }))
    return {}
  },
  'create-role iam:DetachRolePolicy': async (fixture) => {
    await fixture.setUp(withBothPolicies)
    return {}
  },
  'create-role iam:AttachRolePolicy': async ({ roles, roleName: RoleName }) => {
    await roles.iam.send(new DetachRolePolicyCommand({ RoleName, PolicyArn: both[0] }))
    return {}
  },
  'create-role iam:UpdateAssumeRolePolicy': async ({ roles, roleName: RoleName }) => {
    const Principal = { Service: 'ec2.amazonaws.com' }
    const Statement = [{ Effect: 'Allow', Principal, Action: 'sts:AssumeRole' }]
    const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement })
    await roles.iam.send(new UpdateAssumeRolePolicyCommand({ RoleName, PolicyDocument }))
    return {}
  },
  'create-role iam:UpdateRole': async ({ roles, roleName: RoleName }) => {
    await roles.iam.send(new UpdateRoleCommand({ RoleName, MaxSessionDuration: 7200 }))
    return {}
  },
  'create-role iam:TagRole': adoptedRole,
  'create-role dynamodb:ConditionCheckItem': abandoning('role', adoptedRole),
  'check-cluster dynamodb:ConditionCheckItem': abandoning('issuer'),
  'apply-cluster dynamodb:ConditionCheckItem': abandoning('management-object'),
  'create-role iam:CreateRole': async ({ roleName }) => ({ edits: { 'workloads.0.role.name': `${roleName}-2` } }),
  'create-role iam:PutRolePermissionsBoundary': async ({ roles, roleName: RoleName }) => {
    await roles.iam.send(new DeleteRolePermissionsBoundaryCommand({ RoleName }))
    return {}
  },
  ...changePreparations(),
  ...keyPreparations,
  'verify iam:GetRolePolicy': withEdits(withInlinePolicy),
  'record-result dynamodb:ConditionCheckItem': async (fixture) => ({ start: () => startRemoval(fixture) }),
  // A step fails, and RecordResult queries its error in the record.
  'record-result dynamodb:Query': async (fixture) => ({ edits: await withForeignRole(fixture) }),
}

/** Adds a workload, and starts the setup that removes it. */
export async function startRemoval(fixture: Fixture): Promise<string> {
  const { system, cluster } = fixture
  await fixture.setUp({ 'workloads.1': { namespace: 'default', serviceAccount: 'removed', role: { policyArns: [] } } })
  const path = `/v1/clusters/${cluster.name}`
  const tag = (await fetch(system.api + path)).headers.get('etag') ?? ''
  const response = await system.putTo(`${path}?removals=allow`, fixture.body(), { 'if-match': tag })
  return response.headers.get('location') ?? ''
}

/** Creates a role by hand, and returns the edits for a request with this role. */
async function withForeignRole({ roles, cluster }: Fixture): Promise<Edits> {
  const RoleName = `${cluster.name}-by-hand`
  const Path = `/workload-identity/${cluster.name}/`
  const Statement = [{ Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' }]
  const AssumeRolePolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement })
  await unlessExists(roles.iam.send(new CreateRoleCommand({ RoleName, Path, AssumeRolePolicyDocument })))
  return { 'workloads.0.role.name': RoleName }
}

async function unlessExists(made: Promise<unknown>): Promise<void> {
  try {
    await made
  } catch (error) {
    if (!(error instanceof EntityAlreadyExistsException)) throw error
  }
}

async function adoptedProvider({ roles, system, cluster }: Fixture): Promise<Prepared> {
  const OpenIDConnectProviderArn = await providerArn(system.api, cluster.name)
  await roles.iam.send(new UntagOpenIDConnectProviderCommand({ OpenIDConnectProviderArn, TagKeys: [deploymentTag] }))
  const Tags = [{ Key: deploymentTag, Value: deployment }]
  return {
    edits: { adopt: true },
    undo: () => roles.iam.send(new TagOpenIDConnectProviderCommand({ OpenIDConnectProviderArn, Tags })),
  }
}

async function adoptedRole({ roles, roleName: RoleName }: Fixture): Promise<Prepared> {
  await roles.iam.send(new UntagRoleCommand({ RoleName, TagKeys: [deploymentTag] }))
  const Tags = [{ Key: deploymentTag, Value: deployment }]
  return { edits: { adopt: true }, undo: () => roles.iam.send(new TagRoleCommand({ RoleName, Tags })) }
}

const recordedCluster = z.object({ status: z.object({ providerArn: z.string() }) })

async function providerArn(api: string, cluster: string): Promise<string> {
  const response = await fetch(`${api}/v1/clusters/${cluster}`)
  return recordedCluster.parse(await response.json()).status.providerArn
}
