import type { ClusterContext } from '../context.ts'
import { asObject, at, type JsonObject, type KubeObject, objectsIn, timestamp } from '../objects.ts'
import { matchesSelector } from '../selectors.ts'
import { isReady } from './deployments.ts'
import { type Loop, runLoop } from './loop.ts'
import { putStatus } from './writes.ts'

/** Counts the pods of each PodDisruptionBudget, and says how many of them may go. */
export function startDisruptionController(cluster: ClusterContext): Loop {
  return runLoop(cluster.store, ['PodDisruptionBudget', 'Pod'], async () => {
    for (const budget of cluster.store.list('PodDisruptionBudget')) {
      putStatus(cluster, budget, statusOf(budget, podsOf(cluster, budget)), 'kube-controller-manager')
    }
    return false
  })
}

function podsOf({ store }: ClusterContext, { metadata, spec }: KubeObject): KubeObject[] {
  const selector = at(spec, 'selector')
  return store.list('Pod', metadata.namespace).filter((pod) => matchesSelector(selector, pod.metadata.labels ?? {}))
}

function statusOf(budget: KubeObject, pods: readonly KubeObject[]): JsonObject {
  const currentHealthy = pods.filter(isReady).length
  const desiredHealthy = desiredOf(asObject(budget.spec), pods.length)
  const disruptionsAllowed = Math.max(0, currentHealthy - desiredHealthy)
  const observedGeneration = budget.metadata.generation ?? 1
  const isAllowed = disruptionsAllowed > 0
  const condition = {
    type: 'DisruptionAllowed',
    status: isAllowed ? 'True' : 'False',
    observedGeneration,
    reason: isAllowed ? 'SufficientPods' : 'InsufficientPods',
    message: '',
  }
  const known = objectsIn(at(budget, 'status', 'conditions'))[0]
  const lastTransitionTime = known?.status === condition.status ? known.lastTransitionTime : timestamp()
  return {
    observedGeneration,
    disruptionsAllowed,
    currentHealthy,
    desiredHealthy,
    expectedPods: pods.length,
    conditions: [{ ...condition, lastTransitionTime }],
  }
}

/** Percentages are rounded up. */
function desiredOf({ minAvailable, maxUnavailable }: JsonObject, expected: number): number {
  if (minAvailable !== undefined) return countOf(minAvailable, expected)
  if (maxUnavailable === undefined) return 0
  return Math.max(0, expected - countOf(maxUnavailable, expected))
}

function countOf(value: unknown, expected: number): number {
  const percent = /^(\d+)%$/.exec(String(value))?.[1]
  return percent === undefined ? Number(value) : Math.ceil((Number(percent) * expected) / 100)
}
