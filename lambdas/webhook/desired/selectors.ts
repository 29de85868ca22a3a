/** Selects the namespaces and pods for which the webhook is called, and excludes those that must never depend on it. */
import type { Explanation } from '../../errors/step-errors.ts'

/** The API server sets this label on every namespace from Kubernetes 1.21 on. */
export const namespaceNameLabel = 'kubernetes.io/metadata.name'

/** The label by which a pod opts out of the webhook. EKS honours it too. */
export const skipLabel = 'eks.amazonaws.com/skip-pod-identity-webhook'

/** The label of the pods of canaries. No other pods carry it. */
export const canaryLabel = 'workload-identity/canary'

/** Selects everything except pods that must start while the webhook is down: the system's and the webhook's own. */
export function realSelectors(namespace: string) {
  return {
    namespaceSelector: {
      matchExpressions: [{ key: namespaceNameLabel, operator: 'NotIn', values: ['kube-system', namespace] }],
    },
    objectSelector: { matchExpressions: [{ key: skipLabel, operator: 'DoesNotExist' }] },
  }
}

/** Selects the canary's pods in the webhook's own namespace, which the real configuration leaves out. */
export function canarySelectors(namespace: string) {
  return {
    namespaceSelector: { matchLabels: { [namespaceNameLabel]: namespace } },
    objectSelector: { matchLabels: { [canaryLabel]: 'true' } },
  }
}

/** Selects only the pods that try out the candidate, in any namespace. */
export const candidateSelectors = {
  namespaceSelector: {},
  objectSelector: { matchLabels: { [canaryLabel]: 'candidate' } },
}

/**
 * Why failurePolicy Fail must not be used on this cluster; undefined when it may be. A selector cannot exclude
 * kube-system by a label that it lacks (1.20 and older). A cluster whose system pods need the webhook may never start
 * again. We do not set the label, because the namespace is not ours.
 */
export function refuseFail(kubeSystemLabels: Readonly<Record<string, string>> | undefined): Explanation | undefined {
  if (kubeSystemLabels?.[namespaceNameLabel] === 'kube-system') return undefined
  return {
    object: 'Namespace kube-system',
    reason: `it has no label ${namespaceNameLabel}, so failurePolicy Fail would hold up its pods too`,
    action: `Run kubectl label namespace kube-system ${namespaceNameLabel}=kube-system, or set webhook.failurePolicy to Ignore`,
  }
}
