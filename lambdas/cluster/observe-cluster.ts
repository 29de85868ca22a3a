import { connectToManagement } from '../objects/connect.ts'
import type { StepRun } from '../steps/contract.ts'
import { step } from '../steps/step.ts'
import { awsClusterRef } from './aws-cluster.ts'
import { description } from './observe-cluster.step.ts'
import { isWhereFound, observedAt, placeIn } from './place.ts'

/**
 * Finds out whether the AWSCluster is gone. Everything in a cluster that is gone is gone too, so no later step looks
 * for it. A cluster that is missing at a place where it was never found may or may not exist; DeleteCluster reports
 * that. For an AWSCluster that exists, the status gets its issuer and its place.
 */
export const run: StepRun<typeof description> = async (request, context) => {
  const { clusterName, management } = request
  const client = await connectToManagement(management, clusterName, context.signal)
  const place = placeIn(client, management)
  const live = await client.get(awsClusterRef(clusterName, place.namespace))
  if (!live) return { output: { gone: isWhereFound(place, context.status.cluster) }, changes: [] }
  const observed = request.recorded ? observedAt(place, live) : undefined
  return { output: { gone: false }, changes: [], observed }
}

export const handler = step(description, run)
