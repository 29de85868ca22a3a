/** The canary that tests the webhook: an account that no workload uses, and a pod that only exists in dry runs. */
import type { Manifest } from '../../clouds/kubernetes/object.ts'
import { canaryName, candidateName } from './names.ts'
import { proofPod } from './proof-pod.ts'
import { canaryLabel } from './selectors.ts'

export const roleAnnotation = 'eks.amazonaws.com/role-arn'

/** Nobody can assume this role, because its AWS account does not exist. */
export const canaryRoleArn = 'arn:aws:iam::000000000000:role/workload-identity-canary'

/** The canary's account. The webhook ignores pods of accounts without the annotation. */
export function canaryAccount(namespace: string, name = canaryName): Manifest {
  return {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { name, namespace, annotations: { [roleAnnotation]: canaryRoleArn } },
    automountServiceAccountToken: false,
  }
}

/** The account and the pod label of each canary: `real` tests the webhook in use, `candidate` the candidate. */
export const canaries = {
  real: { account: canaryName, label: 'true' },
  candidate: { account: candidateName, label: 'candidate' },
} as const

/** The pod mounts no API token, because before Kubernetes 1.24, a new account briefly has no token to mount. */
export function canaryPod(namespace: string, of: keyof typeof canaries = 'real') {
  const { account, label } = canaries[of]
  const pod = proofPod({ namespace, serviceAccount: account })
  return {
    ...pod,
    metadata: { ...pod.metadata, labels: { [canaryLabel]: label } },
    spec: { ...pod.spec, automountServiceAccountToken: false },
  }
}
