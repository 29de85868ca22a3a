import { connectToCluster } from '../objects/connect.ts'
import type { StepRun } from '../steps/contract.ts'
import { step } from '../steps/step.ts'
import { awsClusterRef, documentsOf, identityOf } from './aws-cluster.ts'
import { description } from './look-for-cluster.step.ts'
import { isWhereFound } from './place.ts'
/**
 * Whether the AWSCluster is gone: then all that was in it is gone, too, and need not be looked for. Of one that is missing where it
 * never was found that is not known, which DeleteCluster tells. Of one that is there also what it publishes.
 */
export const run: StepRun<typeof description> = async (request, context) => {
  const { clusterName, management } = request
  const target = { ...management, name: `${clusterName} (management)` }
  const client = await connectToCluster(target, context.signal)
  const foundAt = { server: client.server, namespace: management.namespace }
  const live = await client.get(awsClusterRef(clusterName, foundAt.namespace))
  if (!live) return { output: { gone: isWhereFound(foundAt, context.status.cluster) }, changes: [] }
  const issuerUrl = identityOf(live)?.issuerUrl
  if (issuerUrl === undefined) return { output: { gone: false }, changes: [] }
  // It may never have become ready, and will be deleted.
  return { output: { gone: false }, changes: [], observed: { cluster: { ...documentsOf(issuerUrl), foundAt } } }
}

export const handler = step(description, run)
