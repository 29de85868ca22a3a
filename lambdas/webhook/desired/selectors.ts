/** Which namespaces and pods the webhook is called for, and what must never depend on it. */
import type { Explanation } from '../../errors/step-errors.ts'

/** The API server sets it on every namespace from Kubernetes 1.21 on. */
export const namespaceNameLabel = 'kubernetes.io/metadata.name'

/** The webhook's own way for a pod to opt out; EKS honours it too. */
export const skipLabel = 'eks.amazonaws.com/skip-pod-identity-webhook'

/** Pods of the canaries, and no others, carry it. */
export const canaryLabel = 'workload-identity/canary'

/** Everything but what has to start while the webhook is down: the system's pods and the webhook's own. */
export function realSelectors(namespace: string) {
  return {
    namespaceSelector: {
      matchExpressions: [{ key: namespaceNameLabel, operator: 'NotIn', values: ['kube-system', namespace] }],
    },
    objectSelector: { matchExpressions: [{ key: skipLabel, operator: 'DoesNotExist' }] },
  }
}

/** The canary's pods in the webhook's own namespace, which the real configuration leaves out. */
export function canarySelectors(namespace: string) {
  return {
    namespaceSelector: { matchLabels: { [namespaceNameLabel]: namespace } },
    objectSelector: { matchLabels: { [canaryLabel]: 'true' } },
  }
}

/** The pods that try out the webhook beside the one in use, and no others, in whatever namespace. */
export const nextSelectors = {
  namespaceSelector: {},
  objectSelector: { matchLabels: { [canaryLabel]: 'next' } },
}

/**
 * Why failurePolicy Fail must not be used on this cluster: a selector cannot leave out kube-system by a label that it lacks
 * (1.20 and older), and a cluster whose system pods need the webhook may never start again. The namespace is not ours to
 * label.
 */
export function refuseFail(kubeSystemLabels: Readonly<Record<string, string>> | undefined): Explanation | undefined {
  if (kubeSystemLabels?.[namespaceNameLabel] === 'kube-system') return undefined
  return {
    object: 'Namespace kube-system',
    reason: `it has no label ${namespaceNameLabel}, so failurePolicy Fail would hold up its pods too`,
    action: `Run kubectl label namespace kube-system ${namespaceNameLabel}=kube-system, or set webhook.failurePolicy to Ignore`,
  }
}
