/**
 * The canary, with which the webhook is tried out: an account and a pod that no workload uses. The pod is only ever
 * created in a dry run.
 */
import type { Manifest } from '../../clouds/kubernetes/object.ts'
import { canaryName, candidateName } from './names.ts'
import { proofPod } from './proof-pod.ts'
import { canaryLabel } from './selectors.ts'

export const roleAnnotation = 'eks.amazonaws.com/role-arn'

/** Nobody can assume this role, because its AWS account does not exist. */
export const canaryRoleArn = 'arn:aws:iam::000000000000:role/workload-identity-canary'

/** The canary's account. It has the annotation of a role, because the webhook mutates no pods of other accounts. */
export function canaryAccount(namespace: string, name = canaryName): Manifest {
  return {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { name, namespace, annotations: { [roleAnnotation]: canaryRoleArn } },
    automountServiceAccountToken: false,
  }
}

/** The account and the pod label of each canary: `real` tries out the webhook in use, `next` the candidate. */
export const canaries = {
  real: { account: canaryName, label: 'true' },
  candidate: { account: candidateName, label: 'candidate' },
} as const

/**
 * A pod that only the canary's configuration selects. It mounts no token, because before Kubernetes 1.24 a new account
 * has none for a moment.
 */
export function canaryPod(namespace: string, of: keyof typeof canaries = 'real') {
  const { account, label } = canaries[of]
  const pod = proofPod({ namespace, serviceAccount: account })
  return {
    ...pod,
    metadata: { ...pod.metadata, labels: { [canaryLabel]: label } },
    spec: { ...pod.spec, automountServiceAccountToken: false },
  }
}
