/** What the webhook is tried out on: an account and a pod of nobody's. The pod is only ever created in a dry run. */
import type { Manifest } from '../../clouds/kubernetes/object.ts'
import { canaryName, nextName } from './names.ts'
import { proofPod } from './proof-pod.ts'
import { canaryLabel } from './selectors.ts'

export const roleAnnotation = 'eks.amazonaws.com/role-arn'

/** Nobody can assume it: the account does not exist. */
export const canaryRoleArn = 'arn:aws:iam::000000000000:role/workload-identity-canary'

/** The webhook mutates pods of annotated accounts only. */
export function canaryAccount(namespace: string, name = canaryName): Manifest {
  return {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { name, namespace, annotations: { [roleAnnotation]: canaryRoleArn } },
    automountServiceAccountToken: false,
  }
}

/** The account, and the label of the pods, by which the webhook in use is tried out, and the one beside it. */
export const canaries = {
  real: { account: canaryName, label: 'true' },
  next: { account: nextName, label: 'next' },
} as const

/** A pod that only the canary's configuration selects. Before 1.24 a new account has no token to mount for a moment. */
export function canaryPod(namespace: string, of: keyof typeof canaries = 'real') {
  const { account, label } = canaries[of]
  const pod = proofPod({ namespace, serviceAccount: account })
  return {
    ...pod,
    metadata: { ...pod.metadata, labels: { [canaryLabel]: label } },
    spec: { ...pod.spec, automountServiceAccountToken: false },
  }
}
