import { providerResource } from '../claims/claim.ts'
import { release, requireOwn } from '../claims/claims.ts'
import { iamOf } from '../clouds/aws/clients/iam.ts'
import { isPropagating, notVisibleYet, retryableWhilePropagating, unlessDone } from '../clouds/aws/iam-consistency.ts'
import { deleteProvider, readProvider, untagProvider } from '../clouds/aws/oidc-providers.ts'
import { attemptAll } from '../errors/attempts.ts'
import { forgetProviderChange } from '../operations/record/cluster-record.ts'
import { possibleProviderArns, providerChangedAt } from '../operations/record/providers.ts'
import type { ClusterStatus } from '../operations/record/record.ts'
import { tagKeys } from '../ownership/labels.ts'
import { isAdopted, ownershipOf } from '../ownership/ownership.ts'
import type { Change } from '../report/change.ts'
import { accountOf, setting } from '../settings.ts'
import type { StepRun } from '../steps/contract.ts'
import { memberAccess } from '../steps/member-access.ts'
import { step } from '../steps/step.ts'
import { description } from './delete-provider.step.ts'

interface Removal {
  readonly clusterName: string
  readonly status: ClusterStatus
  readonly dryRun: boolean
  readonly signal: AbortSignal
}

/**
 * Deletes the OIDC providers that the cluster has had, and removes our tags from adopted providers. A provider of
 * another cluster or owner does not change. `remaining` has an error for each provider that could not be removed.
 */
export const run: StepRun<typeof description> = async ({ clusterName, awsAccountId }, { dryRun, signal, status }) => {
  const arns = possibleProviderArns(status, accountOf(awsAccountId))
  if (arns.length === 0) return { output: { remaining: [] }, changes: [] }
  const removal = { clusterName, status, dryRun, signal }
  const { done, remaining } = await attemptAll(arns.map((arn) => remove(arn, removal)))
  return { output: { remaining }, changes: done.flat() }
}

export const handler = step(description, run)

async function remove(object: string, removal: Removal): Promise<Change[]> {
  const changes = await removeProvider(object, removal)
  if (!removal.dryRun) await release(providerResource(object), removal.clusterName)
  return changes
}

async function removeProvider(object: string, { clusterName, status, dryRun, signal }: Removal): Promise<Change[]> {
  const owner = { deployment: setting('DEPLOYMENT'), cluster: clusterName }
  const ref = { arn: object, iam: iamOf(memberAccess(object, description)), signal }
  const changedAt = providerChangedAt(status, object)
  const observed = await retryableWhilePropagating(readProvider(ref), () => [changedAt])
  // If IAM does not return a new provider yet, the teardown must not take it for deleted.
  if (!observed && !dryRun && isPropagating([changedAt])) throw notVisibleYet(object)
  if (!observed) return []
  const stays = (detail: string): Change[] => [{ object, action: 'unchanged', detail }]
  if (ownershipOf(observed.tags, owner) !== 'ours') {
    return stays('it was not made for this cluster, and stays')
  }
  await requireOwn([providerResource(object)], owner)
  const change: Change = isAdopted(observed.tags)
    ? { object, action: 'updated', detail: staysAdopted }
    : { object, action: 'deleted' }
  if (dryRun) return [change]
  const isDone = async () => {
    const remaining = await readProvider(ref)
    return !remaining || ownershipOf(remaining.tags, owner) !== 'ours'
  }
  if (changedAt !== undefined) await forgetProviderChange(clusterName)
  const write = change.action === 'deleted' ? deleteProvider(ref) : untagProvider(ref, allTags)
  await retryableWhilePropagating(unlessDone(write, isDone), () => [changedAt, observed.createdAt])
  return [change]
}

const allTags = Object.values(tagKeys)
const staysAdopted = 'others created it: it loses our tags, keeps its thumbprints and audiences, and stays'
