import {
  GetOpenIDConnectProviderCommand,
  GetRoleCommand,
  GetRolePolicyCommand,
  type IAMClient,
  ListAttachedRolePoliciesCommand,
  ListOpenIDConnectProvidersCommand,
  ListRolePoliciesCommand,
  paginateListRoles,
} from '@aws-sdk/client-iam'
import { project } from '../../../../sandbox/google/project.ts'
import { iamClient } from '../aws-clients.ts'
import type { AnySystem } from '../system.ts'

/** Roles, providers, buckets and objects of the management cluster that contain the name, and all objects of the cluster. */
export async function observed(system: AnySystem, name: string) {
  const iam = iamClient(system)
  // Names end in numbers, and one may be the prefix of another, which belongs to another test.
  const pattern = new RegExp(`${name}(?!\\d)`)
  const isNamed = (text: string) => pattern.test(text)
  const [roles, providers, ...buckets] = await Promise.all([
    rolesOf(iam, isNamed),
    providersOf(iam, isNamed),
    ...[`${name}-discovery`, `${name}-discovery-2`].map((each) => bucketOf(system, each)),
  ]).finally(() => iam.destroy())
  const { kubernetes } = system.sandbox
  const management = (await kubernetes.management.allObjects()).filter((object) => isNamed(JSON.stringify(object)))
  const objects = [...management, ...((await kubernetes.cluster(name)?.allObjects()) ?? [])]
  // A real API server renews its lease every ten seconds.
  const lasting = objects.filter(({ kind }) => kind !== 'Event' && kind !== 'Lease')
  return { roles, providers, buckets: buckets.flat(), objects: lasting }
}

type IsNamed = (text: string) => boolean

async function rolesOf(iam: IAMClient, isNamed: IsNamed) {
  const names: string[] = []
  for await (const { Roles = [] } of paginateListRoles({ client: iam }, {})) {
    names.push(...Roles.map(({ RoleName = '' }) => RoleName).filter(isNamed))
  }
  return Promise.all(names.map((RoleName) => roleOf(iam, RoleName)))
}

async function roleOf(iam: IAMClient, RoleName: string) {
  const [{ Role }, { AttachedPolicies }, { PolicyNames = [] }] = await Promise.all([
    iam.send(new GetRoleCommand({ RoleName })),
    iam.send(new ListAttachedRolePoliciesCommand({ RoleName })),
    iam.send(new ListRolePoliciesCommand({ RoleName })),
  ])
  const inline = PolicyNames.map(async (PolicyName) => {
    const { PolicyDocument } = await iam.send(new GetRolePolicyCommand({ RoleName, PolicyName }))
    return { PolicyName, PolicyDocument }
  })
  const { RoleLastUsed: _, ...role } = Role ?? {}
  return { ...role, AttachedPolicies, inline: await Promise.all(inline) }
}

async function providersOf(iam: IAMClient, isNamed: IsNamed) {
  const { OpenIDConnectProviderList = [] } = await iam.send(new ListOpenIDConnectProvidersCommand({}))
  const arns = OpenIDConnectProviderList.map(({ Arn = '' }) => Arn).filter(isNamed)
  const providers = arns.map(async (Arn) => {
    const command = new GetOpenIDConnectProviderCommand({ OpenIDConnectProviderArn: Arn })
    const { $metadata: _, ...provider } = await iam.send(command)
    return { Arn, ...provider }
  })
  return Promise.all(providers)
}

/** The bucket of this name, if it exists. */
async function bucketOf({ sandbox }: AnySystem, name: string) {
  const { buckets } = sandbox.google
  const { administrator } = project
  try {
    const [{ labels, location, iamConfiguration }, { bindings, version }, objects] = await Promise.all([
      buckets.get(administrator, name),
      buckets.policy(administrator, name, 3),
      buckets.objects(administrator, name),
    ])
    return [{ name, labels, location, iamConfiguration, bindings, version, objects }]
  } catch {
    return []
  }
}
