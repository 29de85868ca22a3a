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
import { project } from '../../../sandbox/google/project.ts'
import type { KubeObject } from '../../../sandbox/kubernetes/objects.ts'
import { iamClient } from './aws-clients.ts'
import type { AnySystem } from './system.ts'

/**
 * All that is at AWS, Google and Kubernetes, line by line, of what the text of a name is in, and all that is in the cluster of
 * that name: as it is, with identities and versions, so that what was deleted and made again is not the same.
 */
export async function footprint(system: AnySystem, name: string): Promise<string[]> {
  const iam = iamClient(system)
  // Of names that end in numbers one may be the beginning of another, which other tests are at.
  const pattern = new RegExp(`${name}(?!\\d)`)
  const isNamed = (text: string) => pattern.test(text)
  const [roles, providers, bucket] = await Promise.all([
    rolesOf(iam, isNamed),
    providersOf(iam, isNamed),
    Promise.all([`${name}-discovery`, `${name}-discovery-2`].map((each) => bucketOf(system, each))),
  ]).finally(() => iam.destroy())
  const { kubernetes } = system.sandbox
  const ofManagement = (await kubernetes.management.allObjects()).map(lineOf)
  const named = [...roles, ...providers, ...ofManagement.filter(isNamed)]
  const inCluster = ((await kubernetes.cluster(name)?.allObjects()) ?? []).map(lineOf)
  // A real API server renews its lease every ten seconds.
  return [...named, ...bucket.flat(), ...inCluster].filter((line) => !/^(Event|Lease) /.test(line)).sort()
}

type IsNamed = (text: string) => boolean

async function rolesOf(iam: IAMClient, isNamed: IsNamed): Promise<string[]> {
  const names: string[] = []
  for await (const { Roles = [] } of paginateListRoles({ client: iam }, {})) {
    names.push(...Roles.map(({ RoleName = '' }) => RoleName).filter(isNamed))
  }
  return Promise.all(names.map((RoleName) => roleLine(iam, RoleName)))
}

async function roleLine(iam: IAMClient, RoleName: string): Promise<string> {
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
  return `Role ${JSON.stringify({ ...role, AttachedPolicies, inline: await Promise.all(inline) })}`
}

async function providersOf(iam: IAMClient, isNamed: IsNamed): Promise<string[]> {
  const { OpenIDConnectProviderList = [] } = await iam.send(new ListOpenIDConnectProvidersCommand({}))
  return Promise.all(
    OpenIDConnectProviderList.map(({ Arn = '' }) => Arn)
      .filter(isNamed)
      .map(async (Arn) => {
        const command = new GetOpenIDConnectProviderCommand({ OpenIDConnectProviderArn: Arn })
        const { $metadata: _, ...provider } = await iam.send(command)
        return `Provider ${JSON.stringify({ Arn, ...provider })}`
      }),
  )
}

async function bucketOf({ sandbox }: AnySystem, name: string): Promise<string[]> {
  const { buckets } = sandbox.google
  const { administrator } = project
  try {
    const [bucket, policy, objects] = await Promise.all([
      buckets.get(administrator, name),
      buckets.policy(administrator, name, 3),
      buckets.objects(administrator, name),
    ])
    const { labels, location, iamConfiguration } = bucket
    const { bindings } = policy
    return [`Bucket ${JSON.stringify({ name, labels, location, iamConfiguration, bindings, objects })}`]
  } catch {
    return []
  }
}

function lineOf({ kind, ...object }: KubeObject): string {
  return `${kind} ${JSON.stringify(object)}`
}
