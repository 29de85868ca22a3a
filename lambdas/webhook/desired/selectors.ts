/** Selectors of namespaces and pods for the webhook. They exclude pods that must never depend on it. */
import type { Explanation } from '../../errors/step-errors.ts'

/** The API server sets this label on every namespace since Kubernetes 1.21. */
export const namespaceNameLabel = 'kubernetes.io/metadata.name'

/** The label by which a pod opts out of the webhook. EKS supports it too. */
export const skipLabel = 'eks.amazonaws.com/skip-pod-identity-webhook'

/** The label of canary pods. No other pods have it. */
export const canaryLabel = 'workload-identity/canary'

/** Selects all pods, except pods that opt out and pods that must start while the webhook is down. */
export function realSelectors(namespace: string) {
  return {
    namespaceSelector: {
      matchExpressions: [{ key: namespaceNameLabel, operator: 'NotIn', values: ['kube-system', namespace] }],
    },
    objectSelector: { matchExpressions: [{ key: skipLabel, operator: 'DoesNotExist' }] },
  }
}

/** Selects the canary's pods in the webhook's own namespace, which the real configuration excludes. */
export function canarySelectors(namespace: string) {
  return {
    namespaceSelector: { matchLabels: { [namespaceNameLabel]: namespace } },
    objectSelector: { matchLabels: { [canaryLabel]: 'true' } },
  }
}

/** Selects only the canary pods of the candidate, in any namespace. */
export const candidateSelectors = {
  namespaceSelector: {},
  objectSelector: { matchLabels: { [canaryLabel]: 'candidate' } },
}

/**
 * The reason why failurePolicy Fail must not be used on this cluster, or undefined. Up to Kubernetes 1.20, kube-system
 * may lack the label by which the selector excludes it. A cluster whose system pods need the webhook may never start
 * again. This product does not set the label, because it does not own the namespace.
 */
export function reasonAgainstFail(
  kubeSystemLabels: Readonly<Record<string, string>> | undefined,
): Explanation | undefined {
  if (kubeSystemLabels?.[namespaceNameLabel] === 'kube-system') return undefined
  return {
    object: 'Namespace kube-system',
    reason: `it has no label ${namespaceNameLabel}, so failurePolicy Fail would also apply to its pods`,
    action: `Run kubectl label namespace kube-system ${namespaceNameLabel}=kube-system, or set webhook.failurePolicy to Ignore`,
  }
}
