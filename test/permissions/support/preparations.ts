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
import { deleteDocuments, hostedCluster } from './hosted.ts'
import { recordMove } from './moved.ts'
import { keyPreparations } from './signing-keys.ts'
import { ownPolicy, type World } from './world.ts'

/** What makes the next setup take the path on which the permission is needed. */
export interface Prepared {
  /** Starts the operation, if it is no setup, and gives back its path. */
  readonly start?: () => Promise<string>
  /** How its request differs from the one of the finished setup; not at all when left out. */
  readonly edits?: Edits
  /** Undoes what the next case must not find. */
  readonly undo?: () => Promise<unknown>
}

type Preparation = (world: World) => Promise<Prepared>

const both = ['arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess', ownPolicy]
const inlinePolicy = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: 's3:PutObject', Resource: 'arn:aws:s3:::example-reports/*' }],
}
const deploymentTag = 'workload-identity:deployment'
const asking = (edits: Edits): Preparation => {
  return () => Promise.resolve({ edits })
}
/** A setup of the cluster whose issuer the deployment hosts. */
function ofHosted(prepare: (world: World, hosted: PrivateCluster) => Promise<void>): Preparation {
  return async (world) => {
    const hosted = await hostedCluster(world.system)
    await prepare(world, hosted)
    return { start: () => world.system.start(hosted.body) }
  }
}
/** Claims of the cluster that an earlier one has left: the step takes them over. What it adopts is made ready as well. */
function abandoning(kind: string, adopted?: Preparation): Preparation {
  return async (world) => {
    const restore = await abandonClaims(world.system, world.cluster.name, kind)
    const { edits = {}, undo } = (await adopted?.(world)) ?? {}
    return { edits, undo: () => Promise.all([restore(), undo?.()]) }
  }
}
const withBothPolicies = { 'workloads.0.role.policyArns': both }
const withInlinePolicy = { 'workloads.0.role.inlinePolicy': inlinePolicy }

/**
 * By function and action, or by function for all of its actions: the permissions that a repeated setup, which finds everything as it left it, does not need.
 * Each brings about, as root, what the product would find when somebody has changed or removed what it made.
 */
export const preparations: Readonly<Record<string, Preparation>> = {
  'publish-discovery': ofHosted(() => Promise.resolve()),
  'publish-discovery s3:PutObject': ofHosted(async (world, hosted) => deleteDocuments(world.system, hosted)),
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
  'check-issuer': ofHosted((world) => recordMove(world)),
  'register-oidc iam:CreateOpenIDConnectProvider': async (world) => {
    const OpenIDConnectProviderArn = await providerArn(world.system.api, world.cluster.name)
    await world.roles.iam.send(new DeleteOpenIDConnectProviderCommand({ OpenIDConnectProviderArn }))
    return { undo: () => world.setUp() }
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
  'create-role iam:GetRolePolicy': asking(withInlinePolicy),
  'create-role iam:PutRolePolicy': async (world) => {
    // Removes the policy that another case may have left.
    await world.setUp()
    return { edits: withInlinePolicy }
  },
  'create-role iam:DeleteRolePolicy': async ({ roles, roleName: RoleName }) => {
    const PolicyDocument = JSON.stringify(inlinePolicy)
    await roles.iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: 'workload-identity', PolicyDocument }))
    return {}
  },
  'create-role iam:DetachRolePolicy': async (world) => {
    await world.setUp(withBothPolicies)
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
  'verify iam:GetRolePolicy': asking(withInlinePolicy),
  'record-result dynamodb:ConditionCheckItem': async (world) => ({ start: () => startRemoval(world) }),
  // Something fails, and is looked for in the record.
  'record-result dynamodb:Query': async (world) => ({ edits: await withForeignRole(world) }),
}

/** Adds a workload, and starts the setup that removes it. */
export async function startRemoval(world: World): Promise<string> {
  const { system, cluster } = world
  await world.setUp({ 'workloads.1': { namespace: 'default', serviceAccount: 'removed', role: { policyArns: [] } } })
  const path = `/v1/clusters/${cluster.name}`
  const tag = (await fetch(system.api + path)).headers.get('etag') ?? ''
  const response = await system.putTo(`${path}?removals=allow`, world.body(), { 'if-match': tag })
  return response.headers.get('location') ?? ''
}

/** What asks for a role that somebody has made by hand. */
async function withForeignRole({ roles, cluster }: World): Promise<Edits> {
  const RoleName = `${cluster.name}-by-hand`
  const Path = `/workload-identity/${cluster.name}/`
  const Statement = [{ Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' }]
  const AssumeRolePolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement })
  await unlessThere(roles.iam.send(new CreateRoleCommand({ RoleName, Path, AssumeRolePolicyDocument })))
  return { 'workloads.0.role.name': RoleName }
}

async function unlessThere(made: Promise<unknown>): Promise<void> {
  try {
    await made
  } catch (error) {
    if (!(error instanceof EntityAlreadyExistsException)) throw error
  }
}

async function adoptedProvider({ roles, system, cluster }: World): Promise<Prepared> {
  const OpenIDConnectProviderArn = await providerArn(system.api, cluster.name)
  await roles.iam.send(new UntagOpenIDConnectProviderCommand({ OpenIDConnectProviderArn, TagKeys: [deploymentTag] }))
  const Tags = [{ Key: deploymentTag, Value: deployment }]
  return {
    edits: { adopt: true },
    undo: () => roles.iam.send(new TagOpenIDConnectProviderCommand({ OpenIDConnectProviderArn, Tags })),
  }
}

async function adoptedRole({ roles, roleName: RoleName }: World): Promise<Prepared> {
  await roles.iam.send(new UntagRoleCommand({ RoleName, TagKeys: [deploymentTag] }))
  const Tags = [{ Key: deploymentTag, Value: deployment }]
  return { edits: { adopt: true }, undo: () => roles.iam.send(new TagRoleCommand({ RoleName, Tags })) }
}

const recordedCluster = z.object({ status: z.object({ providerArn: z.string() }) })

async function providerArn(api: string, cluster: string): Promise<string> {
  const response = await fetch(`${api}/v1/clusters/${cluster}`)
  return recordedCluster.parse(await response.json()).status.providerArn
}
