import { issuerResource } from '../claims/claim.ts'
import { requireOwn } from '../claims/claims.ts'
import { deleteDocument, documentsIn } from '../clouds/aws/documents.ts'
import type { Change } from '../report/change.ts'
import { setting } from '../settings.ts'
import type { StepContext, StepRun } from '../steps/contract.ts'
import { step } from '../steps/step.ts'
import { documentKey, documentPathsAmong } from './documents.ts'
import { requireOwnPath } from './hosted-issuer.ts'
import { description } from './remove-discovery.step.ts'

/**
 * Deletes the cluster's discovery documents.
 *
 * @throws {OwnershipConflict} when documents exist, and the cluster does not own the issuer
 */
export const run: StepRun<typeof description> = async ({ issuerUrl }, context) => {
  requireOwnPath(issuerUrl, context.cluster)
  const { cluster, signal } = context
  const there = await documentsIn(setting('ISSUER_BUCKET'), documentKey(cluster, ''), signal)
  const paths = documentPathsAmong(there, cluster)
  // A setup that failed before it published anything may have no claim.
  if (paths.length > 0) await requireOwn([issuerResource(issuerUrl)], context)
  return { output: {}, changes: await Promise.all(paths.map((path) => remove(path, issuerUrl, context))) }
}

export const handler = step(description, run)

async function remove(path: string, issuerUrl: string, { cluster, signal, dryRun }: StepContext): Promise<Change> {
  if (!dryRun) await deleteDocument({ bucket: setting('ISSUER_BUCKET'), key: documentKey(cluster, path) }, signal)
  return { object: `${issuerUrl}/${path}`, action: 'deleted' }
}
