import * as z from 'zod/mini'
import { connectToCluster } from '../clouds/kubernetes/connect.ts'
import { found, isWhereFound } from '../domain/cluster-place.ts'
import { awsClusterRef } from '../domain/kubernetes/aws-cluster.ts'
import { requestParts } from '../domain/request.ts'
import { step } from '../middleware/step.ts'
import type { StepRun } from '../middleware/step-contract.ts'

export const input = z.object({
  clusterName: z.string(),
  management: requestParts.management,
  /** From the record; left out when no setup has come that far. */
  facts: z.optional(found),
})

/**
 * Whether the AWSCluster is gone: then all that was in it is gone, too, and need not be looked for. Of one that is missing where it
 * never was found that is not known, which DeleteCluster tells.
 */
export const run: StepRun<z.output<typeof input>, { gone: boolean }> = async (request, context) => {
  const { clusterName, management, facts } = request
  const target = { ...management, name: `${clusterName} (management)` }
  const client = await connectToCluster(target, context.signal)
  const { namespace } = management
  const live = await client.get(awsClusterRef(clusterName, namespace))
  const gone = live === undefined && isWhereFound({ server: client.server, namespace }, facts)
  return { output: { gone }, changes: [] }
}

export const handler = step({ state: 'LookForCluster', input, run })
