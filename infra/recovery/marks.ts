/** Reads the roles and providers of an account whose tags assign them to the clusters of a deployment. */
import { type IAMClient, ListOpenIDConnectProvidersCommand, paginateListRoles } from '@aws-sdk/client-iam'
import { readProvider } from '../../lambdas/clouds/aws/oidc-providers.ts'
import { readRolePolicies } from '../../lambdas/clouds/aws/role-policies.ts'
import { type RoleRef, readRole } from '../../lambdas/clouds/aws/roles.ts'
import { isAdopted, ownerOf } from '../../lambdas/ownership/ownership.ts'
import { inlinePolicyName } from '../../lambdas/role/role.ts'
import type { Marked, MarkedRole } from './recovered.ts'

const timeoutMs = 60_000

export interface MarkedIn {
  readonly iam: IAMClient
  /** ACCOUNT/REGION/STACK, as in the tags. */
  readonly deployment: string
  /** IAM path of the workloads' roles, with a slash at both ends. */
  readonly rolePath: string
}

/** The tagged roles and providers, by cluster name. */
export async function readMarks(place: MarkedIn): Promise<ReadonlyMap<string, Marked>> {
  const marks = new Map<string, { providerArns: string[]; roles: MarkedRole[] }>()
  const ofCluster = (cluster: string) => {
    const known = marks.get(cluster) ?? { providerArns: [], roles: [] }
    marks.set(cluster, known)
    return known
  }
  for await (const { cluster, role } of markedRoles(place)) ofCluster(cluster).roles.push(role)
  for await (const { cluster, arn } of markedProviders(place)) ofCluster(cluster).providerArns.push(arn)
  return marks
}

async function* markedRoles({ iam, deployment, rolePath }: MarkedIn) {
  for await (const { Roles = [] } of paginateListRoles({ client: iam }, { PathPrefix: rolePath })) {
    for (const { RoleName: name = '', Arn: arn = '' } of Roles) {
      const role = await markedRole({ name, arn, iam, signal: AbortSignal.timeout(timeoutMs) }, deployment)
      if (role) yield role
    }
  }
}

async function markedRole(ref: RoleRef, deployment: string) {
  const observed = await readRole(ref)
  const owner = observed && ownerOf(observed.tags)
  if (!observed || owner?.deployment !== deployment || !owner.workload) return undefined
  const { policyArns, inlinePolicy } = await readRolePolicies(ref, inlinePolicyName)
  const { maxSessionSeconds } = observed
  const role: MarkedRole = {
    ...owner.workload,
    recorded: {
      roleName: ref.name,
      roleArn: ref.arn,
      // An adopted role records no policies: its policies from before the adoption count as foreign, and stay attached.
      policyArns: isAdopted(observed.tags) ? [] : [...policyArns],
      ...(inlinePolicy && { inlinePolicyName }),
    },
    spec: { name: ref.name, policyArns: [...policyArns], maxSessionSeconds, ...(inlinePolicy && { inlinePolicy }) },
  }
  return { cluster: owner.cluster, role }
}

async function* markedProviders({ iam, deployment }: MarkedIn) {
  const { OpenIDConnectProviderList = [] } = await iam.send(new ListOpenIDConnectProvidersCommand())
  for (const { Arn: arn = '' } of OpenIDConnectProviderList) {
    const observed = await readProvider({ arn, iam, signal: AbortSignal.timeout(timeoutMs) })
    const owner = observed && ownerOf(observed.tags)
    if (owner?.deployment === deployment) yield { cluster: owner.cluster, arn }
  }
}
