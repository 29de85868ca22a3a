/** How far the rollout of a Deployment is, and what holds its pods back, as the API server reports it. */
import { shownReason } from '../../clouds/kubernetes/shown.ts'

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

/**
 * Why the Deployment is not rolled out yet; undefined when it is as applied, with all pods available and no old ones
 * remaining.
 */
export function reasonNotRolledOut(deployment: DeploymentStatus | undefined, replicas: number): string | undefined {
  if (!deployment) return 'it is not there'
  const { metadata, status } = deployment
  if ((status?.observedGeneration ?? 0) < (metadata?.generation ?? 0)) return 'the cluster has not looked at it yet'
  const failure = status?.conditions?.find((condition) => condition.type === 'ReplicaFailure' && isTrue(condition))
  if (failure) return `its pods cannot be created (${shownReason(failure.reason ?? failure.type)})`
  return reasonOfCounts(status, replicas)
}

/** The API leaves out counts that are 0. */
function reasonOfCounts(status: DeploymentStatus['status'], desired: number): string | undefined {
  const { replicas = 0, updatedReplicas = 0, availableReplicas = 0 } = status ?? {}
  if (updatedReplicas < desired) return `${updatedReplicas} of ${desired} pods are made as it now says`
  if (replicas > updatedReplicas) return 'pods of before still run'
  if (availableReplicas < desired) return `${availableReplicas} of ${desired} pods are available`
  return undefined
}

/** The newest pod that is not ready; undefined when all are. */
export function newestUnready<Pod extends PodStatus>(pods: readonly Pod[]): Pod | undefined {
  const created = (pod: Pod) => pod.metadata?.creationTimestamp?.getTime() ?? 0
  return pods.filter((pod) => !isReady(pod)).toSorted((a, b) => created(b) - created(a))[0]
}

/**
 * One word of the kubelet or the scheduler for what holds a pod back: ImagePullBackOff, Unschedulable,
 * CrashLoopBackOff. Undefined when there is none.
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
