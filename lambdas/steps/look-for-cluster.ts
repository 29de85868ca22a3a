import * as z from 'zod/mini'
import { connectToCluster } from '../clouds/kubernetes/connect.ts'
import { awsClusterRef } from '../domain/kubernetes/aws-cluster.ts'
import { requestParts } from '../domain/request.ts'
import { step } from '../middleware/step.ts'
import type { StepRun } from '../middleware/step-contract.ts'

export const input = z.object({ clusterName: z.string(), management: requestParts.management })

/** Whether the AWSCluster is gone: then all that was in it is gone, too, and need not be looked for. */
export const run: StepRun<z.output<typeof input>, { gone: boolean }> = async ({ clusterName, management }, context) => {
  const target = { ...management, name: `${clusterName} (management)` }
  const client = await connectToCluster(target, context.signal)
  const live = await client.get(awsClusterRef(clusterName, management.namespace))
  return { output: { gone: live === undefined }, changes: [] }
}

export const handler = step({ state: 'LookForCluster', input, run })
