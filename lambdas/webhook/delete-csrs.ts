import { connectToCluster } from '../objects/connect.ts'
import type { StepRun } from '../steps/contract.ts'
import { step } from '../steps/step.ts'
import { leftOverRequests } from './certificate/csr.ts'
import { deleteRequests, requestType } from './certificate/delete-requests.ts'
import { description } from './delete-csrs.step.ts'

/** Deletes the obsolete certificate requests of the webhook's account. */
export const run: StepRun<typeof description> = async ({ target, installed }, { signal }) => {
  if (!installed || !('image' in installed)) return { output: {}, changes: [] }
  const cluster = await connectToCluster(target, signal)
  // Kubernetes serves v1 from 1.19, the oldest supported version. A cluster that does not serve it keeps its requests.
  if (!(await cluster.serves(requestType.apiVersion, requestType.kind))) return { output: {}, changes: [] }
  const names = leftOverRequests(await cluster.list(requestType), installed)
  return { output: {}, changes: await deleteRequests(cluster, names, { dryRun: false }) }
}

export const handler = step(description, run)
