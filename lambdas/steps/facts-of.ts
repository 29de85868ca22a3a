import { InvalidStepInput } from '../errors/step-errors.ts'
import type { ClusterFacts } from '../operations/record/record.ts'
import { setting } from '../settings.ts'
import type { StepContext } from './contract.ts'

type Reported = Pick<StepContext, 'cluster' | 'status'>

/**
 * The facts that CheckCluster has recorded for the cluster.
 *
 * @throws {InvalidStepInput} when no facts are recorded
 */
export function factsOf({ cluster, status }: Reported): ClusterFacts {
  if (status.cluster) return status.cluster
  throw notFound(cluster)
}

/**
 * The minor version of the cluster's Kubernetes: 33 for 1.33.
 *
 * @throws {InvalidStepInput} for a cluster that was never ready
 */
export function kubernetesMinorOf(context: Reported): number {
  const { kubernetesMinor } = factsOf(context)
  if (kubernetesMinor !== undefined) return kubernetesMinor
  throw notFound(context.cluster)
}

/**
 * The AWS region whose STS endpoint the pods of the cluster use. For an Anthos cluster on AWS, it is the region of the
 * cluster. An existing cluster may be outside of AWS, so its pods use the region of the deployment.
 */
export function regionOf(status: Reported['status']): string {
  return status.cluster?.region ?? setting('AWS_REGION')
}

function notFound(cluster: string): InvalidStepInput {
  return new InvalidStepInput({
    object: `cluster ${cluster}`,
    reason: 'its record lacks the facts of CheckCluster, which runs before this step',
    action: 'Deploy the state machine and the functions of one version, and send the request again',
  })
}
