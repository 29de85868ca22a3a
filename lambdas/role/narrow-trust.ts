import { roleResource } from '../claims/claim.ts'
import { requireOwn } from '../claims/claims.ts'
import { iamOf } from '../clouds/aws/clients/iam.ts'
import { parseRoleArn } from '../clouds/aws/iam-names.ts'
import { samePolicy } from '../clouds/aws/policy-document.ts'
import { type RoleRef, readRole, replaceTrustPolicy } from '../clouds/aws/roles.ts'
import { forgetFormerIssuer, readCluster } from '../operations/record/cluster-record.ts'
import { trustedIssuers } from '../operations/record/issuer-move.ts'
import type { WorkloadItem } from '../operations/record/record.ts'
import { ownershipOf } from '../ownership/ownership.ts'
import type { Change } from '../report/change.ts'
import { setting } from '../settings.ts'
import type { StepContext, StepRun } from '../steps/contract.ts'
import { factsOf } from '../steps/facts-of.ts'
import { memberAccess } from '../steps/member-access.ts'
import { step } from '../steps/step.ts'
import { description } from './narrow-trust.step.ts'
import { trustPolicy } from './trust-policy.ts'

/** A workload, with the issuers that its role trusts now and after the change. */
interface Narrowing {
  readonly workload: WorkloadItem
  readonly from: readonly string[]
  readonly to: readonly string[]
}

/**
 * Ends the move of a cluster to a hosted issuer: the cluster's roles trust only the hosted issuer from now on. Does
 * nothing while tokens of the former issuer may be valid.
 *
 * @throws {OwnershipConflict} when the cluster has no claim for one of the roles
 */
export const run: StepRun<typeof description> = async (_, context) => {
  const { cluster, dryRun, status } = context
  const { formerIssuer } = status
  if (formerIssuer === undefined) return { output: {}, changes: [] }
  const { issuerUrl } = factsOf(context)
  const to = trustedIssuers(issuerUrl, formerIssuer, new Date())
  if (to.includes(formerIssuer.issuerUrl)) return { output: {}, changes: [] }
  const workloads = (await readCluster(cluster))?.workloads ?? []
  const changes: Change[] = []
  for (const workload of workloads) {
    changes.push(...(await narrow({ workload, from: [issuerUrl, formerIssuer.issuerUrl], to }, context)))
  }
  if (!dryRun) await forgetFormerIssuer(cluster)
  return { output: {}, changes }
}

export const handler = step(description, run)

async function narrow({ workload, from, to }: Narrowing, { cluster, dryRun, signal }: StepContext): Promise<Change[]> {
  const { status, namespace, serviceAccount } = workload
  if (!status.role) return []
  const { roleName: name, roleArn: arn } = status.role
  const ref: RoleRef = { name, arn, iam: iamOf(memberAccess(arn, description)), signal }
  const observed = await readRole(ref)
  const owner = { deployment: setting('DEPLOYMENT'), cluster, workload: { namespace, serviceAccount } }
  if (!observed?.trustPolicy || ownershipOf(observed.tags, owner) !== 'ours') return []
  const policyFor = (issuerUrls: readonly string[]) =>
    trustPolicy(parseRoleArn(arn), { issuerUrls, namespace, serviceAccount })
  if (!samePolicy(observed.trustPolicy, policyFor(from))) return []
  await requireOwn([roleResource(arn)], { cluster })
  if (!dryRun) await replaceTrustPolicy(ref, policyFor(to))
  return [
    {
      object: ref.arn,
      action: 'updated',
      detail: `no longer trusts ${from.filter((one) => !to.includes(one)).join(', ')}`,
    },
  ]
}
