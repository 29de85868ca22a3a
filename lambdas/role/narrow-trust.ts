import { roleResource } from '../claims/claim.ts'
import { requireOwn } from '../claims/claims.ts'
import { iamOf } from '../clouds/aws/clients/iam.ts'
import { parseRoleArn, providerArn } from '../clouds/aws/iam-names.ts'
import { trustsProvider, withoutStatements } from '../clouds/aws/policy-document.ts'
import { type RoleRef, readRole, replaceTrustPolicy } from '../clouds/aws/roles.ts'
import { type Outcome, outcomeOf, valueIn } from '../errors/outcome.ts'
import { FieldConflict } from '../errors/step-errors.ts'
import { forgetFormerIssuer, readCluster } from '../operations/record/cluster-record.ts'
import { trustedIssuers } from '../operations/record/issuer-move.ts'
import type { WorkloadItem } from '../operations/record/record.ts'
import { requireOurs } from '../ownership/ownership.ts'
import type { Change } from '../report/change.ts'
import { setting } from '../settings.ts'
import type { StepContext, StepRun } from '../steps/contract.ts'
import { factsOf } from '../steps/facts-of.ts'
import { memberAccess } from '../steps/member-access.ts'
import { step } from '../steps/step.ts'
import { description } from './narrow-trust.step.ts'
import { trustPolicy } from './trust-policy.ts'

/** The issuer that the roles of a cluster trust, and the one that they no longer trust. */
interface Move {
  readonly issuerUrl: string
  readonly formerUrl: string
}

/**
 * Ends the move of a cluster to a hosted issuer: the cluster's roles trust only the hosted issuer from now on. Does
 * nothing while tokens of the former issuer may be valid. If a role may still trust the former issuer, the record keeps
 * this issuer, so that the next rotation tries again. The other roles are narrowed before the step fails.
 *
 * @throws {OwnershipConflict} when a role trusts the former issuer, but is not the workload's
 * @throws {FieldConflict} when another client changed the trust policy, and it still trusts the former issuer
 */
export const run: StepRun<typeof description> = async (_, context) => {
  const { cluster, dryRun, status, reportChange } = context
  const { formerIssuer } = status
  if (formerIssuer === undefined) return { output: {}, changes: [] }
  const { issuerUrl } = factsOf(context)
  const { issuerUrl: formerUrl } = formerIssuer
  if (trustedIssuers(issuerUrl, formerIssuer, new Date()).includes(formerUrl)) return { output: {}, changes: [] }
  const outcomes: Outcome<readonly Change[]>[] = []
  for (const workload of (await readCluster(cluster))?.workloads ?? []) {
    outcomes.push(await outcomeOf(narrow(workload, { issuerUrl, formerUrl }, context)))
  }
  const changes = outcomes.flatMap((one) => ('value' in one ? one.value : []))
  const failed = outcomes.find((one) => 'error' in one)
  if (failed) {
    for (const change of changes) reportChange(change)
    valueIn(failed)
  }
  if (!dryRun) await forgetFormerIssuer(cluster)
  return { output: {}, changes }
}

export const handler = step(description, run)

async function narrow(
  { namespace, serviceAccount, status }: WorkloadItem,
  { issuerUrl, formerUrl }: Move,
  { cluster, dryRun, signal }: StepContext,
): Promise<Change[]> {
  if (!status.role) return []
  const { roleName: name, roleArn: arn } = status.role
  const ref: RoleRef = { name, arn, iam: iamOf(memberAccess(arn, description)), signal }
  const observed = await readRole(ref)
  const account = parseRoleArn(arn)
  const provider = providerArn(account, formerUrl)
  if (!observed || (observed.trustPolicy && !trustsProvider(observed.trustPolicy, provider))) return []
  const owner = { deployment: setting('DEPLOYMENT'), cluster, workload: { namespace, serviceAccount } }
  requireOurs({ object: arn, tags: observed.tags }, owner, false)
  await requireOwn([roleResource(arn)], { cluster })
  const policyFor = (issuerUrls: readonly string[]) => trustPolicy(account, { issuerUrls, namespace, serviceAccount })
  const narrowed = observed.trustPolicy && withoutStatements(observed.trustPolicy, policyFor([formerUrl]))
  if (!narrowed || trustsProvider(narrowed, provider)) throw changedByOthers(ref, provider, issuerUrl)
  if (!dryRun) await replaceTrustPolicy(ref, narrowed)
  return [{ object: arn, action: 'updated', detail: `no longer trusts ${formerUrl}` }]
}

function changedByOthers({ arn }: RoleRef, provider: string, issuerUrl: string): FieldConflict {
  return new FieldConflict({
    object: arn,
    reason: `another client changed its trust policy, which still trusts the former provider ${provider}`,
    action: `Remove this provider from the trust policy, or send the setup again: it replaces the trust policy with one that trusts ${issuerUrl}`,
  })
}
