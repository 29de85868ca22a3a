import * as z from 'zod/mini'
import { otherClusters } from '../clouds/aws/cluster-record.ts'
import { deleteProvider, readProvider, untagProvider } from '../clouds/aws/oidc-providers.ts'
import { unlessDone } from '../clouds/aws/unless-done.ts'
import { providerArn } from '../domain/iam-arn.ts'
import { claimOf, isAdopted, tagKeys } from '../domain/ownership.ts'
import { userOfIssuer } from '../domain/shared.ts'
import { step } from '../middleware/step.ts'
import type { Change, StepRun } from '../middleware/step-contract.ts'
import { setting } from '../settings.ts'

export const input = z.object({
  clusterName: z.string(),
  /** From the record: the cluster may be gone. */
  issuerUrl: z.string(),
})

type Input = z.output<typeof input>

/**
 * Deletes the cluster's OIDC provider, and takes our tags from an adopted one. One that is another cluster's or nobody's of
 * ours, or whose issuer another cluster of ours has, stays as it is.
 */
export const run: StepRun<Input, object> = async ({ clusterName, issuerUrl }, { dryRun, signal }) => {
  const object = providerArn({ partition: setting('PARTITION'), accountId: setting('ACCOUNT_ID') }, issuerUrl)
  const [found, others] = await Promise.all([readProvider(object, signal), otherClusters(clusterName)])
  if (!found) return { output: {}, changes: [] }
  const stays = (detail: string) => ({ output: {}, changes: [{ object, action: 'unchanged' as const, detail }] })
  if (claimOf(found.tags, { cluster: clusterName }) !== 'ours') {
    return stays('it was not made for this cluster, and stays')
  }
  const user = userOfIssuer(others, issuerUrl)
  if (user !== undefined) return stays(`it stays: cluster ${user} has the same issuer`)
  const change: Change = isAdopted(found.tags)
    ? { object, action: 'updated', detail: staysAdopted }
    : { object, action: 'deleted' }
  if (dryRun) return { output: {}, changes: [change] }
  const isDone = async () => {
    const left = await readProvider(object, signal)
    return !left || claimOf(left.tags, { cluster: clusterName }) !== 'ours'
  }
  const write = change.action === 'deleted' ? deleteProvider(object, signal) : untagProvider(object, allTags, signal)
  await unlessDone(write, isDone)
  return { output: {}, changes: [change] }
}

export const handler = step({ state: 'DeleteProvider', input, run })

const allTags = Object.values(tagKeys)
const staysAdopted = 'somebody else made it: it loses our tags, keeps its thumbprints and audiences, and stays'
