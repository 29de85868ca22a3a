/** The progress of a Deployment's rollout, and the reason why its pods are not ready. */
import { filteredReason } from '../../clouds/kubernetes/shown.ts'

export interface DeploymentStatus {
  readonly metadata?: { readonly generation?: number }
  readonly status?: {
    readonly observedGeneration?: number
    readonly replicas?: number
    readonly updatedReplicas?: number
    readonly availableReplicas?: number
    readonly conditions?: readonly Condition[]
  }
}

export interface PodStatus {
  readonly metadata?: { readonly name?: string; readonly creationTimestamp?: Date }
  readonly status?: {
    readonly conditions?: readonly Condition[]
    readonly containerStatuses?: readonly {
      readonly state?: { readonly waiting?: { readonly reason?: string }; readonly terminated?: { reason?: string } }
    }[]
  }
}

interface Condition {
  readonly type: string
  readonly status: string
  readonly reason?: string
}

/** The reason why the rollout is not complete. Undefined if all pods are available and no old pods remain. */
export function reasonNotRolledOut(deployment: DeploymentStatus | undefined, replicas: number): string | undefined {
  if (!deployment) return 'it does not exist'
  const { metadata, status } = deployment
  if ((status?.observedGeneration ?? 0) < (metadata?.generation ?? 0)) return 'the cluster has not observed it yet'
  const failure = status?.conditions?.find((condition) => condition.type === 'ReplicaFailure' && isTrue(condition))
  if (failure) return `its pods cannot be created (${filteredReason(failure.reason ?? failure.type)})`
  return reasonOfCounts(status, replicas)
}

/** The API omits counts that are 0. */
function reasonOfCounts(status: DeploymentStatus['status'], desired: number): string | undefined {
  const { replicas = 0, updatedReplicas = 0, availableReplicas = 0 } = status ?? {}
  if (updatedReplicas < desired) return `${updatedReplicas} of ${desired} pods have the current version`
  if (replicas > updatedReplicas) return 'pods of the previous version still run'
  if (availableReplicas < desired) return `${availableReplicas} of ${desired} pods are available`
  return undefined
}

/** The newest pod that is not ready. Undefined if all are ready. */
export function newestUnready<Pod extends PodStatus>(pods: readonly Pod[]): Pod | undefined {
  const created = (pod: Pod) => pod.metadata?.creationTimestamp?.getTime() ?? 0
  return pods.filter((pod) => !isReady(pod)).toSorted((a, b) => created(b) - created(a))[0]
}

/**
 * The kubelet's or the scheduler's reason why a pod is not ready, in one word: ImagePullBackOff, Unschedulable,
 * CrashLoopBackOff. Undefined if neither reports a reason.
 */
export function reasonOfPod({ status }: PodStatus): string | undefined {
  const states = status?.containerStatuses?.map(({ state }) => state?.waiting?.reason ?? state?.terminated?.reason)
  const unscheduled = status?.conditions?.find((condition) => condition.type === 'PodScheduled' && !isTrue(condition))
  const word = states?.find((reason) => reason !== undefined) ?? unscheduled?.reason
  return word !== undefined && /^\w{1,60}$/.test(word) ? word : undefined
}

function isReady({ status }: PodStatus): boolean {
  return status?.conditions?.some((condition) => condition.type === 'Ready' && isTrue(condition)) ?? false
}

function isTrue({ status }: Condition): boolean {
  return status === 'True'
}
