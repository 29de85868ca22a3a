import { unlessDone } from '../clouds/aws/iam-consistency.ts'
import { providerArn } from '../clouds/aws/iam-names.ts'
import { deleteProvider, readProvider, untagProvider } from '../clouds/aws/oidc-providers.ts'
import { attemptAll } from '../errors/attempts.ts'
import { otherClusters } from '../operations/cluster-record.ts'
import { userOfIssuer } from '../operations/other-clusters.ts'
import { allIssuers } from '../operations/providers.ts'
import type { ClusterItem } from '../operations/record.ts'
import { tagKeys } from '../ownership/labels.ts'
import { isAdopted, ownershipOf } from '../ownership/ownership.ts'
import type { Change } from '../report/change.ts'
import { setting } from '../settings.ts'
import type { StepRun } from '../steps/contract.ts'
import { step } from '../steps/step.ts'
import { description } from './delete-provider.step.ts'

/** The cluster whose providers are removed, and how they are removed. */
interface Removal {
  readonly clusterName: string
  readonly others: readonly ClusterItem[]
  readonly dryRun: boolean
  readonly signal: AbortSignal
}

/**
 * Deletes the OIDC providers that the cluster has had, and removes our tags from adopted ones. A provider stays as it
 * is when it belongs to another cluster, when it is not ours, or when another cluster of ours has its issuer.
 */
export const run: StepRun<typeof description> = async ({ clusterName }, { dryRun, signal, status }) => {
  const issuerUrls = allIssuers(status)
  if (issuerUrls.length === 0) return { output: { remaining: [] }, changes: [] }
  const removal = { clusterName, others: await otherClusters(clusterName), dryRun, signal }
  const { done, remaining } = await attemptAll(issuerUrls.map((issuerUrl) => remove(issuerUrl, removal)))
  return { output: { remaining }, changes: done.flat() }
}

export const handler = step(description, run)

async function remove(issuerUrl: string, { clusterName, others, dryRun, signal }: Removal): Promise<Change[]> {
  const owner = { deployment: setting('DEPLOYMENT'), cluster: clusterName }
  const object = providerArn({ partition: setting('PARTITION'), accountId: setting('ACCOUNT_ID') }, issuerUrl)
  const observed = await readProvider(object, signal)
  if (!observed) return []
  const stays = (detail: string): Change[] => [{ object, action: 'unchanged', detail }]
  if (ownershipOf(observed.tags, owner) !== 'ours') {
    return stays('it was not made for this cluster, and stays')
  }
  const user = userOfIssuer(others, issuerUrl)
  if (user !== undefined) return stays(`it stays: cluster ${user} has the same issuer`)
  const change: Change = isAdopted(observed.tags)
    ? { object, action: 'updated', detail: staysAdopted }
    : { object, action: 'deleted' }
  if (dryRun) return [change]
  const isDone = async () => {
    const remaining = await readProvider(object, signal)
    return !remaining || ownershipOf(remaining.tags, owner) !== 'ours'
  }
  const write = change.action === 'deleted' ? deleteProvider(object, signal) : untagProvider(object, allTags, signal)
  await unlessDone(write, isDone)
  return [change]
}

const allTags = Object.values(tagKeys)
const staysAdopted = 'somebody else made it: it loses our tags, keeps its thumbprints and audiences, and stays'
